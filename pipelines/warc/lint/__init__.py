"""A strict check of WARC and WACZ files: ISO 28500:2017 and WACZ 1.1.1, by a parser of its own on the raw bytes."""

from pipelines.warc.lint.findings import Finding
from pipelines.warc.lint.rules import RULES, Rule, Severity
from pipelines.warc.lint.waczs import lint_wacz
from pipelines.warc.lint.warcs import Place, lint_warc

__all__ = ["RULES", "Finding", "Place", "Rule", "Severity", "lint_wacz", "lint_warc"]

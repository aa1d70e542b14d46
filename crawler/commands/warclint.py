"""`scrapy warclint`: check WARC and WACZ files against their standards."""

import json
from argparse import ArgumentParser, Namespace
from collections import Counter
from typing import TYPE_CHECKING

import attrs
from scrapy.exceptions import UsageError

from crawler.command import NewskeepCommand
from pipelines.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.warc.lint import Finding

FORMATS = ("text", "json")
LIMIT = 10


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "[options] FILE|URL..."

    def short_desc(self) -> str:
        return "Check WARC and WACZ files strictly against their standards"

    def long_desc(self) -> str:
        return (
            "Check .warc, .warc.gz and .wacz files (paths, folders, file: or s3:// URLs) against WARC 1.0/1.1 and WACZ "
            "1.1.1; print each finding with its place, its rule and the section of the standard (docs/warclint.md). "
            "--format json prints one finding a line. The exit status is 1 when there is an error."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
        parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings, too")
        limit_help = f"as text, of each rule show so many findings in a file; 0: all; default: {LIMIT}"
        parser.add_argument("--limit", type=int, metavar="N", default=LIMIT, help=limit_help)

    def execute(self, args: list[str], opts: Namespace) -> None:
        from pipelines.warc import find_warcs
        from pipelines.warc.lint import lint_wacz, lint_warc
        from pipelines.warc.streams import SUFFIXES, WACZ

        if not args:
            raise UsageError("name WARC or WACZ files: scrapy warclint crawl.warc.gz")
        if opts.limit < 0:
            raise SettingsError("--limit", f"{opts.limit} is no number of findings")
        files = [file for arg in args for file in find_warcs(arg, suffixes=(*SUFFIXES, WACZ))]
        total: Counter[str] = Counter()
        for file in files:
            findings = lint_wacz(file) if file.name.endswith(".wacz") else lint_warc(file)
            if opts.format == "json":
                print_json(counted(findings, total))
            else:
                print_text(counted(findings, total), opts.limit)
        if opts.format == "text":
            print(f"files: {len(files)}, errors: {total['error']}, warnings: {total['warning']}")
        if total["error"] or (opts.strict and total["warning"]):
            self.exitcode = 1


def counted(findings: "Iterable[Finding]", total: Counter[str]) -> "Iterator[Finding]":
    """Yield the findings, counting them by severity."""
    for finding in findings:
        total[finding.severity] += 1
        yield finding


def print_json(findings: "Iterable[Finding]") -> None:
    """Print one object a line."""
    for finding in findings:
        print(json.dumps(attrs.asdict(finding), ensure_ascii=False))


def print_text(findings: "Iterable[Finding]", limit: int) -> None:
    """Print `file:offset: severity rule: message (section)`, at most `limit` of a rule; say how many more there are."""
    seen: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        seen[finding.file, finding.rule] += 1
        if not limit or seen[finding.file, finding.rule] <= limit:
            place = f"{finding.file}:{finding.offset}"
            print(f"{place}: {finding.severity} {finding.rule}: {finding.message} ({finding.section})")
    for (file, rule), count in seen.items():
        if limit and count > limit:
            print(f"{file}: {rule}: {count - limit} more")

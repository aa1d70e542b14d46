"""Article -> Article with its confidence: how sure we are that it is one, and that its text is whole and clean.

A calibrated probability with its causes (`judge_confidence`); what falls below a threshold is refused
(`require_confidence`). The numbers are learned by `training/confidence.py` and lie in `model.json`.
"""

from pipelines.confidence.judge import (
    confidence_version,
    default_minimum,
    judge_confidence,
    read_minimum,
    require_confidence,
)
from pipelines.confidence.signals import Signal, read_signals

__all__ = [
    "Signal",
    "confidence_version",
    "default_minimum",
    "judge_confidence",
    "read_minimum",
    "read_signals",
    "require_confidence",
]

"""What a check finds: one rule broken at one place."""

from collections.abc import Iterator

import attrs

from pipelines.warc.lint.rules import RULES, Severity


@attrs.frozen(kw_only=True)
class Finding:
    """One rule broken at one place.

    Attributes:
        file: path or URL; a WARC in a WACZ is `<wacz>!<its name there>`.
        offset: where the record begins in the file as it lies there (of its gzip member when it is compressed), in
            bytes; 0 when the file as a whole is meant.
        rule: a key of `RULES`.
        section: of the standard that the rule comes from.
        message: what is wrong, in one line.
    """

    file: str
    offset: int
    rule: str
    severity: Severity
    section: str
    message: str


class Notes:
    """Findings on one file, gathered until they are asked for."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._findings: list[Finding] = []

    def add(self, rule: str, offset: int, message: str) -> None:
        """Note that `rule` is broken at `offset`; control characters in the message are shown by their escapes."""
        broken = RULES[rule]
        self._findings.append(
            Finding(
                file=self.file,
                offset=offset,
                rule=rule,
                severity=broken.severity,
                section=broken.section,
                message="".join(char if char.isprintable() else repr(char)[1:-1] for char in message),
            )
        )

    def drain(self) -> Iterator[Finding]:
        """Yield what was noted since the last time, by offset."""
        found, self._findings = self._findings, []
        yield from sorted(found, key=lambda finding: finding.offset)


def shown(value: str | bytes, limit: int = 120) -> str:
    """Return a value of the file in quotes, shortened, as a message may show it."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return f"{text[:limit]}..." if len(text) > limit else f"{text}" or "(empty)"

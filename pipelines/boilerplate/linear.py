"""Patterns that match in time linear in the text, whatever they and the text are (RE2)."""

from functools import cached_property
from typing import Any

import re2

from pipelines.boilerplate.syntax import parse_pattern, write_pattern


class Pattern:
    """One expression of a rule, matched without case against whole lines or searched in them."""

    def __init__(self, source: str) -> None:
        """Parse `source`.

        Raises:
            ValueError: it needs more than linear time, or is no expression.
        """
        self.tree = parse_pattern(source)

    def __repr__(self) -> str:
        return f"Pattern({write_pattern(self.tree)!r})"

    @cached_property
    def compiled(self) -> Any:  # re2 has no types
        """The expression as RE2 has it, made when it is first needed.

        Raises:
            ValueError: RE2 refuses it.
        """
        try:
            return re2.compile(write_pattern(self.tree), linear_options())
        except re2.error as error:
            raise ValueError(f"RE2 refuses it: {error}") from error

    @cached_property
    def groups(self) -> dict[str, int]:
        """Named group -> its number."""
        return dict(self.compiled.groupindex)

    def is_in(self, text: str) -> bool:
        """Whether the expression matches anywhere in `text`."""
        return self.compiled.search(text) is not None

    def find_spans(self, text: str) -> dict[str, tuple[int, int]] | None:
        """Return where each named group matched when the whole of `text` matches; None when it does not."""
        match = self.compiled.fullmatch(text)
        if match is None:
            return None
        return {name: match.span(number) for name, number in self.groups.items() if match.start(number) >= 0}


def linear_options(*, memory: int | None = None) -> Any:
    """Return RE2's options: without case, silent; `memory` in bytes bounds what an automaton may take."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    if memory is not None:
        options.max_mem = memory
    return options

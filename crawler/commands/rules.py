"""`scrapy rules`: the boilerplate rules; what they make of a line; what is wrong with them."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from crawler.command import NewskeepCommand
from pipelines.errors import SettingsError

if TYPE_CHECKING:
    from pipelines.boilerplate import Rule


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "[try LINE | lint [--documents FILE.jsonl]]"

    def short_desc(self) -> str:
        return "List the boilerplate rules, try one line on them, or find what is wrong with them"

    def long_desc(self) -> str:
        return (
            "Without arguments, list every rule: id, category, languages, lines it must take and must leave. `try` "
            "tells which rules take a line, where, and how they read it. `lint` finds rules that fail their own "
            "examples, take another's or are not needed; with --documents (an export), also those that took nothing. "
            "The exit status is 1 when there is a fault. See docs/rules.md."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--documents", metavar="FILE", help="lint: an export, one document a line")

    def execute(self, args: list[str], opts: Namespace) -> None:
        from pipelines.boilerplate import load_rules

        rules = load_rules()
        if opts.documents and args != ["lint"]:
            raise UsageError("--documents belongs to lint: scrapy rules lint --documents FILE.jsonl")
        if not args:
            print("\n".join(list_lines(rules)))
        elif args[0] == "try" and len(args) == 2:
            print("\n".join(try_lines(args[1], rules)))
        elif args == ["lint"]:
            self._lint(rules, Path(opts.documents) if opts.documents else None)
        else:
            raise UsageError('ask for nothing, for try "LINE" or for lint')

    def _lint(self, rules: Sequence["Rule"], documents: Path | None) -> None:
        from pipelines.boilerplate.lint import count_removals, find_faults

        faults = [str(fault) for fault in find_faults(rules)]
        if documents is not None:
            taken = count_removals(read_documents(documents))
            print("\n".join(f"{taken[rule.id]:8} {rule.id}" for rule in rules))
            faults.extend(f"{rule.category}.toml: {rule.id}: took nothing" for rule in rules if not taken[rule.id])
        print("\n".join([*faults, f"{len(rules)} rules, {len(faults)} faults"]))
        if faults:
            self.exitcode = 1


def list_lines(rules: Sequence["Rule"]) -> Iterator[str]:
    """Yield one line for each rule."""
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        languages = ",".join(sorted(rule.languages)) or "any"
        yield f"{rule.id:{width}} {rule.category:15} {languages:6} {len(rule.drops):4} drops {len(rule.keeps):3} keeps"


def try_lines(text: str, rules: Sequence["Rule"]) -> Iterator[str]:
    """Yield one line for each rule that takes `text`, first what would take it; one line when none does."""
    from pipelines.boilerplate.rule import ANYWHERE
    from pipelines.boilerplate.ruleset import RuleSet
    from pipelines.model import Block

    found = False
    for rule, parts, reading in RuleSet(rules).find_takers(Block(text=text), ANYWHERE):
        found = True
        where = f" near {' or '.join(rule.near)}" if rule.near else ""
        read = f", read as {reading!r}" if reading != text else ""
        named = "".join(f", {name} {span!r}" for name, span in parts.items())
        yield f"{rule.id} ({rule.category}){where}{read}{named}"
    if not found:
        yield "no rule takes it"


def read_documents(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the documents of an export.

    Raises:
        SettingsError: it cannot be read, or a line is no document; it names the line.
    """
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                document = json.loads(line)
                if not isinstance(document, dict):
                    raise SettingsError(f"{file}:{number}", "is no document; give an export (scrapy export)")
                yield document
    except (OSError, ValueError) as error:
        raise SettingsError(str(file), f"is no export of documents, one a line: {error}") from error

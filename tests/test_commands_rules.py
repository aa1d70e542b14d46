import json
from argparse import ArgumentParser

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands import rules
from pipelines.boilerplate import load_rules


@pytest.fixture
def run(capfd):
    """Run the command as Scrapy would; give exit status, stdout and stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        command = rules.Command()
        command.settings = Settings()
        parser = ArgumentParser(conflict_handler="resolve")
        command.add_options(parser)
        opts, rest = parser.parse_known_args(args)
        command.run(rest, opts)
        return (command.exitcode or 0, *capfd.readouterr())

    return call


def test_every_rule_is_listed_with_its_category_and_examples(run):
    status, printed, _ = run()

    assert status == 0
    assert [line.split()[:2] for line in printed.splitlines()] == [[rule.id, rule.category] for rule in load_rules()]


def test_a_line_is_tried_and_its_reading_told(run):
    _, printed, _ = run("try", "The Ledger on Friday: subscribe to our newsletter.")

    assert ", read as 'subscribe to our newsletter.'" in printed


def test_the_parts_of_a_line_are_told(run):
    _, printed, _ = run("try", "Read also: Harbour row enters second week")

    assert "title 'Harbour row enters second week'" in printed


def test_a_line_no_rule_takes_is_said_so(run):
    assert run("try", "The mayor resigned on Monday.")[1] == "no rule takes it\n"


def test_lint_finds_our_rules_without_fault(run):
    status, printed, _ = run("lint")

    assert (status, printed) == (0, f"{len(load_rules())} rules, 0 faults\n")


def test_lint_counts_what_each_rule_took_and_names_those_that_took_nothing(run, tmp_path):
    export = tmp_path / "export.jsonl"
    export.write_text(json.dumps({"newskeep": {"removed": [{"rule": "share-words"}]}}) + "\n")

    status, printed, _ = run("lint", "--documents", str(export))

    assert status == 1
    assert "       1 share-words" in printed
    assert "comments.toml: comments-closed: took nothing" in printed
    assert "share.toml: share-words: took nothing" not in printed


@pytest.mark.parametrize("content", ["no json\n", "[1]\n"])
def test_what_is_no_export_is_named(run, tmp_path, content):
    export = tmp_path / "export.jsonl"
    export.write_text(content)

    status, _, problem = run("lint", "--documents", str(export))

    assert status == 1
    assert problem.startswith("scrapy rules: ")
    assert str(export) in problem


@pytest.mark.parametrize("args", [("try",), ("list",), ("--documents", "x.jsonl")])
def test_a_wrong_call_says_what_can_be_asked(run, args):
    with pytest.raises(UsageError):
        run(*args)

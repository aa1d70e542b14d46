import json
from argparse import ArgumentParser
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands import warclint
from pipelines.warc.lint import RULES
from tests.test_warc_lint import INFO, NAME, RESOURCE, RESPONSE, SOUND, pack

DOCS = Path(__file__).parent.parent / "docs" / "warclint.md"


@pytest.fixture
def run(capfd):
    """Run the command as Scrapy would; give exit status, stdout and stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        command = warclint.Command()
        command.settings = Settings()
        parser = ArgumentParser(conflict_handler="resolve")
        command.add_options(parser)
        opts, rest = parser.parse_known_args(args)
        command.run(rest, opts)
        return (command.exitcode, *capfd.readouterr())

    return call


def test_a_sound_file_gives_status_0(run, tmp_path):
    (tmp_path / NAME).write_bytes(pack(*SOUND))

    assert run(str(tmp_path)) == (0, "files: 1, errors: 0, warnings: 0\n", "")


def test_an_error_is_a_line_with_its_place_and_section_and_status_1(run, tmp_path):
    path = tmp_path / NAME
    path.write_bytes(pack(INFO, RESPONSE.having(WARC_Date="yesterday")))
    status, out, _ = run(str(path))

    assert status == 1
    assert out.splitlines()[0] == f"{path}:{len(pack(INFO))}: error date: WARC-Date: yesterday (WARC 1.1 §5.4)"


def test_json_is_one_object_a_line(run, tmp_path):
    path = tmp_path / NAME
    path.write_bytes(pack(INFO, RESPONSE.having(WARC_Date="yesterday")))
    (line,) = run("--format", "json", str(path))[1].splitlines()

    assert json.loads(line) == {
        "file": str(path),
        "offset": len(pack(INFO)),
        "rule": "date",
        "severity": "error",
        "section": "WARC 1.1 §5.4",
        "message": "WARC-Date: yesterday",
    }


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 1)])
def test_a_warning_counts_only_when_strict(run, tmp_path, options, status):
    (tmp_path / NAME).write_bytes(pack(RESOURCE.having(WARC_Warcinfo_ID=None)))

    assert run(*options, str(tmp_path))[0] == status


def test_of_a_rule_no_more_than_the_limit_is_shown(run, tmp_path):
    path = tmp_path / NAME
    path.write_bytes(pack(INFO, *(RESOURCE.having(WARC_Record_ID=f"<urn:x:{n}>", WARC_Date="x") for n in range(4))))

    assert run("--limit", "1", str(path))[1].splitlines()[1:] == [
        f"{path}: date: 3 more",
        "files: 1, errors: 4, warnings: 0",
    ]


def test_a_missing_file_is_one_line_and_status_1(run, tmp_path):
    missing = tmp_path / "no.warc.gz"

    assert run(str(missing)) == (
        1,
        "",
        f"scrapy warclint: {missing}: cannot be read: No such file or directory\n",
    )


def test_no_argument_is_a_usage_error(run):
    with pytest.raises(UsageError):
        run()


def test_the_documentation_has_every_rule_as_it_is():
    lines = {f"| `{name}` | {rule.severity} | {rule.section} | {rule.asks} |" for name, rule in RULES.items()}

    assert lines == {line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")}

"""What the documentation says is so."""

import ast
import json
import pkgutil
import re
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

import pytest
import scrapy.commands
from scrapy.settings import Settings, default_settings

import crawler.commands
from crawler.demo import FOLDER
from pipelines.archive import validate_document
from pipelines.archive.document import SCHEMA
from pipelines.archive.flat import COLUMNS

ROOT = Path(__file__).parent.parent
PAGES = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("fixtures/*.md")))
GUIDES = [page for page in PAGES if page.name != "CHANGELOG.md"]

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
COMMAND = re.compile(r"(?:^|[\s/])scrapy ([a-z]+)([^\n#|]*)", re.MULTILINE)
OPTION = re.compile(r"(?<!\S)--[a-z-]+")
# A name with an underscore, or one that is given a value; NAME stands for any.
SETTING = re.compile(r"\b(?!NEWSKEEP_|AWS_)[A-Z]+(?:_[A-Z]+)+\b|(?<=-s )[A-Z]+(?==)|(?<=NEWSKEEP_)[A-Z_]+\b")
NEXT_VERB = re.compile(r"\bscrapy |&&|;|>")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def code_of(page: Path) -> list[str]:
    """Return all that is set as code: blocks and words."""
    text = text_of(page)
    return [body for _, body in FENCED.findall(text)] + INLINE.findall(FENCED.sub("", text))


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def defaults(part: str = "") -> dict[str, object]:
    """Return name and default of the settings in settings.py, or in one part of it, whatever the environment says."""
    source = text_of(ROOT / "crawler" / "settings.py").partition("\nglobals()")[0]
    if part:
        source = source.partition(f"--- {part} ")[2].partition("\n# --- ")[0].partition("\n")[2]
    found: dict[str, object] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            (target,) = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            found[target.id] = eval(compile(ast.Expression(node.value), "settings.py", "eval"))
    return found


def documented(heading: str) -> dict[str, str]:
    """Return name and default of each setting in the table under a heading of settings.md."""
    part = text_of(ROOT / "docs" / "settings.md").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([A-Z_]+)` \| `?([^`|]*?)`? \|", part, re.MULTILINE))


def as_text(default: object) -> str:
    if isinstance(default, float):
        return f"{default:g}"
    return str(default) if default not in ("", []) else "none"


def verbs() -> dict[str, object]:
    """Return the commands that can be run, ours in place of Scrapy's of the same name."""
    return {
        module.name: import_module(f"{package.__name__}.{module.name}").Command
        for package in (scrapy.commands, crawler.commands)
        for module in pkgutil.iter_modules(package.__path__)
    }


def headings_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def documents_shown() -> list[tuple[str, dict]]:
    blocks = ((name_of(page), body) for page in PAGES for kind, body in FENCED.findall(text_of(page)) if kind == "json")
    return [(name, document) for name, body in blocks if "articleBody" in (document := json.loads(body))]


def test_each_setting_of_a_user_is_documented_with_its_default():
    ours = defaults("What a user sets")
    assert documented("What you will want to set") == {name: as_text(ours[name]) for name in ours}


def test_the_other_settings_are_documented_as_they_are():
    said, ours = documented("How we ask"), defaults()
    assert said == {name: as_text(ours[name]) for name in said}
    assert "DOWNLOAD_DELAY" in said


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_every_setting_named_exists(page):
    known = {"NAME", *defaults(), *vars(default_settings)}
    assert {name for code in code_of(page) for name in SETTING.findall(code)} - known == set()


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_every_command_shown_exists_with_its_options(page):
    known = verbs()
    shown = [found for code in code_of(page) for found in COMMAND.findall(code)]

    assert [verb for verb, _ in shown if verb not in known] == []
    for verb, rest in shown:
        options = set(OPTION.findall(NEXT_VERB.split(rest)[0]))
        assert {option for option in options if option not in help_of(known[verb])} == set(), verb


def help_of(kind) -> str:
    command, parser = kind(), ArgumentParser()
    command.settings = Settings()
    command.add_options(parser)
    return parser.format_help()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_within_the_project_leads_somewhere(page):
    for link in LINK.findall(FENCED.sub("", text_of(page))):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        assert not anchor or anchor in headings_of(target), link


def test_every_page_is_in_the_index():
    index = set(LINK.findall(text_of(ROOT / "docs" / "README.md")))
    assert {page.name for page in ROOT.glob("docs/*.md")} - index == {"README.md"}


@pytest.mark.parametrize(("page", "document"), documents_shown(), ids=[name for name, _ in documents_shown()])
def test_a_document_shown_fits_the_schema_and_the_demonstration(page, document):
    validate_document(document)

    truths = map(json.loads, (FOLDER / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    truth = next(truth for truth in truths if truth["url"] == document["url"])
    assert document["headline"] == truth["headline"]
    assert [image["creditText"] for image in document["image"]] == truth["credits"]
    assert {removed["text"] for removed in document["newskeep"]["removed"]} <= {
        *truth["furniture"],
        *truth["credit_lines"],
        *truth["captions"],
    }


def test_both_the_readme_and_the_reference_show_a_document():
    assert {page for page, _ in documents_shown()} == {"README.md", "docs/document.md"}


def test_every_field_of_the_schema_is_explained():
    explained = set(re.findall(r"`([@\w]+)`", text_of(ROOT / "docs" / "document.md")))
    assert fields_of(json.loads(text_of(SCHEMA))) - explained == set()


def fields_of(schema: object) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(fields_of, schema))
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", ())).union(*map(fields_of, schema.values()))


def test_the_flat_columns_are_listed_as_they_are():
    part = text_of(ROOT / "docs" / "document.md").partition("## Flat columns")[2]
    said = re.findall(r"^\| `(\w+)` \| (\w+) \|", part, re.MULTILINE)
    assert said == [(name, kind.value) for name, kind in COLUMNS.items()]

"""seeds/*.toml -> Source, and every way a seed can be wrong."""

import re
from datetime import date
from pathlib import Path

import attrs
import pytest

from crawler.seeds import check_seeds, load_seed, load_seeds, select_sources
from pipelines.errors import SeedError, SettingsError
from pipelines.model import Pace, Source

GOOD = 'name = "The Courier"\nhome_page = "https://courier.example/"\n'
FULL = r"""
name = "The Courier"
home_page = "https://www.courier.example/en/"
language = "en-gb"
country = "gb"
timezone = "Europe/London"
verified = 2026-11-01
feeds = ["/feed", "latest.xml", "https://feeds.example/courier"]
sitemaps = ["/sitemap.xml"]
sections = ["politics/"]
allowed_hosts = ["Cdn.Example", "bücher.example"]
take = ['/\d{4}/']
leave = ["/live/"]
render = true
verify_certificates = false
contact_note = "Wrote on Monday."
[pace]
delay = 2
concurrency = 2
[boilerplate]
selectors = ["div.share", "p:has(a)"]
phrases = ["Follow us!"]

[template]
keep = ["Why it matters"]
drop = ["97cbe035731e51be"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "courier.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in check_seeds(folder).problems]


def problem_with(folder: Path, lines: str) -> str:
    (folder / "courier.toml").write_text(lines, encoding="utf-8")
    found = problems(folder)
    assert len(found) == 1
    return found[0]


def test_a_name_and_a_home_page_are_enough(folder):
    expected = Source(id="courier", name="The Courier", home_page="https://courier.example/")

    assert load_seed(folder / "courier.toml") == expected


def test_every_key_reaches_the_source(tmp_path):
    (tmp_path / "courier.toml").write_text(FULL, encoding="utf-8")

    assert load_seed(tmp_path / "courier.toml") == Source(
        id="courier",
        name="The Courier",
        home_page="https://www.courier.example/en/",
        language="en-GB",
        country="GB",
        timezone="Europe/London",
        verified=date(2026, 11, 1),
        feeds=(
            "https://www.courier.example/feed",
            "https://www.courier.example/en/latest.xml",
            "https://feeds.example/courier",
        ),
        sitemaps=("https://www.courier.example/sitemap.xml",),
        sections=("https://www.courier.example/en/politics/",),
        allowed_hosts=("cdn.example", "xn--bcher-kva.example"),
        take=(r"/\d{4}/",),
        leave=("/live/",),
        render=True,
        verify_certificates=False,
        contact_note="Wrote on Monday.",
        pace=Pace(delay=2.0, concurrency=2),
        boilerplate_selectors=("div.share", "p:has(a)"),
        boilerplate_phrases=("Follow us!",),
        template_keep=("Why it matters",),
        template_drop=("97cbe035731e51be",),
    )


def test_the_full_example_has_a_value_for_every_field_of_a_source(tmp_path):
    (tmp_path / "courier.toml").write_text(FULL, encoding="utf-8")
    bare = Source(id="courier", name="", home_page="")

    loaded = load_seed(tmp_path / "courier.toml")

    same = [f.name for f in attrs.fields(Source) if getattr(loaded, f.name) == getattr(bare, f.name)]
    assert same == ["id", "template"]  # which is learned


def test_sources_come_sorted_by_id_and_hidden_files_are_no_seeds(folder):
    (folder / "a-b.toml").write_text(GOOD.replace("courier.", "ab."))
    (folder / "a.toml").write_text(GOOD.replace("courier.", "a."))
    (folder / ".draft.toml").write_text("name =")
    (folder / "README.md").write_text("Seeds")

    assert [source.id for source in load_seeds(folder)] == ["a", "a-b", "courier"]


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    (tmp_path / "courier.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())

    assert load_seeds(tmp_path)[0].name == "The Courier"


@pytest.mark.parametrize(
    ("line", "key", "remedy"),
    [
        ('langauge = "en"', "langauge", "did you mean 'language'?"),
        ("qwerty = 1", "qwerty", "docs/seeds.md lists the keys"),
        ('"two\\nlines" = 1', r"'two\nlines'", "docs/seeds.md lists the keys"),
        ("delay = 2", "delay", "belongs below the line [pace]"),
        ("[pace]\nsections = []", "pace.sections", "belongs above all lines like [pace]"),
        ("[pace]\ndelays = 1", "pace.delays", "did you mean 'delay'?"),
        ("[pace]\nselectors = []", "pace.selectors", "belongs below the line [boilerplate]"),
        ("pace = 2", "pace", "write [pace]"),
        ("boilerplate = []", "boilerplate", "write [boilerplate]"),
        ("language = 3", "language", 'write it in quotes: "..."'),
        ('language = ""', "language", "delete the line"),
        ('language = "english"', "language", "write it like 'en' or 'pt-BR'"),
        ('language = "pt_BR"', "language", "did you mean 'pt-BR'?"),
        ('country = "UK"', "country", "did you mean 'GB'?"),
        ('country = "France"', "country", "did you mean 'FR'?"),
        ('country = "ZZ"', "country", "write it like 'FR'"),
        ('timezone = "Europe/Pari"', "timezone", "did you mean 'Europe/Paris'?"),
        ('timezone = "../etc/passwd"', "timezone", "write it like 'Europe/Paris'"),
        ('timezone = "Europe"', "timezone", "Europe/"),
        ('feeds = "/feed"', "feeds", "write ['/feed']"),
        ("feeds = [1]", "feeds", "item 1: 1 is not a string"),
        ('feeds = ["/a", " "]', "feeds", "item 2: is empty"),
        ('feeds = ["ftp://courier.example/"]', "feeds", "neither http nor https"),
        ('feeds = ["www.courier.example/feed"]', "feeds", "write 'https://www.courier.example/feed'"),
        ('sitemaps = ["https://"]', "sitemaps", "write it like"),
        ('sitemaps = ["https://a.example:99999/"]', "sitemaps", "write it like"),
        ('sections = ["https://me:secret@courier.example/"]', "sections", "remove it"),
        ('sections = ["a b/"]', "sections", "encode it (%20)"),
        ('sections = ["//["]', "sections", "write it like"),
        ('sections = ["mailto:news@courier.example"]', "sections", "is not an absolute URL"),
        ('allowed_hosts = ["*.courier.example"]', "allowed_hosts", "write 'courier.example'"),
        ('allowed_hosts = ["https://cdn.example/x"]', "allowed_hosts", "write 'cdn.example'"),
        ('allowed_hosts = ["cdn.example:80"]', "allowed_hosts", "write 'cdn.example'"),
        ('allowed_hosts = ["-"]', "allowed_hosts", "write 'news.example'"),
        ('take = ["("]', "take", "is not a regular expression"),
        ('take = ["[[a]"]', "take", "is not a regular expression"),
        ('leave = [""]', "leave", "item 1: is empty"),
        ("[pace]\ndelay = -1", "pace.delay", "write seconds, like 2.5"),
        ("[pace]\ndelay = nan", "pace.delay", "write seconds, like 2.5"),
        ("[pace]\ndelay = true", "pace.delay", "write seconds, like 2.5"),
        ('[pace]\ndelay = "2s"', "pace.delay", "write seconds, like 2.5"),
        ("[pace]\nconcurrency = 0", "pace.concurrency", "write 1 or delete the line"),
        ("[pace]\nconcurrency = 1.5", "pace.concurrency", "write 1 or delete the line"),
        ('render = "yes"', "render", "without quotes"),
        ("contact_note = []", "contact_note", "write it in quotes"),
        ('verified = "2026-11-01"', "verified", "write it without quotes"),
        ("verified = 2026-11-01T10:00:00Z", "verified", "write it without quotes and time"),
        ('[boilerplate]\nselectors = ["div >"]', "boilerplate.selectors", "is not a CSS selector"),
        ('[boilerplate]\nselectors = ["p::first-line"]', "boilerplate.selectors", "is not a CSS selector"),
        ('[boilerplate]\nphrases = ["two\\nlines"]', "boilerplate.phrases", "write it on one line"),
    ],
)
def test_a_wrong_key_or_value_is_one_line_with_file_key_and_remedy(folder, line, key, remedy):
    problem = problem_with(folder, f"{GOOD}{line}\n")

    assert problem.startswith(f"{folder / 'courier.toml'}: {key}: ")
    assert remedy in problem
    assert len(problem.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ('home_page = "https://a.example/"', "name: ", "every seed needs it"),
        ('name = "A"', "home_page: ", "every seed needs it"),
        ('name = "A"\nhome_page = "courier.example"', "home_page: ", "write 'https://courier.example'"),
        ('name = "A"\nhome_page = "file:///etc/passwd"', "home_page: ", "neither http nor https"),
        ('name = "A\\nB"\nhome_page = "https://a.example/"', "name: ", "write it on one line"),
        ("name = A", "", "is not TOML: Invalid value (at line 1"),
        ('name = "A"\nname = "B"', "", "at line 2"),
        ("x = " + "[" * 3000, "", "is not TOML"),
        ("x = " + "9" * 5000, "", "is not TOML"),
    ],
)
def test_a_seed_that_is_no_seed_is_one_line(folder, text, key, remedy):
    problem = problem_with(folder, text)

    assert problem.startswith(f"{folder / 'courier.toml'}: {key}")
    assert remedy in problem
    assert len(problem.splitlines()) == 1


def test_a_seed_in_another_charset_names_the_line(folder):
    (folder / "courier.toml").write_bytes(GOOD.encode() + b"# caf\xe9\n")

    assert problems(folder) == [f"{folder / 'courier.toml'}: is not UTF-8 (line 3); save it as UTF-8"]


def test_a_huge_seed_is_refused(folder):
    problem = problem_with(folder, GOOD + "#" * 1_000_001)

    assert "is larger than 1000000 bytes" in problem


def test_a_folder_named_like_a_seed_is_refused(folder):
    (folder / "x.toml").mkdir()

    assert problems(folder) == [
        f"{folder / 'x.toml'}: cannot be read (Is a directory); check that it is a file you may read"
    ]


@pytest.mark.parametrize("stem", ["Courier News", "-courier", "caf\u00e9", "a" * 64, "a_b"])
def test_a_file_name_that_is_no_id_is_refused(tmp_path, stem):
    (tmp_path / f"{stem}.toml").write_text(GOOD)

    (problem,) = problems(tmp_path)

    assert "rename the file" in problem
    with pytest.raises(SeedError, match="rename the file"):
        load_seed(tmp_path / f"{stem}.toml")


def test_ids_that_differ_in_case_only_are_the_same(folder):
    (folder / "Courier.toml").write_text(GOOD.replace("courier.", "other."))

    assert problems(folder) == [f"{folder / 'Courier.toml'}: has the same id as courier.toml; rename one of them"]


@pytest.mark.parametrize(
    "same", ["https://courier.example/", "http://WWW.courier.example", "https://courier.example:443/"]
)
def test_two_seeds_of_one_home_page_are_refused(folder, same):
    (folder / "other.toml").write_text(f'name = "Other"\nhome_page = "{same}"\n')

    (problem,) = problems(folder)

    assert problem.startswith(f"{folder / 'other.toml'}: home_page: ")
    assert problem.endswith("is also that of courier.toml; remove one of the two")


@pytest.mark.parametrize("missing", [True, False])
def test_a_missing_or_empty_directory_is_refused(tmp_path, missing):
    folder = tmp_path / "seeds" if missing else tmp_path

    with pytest.raises(SeedError, match=re.escape(f"{folder}: ") + ".*SEEDS_DIR"):
        load_seeds(folder)


def test_all_problems_are_collected_and_good_seeds_still_come(folder):
    (folder / "a.toml").write_text('nam = "A"\nfeeds = 1\n')
    (folder / "z.toml").write_text("[")

    check = check_seeds(folder)

    assert [source.id for source in check.sources] == ["courier"]
    assert [(Path(problem.file).name, problem.key) for problem in check.problems] == [
        ("a.toml", "nam"),
        ("a.toml", "feeds"),
        ("a.toml", "name"),
        ("a.toml", "home_page"),
        ("z.toml", None),
    ]


def test_a_crawl_gets_the_first_problem(folder):
    (folder / "a.toml").write_text("feeds = 1\n")

    with pytest.raises(SeedError, match=r"a\.toml: feeds: 1 is not a list"):
        load_seeds(folder)


def sources(*ids: str) -> tuple[Source, ...]:
    return tuple(Source(id=name, name=name, home_page=f"https://{name}.example/") for name in ids)


def test_sources_are_selected_in_the_order_asked_and_once():
    chosen = select_sources(sources("bbc", "npr", "nos"), " nos, BBC,nos,")

    assert [source.id for source in chosen] == ["nos", "bbc"]


@pytest.mark.parametrize(
    ("wanted", "remedy"), [("bcc", "did you mean 'bbc'?"), ("x", "scrapy seeds"), (" ,", "no source")]
)
def test_an_unknown_source_is_refused_with_a_suggestion(wanted, remedy):
    with pytest.raises(SettingsError, match=re.escape(remedy)):
        select_sources(sources("bbc", "npr"), wanted)

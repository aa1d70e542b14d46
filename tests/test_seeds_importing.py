"""OPML and CSV lists -> sources; nothing of a list is dropped in silence."""

import pytest

from crawler.seeds import Imported, import_csv, import_opml
from crawler.seeds.naming import make_id


def opml(outlines: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


def told(imported: Imported) -> list[tuple[str, str, str]]:
    return [(source.id, source.name, source.home_page) for source in imported.sources]


def test_an_opml_outline_becomes_a_source():
    imported = import_opml(
        opml(
            '<outline title="The Courier" xmlUrl="https://c.example/rss" htmlUrl="https://c.example" language="en-gb"/>'
        )
    )

    (source,) = imported.sources
    assert (source.id, source.name, source.home_page) == ("the-courier", "The Courier", "https://c.example/")
    assert (source.feeds, source.language, source.verified) == (("https://c.example/rss",), "en-GB", None)
    assert imported.problems == imported.notes == ()


def test_nested_outlines_are_read_and_folders_are_no_entries():
    folders = '<outline text="News"><outline text="Local"><outline text="A" xmlUrl="https://a.example/f"/></outline></outline>'

    imported = import_opml(opml(folders))

    assert told(imported) == [("a", "A", "https://a.example/")]
    assert imported.problems == ()


def test_a_missing_home_page_is_the_origin_of_the_feed():
    imported = import_opml(opml('<outline text="A" xmlUrl="https://a.example:8443/feeds/all.xml"/>'))

    assert told(imported) == [("a", "A", "https://a.example:8443/")]


def test_entries_of_one_host_become_one_source_with_all_feeds():
    imported = import_opml(
        opml(
            '<outline text="The Courier - World" xmlUrl="https://c.example/w.xml" htmlUrl="https://www.c.example/world"/>'
            '<outline text="B" xmlUrl="https://b.example/rss"/>'
            '<outline text="The Courier - Sport" xmlUrl="https://c.example/s.xml" htmlUrl="https://www.c.example/sport"/>'
        )
    )

    assert told(imported) == [
        ("the-courier", "The Courier", "https://www.c.example/"),
        ("b", "B", "https://b.example/"),
    ]
    assert imported.sources[0].feeds == ("https://c.example/w.xml", "https://c.example/s.xml")


def test_ports_of_one_host_are_different_sites():
    imported = import_opml(
        opml('<outline text="A" xmlUrl="http://127.0.0.1:81/f"/><outline text="B" xmlUrl="http://127.0.0.1:82/f"/>')
    )

    assert [source.name for source in imported.sources] == ["A", "B"]


def test_attribute_names_count_without_case_and_comments_are_passed_over():
    imported = import_opml(opml('<!-- mine --><outline TEXT="A" XMLURL="https://a.example/f"/>'))

    assert told(imported) == [("a", "A", "https://a.example/")]


@pytest.mark.parametrize(
    ("outline", "reason"),
    [
        ('<outline text="A"/>', "has no address"),
        ('<outline text="A" xmlUrl="ftp://a.example/"/>', "neither http nor https"),
        ('<outline text="A" htmlUrl="https://a b.example/"/>', "encode it"),
        ('<outline text="A" xmlUrl="http://feeds.feedburner.com/a"/>', "add the publication's address"),
        ('<outline text="A" htmlUrl="https://a.example/" xmlUrl="feed:x"/>', "is not an absolute URL"),
    ],
)
def test_an_outline_that_gives_no_source_is_reported_with_its_place(outline, reason):
    imported = import_opml(opml(f'\n<outline text="Good" xmlUrl="https://good.example/f"/>\n{outline}'))

    assert [source.name for source in imported.sources] == ["Good"]
    (problem,) = imported.problems
    assert problem.startswith("entry 2 (line 3): ")
    assert reason in problem


def test_an_unreadable_language_is_left_out_with_a_note():
    imported = import_opml(opml('<outline text="A" xmlUrl="https://a.example/f" language="english"/>'))

    assert imported.sources[0].language is None
    assert imported.notes == ("entry 1 (line 1): language 'english' is no BCP 47 tag and was left out",)


def test_an_entry_that_adds_nothing_is_noted():
    twice = '<outline text="A" xmlUrl="https://a.example/f"/>' * 2

    imported = import_opml(opml(twice))

    assert len(imported.sources) == 1
    assert imported.notes == ("entry 2 (line 1): adds nothing to A (https://a.example/), which stands above",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is not OPML but no XML"),
        (b"\x89PNG\r\n", "is not OPML but no XML"),
        (b"<html><body/></html>", "is not OPML but <html>"),
        (opml(""), "holds no entries"),
    ],
)
def test_what_is_no_list_is_one_problem_that_says_so(data, reason):
    imported = import_opml(data)

    assert imported.sources == ()
    assert reason in imported.problems[-1]
    assert all(len(problem.splitlines()) == 1 for problem in imported.problems)


def test_a_broken_list_gives_what_can_be_read_and_says_that_some_may_be_missing():
    imported = import_opml(b'<opml><body><outline text="A & B" xmlUrl="https://a.example/f"/></body></opml>')

    assert [source.home_page for source in imported.sources] == ["https://a.example/"]
    assert imported.problems[0].startswith("is not well-formed XML, entries may be missing")


def test_entities_are_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    doctype = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'

    imported = import_opml(f'{doctype}<opml><outline text="A" xmlUrl="https://a.example/f"/>&x;</opml>'.encode())

    assert imported == Imported(problems=("declares XML entities, which are not read; export it again without them",))


def test_growing_entities_are_refused():
    grow = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 50}">' for n in range(1, 9))
    doctype = f'<!DOCTYPE opml [<!ENTITY e0 "news">{grow}]>'

    imported = import_opml(f'{doctype}<opml><outline text="&e8;" xmlUrl="https://a.example/f"/></opml>'.encode())

    assert imported.sources == ()
    assert imported.problems


@pytest.mark.parametrize(
    "text",
    [
        "name,url\nA,https://a.example/\nB,https://b.example/\n",
        "A,https://a.example/\r\nB,https://b.example/\r\n",
        "\ufeffname;url\nA;https://a.example/\n\n;\nB;https://b.example/",
        "Website\tTitle\nhttps://a.example/\tA\nhttps://b.example/\tB\n",
        'sep=;\n"A";"https://a.example/"\n"B";"https://b.example/"\n',
        "https://a.example/,A\nB,b.example\n",
    ],
)
def test_a_table_is_read_with_every_separator_with_or_without_a_header(text):
    imported = import_csv(text)

    assert told(imported) == [("a", "A", "https://a.example/"), ("b", "B", "https://b.example/")]
    assert imported.problems == imported.notes == ()


def test_further_columns_are_taken_by_their_names():
    (source,) = import_csv(
        "Name,URL,Language,Country,Feed,Sitemap\n"
        'A,https://a.example/,pt-br,br,"https://a.example/f /g",https://a.example/s.xml\n'
    ).sources

    assert (source.language, source.country) == ("pt-BR", "BR")
    assert source.feeds == ("https://a.example/f", "https://a.example/g")
    assert source.sitemaps == ("https://a.example/s.xml",)


def test_a_quoted_name_keeps_its_separator():
    assert import_csv('name,url\n"Post, The",https://p.example/\n').sources[0].name == "Post, The"


def test_an_address_alone_is_named_for_its_host():
    assert told(import_csv("https://www.a.example/\n")) == [("a-example", "a.example", "https://www.a.example/")]


def test_rows_of_one_host_stay_apart_unless_the_home_page_is_the_same():
    imported = import_csv("A,https://h.example/a\nB,https://h.example/b\nC,https://www.h.example/a/\n")

    assert [source.name for source in imported.sources] == ["A", "B"]
    assert imported.notes == ("row 3: adds nothing to A (https://h.example/a), which stands above",)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("X,", "has no address"),
        ("X,nowhere", "is not an absolute URL"),
        ("X,mailto:news@x.example", "is not an absolute URL"),
        ("Post, The,https://x.example/", "has 3 cells and the header 2"),
        ('"X"x,https://x.example/', "is not CSV"),
        ('"X,https://x.example/', "is not CSV"),
    ],
)
def test_a_row_that_gives_no_source_is_reported_with_its_number(row, reason):
    imported = import_csv(f"name,url\nGood,https://good.example/\n{row}\n")

    assert [source.name for source in imported.sources] == ["Good"]
    (problem,) = imported.problems
    assert problem.startswith("row 3: ")
    assert reason in problem


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no rows"),
        ("name,url\n", "holds a header but no rows"),
        ("name,language\nA,en\n", "names no column url or feed"),
        ("A,https://a.example/,en\n", "is not a name and an address"),
        ("name,url,language\nA,https://a.example/,english\n", "is not a BCP 47 language tag"),
        ("name,url,country\nA,https://a.example/,UK\n", "did you mean 'GB'?"),
    ],
)
def test_a_table_that_gives_nothing_says_why(text, reason):
    imported = import_csv(text)

    assert imported.sources == ()
    (problem,) = imported.problems
    assert reason in problem


def test_an_unknown_column_is_noted():
    assert import_csv("name,url,mood\nA,https://a.example/,fine\n").notes == ("column 'mood' is not read",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("The Jewish Press", "the-jewish-press"),
        ("Süddeutsche Zeitung", "suddeutsche-zeitung"),
        ("Українська правда", "ukrainska-pravda"),
        ("Καθημερινή", "kathimerini"),
        ("Ærø & Łódź", "aero-and-lodz"),
        ("L’Équipe", "lequipe"),
        ("朝日新聞 Digital", "asahi-example"),
        ("הארץ", "asahi-example"),
        ("!!!", "asahi-example"),
        ("x" * 80, "x" * 63),
    ],
)
def test_an_id_is_the_name_in_latin_letters_or_else_the_host(name, expected):
    assert make_id(name, "https://www.asahi.example/") == expected


def test_equal_ids_are_numbered():
    imported = import_csv("News,https://a.example/\nNews,https://b.example/\nNEWS,https://c.example/\n")

    assert [source.id for source in imported.sources] == ["news", "news-2", "news-3"]
    assert len(make_id("x" * 80, "https://a.example/", taken={"x" * 63})) == 63

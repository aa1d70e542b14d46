import base64
import gzip
import hashlib
import json
import zipfile
from datetime import UTC, datetime

import attrs
import pytest

from pipelines.archive import Outlet, Spool, Uploader, open_catalog, read_document
from pipelines.archive.manifests import archive_state
from pipelines.audit.imports import import_warc
from pipelines.audit.rebuild import Outcome, rebuild_documents
from pipelines.audit.reprocess import Reprocessing
from pipelines.audit.slices import Slice
from pipelines.audit.takedown import take_down
from pipelines.errors import WarcError
from pipelines.model import Source
from pipelines.stores import FileStore
from pipelines.warc import find_warcs
from pipelines.warc.members import validate_segment
from pipelines.warc.streams import SUFFIXES, WACZ
from pipelines.workers import ExtractionPool

SENTENCE = "The bridge reopened on Tuesday evening, and some four hundred people came to see whether it would hold."
LATER = "Nobody had expected so many, said the harbour master, who had brought two lamps and a folding chair."
URL = "https://courier.example/2026/03/bridge-reopens"
COURIER = Source(id="courier", name="The Courier", home_page="https://courier.example/")
CHATTER = "Sign up for what the editors read this week, every Friday in your letter box."


def page(*extra, headline="Bridge reopens", published="2026-03-10T09:00:00+01:00"):
    paragraphs = "".join(f"<p>{text}</p>" for text in (*[SENTENCE] * 6, *extra))
    meta = f'<meta property="article:published_time" content="{published}"><meta property="og:type" content="article">'
    return f"<html lang=en><head><title>{headline}</title>{meta}</head><body><article><h1>{headline}</h1>{paragraphs}</article></body></html>".encode()  # noqa: E501


def http(body, *headers, line="HTTP/1.1 200 OK"):
    head = "\r\n".join((line, "Content-Type: text/html; charset=utf-8", *headers))
    return f"{head}\r\n\r\n".encode() + body


def record(block, *, number=1, url=URL, date="2026-03-10T10:00:00Z", version="1.0", kind="response", **fields):
    named = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012}>",
        "WARC-Date": date,
        "WARC-Target-URI": url,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"WARC/{version}\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


@attrs.define
class Bench:
    """An archive that is reprocessed, run by run."""

    store: FileStore
    catalog: object
    spool: Spool
    pool: ExtractionPool
    folder: object
    problems: list = attrs.field(factory=list)

    def run(self, *paths, dry=False, sources=(COURIER,), name=None, wanted=None, outlet=None):
        uploader = Uploader(self.spool, self.store, adopt=self.catalog.add_document, report=self.problems.append)
        reprocessing = Reprocessing(
            store=self.store,
            catalog=self.catalog,
            pool=self.pool,
            sources={source.id: source for source in sources},
            outlet=None if dry else outlet or Outlet(self.spool, self.catalog),
            send=(lambda: None) if dry else uploader.drain,
        )
        if not paths:
            reprocessing.read_archive(wanted or Slice())
        for warc in (warc for path in paths for warc in find_warcs(str(path), suffixes=(*SUFFIXES, WACZ))):
            reprocessing.read_input(warc, self.spool.directory, wanted or Slice(), name=name)
        reprocessing.send()
        return reprocessing.report

    def file(self, name, *records, pack=gzip.compress):
        path = self.folder / name
        path.write_bytes(b"".join(map(pack, records)))
        return path

    def documents(self):
        return [read_document(self.store, found.key) for found in self.store.list("documents/")]


@pytest.fixture(scope="module")
def pool():
    with ExtractionPool(workers=2) as pool:
        yield pool


@pytest.fixture
def bench(tmp_path, file_store, pool):
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    yield Bench(file_store, catalog, Spool(tmp_path / "spool"), pool, tmp_path)
    catalog.close()


# -- WARCs by other hands ---------------------------------------------------------------------------------------


def cc_news(path):
    """As Common Crawl writes: bodies decoded, headers renamed, SHA-1 in base32, no metadata records."""
    body = page()
    block = http(body, "X-Crawler-Content-Encoding: gzip", "X-Crawler-Transfer-Encoding: chunked")
    digests = {"WARC_Payload_Digest": sha1(body), "WARC_Block_Digest": sha1(block)}
    information = record(b"software: StormCrawler\r\n", kind="warcinfo", Content_Type="application/warc-fields")
    request = record(b"GET / HTTP/1.1\r\n\r\n", kind="request", Content_Type="application/http; msgtype=request")
    path.write_bytes(b"".join(map(gzip.compress, (information, request, record(block, number=2, **digests)))))


def sha1(body):
    return f"sha1:{base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()}"


FOREIGN = {
    "cc-news": cc_news,
    "uncompressed": lambda path: path.write_bytes(record(http(page()))),
    "one member for the whole file": lambda path: path.write_bytes(
        gzip.compress(record(http(page())) + record(http(b""), number=2))
    ),
    "draft 0.18": lambda path: path.write_bytes(gzip.compress(record(http(page()), version="0.18"))),
    "WARC 1.1": lambda path: path.write_bytes(gzip.compress(record(http(page()), version="1.1"))),
    "angle brackets": lambda path: path.write_bytes(gzip.compress(record(http(page()), url=f"<{URL}>"))),
    "HTTP/2 status line": lambda path: path.write_bytes(gzip.compress(record(http(page(), line="HTTP/2 200")))),
    "chunks left in": lambda path: path.write_bytes(
        gzip.compress(record(http(b"%x\r\n%b\r\n0\r\n\r\n" % (len(page()), page()), "Transfer-Encoding: chunked")))
    ),
    "chunks undone, header left": lambda path: path.write_bytes(
        gzip.compress(record(http(page(), "Transfer-Encoding: chunked")))
    ),
    "coded as served": lambda path: path.write_bytes(
        gzip.compress(record(http(gzip.compress(page()), "Content-Encoding: gzip")))
    ),
    "coding undone, header left": lambda path: path.write_bytes(
        gzip.compress(record(http(page(), "Content-Encoding: gzip", "Content-Length: 99")))
    ),
    "too many line breaks after a record": lambda path: path.write_bytes(
        gzip.compress(record(http(page())) + b"\r\n\r\n")
    ),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_an_article_of_a_foreign_warc_is_archived_and_can_be_rebuilt_from_the_archive_alone(bench, kind):
    path = bench.folder / "foreign.warc"
    FOREIGN[kind](path)

    report = bench.run(path)
    path.unlink()

    (document,) = bench.documents()
    assert (document["headline"], document["newskeep"]["source"]) == ("Bridge reopens", "courier")
    assert report.sources["courier"].new == 1
    keys = [found.key for found in bench.store.list("documents/")]
    assert [found.outcome for found in rebuild_documents(bench.store, keys, pool=bench.pool)] == [Outcome.SAME]
    assert {found.key for found in bench.store.list("warc/")} <= archive_state(bench.store).keys()
    assert bench.problems == []


@pytest.mark.parametrize("kind", ["cc-news", "uncompressed"])
def test_a_second_run_writes_nothing(bench, kind):
    path = bench.folder / "foreign.warc"
    FOREIGN[kind](path)
    bench.run(path)
    before = [found.key for found in bench.store.list("")]

    report = bench.run(path)

    assert [found.key for found in bench.store.list("")] == before
    assert (report.sources["courier"].unchanged, report.sources["courier"].new) == (1, 0)


def test_a_warc_of_sound_members_is_imported_byte_for_byte(bench):
    path = bench.file("a.warc.gz", record(http(page())))

    imported = import_warc(path, bench.spool.directory, bench.store)

    assert imported.path.read_bytes() == path.read_bytes()


def test_the_same_warc_under_another_name_is_imported_once(bench):
    for name in ("a.warc.gz", "b.warc.gz"):
        bench.run(bench.file(name, record(http(page()))))

    assert len([found for found in bench.store.list("warc/") if found.key.endswith(".warc.gz")]) == 1


def test_every_warc_in_a_wacz_is_read(bench):
    with zipfile.ZipFile(bench.folder / "crawl.wacz", "w") as package:
        package.writestr("archive/a.warc.gz", gzip.compress(record(http(page()))))
        other = record(http(page(headline="Ferry sails")), url="https://courier.example/2026/03/ferry", number=2)
        package.writestr("archive/b.warc.gz", gzip.compress(other))
        package.writestr("pages/pages.jsonl", "{}")

    bench.run(bench.folder)

    assert sorted(document["headline"] for document in bench.documents()) == ["Bridge reopens", "Ferry sails"]


@pytest.mark.parametrize("body", [b"no zip", b"PK\x03\x04"])
def test_a_wacz_that_is_none_is_one_line(bench, body):
    (bench.folder / "a.wacz").write_bytes(body)

    with pytest.raises(WarcError, match=r"a\.wacz: not a whole WACZ"):
        bench.run(bench.folder / "a.wacz")


@pytest.mark.parametrize(
    ("block", "fields", "reason"),
    [
        (http(b"gone", line="HTTP/1.1 404 Not Found"), {}, "status 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx", {}, "not HTML"),
        (http(b""), {"kind": "revisit"}, "revisit"),
    ],
)
def test_what_is_no_page_is_counted_by_reason(bench, block, fields, reason):
    report = bench.run(bench.file("a.warc.gz", record(block, **fields)))

    assert report.sources["courier"].skipped == {reason: 1}
    assert bench.documents() == []


def test_a_page_that_is_no_article_is_counted_by_reason(bench):
    links = "".join(f'<li><a href="/{number}">A headline of an article</a></li>' for number in range(40))
    report = bench.run(bench.file("a.warc.gz", record(http(f"<html><body><ul>{links}</ul></body></html>".encode()))))

    assert sum(report.sources["courier"].refused.values()) == 1
    assert bench.documents() == []


def test_what_was_cut_short_on_the_way_is_no_article(bench):
    report = bench.run(bench.file("a.warc.gz", record(http(page()), WARC_Truncated="length")))

    assert report.sources["courier"].refused == {"incomplete": 1}


@pytest.mark.parametrize(("name", "expected"), [(None, "courier.example"), ("elsewhere", "elsewhere")])
def test_a_page_that_no_seed_owns_has_the_given_source_or_its_host(bench, name, expected):
    bench.run(bench.file("a.warc.gz", record(http(page()))), sources=(), name=name)

    assert [document["newskeep"]["source"] for document in bench.documents()] == [expected]


def test_what_a_seed_leaves_is_left(bench):
    report = bench.run(
        bench.file("a.warc.gz", record(http(page()))), sources=(attrs.evolve(COURIER, leave=("/2026/",)),)
    )

    assert report.sources["courier"].skipped == {"left by the seed": 1}


def test_only_captures_of_the_slice_are_read(bench):
    path = bench.file("a.warc.gz", record(http(page())))

    for wanted in (
        Slice(sources=("other",)),
        Slice(since=datetime(2026, 3, 11, tzinfo=UTC)),
        Slice(until=datetime(2026, 3, 10, tzinfo=UTC)),
    ):
        bench.run(path, wanted=wanted)

    assert bench.documents() == []


def test_a_later_capture_that_reads_otherwise_is_a_changed_revision_and_an_older_one_is_left(bench):
    old = bench.file("old.warc.gz", record(http(page(LATER, LATER)), date="2026-03-10T08:00:00Z"))
    middle = bench.file("middle.warc.gz", record(http(page()), number=2))
    new = bench.file("new.warc.gz", record(http(page(LATER)), number=3, date="2026-03-11T08:00:00Z"))

    reports = [bench.run(path) for path in (middle, new, old)]

    kinds = [document["newskeep"]["revision"]["kind"] for document in bench.documents()]
    assert sorted(kinds) == ["changed", "first"]
    assert reports[1].sources["courier"].words_added == len(LATER.split())
    assert reports[2].sources["courier"].skipped == {"older than the archive's": 1}


def test_a_damaged_warc_is_refused_by_name_and_nothing_of_it_is_kept(bench):
    path = bench.folder / "cut.warc.gz"
    path.write_bytes(gzip.compress(record(http(page())))[:-20])

    with pytest.raises(WarcError, match=r"cut\.warc\.gz"):
        bench.run(path)

    assert list(bench.store.list("")) == []
    assert bench.spool.segments() == []


# -- the archive ------------------------------------------------------------------------------------------------


@pytest.fixture
def archived(bench):
    """An article read while the seed did not know the site's chatter."""
    bench.run(bench.file("a.warc.gz", record(http(page(CHATTER)))))
    return bench


KNOWING = attrs.evolve(COURIER, boilerplate_phrases=(CHATTER,))


def test_an_article_that_reads_as_before_gets_no_revision(archived):
    report = archived.run()

    assert (report.sources["courier"].seen, report.sources["courier"].unchanged) == (1, 1)
    assert len(archived.documents()) == 1


def test_an_article_that_reads_otherwise_gets_a_reprocessed_revision_with_its_report(archived):
    report = archived.run(sources=(KNOWING,))

    first, second = archived.documents()
    assert CHATTER in first["articleBody"]
    assert CHATTER not in second["articleBody"]
    assert second["newskeep"]["revision"] | {"fingerprint": None} == {
        "number": 2,
        "kind": "reprocessed",
        "fingerprint": None,
        "previous": next(found.key for found in archived.store.list("documents/")),
    }
    assert second["newskeep"]["hints"]["boilerplatePhrases"] == [CHATTER]
    changes = report.sources["courier"]
    assert (changes.changed, changes.words_added, changes.words_removed) == (1, 0, len(CHATTER.split()))


def test_reprocessing_again_adds_nothing(archived):
    archived.run(sources=(KNOWING,))
    archived.run(sources=(KNOWING,))

    assert len(archived.documents()) == 2


def test_a_reprocessed_document_can_be_rebuilt(archived):
    archived.run(sources=(KNOWING,))
    keys = [found.key for found in archived.store.list("documents/")]

    outcomes = {found.outcome for found in rebuild_documents(archived.store, keys, pool=archived.pool)}

    assert outcomes == {Outcome.SAME}


def test_a_field_that_is_gained_makes_a_revision_though_the_text_is_the_same(archived):
    key = next(found.key for found in archived.store.list("documents/"))
    document = json.loads(archived.store.get(key))
    del document["publisher"]
    archived.store.replace(key, json.dumps(document).encode())

    report = archived.run()

    assert report.sources["courier"].gained == {"publisher": 1}
    assert len(archived.documents()) == 2


def test_what_gives_no_article_today_stays_and_is_told(archived):
    report = archived.run(sources=(attrs.evolve(COURIER, boilerplate_selectors=("article",)),))

    assert sum(report.sources["courier"].refused.values()) == 1
    assert len(archived.documents()) == 1


def test_a_dry_run_reports_and_changes_nothing(archived):
    before = [found.key for found in archived.store.list("")]

    report = archived.run(sources=(KNOWING,), dry=True)

    assert report.sources["courier"].changed == 1
    assert [found.key for found in archived.store.list("")] == before
    assert len(list(archived.catalog.revisions())) == 1


def test_a_record_that_is_gone_is_a_problem_by_name_and_the_rest_goes_on(archived):
    archived.run(archived.file("b.warc.gz", record(http(page(LATER, headline="B")), number=2, url=f"{URL}-b")))
    segment = next(found.key for found in archived.store.list("warc/") if found.key.endswith(".warc.gz"))
    archived.store.delete(segment)

    report = archived.run()

    assert len(report.problems) == 1
    assert segment in report.problems[0]
    assert report.sources["courier"].seen == 1


class KilledError(Exception):
    """Stands for a kill."""


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_run_that_is_killed_is_completed_by_the_next(bench, after):
    records = [
        record(http(page(headline=f"Number {number}")), number=number, url=f"{URL}-{number}") for number in range(1, 4)
    ]
    path = bench.file("a.warc.gz", *records)

    class Mortal(Outlet):
        def add(self, revision, **when):
            if len(list(self.catalog.revisions())) == after:
                raise KilledError
            return super().add(revision, **when)

    with pytest.raises(KilledError):
        bench.run(path, outlet=Mortal(bench.spool, bench.catalog))
    bench.run(path)

    assert sorted(document["headline"] for document in bench.documents()) == ["Number 1", "Number 2", "Number 3"]
    assert bench.spool.segments() == []


def test_an_imported_segment_is_named_by_time_name_and_content(bench):
    path = bench.file("CC-NEWS-2026.warc.gz", record(http(page())))

    imported = import_warc(path, bench.spool.directory, bench.store)

    assert imported.path.name.startswith("imported-20260310100000000-00000-CC_NEWS_2026.")
    assert validate_segment(imported.path) == 1


def test_an_article_that_was_taken_down_does_not_come_back_with_a_warc(bench):
    path = bench.folder / "foreign.warc"
    FOREIGN["cc-news"](path)
    bench.run(path)
    take_down(bench.store, bench.catalog, URL, reason="court order", now=datetime.now(UTC))
    again = bench.folder / "again.warc"
    FOREIGN["uncompressed"](again)

    report = bench.run(again)

    assert bench.documents() == []
    assert report.sources["courier"].skipped == {"taken down": 1}
    assert [line for line in report.problems if URL in line and "scrapy takedown" in line]

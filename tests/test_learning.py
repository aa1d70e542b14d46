import json
import random
import tomllib
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands import template as command
from pipelines.archive import Outlet, Spool, Uploader, open_catalog, read_document
from pipelines.audit.rebuild import Outcome, rebuild_documents
from pipelines.audit.reprocess import Reprocessing
from pipelines.audit.slices import Slice
from pipelines.boilerplate import load_statistics, page_hints
from pipelines.dedupe import plan_revision
from pipelines.learning import BATCH, Learner
from pipelines.model import Capture, Furniture, Page, RevisionKind, Source
from pipelines.stores import FileStore
from pipelines.warc import Exchange, WarcWriter
from pipelines.workers import ExtractionPool, present_versions, read_article

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
LINE = "Every reader of this page has a button tin. Ours stands in the window."  # no rule knows it
COURIER = Source(id="courier", name="The Courier", home_page="https://courier.example/")
WORDS = (
    "harbour",
    "bridge",
    "council",
    "lamp",
    "ferry",
    "night",
    "market",
    "engine",
    "river",
    "window",
    "school",
    "garden",
)


def sentence(seed):
    chosen = random.Random(seed).choices(WORDS, k=16)
    return f"The {' '.join(chosen[:9])} said on Tuesday that the {' '.join(chosen[9:])} would stay."


def page_bytes(number, line=LINE):
    published = (START - timedelta(days=number % 5)).isoformat()
    paragraphs = "".join(f"<p>{sentence(number * 10 + part)}</p>" for part in range(5))
    meta = f'<meta property="article:published_time" content="{published}"><meta property="og:type" content="article">'
    headline = f"{WORDS[number % 12].title()} and {WORDS[number % 7]} of {WORDS[number % 11]}"
    return (
        f"<html lang=en><head><title>{headline}</title>{meta}</head><body><article><h1>{headline}</h1>"
        f'<div class="story-body">{paragraphs}<p>{line}</p></div></article></body></html>'
    ).encode()


@attrs.define
class Bench:
    """An archive into which pages come as a crawl brings them."""

    folder: object
    store: FileStore
    catalog: object
    learner: Learner

    @property
    def outlet(self):
        return Outlet(Spool(self.folder / "spool"), self.catalog)

    def take(self, numbers, *, line=LINE, source=COURIER):
        """Read, count and archive each page; return the articles."""
        articles = []
        with WarcWriter(self.folder / "spool") as writer:
            for number in numbers:
                capture, body = self.record(writer, number, line)
                equipped = self.learner.equip(source)
                article = read_article(Page(capture=capture, payload=body), equipped)
                revision = plan_revision(
                    article,
                    capture=capture,
                    candidate=None,
                    history=self.catalog,
                    versions=present_versions(),
                    hints=page_hints(equipped, article),
                )
                self.learner.note("courier", article, capture.fetched_at)
                self.outlet.add(revision)
                articles.append(article)
        self.send()
        return articles

    def record(self, writer, number, line):
        body, at = page_bytes(number, line), START + timedelta(minutes=number)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        url = f"https://courier.example/2026/03/story-{number}"
        exchange = Exchange(
            url=url, fetched_at=at, request=b"GET / HTTP/1.1\r\n\r\n", response=head + body, payload=body
        )
        location = writer.write(exchange)
        capture = Capture(
            source="courier",
            url=url,
            fetched_at=at,
            status=200,
            media_type="text/html",
            charset="utf-8",
            payload_digest=exchange.payload_digest,
            location=location,
        )
        return capture, body

    def send(self):
        Uploader(Spool(self.folder / "spool"), self.store, adopt=self.catalog.add_document, report=pytest.fail).drain()

    def documents(self):
        return [read_document(self.store, found.key) for found in self.store.list("documents/")]


@pytest.fixture(scope="module")
def pool():
    with ExtractionPool(workers=1) as pool:
        yield pool


@pytest.fixture
def bench(tmp_path):
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    yield Bench(tmp_path, FileStore(tmp_path / "archive"), catalog, Learner(catalog.templates))
    catalog.close()


def test_what_returns_goes_at_once_from_the_seventh_article_on(bench):
    articles = bench.take(range(10))

    assert [LINE in article.article_body for article in articles] == [True] * 6 + [False] * 4
    (removed,) = [one for one in articles[9].removed if one.rule == "template"]
    assert removed.block.text == LINE
    assert removed.evidence.endswith(" on 9 articles")


def test_the_next_run_knows_what_the_last_one_learned(bench):
    bench.take(range(7))
    bench.learner.flush()
    bench.learner = Learner(bench.catalog.templates)

    (article,) = bench.take([9])

    assert LINE not in article.article_body


def test_the_count_is_written_some_articles_at_a_time(bench):
    bench.take(range(BATCH - 1))
    assert bench.catalog.templates.read("courier") is None

    bench.take([BATCH])
    assert load_statistics(bench.catalog.templates.read("courier")).articles == BATCH


def test_two_crawls_count_onto_each_other(bench):
    other = Learner(bench.catalog.templates)
    bench.take(range(3))
    bench.learner, mine = other, bench.learner
    bench.take(range(3, 7))

    mine.flush()
    other.flush()

    assert load_statistics(bench.catalog.templates.read("courier")).articles == 7
    assert other.equip(COURIER).template


def test_every_document_is_made_again_from_the_archive_alone(bench, pool):
    bench.take(range(10))
    documents = bench.documents()

    rebuilt = rebuild_documents(bench.store, [found.key for found in bench.store.list("documents/")], pool=pool)

    assert {found.outcome for found in rebuilt} == {Outcome.SAME}
    told = [document["newskeep"]["hints"].get("template") for document in documents]
    assert sum(template is not None for template in told) == 4
    assert max(template[0]["articles"] for template in told if template) == 9


def test_reprocess_cleans_what_was_archived_before_it_was_known_and_is_done_after_once(bench, pool):
    bench.take(range(10))
    bench.learner.flush()

    reports = []
    for _ in range(2):
        reprocessing = Reprocessing(
            store=bench.store, catalog=bench.catalog, pool=pool, sources={"courier": COURIER}, outlet=bench.outlet
        )
        reprocessing.read_archive(Slice())
        bench.send()
        reports.append(reprocessing.report.sources["courier"])

    assert [report.changed for report in reports] == [6, 0]
    latest = [document for document in bench.documents() if document["newskeep"]["revision"]["number"] == 2]
    assert {document["newskeep"]["revision"]["kind"] for document in latest} == {RevisionKind.REPROCESSED}
    assert not any(LINE in document["articleBody"] for document in latest)


def test_what_a_document_recorded_counts_where_nothing_is_known_any_more(bench, pool):
    bench.take(range(10))  # and the catalog's statistics are never written

    reprocessing = Reprocessing(
        store=bench.store, catalog=bench.catalog, pool=pool, sources={"courier": COURIER}, outlet=bench.outlet
    )
    reprocessing.read_archive(Slice())

    assert reprocessing.report.sources["courier"].changed == 0


def test_a_seed_overrules_what_was_learned(bench):
    bench.take(range(8))
    (furniture,) = bench.learner.equip(COURIER).template
    keep = attrs.evolve(COURIER, template_keep=(LINE.upper(),))
    by_key = attrs.evolve(COURIER, template_keep=(furniture.key,))

    assert bench.learner.equip(keep).template == ()
    assert bench.learner.equip(by_key).template == ()


def test_a_seed_drops_what_was_seen_too_seldom(bench):
    bench.take(range(2))
    drop = attrs.evolve(COURIER, template_drop=(LINE,))

    (article,) = bench.take([3], source=drop)

    assert LINE not in article.article_body


def test_a_source_without_statistics_stays_as_it_is(bench):
    recorded = (Furniture(key="0" * 16, articles=4),)

    assert bench.learner.equip(COURIER) is COURIER
    assert bench.learner.equip(COURIER, recorded).template == recorded


# -- the command ----------------------------------------------------------------------------------------------


@pytest.fixture
def run(bench, tmp_path, capsys):
    """Run the command as Scrapy would; give exit status, stdout and stderr."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    settings = {
        "ARCHIVE_URL": f"file:{tmp_path / 'archive'}",
        "CATALOG_URL": f"sqlite:///{tmp_path / 'catalog.sqlite'}",
        "SEEDS_DIR": str(seeds),
        "EXTRACTION_WORKERS": 1,
        "EXTRACTION_DEADLINE": 30,
    }

    def call(*argv, seed=None):
        if seed:
            (seeds / "courier.toml").write_text(f'name = "C"\nhome_page = "https://courier.example/"\n{seed}', "utf-8")
        one = command.Command()
        one.settings = Settings(settings)
        parser = ArgumentParser()
        one.add_options(parser)
        opts, args = parser.parse_known_args(list(argv))
        one.run(args, opts)
        return one.exitcode, *capsys.readouterr()

    return call


def test_the_template_is_printed_as_toml_with_its_evidence(bench, run):
    bench.take(range(8))
    bench.learner.flush()

    status, output, _ = run("courier")
    told = tomllib.loads(output)
    (block,) = told["block"]

    assert status == 0
    assert (told["source"], told["articles"]) == ("courier", 8)
    assert (block["text"], block["place"], block["goes"]) == (LINE, "story-body", "edge")
    assert (block["articles"], block["share"]) == (8, 0.8)
    assert block["sides"] == {"before": 0, "within": 0, "after": 7}  # on the first it was as new as the story
    assert block["last_seen"] == START + timedelta(minutes=7)
    assert len(block["examples"]) == 3


def test_what_stays_is_shown_on_demand_and_what_is_overruled_is_marked(bench, run):
    bench.take(range(8))
    bench.learner.flush()

    _, output, _ = run("courier", seed=f"[template]\nkeep = [{json.dumps(LINE)}]")
    assert "block" not in tomllib.loads(output)

    _, output, _ = run("courier", "--all")
    (block,) = tomllib.loads(output)["block"]
    assert (block["goes"], block["overruled"]) == ("stays", True)


def test_a_template_is_learned_anew_from_the_archive(bench, run):
    bench.take(range(8))

    status, output, errors = run("courier", "--learn")

    assert (status, errors) == (0, "")
    (block,) = tomllib.loads(output)["block"]
    assert (block["text"], block["articles"]) == (LINE, 8)


def test_a_source_that_nobody_knows_is_one_clear_line(bench, run):
    bench.take(range(2))
    bench.learner.flush()

    for options in ((), ("--learn",)):
        status, output, errors = run("nobody", *options)
        assert (status, output) == (1, "")
        assert "'nobody'" in errors
        assert errors.count("\n") == 1


def test_the_command_wants_one_source(run):
    with pytest.raises(UsageError):
        run()

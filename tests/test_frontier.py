import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from crawler import frontier
from crawler.frontier import Frontier
from crawler.plan import CrawlPlan
from pipelines.archive import open_catalog
from pipelines.model import Candidate, Channel, Source

SOURCE = Source(id="courier", name="Courier", home_page="https://courier.example/")


class Stats:
    def inc_value(self, *_):
        pass


@pytest.fixture
def catalog(tmp_path):
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    yield catalog
    catalog.close()


@pytest.fixture
def run(catalog):
    """Let a new run do something with its frontier, some time from now."""

    def run(action, *, later=timedelta(0), limit=100):
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + later

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(frontier, "datetime", Clock)
            return asyncio.run(action(Frontier(catalog, CrawlPlan(sources=(SOURCE,), limit=limit), Stats())))

    return run


def candidate(path: str) -> Candidate:
    return Candidate(
        url=f"https://courier.example/{path}",
        source="courier",
        channel=Channel.FEED,
        found_on="https://courier.example/feed",
        published=datetime(2026, 11, 2, tzinfo=UTC),
    )


def paths(candidates):
    return [candidate.url.rpartition("/")[2] for candidate in candidates]


def test_what_a_run_did_not_get_to_is_taken_up_by_the_next(run):
    run(lambda frontier: frontier.admit(SOURCE, [candidate("a"), candidate("b")]), limit=1)

    assert sorted(paths(run(lambda frontier: frontier.resume(SOURCE)))) == ["a", "b"]


async def fail(frontier):
    await frontier.admit(SOURCE, [candidate("a")])
    await frontier.note(candidate("a"), "failed", "http-503")


def test_what_failed_is_tried_again_although_no_list_names_it_any_more(run):
    run(fail)

    assert run(lambda frontier: frontier.resume(SOURCE)) == []
    assert paths(run(lambda frontier: frontier.resume(SOURCE), later=timedelta(hours=2))) == ["a"]


def test_what_fails_again_and_again_is_let_go(run):
    for _ in range(5):
        run(fail)

    assert run(lambda frontier: frontier.resume(SOURCE), later=timedelta(hours=2)) == []


def test_a_listing_is_finished_only_when_a_run_says_so(run):
    listing = "https://courier.example/news/"

    assert run(lambda frontier: frontier.has_finished(listing)) is False
    run(lambda frontier: frontier.finish(listing, SOURCE))
    assert run(lambda frontier: frontier.has_finished(listing)) is True

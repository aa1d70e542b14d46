"""What a crawl says at its end: everything that went wrong with the archive can be read there."""

import io

import pytest
from rich.console import Console
from scrapy.settings import Settings

from crawler.extensions.summary import render_summary

WHOLE = {"archive/stored": 15, "finish_reason": "finished", "warc/exchanges": 46, "elapsed_time_seconds": 2.0}


def summary(**stats) -> str:
    settings = Settings()
    settings.setmodule("crawler.settings", "project")
    console = Console(file=io.StringIO(), width=100)
    console.print(render_summary(WHOLE | stats, settings))
    return " ".join(console.file.getvalue().split())


@pytest.mark.parametrize(
    ("stats", "told"),
    [
        ({"upload/waiting": 16}, "16 files could not be uploaded and wait for the next crawl in spool"),
        ({"upload/waiting": 1}, "1 file could not be uploaded"),
        ({"upload/retries/StoreError": 3, "upload/retries/OSError": 1}, "times the store failed 4"),
        ({"spool/paused_seconds": 12}, "seconds paused for room 12"),
        ({"finish_reason": "the spool is full"}, "(the spool is full: the next crawl goes on from here)"),
        ({"warc/failed/damaged": 1}, "WARC DAMAGED, kept in the spool's damaged/"),
        ({"record/failed/WarcError": 2}, "NOT RECORDED: WarcError 2"),
        ({"archive/failed/CatalogError": 2}, "NOT ARCHIVED: CatalogError 2"),
    ],
    ids=str,
)
def test_what_went_wrong_with_the_archive_is_told(stats, told):
    assert told in summary(**stats)
    assert told not in summary()


def test_where_nothing_went_wrong_nothing_of_the_kind_is_told():
    assert "Archived 15 articles documents and WARCs file:archive" in summary()
    assert "upload" not in summary()

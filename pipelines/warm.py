"""What every worker needs, loaded once: imported by the fork server, and by nothing else."""

from contextlib import suppress
from datetime import UTC, datetime

from pipelines.errors import ExtractionError
from pipelines.extract import saved_page
from pipelines.workers import read_article

PARAGRAPH = (
    "<p>The bridge reopened on Tuesday evening, and some four hundred people came to see whether it would hold.</p>"
)
PAGE = (
    f"<html lang=en><head><title>Warm</title></head><body><article><h1>Warm</h1>{PARAGRAPH * 8}</article></body></html>"
)

# The first page a process reads costs half a second more than the second: rules, parsers and tables are loaded then.
with suppress(ExtractionError):
    read_article(saved_page(PAGE.encode(), url="https://newskeep.example/2026/03/warm", fetched_at=datetime.now(UTC)))

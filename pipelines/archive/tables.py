"""The catalog's tables, the same in SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

SCHEMA_VERSION = 3  # since 1 tables were only added, so one is made into the other by adding them


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite has no zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the time to UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

# The frontier and every URL known: one row a url_key.
urls = Table(
    "urls",
    metadata,
    Column("url_key", Text, primary_key=True),
    Column("url", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("channel", String(32)),
    Column("found_on", Text),
    Column("hints", JSON),
    Column("published", UtcDateTime),
    Column("discovered_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
    Column("fetched_at", UtcDateTime),
    Column("next_due", UtcDateTime),
    Column("failures", Integer, nullable=False, default=0),
    Column("status", Integer),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("payload_digest", Text),
    Column("article_id", String(32)),
    Index("urls_by_source_and_state", "source", "state"),
)

# One row a document in the store.
revisions = Table(
    "revisions",
    metadata,
    Column("document_key", Text, primary_key=True),
    Column("article_id", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("headline", Text),
    Column("date_published", UtcDateTime),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("payload_digest", Text, nullable=False),
    Column("warc_filename", Text),
    Column("warc_offset", BigInteger),
    Column("warc_length", BigInteger),
    Column("warc_record_id", Text),
    Index("revisions_of_article", "article_id", "number"),
    Index("revisions_by_capture", "fetched_at", "document_key"),
)

# Feeds, sitemaps and listing pages, as last asked for.
polls = Table(
    "polls",
    metadata,
    Column("url", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("polled_at", UtcDateTime, nullable=False),
    Column("payload_digest", Text),
    Column("brought", Integer, nullable=False),
)

# Why the page at a URL is no article, as last judged.
refusals = Table(
    "refusals",
    metadata,
    Column("url_key", Text, primary_key=True),
    Column("cause", String(32), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("told", Text, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
)

# The response record that holds what a URL gave last: what gives the same again needs only a revisit record.
originals = Table(
    "originals",
    metadata,
    Column("url", Text, primary_key=True),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("payload_digest", Text, nullable=False),
    Column("warc_filename", Text, nullable=False),
    Column("warc_offset", BigInteger, nullable=False),
    Column("warc_length", BigInteger, nullable=False),
    Column("warc_record_id", Text, nullable=False),
)

# What returns on the articles of a source, as JSON (`pipelines.boilerplate.statistics`): bounded, and learned anew
# from the archive when it is lost.
templates = Table(
    "templates",
    metadata,
    Column("source", Text, primary_key=True),
    Column("statistics", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

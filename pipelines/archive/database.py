"""The catalog's database: opened, prepared, and its failures put in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError

from pipelines.archive.tables import SCHEMA_VERSION, facts, metadata
from pipelines.errors import CatalogError, MissingCatalogError

BUSY_TIMEOUT = 30.0
WRITES = "newskeep_writes"
FORMS = "write sqlite:///FILE or postgresql://USER@HOST/DATABASE"


class Database:
    """Transactions on an engine, whose failures are `CatalogError`s."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{WRITES: True})
        self.name = engine.url.render_as_string(hide_password=True)
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state."""
        with self._named(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a transaction, committed at the end unless something is raised."""
        with self._named(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let all connections go."""
        self._engine.dispose()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise catalog_error(self.name, error) from error


def open_database(url: str, *, create: bool) -> Database:
    """Return the database at `url`, with its tables.

    Raises:
        CatalogError: the URL is wrong, nothing answers, another program holds the lock, it was made by another
            version of newskeep, or it is missing and `create` is false.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite" and not create and not Path(parsed.database or "").is_file():
        raise MissingCatalogError(f"{url}: there is no catalog yet; crawl first, or run `scrapy catalog rebuild`")
    try:
        engine = _create_engine(parsed)
    except (NoSuchModuleError, ArgumentError) as error:
        raise CatalogError(f"CATALOG_URL: {url!r} is no database; {FORMS}") from error
    except ModuleNotFoundError as error:
        raise CatalogError(f"{url}: the driver {error.name} is missing; install psycopg") from error
    database = Database(engine)
    try:
        _prepare(database)
    except CatalogError:
        database.close()
        raise
    return database


def catalog_error(name: str, error: SQLAlchemyError) -> CatalogError:
    """Return the failure as one line: the driver's own first line, and what to do where that is known."""
    reason = (str(getattr(error, "orig", None) or error).strip() or type(error).__name__).splitlines()[0]
    if isinstance(error, OperationalError) and "locked" in reason:
        return CatalogError(f"{name}: locked by another program for over {BUSY_TIMEOUT:.0f} s")
    if "not a database" in reason:
        return CatalogError(f"{name}: not an SQLite database; move it away and run `scrapy catalog rebuild`")
    return CatalogError(f"{name}: {reason}")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise CatalogError(f"CATALOG_URL: {url!r} is no database URL; {FORMS}") from error
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise CatalogError(f"CATALOG_URL: {parsed.drivername} is not supported; {FORMS}")
    return parsed


def _create_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Let readers and one writer work at once; what a power cut may take is rebuilt from the archive."""
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`, not by the driver
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once where writing is meant: a later upgrade fails instead of waiting."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(database: Database) -> None:
    with database.reading() as connection:
        version = None
        if inspect(connection).has_table(facts.name):
            version = connection.scalar(select(facts.c.value).where(facts.c.name == "schema_version"))
    if version in {None, *map(str, range(1, SCHEMA_VERSION))}:
        with database.writing() as connection:
            metadata.create_all(connection)
            connection.execute(delete(facts).where(facts.c.name == "schema_version"))
            connection.execute(insert(facts).values(name="schema_version", value=str(SCHEMA_VERSION)))
    elif version != str(SCHEMA_VERSION):
        raise CatalogError(
            f"{database.name}: made by another version of newskeep (schema {version}, not {SCHEMA_VERSION}); "
            "move it away and run `scrapy catalog rebuild`"
        )

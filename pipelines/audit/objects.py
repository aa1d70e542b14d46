"""An object of the store against its entry in the manifests."""

from collections.abc import Iterator

from pipelines.archive.manifests import Entry, Event
from pipelines.audit.problems import Kind, Problem
from pipelines.stores import Content

COPY = "restore a copy of these very bytes from a backup, a replica or an older version of the object"


def compare(key: str, entry: Entry | None, content: Content | None, affects: str) -> Iterator[Problem]:
    """Yield how an object differs from its entry; none is needed for what has gone since the store listed it."""
    if content is None:
        return
    if entry is None:
        message = f"is in no manifest ({content.size} bytes)"
        repair = "find out who wrote it; when no crawl did, delete it"
        yield Problem(key=key, kind=Kind.UNLISTED, message=message, affects=affects, repair=repair)
    elif entry.event == Event.REMOVED:
        message = f"is there, although it was removed: {entry.reason or 'no reason was given'}"
        yield Problem(key=key, kind=Kind.CHANGED, message=message, affects=affects, repair="run the takedown again")
    elif content.size != entry.size:
        message = f"has {content.size} bytes, not {entry.size}"
        yield Problem(key=key, kind=Kind.CHANGED, message=message, affects=affects, repair=COPY)
    elif content.sha256 != entry.sha256:
        message = f"has {content.sha256}, not {entry.sha256}"
        yield Problem(key=key, kind=Kind.CHANGED, message=message, affects=affects, repair=COPY)


def affected_by(key: str) -> str:
    """Say in a few words what an object matters to."""
    room, *names = key.split("/")
    if room == "documents" and len(names) == 3:
        return f"article {names[1]} of {names[0]}"
    return {"warc": "the records in it", "cdxj": "look-ups by URL", "takedowns": "the reason of a gap"}.get(room, "")


def catalog_problem(key: str, message: str) -> Problem:
    """Return what is wrong between the catalog and a document."""
    return Problem(
        key=key,
        kind=Kind.CATALOG,
        message=message,
        affects="searches and exports",
        repair="run `scrapy catalog rebuild`",
    )


def removed_problem(key: str) -> Problem:
    """Return what is wrong with a document whose article has a tombstone."""
    article = key.split("/")[2]
    return Problem(
        key=key,
        kind=Kind.DOCUMENT,
        message="is of an article that was taken down: the takedown was interrupted, or it came back with a WARC",
        affects=affected_by(key),
        repair=f"run `scrapy takedown {article} --reason ...` again",
    )

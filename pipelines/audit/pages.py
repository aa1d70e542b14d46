"""From a document and its record back to the page that the extraction saw, with all that it was told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipelines.model import Candidate, Capture, Channel, Furniture, Hints, Page, Source
from pipelines.warc import Recorded
from pipelines.warc.content import ContentCodingError, decode_content, read_content_type

# What a document was made from was within the crawl's limit; this one only keeps a forged archive from filling memory.
MAX_BYTES = 2**30


def page_of(document: Mapping[str, Any], recorded: Recorded) -> tuple[Page, Source | None]:
    """Return the page that `document` was read from, and what its seed told then; None when there was no seed.

    What the record tells is taken from the record alone, so that a document that claims something else is found out.
    """
    ours = document["newskeep"]
    capture, payload = read_capture(
        recorded,
        source=ours["source"],
        requested_url=ours["capture"].get("requestedUrl"),
        limit=MAX_BYTES,
    )
    candidate = _candidate(ours["candidate"], ours["source"]) if "candidate" in ours else None
    source = _source(ours["source"], ours["hints"]) if "hints" in ours else None
    return Page(capture=capture, payload=payload, candidate=candidate), source


def read_capture(
    recorded: Recorded, *, source: str, limit: int, requested_url: str | None = None
) -> tuple[Capture, bytes]:
    """Return the capture that a record holds and its payload, content coding undone.

    A body of more than `limit` bytes, or one that breaks off, makes the capture a truncated one, as in a crawl.
    """
    media_type, charset = read_content_type(_header(recorded, "content-type"))
    # A revisit is always marked as cut, since it has no body of its own (WARC 1.1 §6.7.2); what it repeats is whole.
    truncated = None if recorded.type == "revisit" else recorded.truncated
    payload, fault = _decoded(recorded, limit)
    capture = Capture(
        source=source,
        url=recorded.url,
        fetched_at=recorded.fetched_at,
        status=recorded.status,
        media_type=media_type,
        charset=charset,
        payload_digest=recorded.payload_digest,
        etag=_header(recorded, "etag"),
        last_modified=_header(recorded, "last-modified"),
        truncated=truncated or fault,
        requested_url=requested_url,
        location=recorded.location,
    )
    return capture, payload


def _decoded(recorded: Recorded, limit: int) -> tuple[bytes, str | None]:
    """Return the decoded body, and why it is not whole.

    Some writers undo the coding and leave the header: a body of which not one byte can be decoded stands as it is.
    """
    codings = ",".join(value for name, value in recorded.headers if name.lower() == "content-encoding")
    try:
        payload, cut = decode_content(recorded.body, codings, limit)
    except ContentCodingError as error:
        if error.decoded or not recorded.body.lstrip().startswith(b"<"):
            return error.decoded, "disconnect"
        payload, cut = recorded.body[:limit], len(recorded.body) > limit
    return payload, "length" if cut else None


def _header(recorded: Recorded, name: str) -> str | None:
    """Return the last value of a header; None when it was not sent."""
    return next((value for key, value in reversed(recorded.headers) if key.lower() == name), None)


def _candidate(values: Mapping[str, Any], source: str) -> Candidate:
    return Candidate(
        url=values["url"],
        source=source,
        channel=Channel(values["channel"]),
        found_on=values["foundOn"],
        title=values.get("title"),
        published=_moment(values.get("published")),
        modified=_moment(values.get("modified")),
        language=values.get("language"),
        publication=values.get("publication"),
        authors=tuple(values.get("authors", ())),
        keywords=tuple(values.get("keywords", ())),
    )


def _source(name: str, values: Mapping[str, Any]) -> Source:
    hints = Hints(
        name=values["name"],
        language=values.get("language"),
        country=values.get("country"),
        timezone=values.get("timezone"),
        boilerplate_selectors=tuple(values.get("boilerplateSelectors", ())),
        boilerplate_phrases=tuple(values.get("boilerplatePhrases", ())),
        template=tuple(Furniture(**one) for one in values.get("template", ())),
    )
    return Source.from_hints(name, hints)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

"""What came over the wire: captures, where they are recorded, and pages."""

from datetime import datetime

import attrs

from pipelines.model.sources import Candidate


@attrs.frozen(kw_only=True)
class WarcLocation:
    """Where a record lies.

    Attributes:
        filename: the segment's file name, which is unique in the archive.
        offset, length: bytes of the record's own gzip member.
        record_id: `WARC-Record-ID`, `urn:uuid:...` without angle brackets.
    """

    filename: str
    offset: int
    length: int
    record_id: str


@attrs.frozen(kw_only=True)
class Capture:
    """One HTTP exchange as recorded (WARC `response` or `revisit`).

    Attributes:
        source: `Source.id`.
        url: absolute URL that answered (`WARC-Target-URI`).
        fetched_at: UTC, when the request began (`WARC-Date`).
        status: HTTP status code.
        media_type: from Content-Type, lower case, without parameters; empty when not sent.
        charset: from Content-Type; None when not sent.
        payload_digest: `sha256:<hex>` of the body as sent, with content coding and without transfer coding
            (`WARC-Payload-Digest`, WARC 1.1 §5.9).
        etag, last_modified: the validators as sent.
        truncated: `length`, `time` or `disconnect` (`WARC-Truncated`); None when whole.
        requested_url: what was asked for first, when redirects led here; else None.
        location: where to read it back; None when recording is off.
    """

    source: str
    url: str
    fetched_at: datetime
    status: int
    media_type: str
    charset: str | None = None
    payload_digest: str
    etag: str | None = None
    last_modified: str | None = None
    truncated: str | None = None
    requested_url: str | None = None
    location: WarcLocation | None = None


@attrs.frozen(kw_only=True)
class Page:
    """A capture with its payload, content coding undone.

    Attributes:
        payload: the decoded body.
        candidate: the hints that led here; None for a page from elsewhere.
    """

    capture: Capture
    payload: bytes
    candidate: Candidate | None = None

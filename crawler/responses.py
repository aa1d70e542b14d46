"""What a response is worth: the page that was asked for, a way to another, or nothing."""

from scrapy.http import Response

from pipelines.model import Capture, Source

REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410, 451)
# Servers name pages and feeds in many ways; what the bytes are is decided by whoever reads them.
PAGE_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"})
MACHINE_TYPES = PAGE_TYPES | {
    "application/atom+xml",
    "application/feed+json",
    "application/gzip",
    "application/json",
    "application/octet-stream",
    "application/rdf+xml",
    "application/rss+xml",
    "application/x-gzip",
}


def refusal_of(response: Response, source: Source, types: frozenset[str]) -> str | None:
    """Return why a response is not the page that was asked for; None when it is."""
    capture = response.meta["capture"]
    if response.status != 200:
        return f"http-{response.status}"
    if capture.truncated:
        return f"truncated-{capture.truncated}"
    if not source.owns(response.url):
        return "moved-off-site"
    if capture.media_type not in types:
        return "not-html"
    return None if response.body.strip() else "empty"


def location_of(response: Response) -> str:
    """Return the Location header; servers write it in UTF-8, whatever RFC 9110 says."""
    value = response.headers.get("Location") or b""
    return value.decode("utf-8", "replace")


def charset_of(response: Response) -> str | None:
    """Return the charset that the response's Content-Type names; None when it names none."""
    capture: Capture = response.meta["capture"]
    return capture.charset

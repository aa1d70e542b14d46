"""The sort keys of web archives: Sort-friendly URI Reordering Transform (`com,example)/path?query`).

Two URLs with one key are taken for one page. The rules are those of the Internet Archive's canonicaliser, which
cdxj-indexer, pywb and wacz apply by the Python package `surt`; that package is not used here because it asks the
name server about hosts that look like numbers.

Source:
    http://crawler.archive.org/articles/user_manual/glossary.html#surt for the form.
"""

import re
import socket
from contextlib import suppress
from urllib.parse import SplitResultBytes, quote_from_bytes, unquote_to_bytes

SCHEME = re.compile(rb"[a-zA-Z][a-zA-Z0-9+.-]*:")
REPEATED_SCHEMES = re.compile(rb"^(https?://)+")
PARTS = re.compile(rb"^([a-zA-Z][a-zA-Z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$")
KEPT = b"!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
WWW = re.compile(rb"^www\d*\.")
NUMERIC_HOST = re.compile(rb"[0-9]+(\.[0-9]+){0,3}")
DEFAULT_PORTS = {b"http": 80, b"https": 443}
PATH_SESSIONS = (
    re.compile(rb"^(.*/)((?:\((?:[a-z]\([0-9a-z]{24}\))+\)/))([^?]+\.aspx.*)$", re.IGNORECASE),
    re.compile(rb"^(.*/)(\([0-9a-z]{24}\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
)
QUERY_SESSIONS = tuple(
    re.compile(rb"^(.*)(?:%s)(?:&(.*))?$" % name, re.IGNORECASE)
    for name in (
        rb"jsessionid=[0-9a-zA-Z]{32}",
        rb"phpsessid=[0-9a-zA-Z]{32}",
        rb"sid=[0-9a-zA-Z]{32}",
        rb"ASPSESSIONID[a-zA-Z]{8}=[a-zA-Z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def to_surt(url: str) -> str:
    """Return the key of a URL: ASCII, lower case, without scheme, `www.`, default port, fragment and session ids.

    A URL that does not parse (a port that is no number) is its own key; an empty one has the key `-`.
    """
    if not url.strip() or url.startswith("filedesc"):
        return url or "-"
    try:
        return _surt(url.encode()).decode()
    except ValueError:
        return url


def _surt(url: bytes) -> bytes:
    scheme, host, port, path, query = _split(url)
    path = _unescape(path)
    host = _canonical_host(host)
    path = _canonical_path(path, absolute=bool(host))
    query = _canonical_query(query)
    start = scheme + b":"
    if host:
        numbered = b":%d" % port if port and port != DEFAULT_PORTS.get(scheme.lower(), 0) else b""
        start = b",".join(reversed(host.split(b"."))) + numbered + b")"
    return start + (path or b"/") + b"?" + query if query else start + path


def _split(url: bytes) -> tuple[bytes, bytes, int | None, bytes, bytes]:
    """Return scheme, host, port, path and query; ValueError when there is no such reading."""
    url = re.sub(rb"[\n\r\t]", b"", url.strip())
    if not SCHEME.match(url):
        url = b"http://" + url
    match = PARTS.match(REPEATED_SCHEMES.sub(lambda match: match[1], url))
    if match is None:
        raise ValueError("not a URL")
    scheme, authority, path, query = (part or b"" for part in match.groups())
    place = SplitResultBytes(scheme, authority.rstrip(b":"), path, query, b"")
    host, port = place.hostname or b"", place.port
    if not host and path and scheme.startswith(b"http"):  # http:////host/path
        host, _, path = path.lstrip(b"/").partition(b"/")
        path = b"/" + path
    return scheme, host, port, path, query


def _canonical_host(host: bytes) -> bytes:
    host = _unescape(host)
    if not host.isascii():
        with suppress(ValueError):  # no name at all; it is escaped below
            host = host.decode("utf-8", "ignore").encode("idna")
    host = host.replace(b"..", b".").strip(b".")
    return WWW.sub(b"", _numeric(host) or _escape(host).lower())


def _numeric(host: bytes) -> bytes | None:
    """Return an IPv4 address written in another form (one number, octal, fewer parts); None when it is none."""
    try:
        if host.isdigit():
            return socket.inet_ntoa((int(host) & 0xFFFFFFFF).to_bytes(4, "big")).encode()
        return socket.inet_ntoa(socket.inet_aton(host.decode())).encode() if NUMERIC_HOST.fullmatch(host) else None
    except OSError:
        return None


def _canonical_path(path: bytes, *, absolute: bool) -> bytes:
    path = _escape(_without_dots(path) if absolute else path).lower()
    for pattern in PATH_SESSIONS:
        path = pattern.sub(rb"\1\3", path)
    return path[:-1] if len(path) > 1 and path.endswith(b"/") else path


def _without_dots(path: bytes) -> bytes:
    """Return the path with `.` and `..` resolved and repeated slashes joined; at the root, `..` stays."""
    kept: list[bytes] = []
    for part in path.split(b"/")[1:]:
        if part == b".." and kept:
            kept.pop()
        elif part != b".":
            kept.append(part)
    return b"/" + b"/".join([part for part in kept[:-1] if part] + kept[-1:])


def _canonical_query(query: bytes) -> bytes:
    query = _escape(_unescape(query))
    for pattern in QUERY_SESSIONS:
        query = pattern.sub(lambda match: match[1] + (match[2] or b""), query)
    pairs = sorted(pair.split(b"=", 1) for pair in query.lower().split(b"&"))
    return b"&".join(map(b"=".join, pairs))


def _unescape(text: bytes) -> bytes:
    """Undo percent-encoding until nothing is left to undo."""
    while (plain := unquote_to_bytes(text)) != text:
        text = plain
    return text


def _escape(text: bytes) -> bytes:
    """Percent-encode white space, control characters, `#`, `%` and all that is not ASCII."""
    return quote_from_bytes(text, safe=KEPT).encode()

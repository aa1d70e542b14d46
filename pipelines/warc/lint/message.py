"""The HTTP message in a record: its first line and its header (WARC 1.1 §6.3.2, §6.5.2)."""

import re
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from pipelines.warc.lint.findings import Notes, shown
from pipelines.warc.lint.header import Header
from pipelines.warc.lint.http import Message

STATUS_LINE = re.compile(r"HTTP/1\.[01] (\d{3})(?: [^\x00-\x08\x0a-\x1f\x7f]*)?\Z")
REQUEST_LINE = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\S+) HTTP/(\d(?:\.\d)?)\Z")
STATUS = re.compile(r"HTTP/[\d.]+ +(\d{3})")
COOKIES = re.compile(r",\s*[A-Za-z0-9!#$%&'*+.^_`|~-]+=")
DEFAULT_PORTS = {"http": 80, "https": 443}
TRUE_VERSIONS = {"http/1.0": "HTTP/1.0", "http/1.1": "HTTP/1.1"}
FEW = 3  # headers whose case proves nothing


def status_of(message: Message) -> int:
    """Return the status code; 0 when there is none."""
    found = STATUS.match(message.first_line)
    return int(found[1]) if found else 0


def method_of(message: Message) -> str:
    """Return the request's method."""
    return message.first_line.partition(" ")[0]


def check_response(header: Header, message: Message, offset: int, notes: Notes) -> None:
    """Note what is wrong with status line and headers of a response."""
    line = message.first_line
    if not STATUS_LINE.match(line):
        notes.add("http-status-line", offset, f"status line: {shown(line)}")
    problem = _forged(header, message)
    if problem:
        notes.add("http-version-forged", offset, f"status line {shown(line)}, but {problem}")
    _check_headers(header, message, offset, notes)
    if any(COOKIES.search(value) for value in message.values("set-cookie")):
        notes.add("http-header-collapsed", offset, "several cookies stand in one Set-Cookie header")


def check_request(header: Header, message: Message, offset: int, notes: Notes) -> None:
    """Note what is wrong with request line and headers of a request."""
    _check_headers(header, message, offset, notes)
    found = REQUEST_LINE.match(message.first_line)
    if not found:
        notes.add("http-request-line", offset, f"request line: {shown(message.first_line)}")
        return
    try:
        url = urlsplit(header.url)
        asked = urlsplit(found[2])
    except ValueError:
        notes.add("http-request-target", offset, f"no target: {shown(found[2])}")
        return
    if found[1] == "CONNECT" or found[2] == "*":
        return
    _check_target(url, asked, offset, notes)
    _check_host(url, message, found[3], offset, notes)


def _forged(header: Header, message: Message) -> str:
    """Say what shows that the status line does not bear the version that was spoken; empty when nothing does."""
    version = message.first_line.partition(" ")[0]
    spoken = {
        name.lower() for name in header.get_all("warc-protocol") if name.lower().startswith(("http/", "h2", "h3"))
    }
    if spoken and version in TRUE_VERSIONS.values():
        true = {TRUE_VERSIONS.get(name, "HTTP/1.1") for name in spoken}  # h2 is written down as HTTP/1.1
        return "" if version in true else f"WARC-Protocol says {', '.join(sorted(spoken))}"
    if version != "HTTP/1.0":
        return ""
    for name in ("Transfer-Encoding", "Alt-Svc"):
        if message.values(name.lower()):
            return f"{name} is a header of HTTP/1.1 and later"
    return ""


def _check_headers(header: Header, message: Message, offset: int, notes: Notes) -> None:
    for fault in message.faults:
        notes.add("http-header-line", offset, f"no HTTP header line: {shown(fault)}")
    names = [name for name, _ in message.headers]
    if "warc-protocol" not in header and len(names) >= FEW and all(name == name.lower() for name in names):
        notes.add(
            "http-header-case", offset, f"all {len(names)} header names are in lower case, as HTTP/1 seldom has them"
        )


def _check_target(url: SplitResult, asked: SplitResult, offset: int, notes: Notes) -> None:
    if _form(asked.path) != _form(url.path):
        notes.add("http-request-target", offset, f"asks for {shown(asked.path)}, the target URI for {shown(url.path)}")
    elif url.query and not asked.query:
        notes.add("http-request-query-lost", offset, f"asks for {shown(asked.path)} without ?{shown(url.query)}")
    elif _form(asked.query) != _form(url.query):
        notes.add(
            "http-request-target", offset, f"asks for ?{shown(asked.query)}, the target URI for ?{shown(url.query)}"
        )


def _form(part: str) -> bytes:
    """Return a path or query in a form that does not tell which characters were escaped."""
    return unquote_to_bytes(part) or b"/"


def _check_host(url: SplitResult, message: Message, version: str, offset: int, notes: Notes) -> None:
    host = message.get("host")
    if not host:
        if version == "1.1":
            notes.add("http-request-host", offset, "an HTTP/1.1 request without Host")
        return
    if not url.netloc.isascii():
        return  # which of the ways to write the name the client took, we cannot tell
    if _authority(host, url.scheme) != _authority(url.netloc.rpartition("@")[2], url.scheme):
        notes.add("http-request-host", offset, f"Host is {shown(host)}, the target URI's is {shown(url.netloc)}")


def _authority(host: str, scheme: str) -> str:
    return host.lower().removesuffix(f":{DEFAULT_PORTS.get(scheme.lower(), 0)}")

"""An HTTP/1 response block of a WARC record taken apart (RFC 9112)."""

from http import HTTPStatus

import attrs

HeaderPairs = tuple[tuple[str, str], ...]


@attrs.frozen
class HttpResponse:
    """A response as a WARC block holds it.

    Attributes:
        reason: as sent; empty when there was none.
        headers: in order, repeated ones included.
        body: without transfer coding, with content coding.
    """

    status: int
    reason: str
    headers: HeaderPairs
    body: bytes


def parse_response(block: bytes) -> HttpResponse:
    """Return the response in `block`.

    Folded header lines are joined. A body whose chunks do not parse is returned as it stands: many archives undo
    the coding and keep the header.

    Raises:
        ValueError: the block does not begin with an HTTP status line.
    """
    head, _, rest = block.partition(b"\r\n\r\n")
    if b"\n\n" in head:
        head, _, rest = block.partition(b"\n\n")
    status_line, *lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    protocol, _, outcome = status_line.partition(" ")
    code, _, reason = outcome.strip().partition(" ")
    if not protocol.startswith("HTTP/") or not (code.isascii() and code.isdigit()):
        raise ValueError(f"no HTTP status line: {status_line[:60]!r}")
    headers = _parse_headers(lines)
    chunked = any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)
    return HttpResponse(int(code), reason.strip(), headers, remove_chunks(rest) if chunked else rest)


def standard_reason(status: int) -> str:
    """Return the registered phrase for a status code; empty when there is none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def remove_chunks(body: bytes) -> bytes:
    """Return the chunked `body` without its chunk lines (RFC 9112 §7.1).

    What was cut short gives what arrived; a body that was never chunked comes back unchanged.
    """
    parts: list[bytes] = []
    position = 0
    while position < len(body):
        end = body.find(b"\n", position)
        digits = body[position : max(end, position)].partition(b";")[0].strip()
        if end < 0 or not digits or digits.strip(b"0123456789abcdefABCDEF"):
            return b"".join(parts) if parts else body
        size = int(digits, 16)
        if size == 0:
            break
        parts.append(body[end + 1 : end + 1 + size])
        position = end + 1 + size
        position += 2 if body[position : position + 2] == b"\r\n" else 1
    return b"".join(parts)


def _parse_headers(lines: list[str]) -> HeaderPairs:
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and headers:
            name, value = headers.pop()
            headers.append((name, f"{value} {line.strip()}"))
            continue
        name, colon, value = line.partition(":")
        if colon and name.strip():
            headers.append((name.strip(), value.strip()))
    return tuple(headers)

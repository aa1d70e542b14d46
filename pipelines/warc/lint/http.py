"""An HTTP/1 message in a block, taken apart without copying its body (RFC 9112)."""

import re
from collections.abc import Iterator
from functools import cached_property

import attrs

from pipelines.warc.lint.records import Block

HEAD_LIMIT = 1 << 20
HEAD_END = re.compile(rb"\r?\n\r?\n")
FIRST_LINE = re.compile(rb"(?:HTTP/|[!#$%&'*+\-.^_`|~0-9A-Za-z]+ )[^\r\n]*\r?\n")
HEADER_LINE = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*\Z", re.DOTALL)
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")

Spans = tuple[tuple[int, int], ...]


@attrs.define(kw_only=True, slots=False)
class Message:
    """A request or response.

    Attributes:
        first_line: request line or status line.
        headers: name and value in order; what goes on over a second line is joined.
        faults: lines of the head that are no header lines.
        body: where the body begins in the block.
    """

    block: Block
    first_line: str
    headers: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    body: int

    def values(self, name: str) -> list[str]:
        """Return all values of a header, whose name is given in lower case."""
        return [value for key, value in self.headers if key.lower() == name]

    def get(self, name: str) -> str:
        """Return the first value of a header; empty when it is not there."""
        return next(iter(self.values(name)), "")

    @cached_property
    def chunked(self) -> bool:
        """Whether the header says that the body is chunked."""
        return "chunked" in self.get("transfer-encoding").lower()

    @cached_property
    def chunks(self) -> "Chunks | None":
        """The chunks of the body; None when it does not begin with one."""
        return find_chunks(self.block, self.body)

    @cached_property
    def spans(self) -> Spans:
        """Where the body without transfer coding lies in the block.

        A body that is chunked to its very end has that coding, whether the header says so or not.
        """
        if self.chunks and (self.chunked or self.chunks.complete):
            return self.chunks.spans
        return ((self.body, len(self.block)),) if len(self.block) > self.body else ()

    @cached_property
    def size(self) -> int:
        """How many bytes the body has without transfer coding."""
        return sum(end - start for start, end in self.spans)

    def payload(self) -> Iterator[memoryview]:
        """Yield the body without transfer coding."""
        with memoryview(self.block) as view:
            for start, end in self.spans:
                with view[start:end] as part:
                    yield part

    def begin(self, size: int) -> bytes:
        """Return the first bytes of the body without transfer coding."""
        found = b""
        for start, end in self.spans:
            found += self.block[start : min(end, start + size - len(found))]
            if len(found) >= size:
                break
        return found


@attrs.frozen
class Chunks:
    """Where the data of a chunked body lies.

    Attributes:
        complete: whether the last chunk is there, with nothing after it but trailers.
    """

    spans: Spans
    complete: bool


def parse_message(block: Block) -> Message | None:
    """Return the message in `block`; None when it has no first line, or no blank line ends its head."""
    first = FIRST_LINE.match(block)
    end = HEAD_END.search(block, 0, HEAD_LIMIT)
    if first is None or end is None:
        return None
    lines = block[: end.start()].decode("latin-1").split("\n")
    headers: list[tuple[str, str]] = []
    faults = [] if all(line.endswith("\r") for line in lines[:-1]) else ["a line that ends in LF alone"]
    for line in lines[1:]:
        text = line.removesuffix("\r")
        found = HEADER_LINE.match(text)
        if text[:1] in {" ", "\t"} and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {text.strip()}")
        elif found:
            headers.append((found[1], found[2]))
        else:
            faults.append(text)
    return Message(
        block=block,
        first_line=lines[0].removesuffix("\r"),
        headers=tuple(headers),
        faults=tuple(faults),
        body=end.end(),
    )


def find_chunks(block: Block, start: int) -> Chunks | None:
    """Return the chunks that lie in `block` from `start` on (RFC 9112 §7.1); None when there is none."""
    spans: list[tuple[int, int]] = []
    position = start
    while found := CHUNK_LINE.match(block, position):
        size = int(found[1], 16)
        if size == 0:
            return Chunks(tuple(spans), _ends(block, found.end()))
        spans.append((found.end(), min(found.end() + size, len(block))))
        position = found.end() + size
        if position >= len(block):
            break
        line_break = 2 if block[position : position + 2] == b"\r\n" else 1
        if block[position + line_break - 1 : position + line_break] != b"\n":
            break
        position += line_break
    return Chunks(tuple(spans), complete=False) if spans else None


def _ends(block: Block, position: int) -> bool:
    """Whether nothing but trailers and a blank line follow the last chunk."""
    rest = block[position : position + HEAD_LIMIT]
    return rest in {b"", b"\r\n", b"\n"} or rest.endswith((b"\r\n\r\n", b"\n\n"))

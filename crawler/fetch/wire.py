"""A network backend that keeps a copy of every byte of an exchange, as it went over the wire.

HTTP clients hand out parsed headers: order, case and folding are gone, and so is the transfer coding. A WARC
should hold what was sent, so the copy is taken below the client, where httpcore2 lets a backend be put in.
"""

import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import attrs
import httpcore2

from crawler.fetch.guard import AddressGuard


@attrs.define
class WireLog:
    """The bytes of one exchange, and whom they were exchanged with.

    Attributes:
        sent, received: as on the wire, TLS undone.
        ip_address: the peer's; None through a proxy, which hides it.
        tls: protocol and cipher suite (`TLSv1.3`, `TLS_AES_256_GCM_SHA384`); None without TLS.
    """

    sent: bytearray = attrs.field(factory=bytearray)
    received: bytearray = attrs.field(factory=bytearray)
    ip_address: str | None = None
    tls: tuple[str, str] | None = None

    async def trace(self, event: str, _: dict[str, Any]) -> None:
        """Begin anew with the request's own headers: what a proxy was told before is not part of the exchange."""
        if event == "http11.send_request_headers.started":
            self.sent.clear()
            self.received.clear()


# The exchange that the running task is in. httpcore2 reads and writes in the task that made the request.
current_log: ContextVar[WireLog] = ContextVar("current_log")


class RecordingBackend(httpcore2.AsyncNetworkBackend):
    """Connects through the guard and copies what passes.

    `guard` is None for connections to a proxy, which the user has named himself.
    """

    def __init__(self, guard: AddressGuard | None) -> None:
        self._guard = guard
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Return a connection to the address that the guard resolved and permits."""
        if self._guard is not None:
            try:
                host = await self._guard.resolve(host, port)
            except OSError as error:
                raise UnresolvedHostError(str(error)) from error
        stream = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return RecordingStream(stream, proxied=self._guard is None)

    async def sleep(self, seconds: float) -> None:
        """Wait, as the client asks between connection attempts."""
        await self._inner.sleep(seconds)


class UnresolvedHostError(httpcore2.ConnectError):
    """The host's name does not resolve."""


class RecordingStream(httpcore2.AsyncNetworkStream):
    """A stream that copies what passes into the current task's `WireLog`."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream, *, proxied: bool) -> None:
        self._inner = inner
        self._proxied = proxied

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the interface's
        """Return the next bytes, copied."""
        data = await self._inner.read(max_bytes, timeout)
        current_log.get().received += data
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the interface's
        """Send bytes, copied."""
        log = current_log.get()
        if not log.sent:
            self._introduce(log)
        log.sent += buffer
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
    ) -> httpcore2.AsyncNetworkStream:
        """Return the stream inside TLS, copied likewise."""
        stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return RecordingStream(stream, proxied=self._proxied)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._inner.get_extra_info(info)

    def _introduce(self, log: WireLog) -> None:
        if not self._proxied:
            log.ip_address = str(self.get_extra_info("server_addr")[0])
        if (tls := self.get_extra_info("ssl_object")) is not None:
            log.tls = (tls.version(), tls.cipher()[0])

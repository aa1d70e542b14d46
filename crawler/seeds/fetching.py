"""A plain way to ask for a page outside a crawl: one request, guarded, bounded, not recorded."""

import asyncio
import time
import zlib
from collections.abc import Awaitable
from email.message import Message
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import attrs
import httpcore2

from pipelines.errors import FetchError

MAX_BYTES = 5_000_000
TIMEOUT = 20.0  # seconds for a whole answer


@attrs.frozen(kw_only=True)
class FetchedPage:
    """What a URL answered.

    Attributes:
        url: the URL that was asked for, or where redirects led when they were followed.
        media_type: from Content-Type, lower case, without parameters; empty when not sent.
        charset: from Content-Type; None when not sent.
        location: where a redirect points, as sent; None without one.
        truncated: the body was longer than we read.
    """

    url: str
    status: int
    body: bytes = b""
    media_type: str = ""
    charset: str | None = None
    location: str | None = None
    truncated: bool = False


class AddressCheck(Protocol):
    """Refuses hosts and addresses that must not be reached."""

    def check_name(self, host: str) -> None:
        """Raise when `host` spells a forbidden address."""

    def resolve(self, host: str, port: int) -> Awaitable[str]:
        """Return the address to connect to; raise when it is forbidden."""


def fetch_page(url: str, *, user_agent: str, guard: AddressCheck) -> FetchedPage:
    """Return what `url` answers; redirects are not followed. At most 5 MB are read.

    `http_proxy` and `no_proxy` are honoured; a proxy resolves the name itself.

    Raises:
        FetchError: no whole answer within 20 seconds.
        ForbiddenAddressError: the guard refused.
    """
    parts = urlsplit(url)
    guard.check_name(parts.hostname or "")
    proxy = None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)
    backend = None if proxy else _GuardedBackend(guard)
    headers: dict[bytes | str, bytes | str] = {"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "identity"}
    limits = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT)
    try:
        with (
            httpcore2.ConnectionPool(proxy=_to_proxy(proxy), network_backend=backend) as pool,
            pool.stream("GET", url, headers=headers, extensions={"timeout": limits}) as response,
        ):
            return _to_page(url, response)
    except (OSError, httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, zlib.error) as error:
        raise FetchError(f"{url}: no answer ({error or type(error).__name__}); check the address") from error


class _GuardedBackend(httpcore2.SyncBackend):
    """Connects to the address that the guard resolved, so that a name cannot change its mind in between."""

    def __init__(self, guard: AddressCheck) -> None:
        self._guard = guard

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        address = asyncio.run(_resolve(self._guard, host, port))
        return super().connect_tcp(address, port, timeout, local_address, socket_options)


async def _resolve(guard: AddressCheck, host: str, port: int) -> str:
    return await guard.resolve(host, port)


def _to_proxy(url: str | None) -> httpcore2.Proxy | None:
    if url is None:
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpcore2.Proxy(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", auth=auth)


def _to_page(url: str, response: httpcore2.Response) -> FetchedPage:
    headers = Message()
    for name, value in response.headers:
        headers[name.decode("latin-1")] = value.decode("latin-1")
    body, truncated = _read_body(response, gzipped="gzip" in headers.get("Content-Encoding", "").lower())
    return FetchedPage(
        url=url,
        status=response.status,
        body=body,
        media_type=headers.get_content_type() if "Content-Type" in headers else "",
        charset=headers.get_content_charset(),
        location=headers.get("Location"),
        truncated=truncated,
    )


def _read_body(response: httpcore2.Response, *, gzipped: bool) -> tuple[bytes, bool]:
    """Return at most `MAX_BYTES` of the body, and whether there was more; some servers compress unasked."""
    inflater = zlib.decompressobj(wbits=47) if gzipped else None
    deadline = time.monotonic() + TIMEOUT
    body = bytearray()
    for chunk in response.iter_stream():
        body += inflater.decompress(chunk, MAX_BYTES + 1 - len(body)) if inflater else chunk
        if len(body) > MAX_BYTES:
            return bytes(body[:MAX_BYTES]), True
        if time.monotonic() > deadline:
            raise httpcore2.ReadTimeout(f"not whole after {TIMEOUT:.0f} seconds")
    return bytes(body), False

"""The download handler: asks over HTTP/1.1, records what went over the wire, and hands on what was recorded."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

import httpcore2
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.fetch.answer import Answer, to_capture, to_exchange, to_response
from crawler.fetch.guard import AddressGuard
from crawler.fetch.recorder import Recorder
from crawler.fetch.wire import RecordingBackend, UnresolvedHostError, current_log
from pipelines.warc.content import ACCEPT_ENCODING

if TYPE_CHECKING:
    from pipelines.model import Source


class PoolLimits(TypedDict):
    """The bounds of a connection pool, as httpcore2 names them."""

    max_connections: int | None
    max_keepalive_connections: int
    keepalive_expiry: float


class LiveHandler(BaseDownloadHandler):
    """Downloads http and https through recorded, guarded connections."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._guard = AddressGuard.from_names(settings.getlist("ALLOWED_NETWORKS"))
        self._max_bytes = settings.getint("DOWNLOAD_MAXSIZE")
        self._verify = settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        self._pools: dict[tuple[str | None, bytes, bool], httpcore2.AsyncConnectionPool] = {}

    async def download_request(self, request: Request) -> Response:
        """Return the response as recorded; `request.meta["capture"]` tells where.

        Raises:
            ForbiddenAddressError: the host may not be reached.
            CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError, DownloadFailedError: no
                answer came.
            ResponseDataLossError: the answer was cut short; what came is recorded as truncated.
        """
        self._guard.check_name(urlparse_cached(request).hostname or "")
        answer = Answer(fetched_at=datetime.now(UTC), verified=self._verifies(request))
        failure: Exception | None = None
        try:
            async with asyncio.timeout(request.meta["download_timeout"]):
                await self._ask(request, answer)
        except (TimeoutError, httpcore2.TimeoutException) as error:
            answer.truncated, failure = "time", DownloadTimeoutError(f"{request.url}: no whole answer in time")
            failure.__cause__ = error
        except UnresolvedHostError as error:
            raise CannotResolveHostError(f"{request.url}: {error}") from error
        except (httpcore2.ConnectError, httpcore2.ProxyError, ssl.SSLError) as error:
            where = f" of the proxy {proxy}" if (proxy := request.meta.get("proxy")) else ""
            raise DownloadConnectionRefusedError(f"{request.url}: {error}{where}") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            answer.truncated, failure = "disconnect", _lost(request, answer, error)
        self._pace(request)
        if not answer.status:
            raise failure or DownloadFailedError(request.url)
        body = await self._record(request, answer)
        if failure is not None:
            raise failure
        return to_response(request, answer, body)

    async def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()

    async def _ask(self, request: Request, answer: Answer) -> None:
        async with self._stream(request, answer) as response:
            answer.status = response.status
            answer.version = response.extensions["http_version"].decode("latin-1")
            answer.headers = list(response.headers)
            async for chunk in response.aiter_stream():
                answer.payload += chunk
                if len(answer.payload) > self._max_bytes:
                    answer.truncated = "length"
                    break

    @asynccontextmanager
    async def _stream(self, request: Request, answer: Answer) -> AsyncIterator[httpcore2.Response]:
        current_log.set(answer.log)
        async with self._pool(request).stream(
            request.method,
            request.url,
            headers=_request_headers(request),
            content=request.body or None,
            extensions={"trace": answer.log.trace},
        ) as response:
            yield response

    def _pool(self, request: Request) -> httpcore2.AsyncConnectionPool:
        proxy = request.meta.get("proxy")
        authorization = (request.headers.get("Proxy-Authorization") or b"") if proxy else b""
        verify = self._verifies(request)
        key = (proxy, authorization, verify)
        if key not in self._pools:
            self._pools[key] = _open_pool(proxy, authorization, self._guard, verify=verify)
        return self._pools[key]

    def _verifies(self, request: Request) -> bool:
        """Whether the server must prove who it is; a seed may say that it need not."""
        sources: Mapping[str, Source] = getattr(self.crawler.spider, "sources", {})
        source = sources.get(request.meta["source"])
        return self._verify and (source is None or source.verify_certificates)

    def _pace(self, request: Request) -> None:
        """Let the host's delay count from the end of this exchange.

        Counted from when a request was sent, two may reach a busy server closer together than the delay.
        """
        assert self.crawler.engine is not None  # a handler works only while the engine runs
        slot = self.crawler.engine.downloader.slots.get(request.meta["download_slot"])
        if slot is not None:
            slot.lastseen = time.monotonic()

    async def _record(self, request: Request, answer: Answer) -> bytes:
        """Write the exchange to WARC, set the request's capture, and return the body with its coding undone."""
        body = answer.decode(self._max_bytes)
        recorder = self.crawler.get_extension(Recorder)
        location = await recorder.record(to_exchange(request, answer)) if recorder else None
        request.meta["capture"] = to_capture(request, answer, location)
        return body


def _open_pool(
    proxy: str | None, authorization: bytes, guard: AddressGuard, *, verify: bool
) -> httpcore2.AsyncConnectionPool:
    context = httpcore2.default_ssl_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    # Scrapy bounds the requests in flight; the pool only has to keep enough connections open for them.
    limits: PoolLimits = {"max_connections": None, "max_keepalive_connections": 100, "keepalive_expiry": 60.0}
    if proxy is None:
        return httpcore2.AsyncConnectionPool(ssl_context=context, network_backend=RecordingBackend(guard), **limits)
    headers = [(b"Proxy-Authorization", authorization)] if authorization else []
    backend = RecordingBackend(None)
    if proxy.startswith("socks"):
        return httpcore2.AsyncSOCKSProxy(proxy, ssl_context=context, network_backend=backend, **limits)
    return httpcore2.AsyncHTTPProxy(
        proxy, proxy_headers=headers, ssl_context=context, network_backend=backend, **limits
    )


def _request_headers(request: Request) -> list[tuple[bytes, bytes]]:
    """Return the headers to send; Proxy-Authorization is the proxy's and is added by the pool."""
    headers = [(b"Host", urlparse_cached(request).netloc.rpartition("@")[2].encode())]
    headers += [
        (name, value)
        for name, values in request.headers.items()
        for value in values
        if name not in {b"Proxy-Authorization", b"Host", b"Accept-Encoding"}
    ]
    return [*headers, (b"Accept-Encoding", ACCEPT_ENCODING)]


def _lost(request: Request, answer: Answer, error: Exception) -> Exception:
    """Return what a broken connection means: data lost when an answer had begun, no answer otherwise."""
    kind = ResponseDataLossError if answer.status else DownloadFailedError
    failure = kind(f"{request.url}: {error or type(error).__name__}")
    failure.__cause__ = error
    return failure

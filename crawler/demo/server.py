"""An HTTP server on loopback that plays the proxy in front of the demonstration newspaper."""

import re
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Self
from urllib.parse import urlsplit

from crawler.demo.site import Host, Reply, read_site

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "demo"
MISSING = Reply(
    status=404,
    body=b"<!DOCTYPE html><title>404 Not Found</title><p>There is no such page.</p>",
    content_type="text/html",
    headers={},
)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request the server has answered: URL as the client meant it, and the status it got."""

    method: str
    url: str
    status: int


class DemoServer:
    """The demonstration newspaper on 127.0.0.1, while the context lasts.

    Attributes:
        port: the port listened on, known from construction on.
        proxy: the value for `http_proxy`.
        visits: what was asked for so far, in order of the answers.
    """

    def __init__(self, folder: Path = FOLDER, *, port: int = 0) -> None:
        """Read `folder` and bind `port` (0: any free one).

        Raises:
            SettingsError: the manifest, or a file it names, is wrong or missing.
            OSError: the port is taken.
        """
        self._server = _Listener(port, read_site(folder))
        self.visits = self._server.visits
        self.port: int = self._server.server_address[1]
        self.proxy = f"http://127.0.0.1:{self.port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="demo", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.drop_connections()


class _Listener(ThreadingHTTPServer):
    """Knows its open connections, so that leaving the context ends the kept-alive ones too."""

    block_on_close = False

    def __init__(self, port: int, hosts: Mapping[str, Host]) -> None:
        self.hosts = hosts
        self.visits: list[Visit] = []
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet about clients that hang up in mid-answer; anything else is a fault of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def drop_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # the client was first
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """Answers from the listener's hosts and notes each visit there."""

    server: _Listener
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave in one segment
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        prefix = f"http://{self.headers.get('Host', '')}" if self.path.startswith("/") else ""
        try:
            url = urlsplit(prefix + self.path)
        except ValueError:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        host = self.server.hosts.get((url.hostname or "").lower())
        reply = (host and host.find(f"{url.path}?{url.query}")) or MISSING
        status = 304 if _is_fresh(reply, self.headers) else reply.status
        self.server.visits.append(Visit(method=self.command, url=url.geturl(), status=status))
        self._send(status, reply)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def _send(self, status: int, reply: Reply) -> None:
        self.send_response(status, HTTPStatus(status).phrase)
        body = reply.body
        if reply.compressed is not None:
            self.send_header("Vary", "Accept-Encoding")
        if reply.etag and reply.modified:
            self.send_header("ETag", reply.etag)
            self.send_header("Last-Modified", format_datetime(reply.modified, usegmt=True))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Type", reply.content_type)
            if reply.compressed is not None and _accepts_gzip(self.headers.get("Accept-Encoding", "")):
                body = reply.compressed
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304 and self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: `visits` tells what was asked for."""


def _is_fresh(reply: Reply, asked: Message) -> bool:
    """Return whether the client has `reply` already; If-None-Match outranks the date (RFC 9110 §13.2.2)."""
    if reply.etag is None or reply.modified is None or reply.status != 200:
        return False
    tags, since = asked.get("If-None-Match"), asked.get("If-Modified-Since")
    if tags is not None:
        return any(tag.strip().removeprefix("W/") in {reply.etag.removeprefix("W/"), "*"} for tag in tags.split(","))
    try:
        return since is not None and reply.modified <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # no date, or one without a zone: as if not sent
        return False


def _accepts_gzip(accept_encoding: str) -> bool:
    """Return whether gzip is among the codings and not refused by `q=0`."""
    codings = [coding.replace(" ", "").lower().partition(";") for coding in accept_encoding.split(",")]
    return any(name == "gzip" and not re.fullmatch(r"q=0(\.0*)?", weight) for name, _, weight in codings)

"""Faults of an S3 store, each at a chosen HTTP call: what enumerating tests inject beneath a boto3 client.

A call is one HTTP request, so that boto3's own repetitions count as calls of their own.

    with Faults(client) as faults:
        act()                        # undisturbed
        count = len(faults.calls)    # the names of the operations, in order
        faults.strike(3, FAULTS["slow-down"])
        act()                        # the third call from here on fails
"""

import io
import re
from collections.abc import Callable
from typing import Any, Self

import attrs
import boto3
import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

CHECKSUM = "x-amz-checksum-sha256"
WRONG_SUM = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

Send = Callable[[], AWSResponse]
Strike = Callable[[AWSPreparedRequest, Send], AWSResponse]


@attrs.frozen
class Fault:
    """One way in which a call goes wrong.

    Attributes:
        strike: is given the request and the way to send it in earnest; returns the answer, or raises what botocore
            raises for a connection.
    """

    name: str
    strike: Strike


def answer(request: AWSPreparedRequest, status: int, body: bytes, headers: dict[str, str] | None = None) -> AWSResponse:
    raw = urllib3.HTTPResponse(body=io.BytesIO(body), preload_content=False)
    found = {"content-type": "application/xml", "content-length": str(len(body)), **(headers or {})}
    return AWSResponse(request.url, status, found, raw)


def refusal(request: AWSPreparedRequest, status: int, code: str) -> AWSResponse:
    """Answer as S3 does; an answer to HEAD has no body."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>injected</Message></Error>".encode()
    return answer(request, status, b"" if request.method == "HEAD" else body)


def refuse(name: str, status: int, code: str) -> Fault:
    return Fault(name, lambda request, _send: refusal(request, status, code))


def connection_refused(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
    raise EndpointConnectionError(endpoint_url=request.url)


def timed_out(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url=request.url)


def answer_lost(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    send()
    raise ConnectionClosedError(endpoint_url=request.url)


def answer_late(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    send()
    raise ReadTimeoutError(endpoint_url=request.url)


def failed_after_all(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    send()
    return refusal(request, 500, "InternalError")


def cut_short(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    """Give half of the body under the headers of the whole."""
    response = send()
    return answer(request, response.status_code, response.content[: len(response.content) // 2], dict(response.headers))


def wrong_checksum(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    """Give another SHA-256 than the store did, in the header and in the body."""
    response = send()
    headers = {name.lower(): value for name, value in response.headers.items()}
    if CHECKSUM in headers:
        headers[CHECKSUM] = WRONG_SUM
    body = re.sub(rb"(<ChecksumSHA256>)[^<-]+", rb"\g<1>" + WRONG_SUM.encode(), response.content)
    return answer(request, response.status_code, body, headers)


def error_in_success(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    """Answer 200 with an error in the body, as CompleteMultipartUpload does when it fails late; not for an object."""
    if request.stream_output:
        return send()
    return refusal(request, 200, "InternalError")


def from_a_proxy(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
    return answer(request, 502, b"<html><body>Bad gateway</body>", {"content-type": "text/html"})


FAULTS = {
    fault.name: fault
    for fault in (
        refuse("internal-error", 500, "InternalError"),
        refuse("slow-down", 503, "SlowDown"),
        refuse("conflict", 409, "OperationAborted"),
        refuse("expired", 400, "ExpiredToken"),
        refuse("denied", 403, "AccessDenied"),
        refuse("clock-skew", 403, "RequestTimeTooSkewed"),
        refuse("bucket-gone", 404, "NoSuchBucket"),
        refuse("damaged-on-the-way", 400, "BadDigest"),
        Fault("connection-refused", connection_refused),
        Fault("timed-out", timed_out),
        Fault("from-a-proxy", from_a_proxy),
        Fault("error-in-success", error_in_success),
        # The store did what was asked, and only the answer went wrong.
        Fault("answer-lost", answer_lost),
        Fault("answer-late", answer_late),
        Fault("failed-after-all", failed_after_all),
        Fault("cut-short", cut_short),
        Fault("wrong-checksum", wrong_checksum),
    )
}


class Faults:
    """Stands between a client and its server; lets everything pass until told to strike.

    Attributes:
        calls: the operations called since the last `strike` or `rest`, in order (`PutObject` ...).
    """

    def __init__(self, client: Any) -> None:
        self.calls: list[str] = []
        self.client = client
        self._session = URLLib3Session(timeout=10)
        self._fault: Fault | None = None
        self._first = self._last = 0

    def __enter__(self) -> Self:
        self.client.meta.events.register("before-send.s3", self._on_send)
        return self

    def __exit__(self, *_error: object) -> None:
        self.client.meta.events.unregister("before-send.s3", self._on_send)
        self._session.close()

    def strike(self, number: int, fault: Fault, *, times: int = 1) -> None:
        """Let the `number`th call from now on (the first is 0) and those after it, `times` in all, go wrong."""
        self.calls.clear()
        self._fault, self._first, self._last = fault, number, number + times - 1

    def rest(self) -> None:
        """Let everything pass from now on."""
        self.calls.clear()
        self._fault = None

    def _on_send(self, request: AWSPreparedRequest, event_name: str, **_more: Any) -> AWSResponse | None:
        number = len(self.calls)
        self.calls.append(event_name.rpartition(".")[2])
        if self._fault is None or not self._first <= number <= self._last:
            return None
        return self._fault.strike(request, lambda: self._send(request))

    def _send(self, request: AWSPreparedRequest) -> AWSResponse:
        response = self._session.send(request)
        assert response.content is not None  # read to the end: the store has done its work
        return response


def client_of(endpoint: str, access_key: str, secret_key: str, *, attempts: int) -> Any:
    """Return a client that makes `attempts` of each call, set up as the project's own otherwise."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name="us-east-1",
        config=Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path", "payload_signing_enabled": False},  # the checksums guard the payload
        ),
    )


def overlook_header(client: Any, operation: str, header: str) -> None:
    """Let the store of `client` act as if it did not know a header of an operation."""

    def drop(params: dict[str, Any], **_more: Any) -> None:
        params["headers"].pop(header, None)

    client.meta.events.register(f"before-call.s3.{operation}", drop)


def refuse_header(client: Any, operation: str, header: str, *, status: int = 501) -> None:
    """Let the store of `client` refuse an operation that bears a header."""

    def refuse_it(request: AWSPreparedRequest, **_more: Any) -> AWSResponse | None:
        return refusal(request, status, "NotImplemented") if header in request.headers else None

    client.meta.events.register(f"before-send.s3.{operation}", refuse_it)


def refuse_operation(client: Any, operation: str, *, status: int = 501, code: str = "NotImplemented") -> None:
    """Let the store of `client` refuse an operation always."""

    def refuse_it(request: AWSPreparedRequest, **_more: Any) -> AWSResponse:
        return refusal(request, status, code)

    client.meta.events.register(f"before-send.s3.{operation}", refuse_it)

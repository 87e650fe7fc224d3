"""The live sender: one request, one response, over httpx. It follows, keeps and repeats nothing.

httpx's Client is not used: it would follow redirects, keep cookies and read the environment. Our
transport speaks HTTP with httpcore's public HTTP11Connection, over connections of our own (address
guard, deadline, byte limits). One transport a thread.

- A connection is reused only where nothing is left on it. Bytes after a response would be taken
  for the response to the next request, which is about another person.
- A failure becomes a new RequestFailed, made outside of the frames that held secrets.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import httpcore
import httpx
from msgspec import Struct

from cactions import __version__
from cactions.edges.http.address_guard import NetworkRules, Target, resolve_target
from cactions.edges.http.budget import ExchangeBudget
from cactions.edges.http.connection import BoundedTlsStream, connect
from cactions.edges.http.decompress import decompress
from cactions.edges.http.errors import NetworkFault, build_failure, build_unsendable
from cactions.edges.http.request_text import encode_body, encode_header, reveal_text
from cactions.edges.http.tls_contexts import OpenKey, TlsContexts, refuse_certificate
from cactions.model import ClientCertificate, Request, RequestFailed, Response

for _logger_name in ("httpx", "httpcore"):  # they log URLs and headers
    logging.getLogger(_logger_name).setLevel(logging.CRITICAL + 1)

_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_USER_AGENT: Final = (b"User-Agent", f"cactions/{__version__}".encode())
_ACCEPT_ENCODING: Final = (b"Accept-Encoding", b"gzip")
_HTTP_VERSIONS: Final = {b"HTTP/1.1", b"HTTP/1.0"}
_IDLE_SECONDS: Final = 4.0
_MAX_IDLE_CONNECTIONS: Final = 8


class _ExchangeContext(Struct, frozen=True):
    """What our transport must know about a request beyond what HTTP says."""

    target: Target
    budget: ExchangeBudget
    fresh: bool
    certificate: ClientCertificate | None

    @property
    def pool_key(self) -> tuple[str, int, ClientCertificate | None]:
        """What a connection is for: no request goes over one that presents another certificate."""
        return self.target.host, self.target.port, self.certificate


class HttpSender:
    """The Sender that calls the services themselves, for any number of threads.

    ``open_key`` gives the keys of client certificates. Raises UsageError where the network's
    ``ca_file`` cannot be used.
    """

    source = ""

    def __init__(
        self, network: NetworkRules | None = None, open_key: OpenKey = refuse_certificate
    ) -> None:
        self._network = network or NetworkRules()
        self._contexts = TlsContexts(self._network.ca_file, open_key)
        self._thread_local = threading.local()
        self._lock = threading.Lock()
        self._transports: dict[threading.Thread, _Transport] = {}

    def send(self, request: Request) -> Response:
        """The response, whatever its status. Raises RequestFailed."""
        outcome = self._send_once(request)
        if isinstance(outcome, RequestFailed):
            raise outcome
        return outcome

    def close(self) -> None:
        """Close all connections. No thread may be sending."""
        with self._lock:
            transports, self._transports = self._transports, {}
        self._thread_local = threading.local()
        for transport in transports.values():
            transport.close()

    def _send_once(self, request: Request) -> Response | RequestFailed:
        """Failures are values here: an exception would keep the frames that it came through."""
        budget = ExchangeBudget(request.limits)
        try:
            target = resolve_target(reveal_text(request.url), self._network.allowed)
            budget.host = target.host
            certificate = request.client_certificate
            context = _ExchangeContext(target, budget, request.fresh, certificate)
            response = self._get_transport().handle_request(_build_request(request, context))
            try:
                return _read_response(response, budget)
            finally:
                response.close()
        except RequestFailed as error:
            return budget.annotate(error)
        except (httpx.InvalidURL, httpcore.LocalProtocolError, UnicodeError):
            return budget.annotate(build_unsendable("the request cannot be written as HTTP/1.1"))
        except (httpcore.ProtocolError, httpcore.NetworkError, OSError):
            return budget.annotate(budget.build_malformed())

    def _get_transport(self) -> _Transport:
        """The one of this thread; those of threads that have ended are closed."""
        transport: _Transport | None = getattr(self._thread_local, "transport", None)
        if transport is None:
            transport = self._thread_local.transport = _Transport(self._connect)
            with self._lock:
                for thread in [thread for thread in self._transports if not thread.is_alive()]:
                    self._transports.pop(thread).close()
                self._transports[threading.current_thread()] = transport
        return transport

    def _connect(self, context: _ExchangeContext) -> BoundedTlsStream:
        presented, target = context.certificate, context.target
        return connect(
            target,
            self._network,
            self._contexts.get(presented, target.host),
            context.budget,
            has_certificate=presented is not None,
        )


class _Connection(Struct, frozen=True):
    """HTTP, and the stream below it."""

    http: httpcore.HTTP11Connection
    stream: BoundedTlsStream

    @property
    def is_reusable(self) -> bool:
        """Whether it is idle, still open, and without bytes that belong to an earlier request."""
        return self.http.is_idle() and not self.http.has_expired()


class _Transport(httpx.BaseTransport):
    """Keeps one idle connection for each origin and certificate. For one thread."""

    def __init__(self, open_stream: Callable[[_ExchangeContext], BoundedTlsStream]) -> None:
        self._open_stream = open_stream
        self._connections: dict[tuple[str, int, ClientCertificate | None], _Connection] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it, and read the response's head. Raises RequestFailed, and httpcore's errors."""
        context: _ExchangeContext = request.extensions["context"]
        target = context.target
        # The path is our own text, which httpx may change.
        url = httpcore.URL(
            scheme=b"https",
            host=target.host.encode("ascii"),
            port=target.port,
            target=target.path.encode(),
        )
        connection = self._find_reusable(context) or self._open(context, url.origin)
        connection.stream.budget = context.budget
        assert isinstance(request.stream, httpx.SyncByteStream)
        response = connection.http.handle_request(
            httpcore.Request(
                request.method, url, headers=request.headers.raw, content=request.stream
            )
        )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_BodyStream(response),
            extensions=response.extensions,
        )

    def _find_reusable(self, context: _ExchangeContext) -> _Connection | None:
        key = context.pool_key
        connection = self._connections.get(key)
        if connection is None:
            return None
        if context.fresh or not connection.is_reusable:
            self._connections.pop(key).http.close()
            return None
        context.budget.reused = True
        return connection

    def _open(self, context: _ExchangeContext, origin: httpcore.Origin) -> _Connection:
        stream = self._open_stream(context)
        http = httpcore.HTTP11Connection(origin, stream, keepalive_expiry=_IDLE_SECONDS)
        if len(self._connections) >= _MAX_IDLE_CONNECTIONS:
            self._connections.pop(next(iter(self._connections))).http.close()
        connection = _Connection(http, stream)
        self._connections[context.pool_key] = connection
        return connection

    def close(self) -> None:
        """Close all connections."""
        while self._connections:
            self._connections.popitem()[1].http.close()


class _BodyStream(httpx.SyncByteStream):
    """The body of httpcore's response, as httpx reads it."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        """End the exchange: the connection is idle again, or closed if the body was not read."""
        self._response.close()


def _build_request(request: Request, context: _ExchangeContext) -> httpx.Request:
    """The request for httpx. Raises RequestFailed for what cannot be sent."""
    if request.method not in _METHODS:
        raise build_unsendable("the request's method is not one that cactions sends")
    headers = [encode_header(name, reveal_text(value)) for name, value in request.headers]
    names = {name.lower() for name, _ in headers}
    headers += [
        header for header in (_USER_AGENT, _ACCEPT_ENCODING) if header[0].lower() not in names
    ]
    return httpx.Request(
        request.method,
        reveal_text(request.url),
        headers=headers,
        content=None if request.body is None else encode_body(reveal_text(request.body)),
        extensions={"context": context},
    )


def _read_response(response: httpx.Response, budget: ExchangeBudget) -> Response:
    budget.status = response.status_code
    _check_framing(response, budget.host)
    codings = ",".join(response.headers.get_list("content-encoding"))
    assert isinstance(response.stream, Iterable)
    body = decompress(response.stream, codings, budget.host, budget.limits)
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
    )
    return Response(response.status_code, headers, body)


def _check_framing(response: httpx.Response, host: str) -> None:
    """RFC 9112, 6.1 and 6.3: a response that can be read in two ways is not read at all."""
    version = response.extensions["http_version"]
    if version not in _HTTP_VERSIONS:
        raise build_failure(NetworkFault.NOT_HTTP, host)
    if response.status_code < httpx.codes.OK:
        raise build_failure(NetworkFault.SWITCHED_PROTOCOL, host)
    if "transfer-encoding" not in response.headers:
        return
    if "content-length" in response.headers:
        raise build_failure(NetworkFault.TWO_LENGTHS, host)
    if version == b"HTTP/1.0":
        raise build_failure(NetworkFault.HTTP_1_0_CHUNKS, host)

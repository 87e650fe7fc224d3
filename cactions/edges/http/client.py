"""The live sender: one request, one answer, over httpx; nothing is followed, kept or repeated.

httpx's transport is used without its Client, which would follow redirects, keep cookies and read
the environment. Its connections are made by ourselves (guard, deadline, bytes), one pool a thread:

- A connection is used again only where nothing is left on it. Bytes behind an answer would be
  taken for the answer to the next request, which asks about another person.
- What fails becomes a RequestFailed that is made anew, far from the frames and exceptions in which
  secrets stood.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from typing import Final, cast

import httpcore
import httpx
from msgspec import Struct

from cactions import __version__
from cactions.edges.http import errors
from cactions.edges.http.address_guard import NetworkRules, Target, resolve_target
from cactions.edges.http.budget import ExchangeBudget
from cactions.edges.http.connection import BoundedTlsStream, connect
from cactions.edges.http.decompress import decompress
from cactions.edges.http.tls import context_for
from cactions.logic.request.encoding import HEADER_NAME
from cactions.model import MaskedText, Request, RequestFailed, Response

for _chatty in ("httpx", "httpcore"):  # they write URLs and headers down
    logging.getLogger(_chatty).setLevel(logging.CRITICAL + 1)

_HEADER_VALUE: Final = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_OWNED: Final = {"host", "content-length", "transfer-encoding", "connection", "upgrade", "expect"}
_AGENT: Final = (b"User-Agent", f"cactions/{__version__}".encode())
_CODING: Final = (b"Accept-Encoding", b"gzip")
_KEPT_SECONDS: Final = 4.0
_MOST_KEPT: Final = 8


class _ExchangeContext(Struct, frozen=True):
    """What our connections must know about a request beyond what HTTP says."""

    target: Target
    allowance: ExchangeBudget
    fresh: bool


class HttpSender:
    """The Sender that asks the services themselves. For any number of threads.

    Raises UsageError where the network's ``ca_file`` cannot be used.
    """

    source = ""

    def __init__(self, network: NetworkRules | None = None) -> None:
        self._network = network or NetworkRules()
        self._context = context_for(self._network.ca_file)
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._transports: dict[threading.Thread, httpx.HTTPTransport] = {}

    def send(self, request: Request) -> Response:
        """The answer, whatever its status. Raises RequestFailed."""
        outcome = self._outcome(request)
        if isinstance(outcome, RequestFailed):
            raise outcome
        return outcome

    def close(self) -> None:
        """Close all connections. No thread may be sending."""
        with self._lock:
            transports, self._transports = self._transports, {}
        self._mine = threading.local()
        for transport in transports.values():
            transport.close()

    def _outcome(self, request: Request) -> Response | RequestFailed:
        """Failures as values: an exception would keep the frames that it came through."""
        allowance = ExchangeBudget(request.limits)
        try:
            target = resolve_target(_revealed(request.url), self._network.allowed)
            allowance.host = target.host
            return self._exchange(
                _written(request, _ExchangeContext(target, allowance, request.fresh))
            )
        except RequestFailed as error:
            return allowance.annotate(error)
        except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeError):
            return allowance.annotate(errors.unfit("the request cannot be written as HTTP/1.1"))
        except (httpx.TransportError, httpx.StreamError, OSError):
            return allowance.annotate(allowance.malformed())

    def _exchange(self, request: httpx.Request) -> Response:
        asked: _ExchangeContext = request.extensions["asked"]
        answer = self._transport().handle_request(request)
        try:
            return _read(answer, asked.allowance)
        finally:
            answer.close()

    def _transport(self) -> httpx.HTTPTransport:
        """The one of this thread."""
        transport: httpx.HTTPTransport | None = getattr(self._mine, "transport", None)
        if transport is None:
            transport = self._mine.transport = _Transport(self._connect)
            with self._lock:
                for gone in [one for one in self._transports if not one.is_alive()]:
                    self._transports.pop(gone).close()
                self._transports[threading.current_thread()] = transport
        return transport

    def _connect(self, asked: _ExchangeContext) -> BoundedTlsStream:
        return connect(asked.target, self._network, self._context, asked.allowance)


class _Connection(httpcore.HTTP11Connection):
    """One connection, and the stream below it."""

    def __init__(self, origin: httpcore.Origin, stream: BoundedTlsStream) -> None:
        spoken = cast("httpcore.NetworkStream", stream)
        super().__init__(origin, spoken, keepalive_expiry=_KEPT_SECONDS)
        self.line = stream

    def is_clean(self) -> bool:
        """Whether a next request finds nothing that was meant for the one before."""
        if not self.is_idle() or self.has_expired():
            return False
        left, ended = self._h11_state.trailing_data
        return not left and not ended


class _Connections(httpcore.ConnectionPool):
    """What httpx takes for its pool: one connection to each origin, for one thread."""

    def __init__(self, open_stream: Callable[[_ExchangeContext], BoundedTlsStream]) -> None:
        super().__init__()
        self._open_stream = open_stream
        self._kept: dict[tuple[str, int], _Connection] = {}

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        asked: _ExchangeContext = request.extensions["asked"]
        request.url.target = asked.target.path.encode()  # httpx may write it otherwise
        connection = self._kept_for(asked) or self._new_for(asked, request.url.origin)
        connection.line.allowance = asked.allowance
        return connection.handle_request(request)

    def _kept_for(self, asked: _ExchangeContext) -> _Connection | None:
        key = (asked.target.host, asked.target.port)
        kept = self._kept.get(key)
        if kept is None:
            return None
        if asked.fresh or not kept.is_clean():
            self._kept.pop(key).close()
            return None
        asked.allowance.kept = True
        return kept

    def _new_for(self, asked: _ExchangeContext, origin: httpcore.Origin) -> _Connection:
        connection = _Connection(origin, self._open_stream(asked))
        if len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept))).close()
        self._kept[asked.target.host, asked.target.port] = connection
        return connection

    def close(self) -> None:
        while self._kept:
            self._kept.popitem()[1].close()


class _Transport(httpx.HTTPTransport):
    """httpx's own, whose connections are ours."""

    def __init__(self, open_stream: Callable[[_ExchangeContext], BoundedTlsStream]) -> None:
        self._pool = _Connections(open_stream)  # and nothing of what httpx would make


def _written(request: Request, asked: _ExchangeContext) -> httpx.Request:
    """The request as httpx knows it. Raises RequestFailed for what cannot be sent."""
    if request.method not in _METHODS:
        raise errors.unfit("the request's method is none that is sent")
    headers = [_header(name, _revealed(value)) for name, value in request.headers]
    named = {name.lower() for name, _ in headers}
    headers += [extra for extra in (_AGENT, _CODING) if extra[0].lower() not in named]
    return httpx.Request(
        request.method,
        _revealed(request.url),
        headers=headers,
        content=None if request.body is None else _encoded(_revealed(request.body)),
        extensions={"asked": asked},
    )


def _header(name: str, value: str) -> tuple[bytes, bytes]:
    if not HEADER_NAME.fullmatch(name) or name.lower() in _OWNED:
        raise errors.unfit("a header of the request has a name that is not sent")
    if not _HEADER_VALUE.fullmatch(value):
        raise errors.unfit(
            f'the value of the header "{name}" holds what no header holds',
            "Only visible ASCII, and spaces inside: no line breaks, no letters beyond.",
        )
    return name.encode(), value.encode()


def _encoded(body: str) -> bytes:
    try:
        return body.encode()
    except UnicodeEncodeError:
        raise errors.unfit("the request's body holds what UTF-8 does not") from None


def _revealed(text: MaskedText) -> str:
    if text.is_unopened:
        raise errors.sealed()
    return text.reveal()


def _read(answer: httpx.Response, allowance: ExchangeBudget) -> Response:
    allowance.status = answer.status_code
    headers = answer.headers
    _check_framing(answer, allowance.host)
    codings = ",".join(headers.get_list("content-encoding"))
    assert isinstance(answer.stream, httpx.SyncByteStream)
    body = decompress(answer.stream, codings, allowance.host, allowance.limits)
    told = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)
    return Response(answer.status_code, told, body)


def _check_framing(answer: httpx.Response, host: str) -> None:
    """RFC 9112, 6.1 and 6.3: what can be read in two ways is not read at all."""
    version = answer.extensions.get("http_version", b"HTTP/1.1")  # a recording has none
    if version not in _VERSIONS:
        raise errors.not_http(host)
    if answer.status_code < httpx.codes.OK:
        raise errors.switching(host)
    if "transfer-encoding" not in answer.headers:
        return
    if "content-length" in answer.headers:
        raise errors.two_lengths(host)
    if version == b"HTTP/1.0":
        raise errors.old_chunks(host)


_VERSIONS: Final = {b"HTTP/1.1", b"HTTP/1.0"}

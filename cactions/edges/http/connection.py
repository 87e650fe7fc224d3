"""Connections over TLS, in bounded time and bytes, in the words of httpcore's NetworkStream.

TLS is fed by hand instead of wrapped around the socket: so every byte on the wire is counted, of
the handshake too, and every wait ends with the exchange's own time. What the HTTP layer says
about time-outs is ignored. A request leaves when its answer is asked for, in one go.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from cactions.edges.http import errors, proxy, tls
from cactions.edges.http.address_guard import NetworkRules, Target, check_addresses, look_up
from cactions.edges.http.budget import ExchangeBudget
from cactions.model import RequestFailed

_CHUNK: Final = 64 * 1024
_RECORD_TYPES: Final = range(20, 25)  # RFC 8446, 5.1: the first byte of every record


class BoundedTlsStream:
    """One TLS connection. ``allowance`` is that of the request that it carries now."""

    def __init__(
        self, sock: socket.socket, context: ssl.SSLContext, allowance: ExchangeBudget
    ) -> None:
        self.allowance = allowance
        self._socket = sock
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=allowance.host)
        self._heard = self._shaken = self._asked = self._deaf = False

    def shake(self) -> None:
        """Agree on keys, and see that the server is who it should be. Raises RequestFailed."""
        self.allowance.doing = errors.SHAKING
        while not self._shaken:
            try:
                self._tls.do_handshake()
                self._shaken = True
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()
            except ssl.SSLEOFError:
                raise self.allowance.connection_lost() from None
            except ssl.SSLError as error:
                self._say_goodbye()
                raise tls.fault(self.allowance.host, error) from None
        self._flush()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Encrypt; it is sent when the answer is asked for."""
        if buffer:
            self._asked = True
            try:
                self._tls.write(buffer)
            except ssl.SSLError as error:
                raise tls.fault(self.allowance.host, error) from None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """The next bytes; none where the server has properly ended. Raises RequestFailed."""
        self.allowance.check_head()
        if self._outgoing.pending:
            self.allowance.doing = errors.SENDING
            self._flush()
        self.allowance.doing = errors.ANSWERING if self.allowance.answered else errors.WAITING
        if not (self._tls.pending() or self._incoming.pending):
            self._fill()
        data = self._decrypted(max_bytes)
        self.allowance.answered += len(data)
        self.allowance.ended = not data
        return data

    def _decrypted(self, most: int) -> bytes:
        while True:
            try:
                return self._tls.read(most)
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()
            except ssl.SSLEOFError:  # RFC 9112, 9.8: not ended by TLS, so it may be cut off
                self.allowance.ended = True
                raise self.allowance.connection_lost() from None
            except ssl.SSLError as error:
                raise tls.fault(self.allowance.host, error) from None

    def _flush(self) -> None:
        """Send what is encrypted. Where nobody listens any more, an answer may still be there."""
        unsent = memoryview(self._outgoing.read())
        while unsent and not self._deaf:
            self._socket.settimeout(self.allowance.seconds())
            self.allowance.sent |= self._asked  # as far as anybody will know
            try:
                unsent = unsent[self._socket.send(unsent) :]
            except TimeoutError:
                raise self.allowance.late() from None
            except OSError:
                self._deaf = True

    def _fill(self) -> None:
        """Wait for bytes of the wire."""
        self._socket.settimeout(self.allowance.seconds())
        try:
            data = self._socket.recv(self.allowance.room(_CHUNK))
        except TimeoutError:
            raise self.allowance.late() from None
        except OSError:
            self.allowance.ended = True
            raise self.allowance.connection_lost() from None
        self.allowance.receive(len(data))
        if not data:
            self._incoming.write_eof()
            return
        if not self._heard and data[0] not in _RECORD_TYPES:
            raise tls.no_tls(self.allowance.host)
        self._heard = True
        self._incoming.write(data)

    def get_extra_info(self, info: str) -> bool | None:
        """Whether it ``is_readable``: while nothing was asked, that means closed, or disordered."""
        if info != "is_readable":
            return None
        if self._tls.pending() or self._incoming.pending:
            return True
        try:
            self._socket.settimeout(0)
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            pass
        return True

    def close(self) -> None:
        """End it, politely where that costs nothing."""
        if self._shaken and not self._deaf:
            with suppress(ssl.SSLError):
                self._tls.unwrap()
            self._say_goodbye()
        self._socket.close()

    def _say_goodbye(self) -> None:
        with suppress(OSError):
            self._socket.settimeout(0)
            self._socket.send(self._outgoing.read())


def connect(
    target: Target, network: NetworkRules, context: ssl.SSLContext, allowance: ExchangeBudget
) -> BoundedTlsStream:
    """A connection to the target, checked, within the seconds to connect. Raises RequestFailed."""
    with allowance.connecting():
        sock = _reach(target, network, allowance)
        try:
            stream = BoundedTlsStream(sock, context, allowance)
            stream.shake()
        except BaseException:
            sock.close()
            raise
        return stream


def _reach(target: Target, network: NetworkRules, allowance: ExchangeBudget) -> socket.socket:
    """Directly, to a checked address; or through the proxy, which looks the name up itself.

    Proxies let names through, not addresses, and behind one there is often no name server.
    """
    if network.proxy_at is None:
        found = check_addresses(target, network, allowance)
        allowance.doing = errors.CONNECTING
        return _opened(found, target.port, target.host, allowance)
    host, port = network.proxy_at
    found = look_up(host, port, network, allowance)
    allowance.doing = errors.TO_PROXY
    sock = _opened(found, port, "the proxy", allowance)
    try:
        proxy.connect_through(sock, target.address or target.host, target.port, allowance)
    except BaseException:
        sock.close()
        raise
    return sock


def _opened(
    found: Sequence[str], port: int, whose: str, allowance: ExchangeBudget
) -> socket.socket:
    """To the first address that answers; each has an equal part of the time that is left."""
    failure: RequestFailed | None = None
    for number, address in enumerate(found):
        seconds = allowance.seconds() / (len(found) - number)
        try:
            return _socket_to(address, port, seconds)
        except TimeoutError:
            failure = allowance.late()
        except ConnectionResetError:
            failure = errors.no_handshake(whose)
        except ConnectionRefusedError:
            failure = errors.refused(whose)
        except OSError:
            failure = failure or errors.unreachable(whose)
    assert failure is not None  # there is an address
    raise failure


def _socket_to(address: str, port: int, seconds: float) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(seconds)
        sock.connect((address, port))
    except BaseException:
        sock.close()
        raise
    return sock

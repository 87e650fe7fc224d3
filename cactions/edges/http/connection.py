"""TLS connections with limited time and bytes, as httpcore's public NetworkStream.

TLS runs over memory buffers instead of around the socket: so every byte on the wire is counted,
those of the handshake too, and every wait ends with the exchange's own time. The time-outs that
the HTTP library passes are ignored. A request leaves in one go when its response is first read.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from math import ceil
from typing import Final

import httpcore

from cactions.edges.http import proxy, tls
from cactions.edges.http.address_guard import NetworkRules, Target, check_addresses, look_up
from cactions.edges.http.budget import ExchangeBudget
from cactions.edges.http.errors import NetworkFault, Phase, build_failure
from cactions.model import RequestFailed

_READ_BYTES: Final = 64 * 1024
_TLS_RECORD_TYPES: Final = range(20, 25)  # RFC 8446, 5.1: the first byte of every record


class BoundedTlsStream(httpcore.NetworkStream):
    """One TLS connection. ``budget`` is that of the request that it carries now.

    The last byte that has arrived is always handed out alone, and only when it is asked for. A
    reader that asks has used up all bytes before. So when a response is complete, nothing follows
    it on the wire exactly if no byte is withheld here, wherever the reader keeps its own bytes.
    """

    def __init__(
        self,
        sock: socket.socket,
        context: ssl.SSLContext,
        budget: ExchangeBudget,
        *,
        has_certificate: bool = False,
    ) -> None:
        self.budget, self._has_certificate = budget, has_certificate
        self._socket = sock
        sock.setblocking(False)  # every wait is one of our own: see _wait
        self._arrival = select.poll()
        self._arrival.register(sock, select.POLLIN)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=budget.host)
        self._withheld = b""
        self._got_first_byte = self._is_secure = self._has_request = self._peer_gone = False

    def shake_hands(self) -> None:
        """Do the TLS handshake and check the server's certificate. Raises RequestFailed."""
        self.budget.phase = Phase.TLS_HANDSHAKE
        while not self._is_secure:
            try:
                self._tls.do_handshake()
                self._is_secure = True
            except ssl.SSLWantReadError:
                self._flush()
                self._receive()
            except ssl.SSLEOFError:
                raise self.budget.build_connection_lost() from None
            except ssl.SSLError as error:
                self._send_alert()
                raise self._describe(error) from None
        self._flush()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Encrypt; the bytes are sent when the response is read."""
        if buffer:
            self._has_request = True
            try:
                self._tls.write(buffer)
            except ssl.SSLError as error:
                raise self._describe(error) from None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """The next bytes; none where the server has properly ended. Raises RequestFailed."""
        self.budget.check_head()
        data, self._withheld = self._withheld, b""
        if not data:
            data = self._read_new(max_bytes)
            if len(data) > 1:
                data, self._withheld = data[:-1], data[-1:]
        self.budget.received += len(data)
        self.budget.ended = not data
        return data

    def _read_new(self, max_bytes: int) -> bytes:
        if self._outgoing.pending:
            self.budget.phase = Phase.SENDING
            self._flush()
        self.budget.phase = Phase.RECEIVING if self.budget.received else Phase.WAITING
        if not (self._tls.pending() or self._incoming.pending):
            self._receive()
        return self._decrypt(max_bytes)

    def _decrypt(self, max_bytes: int) -> bytes:
        while True:
            try:
                return self._tls.read(max_bytes)
            except ssl.SSLWantReadError:
                self._flush()
                self._receive()
            except ssl.SSLEOFError:  # RFC 9112, 9.8: not ended by TLS, so it may be cut off
                raise self.budget.build_connection_lost() from None
            except ssl.SSLError as error:
                raise self._describe(error) from None

    def _describe(self, error: ssl.SSLError) -> RequestFailed:
        host = self.budget.host
        return tls.describe_tls_error(host, error, has_certificate=self._has_certificate)

    def _flush(self) -> None:
        """Send what is encrypted. Where the server has gone, a response may still be there."""
        unsent = memoryview(self._outgoing.read())
        while unsent and not self._peer_gone:
            self.budget.require_seconds()
            self.budget.sent |= self._has_request  # whether it arrives cannot be known
            try:
                unsent = unsent[self._socket.send(unsent) :]
            except BlockingIOError:
                room = select.poll()
                room.register(self._socket, select.POLLOUT)
                self._wait(room)
            except OSError:
                self._peer_gone = True

    def _receive(self) -> None:
        """Wait for encrypted bytes."""
        self._wait(self._arrival)
        try:
            data = self._socket.recv(self.budget.limit_read(_READ_BYTES))
        except BlockingIOError:  # what came was dropped by the kernel: its checksum was wrong
            return
        except OSError:
            raise self.budget.build_connection_lost() from None
        self.budget.count_wire_bytes(len(data))
        if not data:
            self._incoming.write_eof()
            return
        if not self._got_first_byte and data[0] not in _TLS_RECORD_TYPES:
            raise tls.describe_missing_tls(self.budget.host)
        self._got_first_byte = True
        self._incoming.write(data)

    def _wait(self, events: select.poll) -> None:
        """Wait until the socket is ready. Raises RequestFailed when the time is over.

        One system call, where a time-out that is set on the socket takes one more for each use.
        """
        while not events.poll(ceil(self.budget.require_seconds() * 1_000)):
            pass

    def get_extra_info(self, info: str) -> bool | None:
        """``is_readable``: bytes are left, or the server closed. An idle connection has neither."""
        if info != "is_readable":
            return None
        if self._withheld or self._tls.pending() or self._incoming.pending:
            return True
        return bool(self._arrival.poll(0))

    def close(self) -> None:
        """Close; TLS's own end is sent where that needs no waiting."""
        if self._is_secure and not self._peer_gone:
            with suppress(ssl.SSLError):
                self._tls.unwrap()
            self._send_alert()
        self._socket.close()

    def _send_alert(self) -> None:
        with suppress(OSError):
            self._socket.send(self._outgoing.read())


def connect(
    target: Target,
    network: NetworkRules,
    context: ssl.SSLContext,
    budget: ExchangeBudget,
    *,
    has_certificate: bool = False,
) -> BoundedTlsStream:
    """A checked connection to the target, within the time to connect. Raises RequestFailed.

    ``has_certificate``: the context presents one of ours.
    """
    with budget.limit_connecting():
        sock = _connect_to_target(target, network, budget)
        try:
            stream = BoundedTlsStream(sock, context, budget, has_certificate=has_certificate)
            stream.shake_hands()
        except BaseException:
            sock.close()
            raise
        return stream


def _connect_to_target(
    target: Target, network: NetworkRules, budget: ExchangeBudget
) -> socket.socket:
    """Directly, to a checked address; or through the proxy, which looks the name up itself.

    Proxies allow names, not addresses, and behind a proxy there is often no name server.
    """
    if network.proxy_at is None:
        addresses = check_addresses(target, network, budget)
        budget.phase = Phase.CONNECTING
        return _connect_to_any(addresses, target.port, target.host, budget)
    host, port = network.proxy_at
    addresses = look_up(host, port, network, budget)
    budget.phase = Phase.CONNECTING_TO_PROXY
    sock = _connect_to_any(addresses, port, "the proxy", budget)
    try:
        proxy.connect_through(sock, target.address or target.host, target.port, budget)
    except BaseException:
        sock.close()
        raise
    return sock


def _connect_to_any(
    addresses: Sequence[str], port: int, name: str, budget: ExchangeBudget
) -> socket.socket:
    """To the first address that accepts; each has an equal part of the time that is left."""
    failure: RequestFailed | None = None
    for index, address in enumerate(addresses):
        seconds = budget.require_seconds() / (len(addresses) - index)
        try:
            return _connect_to(address, port, seconds)
        except TimeoutError:
            failure = budget.build_timeout()
        except ConnectionResetError:
            failure = build_failure(NetworkFault.HANDSHAKE_CLOSED, name)
        except ConnectionRefusedError:
            failure = build_failure(NetworkFault.CONNECTION_REFUSED, name, port=port)
        except OSError:
            failure = failure or build_failure(NetworkFault.UNREACHABLE, name)
    assert failure is not None  # there is an address
    raise failure


def _connect_to(address: str, port: int, seconds: float) -> socket.socket:
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

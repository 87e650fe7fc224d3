"""What one exchange may still use, in time and bytes, and how far it has come.

The HTTP library's own time-outs start anew with every byte that arrives; these do not. Times are of
the monotonic clock, which cannot be set.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from cactions.edges.http.errors import (
    MAX_HEAD_BYTES,
    NetworkFault,
    Phase,
    build_failure,
    build_timeout,
)
from cactions.model import Limits, RequestFailed


class ExchangeBudget:
    """The budget of one request, in one thread. Failures name its ``host`` and ``phase``.

    ``sent``: bytes of the request left this machine. ``received``: bytes of the response,
    decrypted. ``ended``: the server closed the connection. ``reused``: the connection carried
    another request before.
    """

    __slots__ = ("_connect_until", "_total_until", "_wire_left", "ended", "host", "limits", "phase",
                 "received", "reused", "sent", "status")  # fmt: skip

    def __init__(self, limits: Limits, host: str = "") -> None:
        self.host = host
        self.limits = limits
        self._total_until = self._connect_until = monotonic() + limits.total
        self._wire_left = limits.wire
        self.phase = Phase.CONNECTING
        self.sent = self.ended = self.reused = False
        self.received = 0
        self.status: int | None = None

    @contextmanager
    def limit_connecting(self) -> Iterator[None]:
        """Inside, only the time to connect is left, and never more than the total time."""
        self._connect_until = min(self._total_until, monotonic() + self.limits.connect)
        yield
        self._connect_until = self._total_until

    def require_seconds(self) -> float:
        """How many seconds are left, more than 0. Raises RequestFailed where none are."""
        seconds = self._connect_until - monotonic()
        if seconds <= 0:
            raise self.build_timeout()
        return seconds

    def build_timeout(self) -> RequestFailed:
        """The error for a time that is over."""
        in_all = self._connect_until == self._total_until
        return build_timeout(self.host, self.limits, self.phase, in_all=in_all)

    def limit_read(self, maximum: int) -> int:
        """How many bytes to read at most: one more than may come, so that excess is noticed."""
        return min(maximum, self._wire_left + 1)

    def count_wire_bytes(self, count: int) -> None:
        """So many bytes arrived. Raises RequestFailed where they are too many in all."""
        self._wire_left -= count
        if self._wire_left < 0:
            raise build_failure(NetworkFault.TOO_LONG, self.host, limits=self.limits)

    def check_head(self) -> None:
        """Raises RequestFailed where the final headers, with interim responses, are too long."""
        if self.status is None and self.received > MAX_HEAD_BYTES:
            raise build_failure(NetworkFault.LONG_HEAD, self.host)

    def build_connection_lost(self) -> RequestFailed:
        """The error for a lost connection: it depends on how far the response had come."""
        return build_failure(self._find_closing_fault(), self.host)

    def _find_closing_fault(self) -> NetworkFault:
        if self.phase is Phase.TLS_HANDSHAKE:
            return NetworkFault.HANDSHAKE_CLOSED
        if self.received:
            return NetworkFault.HEAD_CUT_OFF if self.status is None else NetworkFault.CUT_OFF
        if self.reused:
            return NetworkFault.REUSED_CONNECTION_CLOSED
        return NetworkFault.CLOSED_UNANSWERED if self.sent else NetworkFault.CLOSED_UNSENT

    def build_malformed(self) -> RequestFailed:
        """The error for bytes that are not a response by the rules of HTTP."""
        if self.ended:
            return self.build_connection_lost()
        fault = NetworkFault.NOT_HTTP if self.status is None else NetworkFault.BAD_FRAMING
        return build_failure(fault, self.host)

    def annotate(self, error: RequestFailed) -> RequestFailed:
        """A new error with what is known about the exchange, without traceback and cause."""
        return RequestFailed(
            str(error),
            reason=error.reason,
            hint=error.hint,
            sent=self.sent,
            status=self.status,
            again=error.again,
        )

"""What one exchange may still take, time and bytes, and how far it has come.

The HTTP client's own time-outs start anew with every byte that drips in; these do not. Times are
of the monotonic clock, which nobody sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from cactions.edges.http import errors
from cactions.model import Limits, RequestFailed


class ExchangeBudget:
    """Of one request, in one thread. ``host`` and ``doing`` are told where something fails.

    ``sent``: bytes of the request left. ``answered``: bytes of the answer, decrypted.
    ``ended``: the server closed. ``kept``: the connection has carried another request before.
    """

    __slots__ = ("_end", "_until", "_wire", "answered", "doing", "ended", "host", "kept", "limits",
                 "sent", "status")  # fmt: skip

    def __init__(self, limits: Limits) -> None:
        self.host = ""
        self.limits = limits
        self._end = self._until = monotonic() + limits.total
        self._wire = limits.wire
        self.doing = errors.CONNECTING
        self.sent = self.ended = self.kept = False
        self.answered = 0
        self.status: int | None = None

    @contextmanager
    def connecting(self) -> Iterator[None]:
        """What is within has the seconds to connect, and never more than there are in all."""
        self._until = min(self._end, monotonic() + self.limits.connect)
        yield
        self._until = self._end

    def seconds(self) -> float:
        """How many are left, more than none. Raises RequestFailed where none are."""
        left = self._until - monotonic()
        if left <= 0:
            raise self.late()
        return left

    def late(self) -> RequestFailed:
        """That the time is over."""
        return errors.late(self.host, self.limits, self.doing, in_all=self._until == self._end)

    def room(self, most: int) -> int:
        """How many bytes to ask the network for: never much more than there is room for."""
        return min(most, self._wire + 1)

    def receive(self, count: int) -> None:
        """So many bytes came over the wire. Raises RequestFailed where they are too many."""
        self._wire -= count
        if self._wire < 0:
            raise errors.too_long(self.host, self.limits)

    def check_head(self) -> None:
        """Raises RequestFailed where all that came, interim answers included, has no final head yet."""
        if self.status is None and self.answered > errors.HEAD_LIMIT:
            raise errors.long_head(self.host)

    def connection_lost(self) -> RequestFailed:
        """That the connection is gone: what that means hangs on how far the answer had come."""
        if self.doing == errors.SHAKING:
            return errors.no_handshake(self.host)
        if self.answered == 0:
            return errors.unanswered(self.host, kept=self.kept, sent=self.sent)
        if self.status is None:
            return errors.half_a_head(self.host)
        return errors.cut_off(self.host)

    def malformed(self) -> RequestFailed:
        """That what came is no answer by the rules of HTTP."""
        if self.ended:
            return self.connection_lost()
        if self.status is not None:
            return errors.bad_framing(self.host)
        return errors.not_http(self.host)

    def annotate(self, error: RequestFailed) -> RequestFailed:
        """The error with what is known about the exchange, and without what it grew from."""
        return RequestFailed(
            str(error),
            reason=error.reason,
            hint=error.hint,
            sent=self.sent,
            status=self.status,
            again=error.again,
        )

"""The leased permits, calls and answers of this process, between two changes of the shared state.

Times are those of this machine's clock; ``SharedTime`` gives those of the shared state. One thread
at a time may use it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

from cactions.logic.rate_limit.leases import (
    EXPECTED_SECONDS,
    HOLD_SECONDS,
    CallOutcome,
    Demand,
    PermitLease,
    give_back,
    is_urgent,
    record_worker,
    register_calls,
    settle_outcomes,
    take_lease,
)
from cactions.logic.rate_limit.state import WINDOW, PacerState, Permit

_KEPT_SECONDS: Final = 2 * WINDOW
"""A call without an answer, or an answer that could not be stored, is forgotten after so long."""
_SHORT: Final = 0.05  # seconds
_SAMPLE_SECONDS: Final = 0.05
"""Over so long, at least, the rate of calls is measured."""


class SharedTime(Struct, frozen=True):
    """The time of the shared state at a moment between two times of this machine."""

    time: float
    begun: float
    ended: float

    def get_earliest(self, at: float) -> float:
        """The earliest time of the shared state that can be meant by this machine's time."""
        return self.time + at - self.ended

    def get_latest(self, at: float) -> float:
        """The latest one."""
        return self.time + at - self.begun


@dataclass
class OpenCall:
    """A call that may be on its way."""

    sent_at: float
    permit: Permit | None
    """None: of this process alone, not known to the shared state."""
    alone: Permit | None = None
    """That of the state with which this process goes on alone."""


@dataclass(frozen=True)
class ReceivedAnswer:
    """How a call ended; ``status`` is None where no answer came."""

    call: OpenCall
    received_at: float
    status: int | None
    headers: tuple[tuple[str, str], ...]


class ExchangeBatch(Struct, frozen=True):
    """What one change of the shared state brings to it."""

    begun: float
    unused: list[Permit]
    answers: list[ReceivedAnswer]
    unknown: list[OpenCall]
    """Calls on their way that the shared state does not know."""
    demand: Demand


class ExchangeResult(Struct, frozen=True):
    """What it brings back."""

    state: PacerState
    time: SharedTime
    adopted: tuple[Permit, ...]
    """For the unknown calls."""
    lease: PermitLease


class Member(Struct, frozen=True):
    """One of the processes that share the state."""

    id: int
    share: float


@dataclass
class HeldPermits:
    """What is held, and how fast it is used."""

    ready: deque[tuple[Permit, float]] = field(default_factory=deque)
    """Unused permits, each with the time of its lease."""
    calls: dict[int, OpenCall] = field(default_factory=dict)
    answers: list[ReceivedAnswer] = field(default_factory=list)
    urgent: bool = False
    rate: float = 0.0
    """Calls a second, of late."""
    used: int = 0
    """Calls since ``measured_at``."""
    measured_at: float = 0.0
    took: float = 0.0
    """Seconds of the last change of the shared state."""
    serial: int = 0

    def use_permit(self, now: float) -> Permit | None:
        """The right to send one call, with a serial number of this process; None without one."""
        while self.ready and self.ready[0][1] > now - HOLD_SECONDS:
            permit, _ = self.ready.popleft()
            return self.record_call(OpenCall(now, permit))
        return None

    def record_call(self, call: OpenCall) -> Permit:
        """The same for a call that is sent in any case."""
        self.serial += 1
        self.used += 1
        self.calls[self.serial] = call
        return Permit(self.serial, call.sent_at, 0, len(self.calls) - 1)

    def record_answer(
        self, permit: Permit, now: float, status: int | None, headers: Sequence[tuple[str, str]]
    ) -> ReceivedAnswer | None:
        """The answer to a call, which is kept; None where the call was forgotten."""
        call = self.calls.pop(permit.serial, None)
        if call is None:
            return None
        answer = ReceivedAnswer(call, now, status, tuple(headers))
        self.answers.append(answer)
        return answer

    def measure_rate(self, now: float) -> None:
        """Bring the rate of calls up to date."""
        seconds = now - self.measured_at
        if seconds < _SAMPLE_SECONDS:
            return
        weight = min(1.0, seconds / EXPECTED_SECONDS)
        self.rate += weight * (self.used / seconds - self.rate)
        self.used, self.measured_at = 0, now

    def describe_demand(self, waiting: int) -> Demand:
        """The calls that are to be sent."""
        ready = len(self.ready)
        seconds = EXPECTED_SECONDS + 2 * self.took
        if waiting > ready:
            seconds *= 2  # the rate would be higher with more permits
        expected = max(0, round(self.rate * seconds) - ready)
        return Demand(max(0, waiting - ready), expected)

    def is_short(self) -> bool:
        """Whether the permits will soon be used up."""
        return len(self.ready) < self.rate * max(_SHORT, 2 * self.took)

    def has_unknown_calls(self) -> bool:
        """Whether calls are on their way that the shared state does not know."""
        return any(call.permit is None for call in self.calls.values())

    def collect_batch(self, now: float, waiting: int | None) -> ExchangeBatch:
        """What is due; ``waiting`` calls want a permit, or None: all permits are given back."""
        self.measure_rate(now)
        unused, answers = self._take_unused(now, waiting is None), self._take_answers(now)
        unknown = [call for call in self.calls.values() if call.permit is None]
        demand = Demand() if waiting is None else self.describe_demand(waiting)
        return ExchangeBatch(now, unused, answers, unknown, demand)

    def _take_unused(self, now: float, is_last: bool) -> list[Permit]:
        found = []
        while self.ready and (is_last or self.ready[0][1] <= now - HOLD_SECONDS):
            found.append(self.ready.popleft()[0])
        return found

    def _take_answers(self, now: float) -> list[ReceivedAnswer]:
        """Very old ones and very old calls are forgotten."""
        found = [each for each in self.answers if each.received_at > now - _KEPT_SECONDS]
        self.answers, self.urgent = [], False
        old = [key for key, each in self.calls.items() if each.sent_at < now - _KEPT_SECONDS]
        for key in old:
            del self.calls[key]
        return found


def convert_answers(answers: Sequence[ReceivedAnswer], time: SharedTime) -> tuple[CallOutcome, ...]:
    """The answers in the time of the shared state, within what is certain."""
    return tuple(
        CallOutcome(
            _move_permit(each.call.permit, time.get_earliest(each.call.sent_at)),
            time.get_latest(each.received_at),
            each.status,
            each.headers,
        )
        for each in answers
    )


def _move_permit(permit: Permit | None, sent_at: float) -> Permit | None:
    if permit is None:
        return None
    sent_at = max(permit.sent_at, sent_at)  # not before its lease
    return Permit(permit.serial, sent_at, permit.window, permit.in_flight)


def apply_batch(
    state: PacerState, time: SharedTime, batch: ExchangeBatch, member: Member
) -> tuple[PacerState, ExchangeResult]:
    """The next shared state, and what comes back from it."""
    now = time.time
    state = settle_outcomes(state, now, convert_answers(batch.answers, time))
    state = give_back(state, batch.unused)
    state, adopted = register_calls(state, now, member.share, len(batch.unknown))
    state = record_worker(state, member.id, now)
    state, lease = take_lease(state, now, member.share, batch.demand)
    return state, ExchangeResult(state, time, adopted, lease)


def check_urgency(state: PacerState, time: SharedTime | None, answer: ReceivedAnswer) -> bool:
    """Whether other processes wait for the answer."""
    now = time.get_latest(answer.received_at) if time else answer.received_at
    return is_urgent(state, now, answer.status)

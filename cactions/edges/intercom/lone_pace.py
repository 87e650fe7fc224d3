"""The pace of a process that cannot use the shared state: it keeps clear of what others may use."""

from __future__ import annotations

from cactions.edges.intercom.held_permits import HeldPermits, OpenCall, ReceivedAnswer, SharedTime
from cactions.logic.rate_limit.figures import LimitFigures, describe_limit
from cactions.logic.rate_limit.leases import (
    CallOutcome,
    begin_alone,
    choose_share_alone,
    settle_outcomes,
)
from cactions.logic.rate_limit.permits import take_permit
from cactions.logic.rate_limit.state import PacerState, Permit


class LonePace:
    """Goes on from the newest known state. One thread at a time may use it."""

    def __init__(
        self, state: PacerState, time: SharedTime | None, share: float, held: HeldPermits
    ) -> None:
        """``held``: its unused permits are given up, since the others may think them lost."""
        held.ready.clear()
        calls = {call.permit.serial for call in held.calls.values() if call.permit}
        calls |= {each.call.permit.serial for each in held.answers if each.call.permit}
        self._share, self._time = choose_share_alone(state, share), time
        self._state, self._held = begin_alone(state, calls), held
        for answer in held.answers:
            self.record_answer(answer)

    def take_permit(self, now: float) -> Permit | float:
        """A permit, or the seconds until the next try."""
        self._state, result = take_permit(self._state, self._guess_time(now), self._share)
        if isinstance(result, float):
            return result
        return self._held.record_call(OpenCall(now, None, result))

    def record_answer(self, answer: ReceivedAnswer) -> None:
        """Take an answer into account."""
        permit, now = answer.call.alone or answer.call.permit, self._guess_time(answer.received_at)
        outcome = CallOutcome(permit, now, answer.status, answer.headers)
        self._state = settle_outcomes(self._state, now, [outcome])

    def describe_limit(self, now: float) -> LimitFigures:
        """The figures."""
        return describe_limit(self._state, self._guess_time(now))

    def _guess_time(self, now: float) -> float:
        return self._time.get_latest(now) if self._time else now

"""Counts what fails in a run: identity checks, calls of the third party, and writes."""

from __future__ import annotations

from collections import deque
from typing import Final

from cactions.logic.bulk.evidence import CallEvidence
from cactions.model import FailureReason, Trip, TripKind

_IN_A_ROW: Final = 3
_MOST_SAMPLES: Final = 5
_LEAST_FAILURES: Final = 5
_WINDOW: Final = 50
_DENIED: Final = (401, 403)
_SERVER_ERROR: Final = 500
_TOO_MANY: Final = 429
_TROUBLE: Final = frozenset(
    (
        FailureReason.NO_ANSWER,
        FailureReason.UNUSABLE_ANSWER,
        FailureReason.NO_TOKEN,
        FailureReason.OUTCOME_UNKNOWN,
    )
)


class ProofCounter:
    """Counts responses that ``same_person`` found to be about another person."""

    def __init__(self) -> None:
        self._answered = self._failures = self._in_a_row = 0
        self._samples: list[int] = []

    def observe(self, number: int, call: CallEvidence, limit: float) -> Trip | None:
        """Count one person; why the run must stop where ``limit`` (percent) is passed."""
        if call.failure is None:
            self._answered += 1
            self._in_a_row = 0
            return None
        if not call.is_other_person:
            return None
        self._answered += 1
        self._failures += 1
        self._in_a_row += 1
        if len(self._samples) < _MOST_SAMPLES:
            self._samples.append(number)
        is_share = self._failures * 100 > limit * self._answered
        if self._in_a_row >= _IN_A_ROW:
            message = f"the identity check failed {self._in_a_row} times in a row"
        elif self._failures >= _LEAST_FAILURES and is_share:
            message = f"the identity check failed for {self._failures} of {self._answered} people"
        else:
            return None
        return Trip(TripKind.IDENTITY_CHECK, message, tuple(self._samples))


class CallCounter:
    """Counts what fails for a reason that will make the next one fail too."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._last: deque[tuple[int, bool]] = deque(maxlen=_WINDOW)
        self._failing = self._denied = 0

    def observe(self, number: int, status: int | None, failed: bool, limit: float) -> Trip | None:
        """Count one call; why the run must stop where ``limit`` (percent) is passed."""
        self._denied = self._denied + 1 if status in _DENIED else 0
        if len(self._last) == _WINDOW:
            self._failing -= self._last[0][1]
        self._last.append((number, failed))
        self._failing += failed
        if not failed:
            return None
        if self._denied >= _IN_A_ROW:
            kind = TripKind.ACCESS_DENIED
            message = f"{self._denied} {self._what} in a row were denied (status {status})"
        elif self._failing * 100 > limit * _WINDOW:
            kind = TripKind.MANY_FAILURES
            message = f"{self._failing} of the last {len(self._last)} {self._what} failed"
        else:
            return None
        samples = [number for number, failing in self._last if failing][-_MOST_SAMPLES:]
        return Trip(kind, message, tuple(samples))


def has_failed(call: CallEvidence) -> bool:
    """Whether a call failed for a reason that is not the person's."""
    status = call.status
    is_trouble = status is not None and (
        status in _DENIED or status == _TOO_MANY or status >= _SERVER_ERROR
    )
    return call.failure is not None and (is_trouble or call.failure in _TROUBLE)

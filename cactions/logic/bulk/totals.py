"""What the plans of a run would change together, and what of it needs an approval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.logic.action_cache import ActionCache
from cactions.logic.bulk.identifiers import compute_digest
from cactions.logic.bulk.request_keys import list_identity_references
from cactions.model import (
    IDENTITY_FIELDS,
    Action,
    BreakerLimits,
    ChangeKind,
    ChangeTotals,
    PersonAttribute,
    Plan,
    Trip,
    TripKind,
    Value,
    is_empty,
)

_APPROVE: Final = "Look at the changes, and approve the run with exactly these counts."
_FEW: Final = 20
"""Of fewer people, each one stands in the preview, and a share of them says little."""

_MOST_SAMPLES: Final = 5


class TotalCounter:
    """Counts what plans would do to values that are there."""

    def __init__(self, action: Action) -> None:
        self._identity = list_identity_attributes(action)
        self._samples: dict[TripKind, list[int]] = {}
        self.people = self.filled = self.added = self.overwritten = 0
        self.cleared = self.identity_changes = 0

    @property
    def totals(self) -> ChangeTotals:
        """The counts so far."""
        return ChangeTotals(
            self.people, self.filled, self.added, self.overwritten, self.cleared,
            self.identity_changes,
        )  # fmt: skip

    def count(self, number: int, plan: Plan) -> None:
        """Count one plan."""
        self.people += 1
        for left in plan.left:
            self.filled += not is_empty(left.before)
        for change in plan.changes:
            if is_empty(change.before):
                self.added += not is_empty(change.after)
                continue
            self.filled += 1
            if change.before is change.after:
                continue
            kind = change.kind
            if kind is ChangeKind.OVERWRITE:
                self.overwritten += 1
                self._sample(TripKind.OVERWRITTEN, number)
            elif kind is ChangeKind.CLEAR:
                self.cleared += 1
                self._sample(TripKind.CLEARED, number)
            if kind is not ChangeKind.SAME and change.attribute in self._identity:
                self.identity_changes += 1
                self._sample(TripKind.IDENTITY_CHANGED, number)

    def _sample(self, kind: TripKind, number: int) -> None:
        samples = self._samples.setdefault(kind, [])
        if len(samples) < _MOST_SAMPLES:
            samples.append(number)

    def find_trips(self, limits: BreakerLimits) -> Iterator[Trip]:
        """What needs an approval."""
        of = f"of {self.filled} values that are not empty"
        least = self.people >= _FEW
        if least and self.overwritten * 100 > limits.overwritten * self.filled:
            message = f"{self.overwritten} {of} would be overwritten"
            message += f", more than {limits.overwritten:g} %"
            yield self._build_trip(TripKind.OVERWRITTEN, message)
        if least and self.cleared * 100 > limits.cleared * self.filled:
            message = f"{self.cleared} {of} would be cleared, more than {limits.cleared:g} %"
            yield self._build_trip(TripKind.CLEARED, message)
        if self.identity_changes:
            message = f"{self.identity_changes} values that tell people apart would be changed"
            yield self._build_trip(TripKind.IDENTITY_CHANGED, message)

    def _build_trip(self, kind: TripKind, message: str) -> Trip:
        return Trip(kind, message, tuple(self._samples.get(kind, ())), _APPROVE)


def list_identity_attributes(action: Action) -> frozenset[str]:
    """The attributes that tell people apart: unique ones, and those that find a record."""
    unique = [m.attribute.name for m in action.response.mapping if m.unique]
    keys = [
        reference.name
        for reference in list_identity_references(action)
        if isinstance(reference, PersonAttribute)
    ]
    return frozenset({*unique, *keys, *IDENTITY_FIELDS})


_UNIQUE: Final = ActionCache(
    lambda action: frozenset(m.attribute.name for m in action.response.mapping if m.unique)
)


def list_unique_digests(action: Action, plan: Plan) -> tuple[tuple[str, int], ...]:
    """Each unique attribute that the plan gives a value, and a digest of both."""
    unique = _UNIQUE.get(action)
    return tuple(
        (change.attribute, _digest_value(change.attribute, change.after))
        for change in plan.changes
        if change.attribute in unique and not is_empty(change.after)
    )


def _digest_value(attribute: str, value: Value) -> int:
    return compute_digest(f"{attribute}\0{type(value).__name__}\0{value}")

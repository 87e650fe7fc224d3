"""Counts the plans of a run into a summary, in memory that does not grow with the people.

- ``remove`` undoes ``add``: a person who is held later is counted as if never planned.
- Every count is exact. What is listed is bounded: of each attribute, the transitions that came
  first are told apart, and the rest is counted together.
- Attributes are counted for people who are written or unchanged, and refused values also for
  people who are refused as a whole; the others stand in ``reasons`` only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from typing import Final

from cactions.logic.attribute_tally import (
    ADD,
    CLEAR,
    OVERWRITE,
    AttributeTally,
    rank_transition,
)
from cactions.model import (
    AttributeCounts,
    ChangeKind,
    Outcome,
    OutcomeReason,
    Plan,
    PlannedEntry,
    PlanSummary,
    Receipt,
    Subject,
)

OTHER_REASONS: Final = "other reasons"
"""The message of the reasons that are counted together."""

_MOST_REASONS: Final = 200
_LISTED_REASONS: Final = 40
_KEPT_LABELS: Final = 20  # more than are listed, since some may be removed
_LISTED_LABELS: Final = 5
_SAMPLES: Final = 5
_SHORTEST_OWN: Final = 3  # characters of a person's value that is looked for in a message

_OF_PERSON: Final = re.compile(
    r"""(?P<quoted>"[^"]*")|(?P<host>https?://[^/\s]+/)\S*|[^\s@"(]+@[^\s@")]+\w|\d{6,}"""
)
"""What differs from person to person in a message: quoted texts, paths, addresses, numbers."""

_COUNTED: Final = frozenset({None, Outcome.UNCHANGED, Outcome.REFUSED})
_PLAIN_TYPES: Final = frozenset({str, int, float, bool})
_CHANGES: Final = ADD | OVERWRITE | CLEAR
_REFUSED: Final = 8
"""A bit beside those of the kinds."""


def has_old_values(plan: Plan, receipt: Receipt | None) -> bool:
    """Whether a response was compared with what the person has; of the unchanged, none is kept."""
    is_unchanged = receipt is not None and receipt.outcome is Outcome.UNCHANGED
    return plan.call.status is not None and bool(plan.changes or plan.left or is_unchanged)


class SummaryBuilder:
    """Counts planned entries. ``build`` may be asked at any time."""

    def __init__(self) -> None:
        self._people = 0
        self._writing = 0
        self._from_search = 0
        self._from_reading = 0
        self._outcomes: Counter[Outcome] = Counter()
        self._attributes: dict[str, AttributeTally] = {}
        self._reasons: dict[tuple[Outcome, str], _ReasonTally] = {}
        self._samples: dict[int, dict[int, Plan]] = {}

    def add(self, entry: PlannedEntry) -> None:
        """Count an entry."""
        self._count(entry, 1)

    def remove(self, entry: PlannedEntry) -> None:
        """Take back an entry that was added."""
        self._count(entry, -1)

    def build(
        self,
        *,
        alarms: Iterable[str] = (),
        ignored_columns: Iterable[str] = (),
        calls: int = 0,
        platform_calls: int = 0,
    ) -> PlanSummary:
        """The summary of what was counted, and of what the caller knows beside it."""
        built = [(tally, tally.build(name)) for name, tally in self._attributes.items()]
        attributes = [counts for _, counts in built if counts]
        listed = [t for tally, counts in built if counts for t in tally.list_common(counts)]
        changes = sum(map(_count_changes, attributes))
        return PlanSummary(
            people=self._people,
            writing=self._writing,
            outcomes={word: self._outcomes[word] for word in Outcome if self._outcomes[word]},
            attributes=tuple(sorted(attributes, key=_rank_attribute)),
            transitions=tuple(sorted(listed, key=rank_transition)),
            other_transitions=changes - sum(transition.number for transition in listed),
            reasons=tuple(self._list_reasons()),
            samples=tuple(self._choose_samples()),
            alarms=tuple(alarms),
            ignored_columns=tuple(ignored_columns),
            calls=calls,
            platform_calls=platform_calls,
            from_search=self._from_search,
            from_reading=self._from_reading,
        )

    def _count(self, entry: PlannedEntry, sign: int) -> None:
        receipt, plan = entry.receipt, entry.plan
        self._people += sign
        if has_old_values(plan, receipt):
            self._from_search += sign * plan.from_search
            self._from_reading += sign * (not plan.from_search)
        outcome = receipt.outcome if receipt else None
        if receipt is None:
            self._writing += sign
        else:
            self._outcomes[receipt.outcome] += sign
            if outcome is not Outcome.UNCHANGED:
                self._count_reason(entry.number, plan.subject, receipt, sign)
        if outcome not in _COUNTED:
            return
        shape = self._count_changes(plan, sign, writing=receipt is None)
        for left in plan.left:
            tally = self._attributes.get(left.attribute) or self._open_tally(left.attribute)
            if left.refused:
                tally.refused += sign
                shape |= _REFUSED
            else:
                tally.kept += sign
        if shape & _CHANGES:
            self._count_sample(entry.number, plan, shape, sign)

    def _count_changes(self, plan: Plan, sign: int, *, writing: bool) -> int:
        """Count the changes that are made; gives a bit for each of their kinds."""
        shape = 0
        for change in plan.changes:
            tally = self._attributes.get(change.attribute) or self._open_tally(change.attribute)
            before = change.before
            if before == change.after and type(before) is type(change.after) in _PLAIN_TYPES:
                tally.same += sign  # most changes of most runs
            else:
                shape |= tally.count_change(change, sign, writing=writing)
        return shape

    def _open_tally(self, attribute: str) -> AttributeTally:
        return self._attributes.setdefault(attribute, AttributeTally())

    def _count_reason(self, number: int, subject: Subject, receipt: Receipt, sign: int) -> None:
        key = (receipt.outcome, generalize_message(receipt.message, subject))
        if key not in self._reasons and (sign < 0 or len(self._reasons) >= _MOST_REASONS):
            key = (receipt.outcome, OTHER_REASONS)
        tally = self._reasons.setdefault(key, _ReasonTally())
        tally.number += sign
        if sign < 0:
            tally.labels.pop(number, None)
            if not tally.number:
                del self._reasons[key]
        elif len(tally.labels) < _KEPT_LABELS:
            tally.labels[number] = subject.label or str(subject.matched)

    def _count_sample(self, number: int, plan: Plan, shape: int, sign: int) -> None:
        plans = self._samples.setdefault(shape, {})
        if sign < 0:
            plans.pop(number, None)
        elif len(plans) < _SAMPLES:
            plans[number] = plan

    def _list_reasons(self) -> Iterator[OutcomeReason]:
        """The most common ones, and how many people have others."""
        found = sorted(
            (tally.build(*key) for key, tally in self._reasons.items()),
            key=lambda reason: (-reason.number, reason.message, reason.outcome.value),
        )
        rest: Counter[Outcome] = Counter()
        for place, reason in enumerate(found):
            if place < _LISTED_REASONS and reason.message != OTHER_REASONS:
                yield reason
            else:
                rest[reason.outcome] += reason.number
        yield from (
            OutcomeReason(word, OTHER_REASONS, rest[word]) for word in Outcome if rest[word]
        )

    def _choose_samples(self) -> list[Plan]:
        """The first plan of each combination of kinds, then the second of each."""
        shapes = [sorted(plans.items()) for plans in self._samples.values() if plans]
        shapes.sort(key=lambda numbered: numbered[0][0])
        turns = chain.from_iterable(zip_longest(*shapes))
        return [numbered[1] for numbered in turns if numbered][:_SAMPLES]


class _ReasonTally:
    """How many people have a reason, and the labels of the first ones by their numbers."""

    __slots__ = ("labels", "number")

    def __init__(self) -> None:
        self.number = 0
        self.labels: dict[int, str] = {}

    def build(self, outcome: Outcome, message: str) -> OutcomeReason:
        labels = tuple(self.labels.values())[:_LISTED_LABELS]
        return OutcomeReason(outcome, message, self.number, labels)


def generalize_message(message: str, subject: Subject) -> str:
    """The message without what is the person's own, so that equal reasons are equal texts."""
    for own in (subject.label, subject.matched.value, subject.person_id):
        if len(own) >= _SHORTEST_OWN and own in message:
            message = message.replace(own, "…")
    return _OF_PERSON.sub(_generalize, message)


def _generalize(found: re.Match[str]) -> str:
    return '"…"' if found["quoted"] else f"{found['host'] or ''}…"


def _count_changes(counts: AttributeCounts) -> int:
    return sum(number for kind, number in counts.kinds.items() if kind is not ChangeKind.SAME)


def _rank_attribute(counts: AttributeCounts) -> tuple[int, str]:
    return -_count_changes(counts), counts.attribute

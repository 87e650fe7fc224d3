"""The changes of one attribute, counted by kind and by their values.

The first transitions are told apart and counted exactly, the rest is counted by kind only, so that
the memory is bounded. Values that may not be shown are never kept.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, TypeAlias

from cactions.model import (
    ABSENT,
    AttributeCounts,
    Change,
    ChangeKind,
    DataType,
    Transition,
    Value,
    is_empty,
)

ADD: Final = 1
OVERWRITE: Final = 2
CLEAR: Final = 4
"""The bits of the kinds that change something; so are combinations of kinds told apart fast."""

_MOST_TRANSITIONS: Final = 1_000
_LISTED_TRANSITIONS: Final = 10
_LONGEST_VALUE: Final = 200  # characters; longer texts are hardly shared by people
_NESTED: Final = (list, dict)
_BITS: Final = {ChangeKind.ADD: ADD, ChangeKind.OVERWRITE: OVERWRITE, ChangeKind.CLEAR: CLEAR}
_KINDS: Final = {bit: kind for kind, bit in _BITS.items()}

_Pair: TypeAlias = tuple[type, Value, type, Value]


class AttributeTally:
    """The counts of one attribute.

    ``pairs`` counts its transitions by their values, each with the bit of its kind; ``others``
    counts those that are not told apart, by kind.
    """

    __slots__ = ("data_type", "kept", "others", "pairs", "redacted", "refused", "same")

    def __init__(self) -> None:
        self.same = self.kept = self.refused = self.redacted = 0
        self.pairs: dict[_Pair, list[int]] = {}
        self.others: Counter[ChangeKind] = Counter()
        self.data_type = DataType.STRING

    def count_change(self, change: Change, sign: int, *, writing: bool) -> int:
        """Count a change that is written, or one to the same value; the bit of what is written."""
        before, after = change.before, change.after
        if (
            not writing
            or change.redacted
            or isinstance(before, _NESTED)
            or isinstance(after, _NESTED)
        ):
            return self._count_other(change, sign, writing=writing)
        pair: _Pair = (type(before), before, type(after), after)  # True is not 1
        known = self.pairs.get(pair)
        if known is None:
            return self._count_new(change, pair, sign)
        known[0] += sign
        if not known[0]:
            del self.pairs[pair]
        return known[1]

    def _count_new(self, change: Change, pair: _Pair, sign: int) -> int:
        kind = change.kind
        room = sign > 0 and len(self.pairs) < _MOST_TRANSITIONS
        if kind is ChangeKind.SAME or not room or _is_long(change.before) or _is_long(change.after):
            return self._count_other(change, sign, writing=True)
        self.data_type = change.data_type
        self.pairs[pair] = [1, _BITS[kind]]
        return _BITS[kind]

    def _count_other(self, change: Change, sign: int, *, writing: bool) -> int:
        kind = change.kind
        if kind is ChangeKind.SAME:
            self.same += sign
        elif writing:
            self.others[kind] += sign
            self.redacted += sign * change.redacted
            return _BITS[kind]
        return 0

    def build(self, attribute: str) -> AttributeCounts | None:
        """The counts; None where everyone who had it was removed."""
        kinds = Counter(self.others)
        for number, bit in self.pairs.values():
            kinds[_KINDS[bit]] += number
        kinds[ChangeKind.SAME] += self.same
        if not (self.kept or self.refused or any(kinds.values())):
            return None
        counts = {kind: kinds[kind] for kind in ChangeKind if kinds[kind]}
        return AttributeCounts(attribute, counts, self.kept, self.refused)

    def list_common(self, counts: AttributeCounts) -> list[Transition]:
        """The most common transitions; where values may not be shown, one for each kind."""
        if self.redacted:
            numbers = (item for item in counts.kinds.items() if item[0] in _BITS)
            return [Transition(counts.attribute, *item, redacted=True) for item in numbers]
        found: Counter[tuple[ChangeKind, _Pair]] = Counter()
        for pair, (number, bit) in self.pairs.items():
            found[_KINDS[bit], _join_empty(pair)] += number
        ranked = sorted(
            (
                Transition(counts.attribute, kind, number, before, after, data_type=self.data_type)
                for (kind, (_, before, _, after)), number in found.items()
            ),
            key=rank_transition,
        )
        if len(ranked) > _LISTED_TRANSITIONS:  # then what only one person has is not common
            ranked = [transition for transition in ranked if transition.number > 1]
        return ranked[:_LISTED_TRANSITIONS]


def _is_long(value: Value) -> bool:
    return isinstance(value, str) and len(value) > _LONGEST_VALUE


def _join_empty(pair: _Pair) -> _Pair:
    """With one spelling for everything that is empty."""
    nothing = (type(ABSENT), ABSENT)
    before, after = (nothing if is_empty(value) else (type(value), value) for value in pair[1::2])
    return (*before, *after)


def rank_transition(transition: Transition) -> tuple[int, str, str]:
    """The most common first; the same order whatever the order of the people."""
    return -transition.number, transition.attribute, repr((transition.before, transition.after))

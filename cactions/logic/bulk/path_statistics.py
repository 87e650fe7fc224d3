"""What stood at one path of all responses so far, and what this says about whose they are."""

from __future__ import annotations

from typing import Final

from cactions.logic.bulk.names import IdentifierKind, PathRole, find_role
from cactions.logic.bulk.shown_identifiers import ShownIdentifier
from cactions.model import Trip, TripKind

MOST_SAMPLES: Final = 5
_FEW: Final = 5
"""Below this, nothing is concluded from shares."""
_THREE: Final = 3
_MORE: Final = 6
_SURE: Final = 20
_ALL: Final = 0.95


class PathStatistics:
    """Counts of people by what a path showed for them.

    ``own``: their own identifier; ``similar``: another of the same numbering; ``foreign``: one of
    another person of the run, ``chance`` where it may be equal by chance.
    """

    __slots__ = (
        "chance", "constant", "constant_count", "constant_owner", "foreign", "kind", "others",
        "own", "path", "role", "samples", "seen", "similar",
    )  # fmt: skip

    def __init__(self, path: str, kind: IdentifierKind) -> None:
        self.path = path
        self.kind = kind
        self.role = find_role(path)
        self.seen = self.own = self.others = self.similar = self.foreign = self.chance = 0
        self.constant = self.constant_count = self.constant_owner = 0
        self.samples: list[int] = []

    @property
    def is_anchor(self) -> bool:
        """Whether the path usually shows the person's own identifier."""
        return self.own >= _FEW and self.own >= self.others

    @property
    def is_firm_anchor(self) -> bool:
        """Whether the path nearly always shows the person's own identifier."""
        return self.own >= _SURE and self.own >= _ALL * (self.own + self.others)

    @property
    def is_clear(self) -> bool:
        """Whether the path tells by its name, or by what it showed, whose response it is."""
        return self.role is PathRole.OWN or self.is_anchor

    @property
    def is_suspect(self) -> bool:
        """Whether ``find_trip`` can find anything; ids of a numbering of their own are usual."""
        return (
            bool(self.foreign or self.chance or self.similar or self.constant_owner)
            or self.kind is IdentifierKind.EMAIL
        )

    def count(self, number: int, shown: ShownIdentifier) -> None:
        """Count what the path shows for a person."""
        self.seen += 1
        if shown.digest == self.constant:
            self.constant_count += 1
            if shown.is_own and not shown.is_short:
                self.constant_owner = number
        elif 2 * self.constant_count < self.seen:
            self.constant, self.constant_count = shown.digest, 1
            self.constant_owner = number if shown.is_own and not shown.is_short else 0
        if shown.is_own:
            self.own += 1
        else:
            self.others += shown.is_comparable
            self.similar += shown.is_similar
            if len(self.samples) < MOST_SAMPLES:
                self.samples.append(number)

    def count_foreign(self, owner: int, digest: int, *, is_short: bool) -> bool:
        """Count that a person was shown what belongs to ``owner``; whether they must be held."""
        if is_short:
            self.chance += 1
            return False
        self.foreign += 1
        if digest == self.constant:
            self.constant_owner = owner
        return self.is_clear

    def find_trip(self, share: float, *, has_anchor: bool) -> Trip | None:
        """Why the run must stop; ``share`` of the people may see another one's identifier.

        ``has_anchor``: another path shows the person's own identifier for most people.
        """
        if self.role is PathRole.OTHER:
            return None
        return (
            self._find_one_person() or self._find_foreign(share, has_anchor) or self._find_never()
        )

    def _find_one_person(self) -> Trip | None:
        if not self.constant_owner or self.seen < _FEW or self.constant_count < 0.9 * self.seen:
            return None
        return self._build_trip(
            TripKind.ONE_PERSON,
            f"for {self.constant_count} of {self.seen} people, {self.path} shows the same"
            f" identifier, and it is that of entry {self.constant_owner}",
        )

    def _find_foreign(self, share: float, has_anchor: bool) -> Trip | None:
        if not self.is_clear:
            return None
        if self.foreign >= _THREE and self.foreign * 100 > share * self.seen:
            count = self.foreign
        elif self.chance >= max(_MORE, self.seen / 2) and not has_anchor:
            count = self.chance
        else:
            return None
        return self._build_trip(
            TripKind.OTHER_PERSON,
            f"for {count} of {self.seen} people, {self.path} shows the identifier of another"
            " person of this run",
        )

    def _find_never(self) -> Trip | None:
        if self.role is not PathRole.OWN or self.others < _FEW:
            return None
        is_email = self.kind is IdentifierKind.EMAIL
        if (self.others if is_email else self.similar) * 2 < max(2 * _FEW, self.own + self.others):
            return None
        return self._build_trip(
            TripKind.NEVER_OWN,
            f"for {self.others} of {self.own + self.others} people, {self.path} shows another"
            f" {'e-mail address' if is_email else 'id'} than their own",
        )

    def _build_trip(self, kind: TripKind, seen: str) -> Trip:
        return Trip(
            kind,
            f"{seen}: the responses may be about other people",
            tuple(self.samples),
            f"If {self.path} does not tell whose response it is, add it to"
            " `breakers.ignored_paths`.",
        )

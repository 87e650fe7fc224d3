"""The attack on an action, on purpose: what was sent, what came of it, and what that means."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from cactions.model.enums import FailureReason


class ProbeVariant(Enum):
    """What a key of the victim becomes in an attack."""

    VICTIM_KEY = "victim_key"
    """Exactly the victim's."""
    RANDOM_KEY = "random_key"
    """A value of the same form that no record has."""
    EMPTY_KEY = "empty_key"
    OTHER_CASE = "other_case"
    SPACES = "spaces"
    PREFIX = "prefix"
    """The victim's, without its end."""
    WILDCARD = "wildcard"
    TWO_RECORDS = "two_records"
    """No request: a response with the records of both."""

    @property
    def finds_nothing(self) -> bool:
        """Whether no honest service has a record for it."""
        return self in _FIND_NOTHING


_FIND_NOTHING: Final = frozenset(
    (
        ProbeVariant.RANDOM_KEY,
        ProbeVariant.EMPTY_KEY,
        ProbeVariant.PREFIX,
        ProbeVariant.WILDCARD,
    )
)


class ProbeVerdict(Enum):
    """What an attack came to."""

    STOPPED = "stopped"
    """No data: the service had none, or a check of the action refused it."""
    OWN_DATA = "own_data"
    """The attacker's own data, as without the attack."""
    VERIFIED_KEY = "verified_key"
    """The victim's data for the victim's key, which no attacker can choose."""
    VICTIM_DATA = "victim_data"
    OTHER_DATA = "other_data"
    """Data of neither."""
    ANSWERED = "answered"
    """A record for a key that no record has."""
    IGNORED_KEY = "ignored_key"
    """The attacker's data for the victim's key: something else decides whose record comes back."""
    UNDECIDED = "undecided"
    """There was no response to judge."""

    @property
    def is_leak(self) -> bool:
        return self in _LEAKS


_LEAKS: Final = frozenset(
    (
        ProbeVerdict.VICTIM_DATA,
        ProbeVerdict.OTHER_DATA,
        ProbeVerdict.ANSWERED,
        ProbeVerdict.IGNORED_KEY,
    )
)


class ProbeObservation(Struct, frozen=True):
    """What one call came to, without any of its data.

    ``digests`` has a keyed digest of each value that would be written, ``shown`` that of the value
    which the identity check compared. ``failure`` says why no plan could be made.
    """

    line: str = ""
    status: int | None = None
    failure: FailureReason | None = None
    message: str = ""
    digests: Mapping[str, str] = {}
    shown: str = ""


class ProbeBaseline(Struct, frozen=True):
    """What the action gets for the attacker and for the victim without an attack.

    ``has_user_token``: the request carries the end user's own token, which may decide alone.
    """

    attacker: ProbeObservation
    victim: ProbeObservation
    has_user_token: bool = False

    @property
    def telling(self) -> tuple[str, ...]:
        """The attributes by whose values the two are told apart."""
        mine, theirs = self.attacker.digests, self.victim.digests
        return tuple(sorted(name for name in theirs if theirs[name] != mine.get(name)))


class ProbeCase(Struct, frozen=True):
    """One attack. ``key`` is the reference whose value was replaced; empty for none."""

    key: str
    variant: ProbeVariant
    is_chosen: bool
    observation: ProbeObservation
    verdict: ProbeVerdict


class ProbeReport(Struct, frozen=True):
    """The attacks on one action. ``problem`` is why they prove nothing; empty where they do.

    ``definition`` is the digest of the action and the attributes; ``made_at`` in Unix seconds.
    """

    action: str
    definition: str
    made_at: float
    baseline: ProbeBaseline
    cases: tuple[ProbeCase, ...] = ()
    problem: str = ""

    @property
    def leaks(self) -> tuple[ProbeCase, ...]:
        return tuple(case for case in self.cases if case.verdict.is_leak)

    @property
    def undecided(self) -> tuple[ProbeCase, ...]:
        return tuple(case for case in self.cases if case.verdict is ProbeVerdict.UNDECIDED)

    @property
    def passed(self) -> bool:
        return not (self.problem or self.leaks or self.undecided) and bool(self.cases)

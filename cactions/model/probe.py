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
    """Nothing: also a blank, and the words that programs write for it."""
    OTHER_CASE = "other_case"
    SPACES = "spaces"
    LOOKALIKE = "lookalike"
    """With an accent, or with a letter of another width."""
    OTHER_FORM = "other_form"
    """The same number (``012``, ``12.0``), or an address with a tag (``ada+x@…``) or a dot."""
    PREFIX = "prefix"
    """The beginning or the end of the victim's, which is no key."""
    PART = "part"
    """The victim's without a character at one end, or ten times it: another may have this key."""
    LONGER = "longer"
    """The victim's, with more behind it."""
    WILDCARD = "wildcard"
    BOTH_KEYS = "both_keys"
    """The victim's beside the attacker's or another one, divided by a comma."""
    ALL_KEYS = "all_keys"
    """Every key of the victim that an attacker can choose, at the same time."""
    ALL_RANDOM = "all_random"
    """A random value for each key, at the same time."""
    OWN_AGAIN = "own_again"
    """No attack: the attacker's own call, right after one of the victim."""
    TWO_RECORDS = "two_records"
    """No request: a response with the records of both."""

    @property
    def finds_nothing(self) -> bool:
        """Whether no honest service has a record for it."""
        return self in _FIND_NOTHING

    @property
    def may_be_taken(self) -> bool:
        """Whether it may be the key of someone else, whose record is no surprise then."""
        return self in (ProbeVariant.PART, ProbeVariant.OTHER_FORM)


_FIND_NOTHING: Final = frozenset(
    (
        ProbeVariant.RANDOM_KEY,
        ProbeVariant.EMPTY_KEY,
        ProbeVariant.PREFIX,
        ProbeVariant.WILDCARD,
        ProbeVariant.ALL_RANDOM,
    )
)
EVERY_KEY: Final = "*"
"""What stands for the key of an attack on all keys at the same time."""


class ProbeVerdict(Enum):
    """What an attack came to."""

    STOPPED = "stopped"
    """No data: the service had none, or a check of the action refused it."""
    OWN_DATA = "own_data"
    """The attacker's own data, as without the attack."""
    VERIFIED_KEY = "verified_key"
    """The victim's data for the victim's key, which no attacker can choose."""
    OPEN_DATA = "open_data"
    """What a key finds that is the same for everyone, such as a shop."""
    UNRELATED = "unrelated"
    """The data of someone who may have this key."""
    SKIPPED = "skipped"
    """There is no such attack: both have the same key, or it has no such form."""
    VICTIM_DATA = "victim_data"
    OTHER_DATA = "other_data"
    """Data of neither."""
    ANSWERED = "answered"
    """A record for a key that no record has."""
    IGNORED_KEY = "ignored_key"
    """The attacker's data for another key: something else decides whose record comes back."""
    MIXED_UP = "mixed_up"
    """The record of someone else for the attacker's own key, at the second call."""
    TOO_LATE = "too_late"
    """A write request that was carried out on the record of someone else, before a check."""
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
        ProbeVerdict.MIXED_UP,
        ProbeVerdict.TOO_LATE,
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


class ProbeCase(Struct, frozen=True):
    """One attack. ``key`` is the reference whose value was replaced; empty for none.

    ``is_named``: another key of the request still names the attacker. ``attributes``: those that
    hand over the data of someone else, where that can be told.
    """

    key: str
    variant: ProbeVariant
    is_chosen: bool
    observation: ProbeObservation
    verdict: ProbeVerdict = ProbeVerdict.UNDECIDED
    is_named: bool = False
    is_skipped: bool = False
    attributes: tuple[str, ...] = ()


class ProbeReport(Struct, frozen=True):
    """The attacks on one action. ``problem`` is why they prove nothing; empty where they do.

    ``definition`` is the digest of the action and the attributes; ``made_at`` in Unix seconds.
    ``telling`` are the attributes by whose values the two are told apart, ``untold`` those in which
    both have the same value or none. ``check`` is the identity check of the action, in words.
    """

    action: str
    definition: str
    made_at: float
    baseline: ProbeBaseline
    cases: tuple[ProbeCase, ...] = ()
    problem: str = ""
    telling: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    check: str = ""

    @property
    def attacks(self) -> tuple[ProbeCase, ...]:
        """Without those that could not be made, and without the attacker's own calls."""
        own = ProbeVariant.OWN_AGAIN
        return tuple(c for c in self.cases if not c.is_skipped and c.variant is not own)

    @property
    def leaks(self) -> tuple[ProbeCase, ...]:
        return tuple(case for case in self.cases if case.verdict.is_leak)

    @property
    def undecided(self) -> tuple[ProbeCase, ...]:
        return tuple(case for case in self.cases if case.verdict is ProbeVerdict.UNDECIDED)

    @property
    def passed(self) -> bool:
        return not (self.problem or self.leaks or self.undecided) and bool(self.attacks)

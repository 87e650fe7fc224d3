"""When a run for many people must stop, and what was seen when it did."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from cactions.model.template import Path


class BreakerLimits(Struct, frozen=True):
    """What a run for many people may do before it is stopped (``breakers:``); all in percent.

    ``overwritten`` and ``cleared`` are shares of the values that are not empty, ``failed_writes``
    of the last 50 people, the others of the people with an answer. ``shared_records``: several
    people have one record by design, such as that of their company. What stands at
    ``ignored_paths`` does not tell whose a response is.
    """

    overwritten: float = 20.0
    cleared: float = 1.0
    identity_failures: float = 0.5
    repeated_records: float = 0.5
    other_people: float = 1.0
    failed_writes: float = 20.0
    shared_records: bool = False
    ignored_paths: tuple[Path, ...] = ()


class TripKind(Enum):
    """What stopped a run."""

    IDENTITY_CHECK = "identity_check"
    """``same_person`` fails again and again."""
    REPEATED_RECORD = "repeated_record"
    """The third party returned one record for several people."""
    OTHER_PERSON = "other_person"
    """Responses show identifiers of other people of this run."""
    ONE_PERSON = "one_person"
    """Everyone gets the data of one person of this run."""
    NEVER_OWN = "never_own"
    """A path that should hold the person's own identifier holds another one."""
    IGNORED_KEY = "ignored_key"
    """A record was returned for a random key."""
    ACCESS_DENIED = "access_denied"
    MANY_FAILURES = "many_failures"
    OVERWRITTEN = "overwritten"
    CLEARED = "cleared"
    IDENTITY_CHANGED = "identity_changed"
    """An attribute that tells people apart would get another value."""


class Trip(Struct, frozen=True):
    """Why a run stops: what was seen, in words without any value of a person.

    ``samples`` are numbers of entries to look at, at most five.
    """

    kind: TripKind
    message: str
    samples: tuple[int, ...] = ()
    hint: str = ""


class ChangeTotals(Struct, frozen=True):
    """What the plans of a run would do together; an approval is for exactly these counts.

    ``filled`` is the number of mapped values that are not empty before the run.
    """

    people: int = 0
    filled: int = 0
    added: int = 0
    overwritten: int = 0
    cleared: int = 0
    identity_changes: int = 0

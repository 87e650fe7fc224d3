"""A run for many people, while it is planned, and what is known of it as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cactions.model.enums import ChangeKind, Outcome
from cactions.model.json_value import ABSENT, Json, Value
from cactions.model.person import DataType
from cactions.model.plan import Plan
from cactions.model.run import Receipt


class PlannedEntry(Struct, frozen=True):
    """The result of planning for one row; with a receipt, nothing of it is to be written.

    ``marks`` are texts that no two entries of a run should share, such as the identity of the
    record that the values come from. ``evidence`` is what the call has shown, as a document; None
    for no call.
    """

    number: int
    plan: Plan
    receipt: Receipt | None = None
    marks: tuple[str, ...] = ()
    evidence: Json = None


class Transition(Struct, frozen=True):
    """So many people would get this value in place of that one; no values where redacted."""

    attribute: str
    kind: ChangeKind
    number: int
    before: Value = ABSENT
    after: Value = ABSENT
    redacted: bool = False
    data_type: DataType = DataType.STRING


class AttributeCounts(Struct, frozen=True):
    """How many people have which kind of change of an attribute, or keep it for a reason."""

    attribute: str
    kinds: Mapping[ChangeKind, int]
    kept: int = 0
    refused: int = 0


class OutcomeReason(Struct, frozen=True):
    """Why people are not written: one reason, how many, and the labels of the first ones."""

    outcome: Outcome
    message: str
    number: int
    labels: tuple[str, ...] = ()


class DiskSpace(Struct, frozen=True):
    """The folder of the runs, the bytes left on its disk, and whether it holds them sealed."""

    folder: str
    free: int
    seals: bool = False


class PlanBasis(Struct, frozen=True):
    """What plans are made with: a digest for each part, which changes where the part does.

    ``attributes`` are those that the action reads or writes. ``secrets`` are those that its calls
    use, each with the version that the vault has of it; nothing here depends on their values.
    ``fresh``: everyone is read by id, and no one is left as a search index had them.
    """

    definition: str = ""
    attributes: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    fresh: bool = False


class PlanSummary(Struct, frozen=True):
    """The plans of a run as a whole.

    ``people`` were handed in; ``writing`` of them have changes to be written, the others are in
    ``outcomes``. ``transitions`` are the most common ones, ``other_transitions`` counts the rest.
    ``samples`` are some of the plans with changes. ``calls`` and ``platform_calls`` are requests to
    the third party and to the workspace. Old values came from a search for ``from_search`` people,
    and were read while planning for ``from_reading``. ``planned`` is when the planning began, in
    Unix seconds, and ``age`` how many seconds before now; 0 where it is not known.
    """

    people: int
    writing: int
    outcomes: Mapping[Outcome, int] = {}
    attributes: tuple[AttributeCounts, ...] = ()
    transitions: tuple[Transition, ...] = ()
    other_transitions: int = 0
    reasons: tuple[OutcomeReason, ...] = ()
    samples: tuple[Plan, ...] = ()
    alarms: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    basis: PlanBasis = PlanBasis()
    calls: int = 0
    platform_calls: int = 0
    from_search: int = 0
    from_reading: int = 0
    planned: float = 0.0
    age: float = 0.0

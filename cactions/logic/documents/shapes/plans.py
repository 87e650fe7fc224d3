"""The shapes of plans: for one person, and of many as a whole."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from cactions.logic.documents.shapes.parts import Document, Part, ProofShape, ValueShape
from cactions.model import (
    ChangeKind,
    ChangeWarning,
    DataType,
    FailureReason,
    KeepReason,
    Outcome,
)


class MatchedShape(Part, frozen=True, kw_only=True):
    """By what a person was found."""

    field: str
    value: str


class SubjectShape(Part, frozen=True, kw_only=True):
    """A person, as a plan names them."""

    person_id: str
    matched: MatchedShape
    label: str


class CallShape(Part, frozen=True, kw_only=True):
    """A request that was sent or replayed. ``source`` is the recording; empty for a live call."""

    line: str
    status: int | None
    source: str
    key: str | UnsetType = UNSET


class ChangeShape(Part, frozen=True, kw_only=True):
    """What happens to one attribute; a value that is missing is not set."""

    attribute: str
    kind: ChangeKind
    before: ValueShape | UnsetType = UNSET
    after: ValueShape | UnsetType = UNSET
    withheld: bool | UnsetType = UNSET
    source: str
    data_type: DataType
    redacted: bool
    cautions: list[ChangeWarning]


class LeftShape(Part, frozen=True, kw_only=True):
    """A mapped attribute that is left as it is, and why. ``refused``: its value did not fit."""

    attribute: str
    before: Any = UNSET
    got: Any = UNSET
    withheld: bool | UnsetType = UNSET
    why: KeepReason
    refused: bool
    detail: str
    source: str
    data_type: DataType
    redacted: bool


class PlanDocument(Document, frozen=True, kw_only=True, tag="cactions.plan/1"):
    """What an action would change for one person: `diff` prints it."""

    workspace: str | UnsetType = UNSET
    workspace_name: str | UnsetType = UNSET
    action: str
    subject: SubjectShape
    call: CallShape
    changes: list[ChangeShape]
    left: list[LeftShape]
    proof: ProofShape | None
    from_search: bool | UnsetType = UNSET


class FailedDocument(Document, frozen=True, kw_only=True, tag="cactions.failed/1"):
    """Why there is no plan for a person; ``error_type`` is Intercom's word for it."""

    workspace: str | UnsetType = UNSET
    workspace_name: str | UnsetType = UNSET
    action: str
    subject: SubjectShape
    reason: FailureReason
    error_type: str
    message: str
    hint: str
    call: CallShape | None
    proof: ProofShape | None


class AttributeCountsShape(Part, frozen=True, kw_only=True):
    """How often each kind of change happens to an attribute."""

    attribute: str
    kinds: dict[ChangeKind, int]
    kept: int
    refused: int


class TransitionShape(Part, frozen=True, kw_only=True):
    """A change of values that several people have."""

    attribute: str
    kind: ChangeKind
    number: int
    before: ValueShape | UnsetType = UNSET
    after: ValueShape | UnsetType = UNSET
    redacted: bool
    data_type: DataType


class ReasonShape(Part, frozen=True, kw_only=True):
    """Why people are not written, and some of them by name."""

    outcome: Outcome
    message: str
    number: int
    labels: list[str]


class BasisShape(Part, frozen=True, kw_only=True):
    """What plans are made with, as digests and versions."""

    definition: str
    attributes: dict[str, str]
    secrets: dict[str, str]
    fresh: bool


class SummaryDocument(Document, frozen=True, kw_only=True, tag="cactions.summary/1"):
    """The plans of a run as a whole; `planned` is in Unix seconds, `age` in seconds."""

    people: int
    writing: int
    outcomes: dict[Outcome, int]
    attributes: list[AttributeCountsShape]
    transitions: list[TransitionShape]
    other_transitions: int
    reasons: list[ReasonShape]
    samples: list[PlanDocument]
    alarms: list[str]
    ignored_columns: list[str]
    basis: BasisShape
    calls: int
    platform_calls: int
    from_search: int
    from_reading: int
    planned: float
    age: float

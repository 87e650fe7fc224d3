"""The shapes of runs: what was written, what became of it, and what was taken back."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from cactions.logic.documents.shapes.parts import Document, Part
from cactions.logic.documents.shapes.plans import FailedDocument, PlanDocument, SummaryDocument
from cactions.model import Outcome, RunKind


class ConflictShape(Part, frozen=True, kw_only=True):
    """An attribute that was changed meanwhile, and was left alone."""

    attribute: str
    expected: Any = UNSET
    found: Any = UNSET
    withheld: bool | UnsetType = UNSET
    redacted: bool


class ReceiptDocument(Document, frozen=True, kw_only=True, tag="cactions.receipt/1"):
    """What became of one person."""

    person_id: str
    outcome: Outcome
    message: str
    conflicts: list[ConflictShape]


class HeadDocument(Document, frozen=True, kw_only=True, tag="cactions.head/1"):
    """What a run is; ``started`` is in Unix seconds, and ``people`` null where not counted."""

    id: str
    kind: RunKind
    action: str
    started: float
    operator: str
    workspace: str
    workspace_name: str | UnsetType = UNSET
    environment: str
    source: str
    undoes: str
    people: int | None
    retries: str | UnsetType = UNSET


class EntryShape(Part, frozen=True, kw_only=True):
    """One person of a run; without a receipt, it is open what became of them."""

    plan: PlanDocument
    receipt: ReceiptDocument | None
    undone_by: str


class RunDocument(Document, frozen=True, kw_only=True, tag="cactions.run/1"):
    """A whole run: `runs show` prints it. ``authentic`` is false where it is not sealed.

    ``running``: another process is writing it now.
    """

    head: HeadDocument
    entries: list[EntryShape]
    finished: bool
    authentic: bool | UnsetType = UNSET
    running: bool | UnsetType = UNSET


class DamagedShape(Part, frozen=True, kw_only=True):
    """A run that cannot be read."""

    run: str
    why: str


class RunsDocument(Document, frozen=True, kw_only=True, tag="cactions.runs/1"):
    """All runs, newest first: `runs list`. ``sealed`` are those that could not be opened."""

    runs: list[RunDocument]
    damaged: list[DamagedShape]
    sealed: list[HeadDocument] | UnsetType = UNSET


class TallyDocument(Document, frozen=True, kw_only=True, tag="cactions.tally/1"):
    """What became of everyone in a run, counted; the counts add up to ``people``."""

    head: HeadDocument
    finished: bool
    people: int
    outcomes: dict[Outcome, int]
    open: int
    not_started: int


class BulkDocument(Document, frozen=True, kw_only=True, tag="cactions.bulk/1"):
    """A `diff` or `run` for many people; ``result`` is null where nothing was written."""

    workspace: str
    workspace_name: str | UnsetType = UNSET
    summary: SummaryDocument
    approval: str
    result: TallyDocument | None


class OutcomeDocument(Document, frozen=True, kw_only=True, tag="cactions.outcome/1"):
    """A `run` for one person; without a receipt nothing was written and there is no run."""

    workspace: str
    workspace_name: str | UnsetType = UNSET
    result: PlanDocument | FailedDocument
    receipt: ReceiptDocument | None
    run: str | None


class UndoDocument(Document, frozen=True, kw_only=True, tag="cactions.undo/1"):
    """`runs undo`; ``run`` is null where nothing was written."""

    workspace: str
    workspace_name: str | UnsetType = UNSET
    undoes: str
    run: str | None
    receipts: list[ReceiptDocument]


class ExportDocument(Document, frozen=True, kw_only=True, tag="cactions.export/1"):
    """The first line of `runs export`; a line for each person follows: `export-entry`."""

    head: HeadDocument
    finished: bool
    people: int
    not_started: int
    authentic: bool | UnsetType = UNSET


class ExportEntryShape(EntryShape, frozen=True, kw_only=True):
    """A line of `runs export`: one person, with the number of the entry."""

    entry: int


class ExportedDocument(Document, frozen=True, kw_only=True, tag="cactions.exported/1"):
    """`runs export --out FILE`: how many people stand in the file."""

    run: str
    file: str
    entries: int


class SettlementDocument(Document, frozen=True, kw_only=True, tag="cactions.settlement/1"):
    """`runs settle`: what was recorded of requests whose outcome was unknown."""

    run: str
    carried_out: bool
    entries: list[int]


class KeptRunShape(Part, frozen=True, kw_only=True):
    """A run that is not deleted, and why."""

    run: str
    why: str


class PruneDocument(Document, frozen=True, kw_only=True, tag="cactions.prune/1"):
    """`runs prune`: the runs that were deleted, and old ones that were kept."""

    deleted: list[str]
    kept: list[KeptRunShape]


class ForgetDocument(Document, frozen=True, kw_only=True, tag="cactions.forget/1"):
    """`runs forget`: how much was erased; ``person_id`` is empty where no one was found."""

    person_id: str
    runs: int
    entries: int
    unknown_outcomes: int

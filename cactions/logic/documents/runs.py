"""Receipts and runs as JSON: ``cactions.receipt/1``, ``cactions.head/1``, ``cactions.run/1``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.logic.documents.plans import plan_to_json
from cactions.logic.documents.strict_reader import StrictReader, read_document, read_values
from cactions.logic.documents.summaries import summary_to_json
from cactions.logic.documents.workspaces import read_workspace, workspace_to_json
from cactions.model import (
    Conflict,
    Json,
    Outcome,
    PlanSummary,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    RunKind,
    WorkspaceName,
)

RECEIPT: Final = "cactions.receipt/1"
HEAD: Final = "cactions.head/1"
RUN: Final = "cactions.run/1"
BULK: Final = "cactions.bulk/1"
TALLY: Final = "cactions.tally/1"
EXPORT: Final = "cactions.export/1"


def receipt_to_json(receipt: Receipt, *, redact: bool) -> dict[str, Json]:
    """What became of one person's plan."""
    return {
        "format": RECEIPT,
        "person_id": receipt.person_id,
        "outcome": receipt.outcome.value,
        "message": receipt.message,
        "conflicts": [conflict_to_json(c, redact=redact) for c in receipt.conflicts],
    }


def receipt_from_json(document: Json) -> Receipt:
    """The receipt. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, read_receipt, "receipt")


def conflict_to_json(conflict: Conflict, *, redact: bool) -> dict[str, Json]:
    """One attribute that was left alone; a part of other documents, without a format."""
    hide = redact and conflict.redacted
    return {
        "attribute": conflict.attribute,
        **read_values(hide=hide, expected=conflict.expected, found=conflict.found),
        "redacted": conflict.redacted,
    }


def head_to_json(head: RunHead) -> dict[str, Json]:
    """What a run is; it holds nothing of a person."""
    return {
        "format": HEAD,
        "id": head.id,
        "kind": head.kind.value,
        "action": head.action,
        "started": float(head.started),
        "operator": head.operator,
        **workspace_to_json(head.workspace),
        "environment": head.environment,
        "source": head.source,
        "undoes": head.undoes,
        "people": head.people,
        **({"retries": head.retries} if head.retries else {}),
    }


def head_from_json(document: Json) -> RunHead:
    """The head. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, read_head, "head")


def run_to_json(run: Run, *, redact: bool) -> dict[str, Json]:
    """A whole run, with every person's plan and receipt."""
    return {
        "format": RUN,
        "head": head_to_json(run.head),
        "entries": [_entry_to_json(entry, redact) for entry in run.entries],
        "finished": run.finished,
        **({} if run.authentic else {"authentic": False}),
        **({"running": True} if run.running else {}),
    }


def tally_to_json(run: Run) -> dict[str, Json]:
    """What became of everyone in a run, counted; the counts add up to ``people``."""
    counts = run.counts
    return {
        "format": TALLY,
        "head": head_to_json(run.head),
        "finished": run.finished,
        "people": run.people,
        "outcomes": {outcome.value: counts.outcomes.get(outcome, 0) for outcome in Outcome},
        "open": counts.open,
        "not_started": run.not_started,
    }


def run_to_lines(run: Run) -> Iterator[dict[str, Json]]:
    """A run to be taken elsewhere: the head, then a line for each person; redacted.

    ``people`` is how many were handed in, ``not_started`` how many of them have no line.
    """
    yield {
        "format": EXPORT,
        "head": head_to_json(run.head),
        "finished": run.finished,
        "people": run.people,
        "not_started": run.not_started,
        **({} if run.authentic else {"authentic": False}),
    }
    for number, entry in enumerate(run.entries, start=1):
        yield {"entry": number, **_entry_to_json(entry, redact=True)}


def read_receipt(fields: StrictReader) -> Receipt:
    fields.format(RECEIPT)
    return Receipt(
        person_id=fields.read_text("person_id"),
        outcome=fields.read_word("outcome", Outcome),
        message=fields.read_text("message"),
        conflicts=fields.read_each("conflicts", _read_conflict),
    )


def _read_conflict(fields: StrictReader) -> Conflict:
    fields.check_complete()
    return Conflict(
        attribute=fields.read_text("attribute"),
        expected=fields.read_value("expected"),
        found=fields.read_value("found"),
        redacted=fields.read_flag("redacted"),
    )


def read_head(fields: StrictReader) -> RunHead:
    fields.format(HEAD)
    return RunHead(
        id=fields.read_text("id"),
        kind=fields.read_word("kind", RunKind),
        action=fields.read_text("action"),
        started=fields.read_seconds("started"),
        operator=fields.read_text("operator"),
        workspace=read_workspace(fields),
        environment=fields.read_text("environment"),
        source=fields.read_text("source"),
        undoes=fields.read_text("undoes"),
        people=fields.read_optional_integer("people", missing=True),
        retries=fields.read_text("retries", missing=""),
    )


def _entry_to_json(entry: RunEntry, redact: bool) -> dict[str, Json]:
    receipt = entry.receipt
    return {
        "plan": plan_to_json(entry.plan, redact=redact),
        "receipt": None if receipt is None else receipt_to_json(receipt, redact=redact),
        "undone_by": entry.undone_by,
    }


def bulk_to_json(
    summary: PlanSummary, workspace: WorkspaceName, done: Run | None, code: str
) -> dict[str, Json]:
    """A command about many people: the plans as a whole, and what became of them.

    ``workspace`` is what is written to. ``result`` is null where nothing was written; ``approval``
    is the code that approves the alarms.
    """
    return {
        "format": BULK,
        **workspace_to_json(workspace),
        "summary": summary_to_json(summary, redact=True),
        "approval": code,
        "result": None if done is None else tally_to_json(done),
    }

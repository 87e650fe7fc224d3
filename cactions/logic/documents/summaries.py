"""The plans of a run as a whole, as JSON: ``cactions.summary/1``."""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeVar

from cactions.logic.documents.plans import plan_to_json, read_plan
from cactions.logic.documents.strict_reader import StrictReader, read_document, read_values
from cactions.model import (
    AttributeCounts,
    ChangeKind,
    DataType,
    Json,
    Outcome,
    OutcomeReason,
    PlanSummary,
    Transition,
)

SUMMARY: Final = "cactions.summary/1"

Word = TypeVar("Word", bound=Enum)


def summary_to_json(summary: PlanSummary, *, redact: bool) -> dict[str, Json]:
    """All counts; with ``redact`` the samples have no redacted values, and are not read back."""
    return {
        "format": SUMMARY,
        "people": summary.people,
        "writing": summary.writing,
        "outcomes": {outcome.value: number for outcome, number in summary.outcomes.items()},
        "attributes": [_counts_to_json(counts) for counts in summary.attributes],
        "transitions": [_transition_to_json(transition) for transition in summary.transitions],
        "other_transitions": summary.other_transitions,
        "reasons": [_reason_to_json(reason) for reason in summary.reasons],
        "samples": [plan_to_json(plan, redact=redact) for plan in summary.samples],
        "alarms": list(summary.alarms),
        "ignored_columns": list(summary.ignored_columns),
        "definition": summary.definition,
        "calls": summary.calls,
        "platform_calls": summary.platform_calls,
    }


def summary_from_json(document: Json) -> PlanSummary:
    """The summary. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, _read_summary, "summary")


def _read_summary(fields: StrictReader) -> PlanSummary:
    fields.format(SUMMARY)
    return PlanSummary(
        people=fields.read_integer("people"),
        writing=fields.read_integer("writing"),
        outcomes=fields.read_object("outcomes", lambda inner: _read_numbers(inner, Outcome)),
        attributes=fields.read_each("attributes", _read_counts),
        transitions=fields.read_each("transitions", _read_transition),
        other_transitions=fields.read_integer("other_transitions"),
        reasons=fields.read_each("reasons", _read_reason),
        samples=fields.read_each("samples", read_plan),
        alarms=fields.read_texts("alarms"),
        ignored_columns=fields.read_texts("ignored_columns"),
        definition=fields.read_text("definition"),
        calls=fields.read_integer("calls"),
        platform_calls=fields.read_integer("platform_calls"),
    )


def _read_numbers(fields: StrictReader, words: type[Word]) -> dict[Word, int]:
    """A number for some of the words; any other key is left, and refused at the end."""
    known = {word.value: word for word in words}
    return {known[key]: fields.read_integer(key) for key in fields.list_keys() if key in known}


def _counts_to_json(counts: AttributeCounts) -> dict[str, Json]:
    return {
        "attribute": counts.attribute,
        "kinds": {kind.value: number for kind, number in counts.kinds.items()},
        "kept": counts.kept,
        "refused": counts.refused,
    }


def _read_counts(fields: StrictReader) -> AttributeCounts:
    return AttributeCounts(
        attribute=fields.read_text("attribute"),
        kinds=fields.read_object("kinds", lambda inner: _read_numbers(inner, ChangeKind)),
        kept=fields.read_integer("kept"),
        refused=fields.read_integer("refused"),
    )


def _transition_to_json(transition: Transition) -> dict[str, Json]:
    """Where it is redacted, it has no values in the first place."""
    return {
        "attribute": transition.attribute,
        "kind": transition.kind.value,
        "number": transition.number,
        **read_values(hide=False, before=transition.before, after=transition.after),
        "redacted": transition.redacted,
        "data_type": transition.data_type.value,
    }


def _read_transition(fields: StrictReader) -> Transition:
    return Transition(
        attribute=fields.read_text("attribute"),
        kind=fields.read_word("kind", ChangeKind),
        number=fields.read_integer("number"),
        before=fields.read_scalar("before"),
        after=fields.read_scalar("after"),
        redacted=fields.read_flag("redacted"),
        data_type=fields.read_word("data_type", DataType),
    )


def _reason_to_json(reason: OutcomeReason) -> dict[str, Json]:
    return {
        "outcome": reason.outcome.value,
        "message": reason.message,
        "number": reason.number,
        "labels": list(reason.labels),
    }


def _read_reason(fields: StrictReader) -> OutcomeReason:
    return OutcomeReason(
        outcome=fields.read_word("outcome", Outcome),
        message=fields.read_text("message"),
        number=fields.read_integer("number"),
        labels=fields.read_texts("labels"),
    )

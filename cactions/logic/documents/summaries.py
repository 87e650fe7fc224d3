"""The plans of a run as a whole, as JSON: ``cactions.summary/1``."""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeVar

from msgspec.structs import replace

from cactions.logic.documents.plans import plan_to_json, read_plan
from cactions.logic.documents.strict_reader import StrictReader, read_document, read_values
from cactions.model import (
    AttributeCounts,
    ChangeKind,
    DataType,
    Json,
    Outcome,
    OutcomeReason,
    PlanBasis,
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
        "basis": basis_to_json(summary.basis),
        "calls": summary.calls,
        "platform_calls": summary.platform_calls,
        "from_search": summary.from_search,
        "from_reading": summary.from_reading,
        "planned": summary.planned,
        "age": summary.age,
    }


def basis_to_json(basis: PlanBasis) -> dict[str, Json]:
    """What plans are made with, as digests and versions."""
    return {
        "definition": basis.definition,
        "attributes": dict(basis.attributes),
        "secrets": dict(basis.secrets),
        "fresh": basis.fresh,
    }


def summary_from_json(document: Json) -> PlanSummary:
    """The summary. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, _read_summary, "summary")


def basis_from_json(document: Json) -> PlanBasis:
    """The basis. Raises StoreError for anything that does not fit."""
    return read_document(document, _read_basis, "basis")


def _read_summary(fields: StrictReader) -> PlanSummary:
    fields.format(SUMMARY)
    summary = PlanSummary(
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
        calls=fields.read_integer("calls"),
        platform_calls=fields.read_integer("platform_calls"),
    )
    if fields.has("definition"):  # of an older version, whose digest nothing compares any more
        fields.skip("definition")
        return summary
    return replace(
        summary,
        basis=fields.read_object("basis", _read_basis),
        from_search=fields.read_integer("from_search"),
        from_reading=fields.read_integer("from_reading"),
        planned=fields.read_seconds("planned"),
        age=fields.read_seconds("age"),
    )


def _read_basis(fields: StrictReader) -> PlanBasis:
    return PlanBasis(
        definition=fields.read_text("definition"),
        attributes=fields.read_object("attributes", _read_text_by_name),
        secrets=fields.read_object("secrets", _read_text_by_name),
        fresh=fields.read_flag("fresh"),
    )


def _read_text_by_name(fields: StrictReader) -> dict[str, str]:
    return {name: fields.read_text(name) for name in fields.list_keys()}


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

"""Plans as the journal stores them, ``cactions.plan/2``: what is usual is left out.

A plan has the same content as in ``cactions.plan/1``, which is written for others, and which older
versions stored: both are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.logic.documents.plans import (
    PLAN,
    inputs_to_json,
    kept_to_json,
    read_inputs,
    read_kept,
    read_plan_body,
    read_precondition,
)
from cactions.logic.documents.strict_reader import StrictReader, read_document, read_values
from cactions.model import (
    Change,
    ChangeWarning,
    DataType,
    Json,
    PersonQuery,
    Plan,
    Precondition,
    Proof,
    ProofStrength,
    SentCall,
    Subject,
    Value,
    is_same,
)

CELL: Final = "cactions.plan/2"
_PREMISE: Final = ("reference", "value")


def plan_to_cell(plan: Plan) -> dict[str, Json]:
    """A whole plan. Equal values are written once, and false, empty and usual ones not at all."""
    subject, call = plan.subject, plan.call
    cell: dict[str, Json] = {
        "format": CELL,
        "action": plan.action,
        "person": subject.person_id,
        "field": subject.matched.field,
        "value": subject.matched.value,
        "label": subject.label,
        "line": call.line,
        "changes": [_change_to_cell(change) for change in plan.changes],
        "premises": [[*_list_premise(premise)] for premise in plan.premises],
    }
    unusual: dict[str, Json] = {
        "status": call.status,
        "source": call.source,
        "key": call.key,
        "left": [kept_to_json(left, redact=False) for left in plan.left],
        "proof": _proof_to_cell(plan.proof) if plan.proof else None,
        "from_search": plan.from_search,
    }
    return {**cell, **_drop_usual(unusual), **inputs_to_json(plan.inputs)}


def plan_from_cell(document: Json) -> Plan:
    """The plan, of either format. Raises StoreError for anything that does not fit."""
    return read_document(document, _read_cell, "plan")


def _drop_usual(members: dict[str, Json]) -> dict[str, Json]:
    """Without what is empty or false; a number stays, as 0 does."""
    return {name: value for name, value in members.items() if value or type(value) is int}


def _change_to_cell(change: Change) -> dict[str, Json]:
    is_text = change.data_type is DataType.STRING
    return {
        "attribute": change.attribute,
        **_pair_to_cell("before", change.before, "after", change.after),
        **_drop_usual(
            {
                "source": change.source,
                "data_type": "" if is_text else change.data_type.value,
                "redacted": change.redacted,
                "cautions": [caution.value for caution in change.cautions],
            }
        ),
    }


def _proof_to_cell(proof: Proof) -> dict[str, Json]:
    is_usual = proof.strength is ProofStrength.PROVEN
    return {
        "path": proof.path,
        "equals": proof.equals,
        **_pair_to_cell("expected", proof.expected, "found", proof.found),
        **_drop_usual(
            {
                "redacted": proof.redacted,
                "verified": proof.verified,
                "strength": "" if is_usual else proof.strength.value,
                "basis": proof.basis,
            }
        ),
    }


def _pair_to_cell(first: str, value: Value, second: str, other: Value) -> dict[str, Json]:
    """Two values by name; for the second one only ``same`` where it is exactly the first."""
    if is_same(value, other):
        return {**read_values(hide=False, **{first: value}), "same": True}
    return read_values(hide=False, **{first: value, second: other})


def _list_premise(premise: Precondition) -> Iterator[Json]:
    yield str(premise.reference)
    yield from read_values(hide=False, value=premise.value).values()


def _read_cell(fields: StrictReader) -> Plan:
    if fields.format(CELL, PLAN) == PLAN:
        return read_plan_body(fields)
    return Plan(
        action=fields.read_text("action"),
        subject=Subject(
            fields.read_text("person"),
            PersonQuery(fields.read_text("field"), fields.read_text("value")),
            fields.read_text("label"),
        ),
        call=SentCall(
            fields.read_text("line"),
            fields.read_optional_integer("status", missing=True),
            fields.read_text("source", missing=""),
            fields.read_text("key", missing=""),
        ),
        changes=fields.read_each("changes", _read_change),
        left=fields.read_each("left", read_kept) if fields.has("left") else (),
        proof=fields.read_object("proof", _read_proof) if fields.has("proof") else None,
        premises=tuple(_read_premises(fields)),
        from_search=fields.has("from_search") and fields.read_flag("from_search"),
        inputs=fields.read_object("inputs", read_inputs) if fields.has("inputs") else None,
    )


def _read_change(fields: StrictReader) -> Change:
    attribute = fields.read_text("attribute")
    before = fields.read_scalar("before")
    return Change(
        attribute,
        before,
        before if _read_mark(fields, "same") else fields.read_scalar("after"),
        fields.read_text("source", missing=""),
        fields.read_word("data_type", DataType, missing=DataType.STRING),
        _read_mark(fields, "redacted"),
        fields.read_words("cautions", ChangeWarning) if fields.has("cautions") else (),
    )


def _read_proof(fields: StrictReader) -> Proof:
    expected = fields.read_value("expected")
    return Proof(
        path=fields.read_text("path"),
        equals=fields.read_text("equals"),
        expected=expected,
        found=expected if _read_mark(fields, "same") else fields.read_value("found"),
        redacted=_read_mark(fields, "redacted"),
        verified=fields.read_text("verified", missing=""),
        strength=fields.read_word("strength", ProofStrength, missing=ProofStrength.PROVEN),
        basis=fields.read_text("basis", missing=""),
    )


def _read_mark(fields: StrictReader, key: str) -> bool:
    """Whether a mark is there, which is never written as false."""
    return fields.has(key) and fields.read_flag(key)


def _read_premises(fields: StrictReader) -> Iterator[Precondition]:
    for number, row in enumerate(fields.read_rows("premises", len(_PREMISE))):
        named = dict(zip(_PREMISE, row, strict=False))
        yield read_document(named, read_precondition, f"{fields.route}.premises[{number}]")

"""Plans as the journal stores them, ``cactions.plan/2``: what is usual is left out.

A plan has the same content as in ``cactions.plan/1``, which is written for others, and which older
versions stored: both are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from msgspec import UNSET, UnsetType

from cactions.logic import strict_json
from cactions.logic.documents.cell_format import (
    CellFormat,
    StoredInputs,
    StoredScalar,
    load_value,
    read_cell,
    store_value,
)
from cactions.logic.documents.plans import (
    PLAN,
    kept_to_json,
    list_stored_inputs,
    plan_from_json,
    read_kept,
)
from cactions.logic.documents.strict_reader import (
    parse_person_reference,
    read_document,
    refuse,
)
from cactions.model import (
    ABSENT,
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
    is_same,
)

CELL: Final = "cactions.plan/2"
_PREMISE: Final = 2


class _ChangeCell(CellFormat):
    """A change. ``same``: ``after`` is exactly ``before``, and not written."""

    attribute: str
    before: StoredScalar = UNSET
    after: StoredScalar = UNSET
    same: bool = False
    source: str = ""
    data_type: DataType = DataType.STRING
    redacted: bool = False
    cautions: tuple[ChangeWarning, ...] = ()


class _ProofCell(CellFormat):
    """A proof. ``same``: ``found`` is exactly ``expected``, and not written."""

    path: str
    equals: str
    expected: Any = UNSET
    found: Any = UNSET
    same: bool = False
    redacted: bool = False
    verified: str = ""
    strength: ProofStrength = ProofStrength.PROVEN
    basis: str = ""


class _PlanCell(CellFormat):
    """A plan. ``premises`` are pairs of a reference and its value, which is not there if absent."""

    format: str
    action: str
    person: str
    field: str
    value: str
    label: str
    line: str
    changes: tuple[_ChangeCell, ...]
    premises: tuple[list[Any], ...]
    status: int | None = None
    source: str = ""
    key: str = ""
    left: tuple[dict[str, Any], ...] = ()
    proof: _ProofCell | UnsetType = UNSET
    from_search: bool = False
    inputs: StoredInputs | UnsetType = UNSET


def write_plan(plan: Plan) -> str:
    """The text of a whole plan. Equal values are written once, and usual ones not at all."""
    subject, call = plan.subject, plan.call
    inputs = list_stored_inputs(plan.inputs)
    return strict_json.dump_struct(
        _PlanCell(
            format=CELL,
            action=plan.action,
            person=subject.person_id,
            field=subject.matched.field,
            value=subject.matched.value,
            label=subject.label,
            line=call.line,
            changes=tuple([_build_change_cell(change) for change in plan.changes]),
            premises=tuple([_build_premise(premise) for premise in plan.premises]),
            status=call.status,
            source=call.source,
            key=call.key,
            left=tuple([kept_to_json(left, redact=False) for left in plan.left]),
            proof=_build_proof_cell(plan.proof) if plan.proof else UNSET,
            from_search=plan.from_search,
            inputs=UNSET if inputs is None else inputs,
        )
    )


def plan_from_cell(document: Json) -> Plan:
    """The plan, of either format. Raises StoreError for anything that does not fit."""
    if isinstance(document, dict) and document.get("format") == PLAN:
        return plan_from_json(document)
    cell = read_cell(document, _PlanCell, "plan", CELL, PLAN)
    return Plan(
        cell.action,
        Subject(cell.person, PersonQuery(cell.field, cell.value), cell.label),
        SentCall(cell.line, cell.status, cell.source, cell.key),
        tuple([_read_change(change) for change in cell.changes]),
        tuple(
            read_document(left, read_kept, f"plan.left[{n}]") for n, left in enumerate(cell.left)
        ),
        None if isinstance(cell.proof, UnsetType) else _read_proof(cell.proof),
        tuple(_read_premises(cell.premises)),
        cell.from_search,
        None if isinstance(cell.inputs, UnsetType) else cell.inputs,
    )


def _build_change_cell(change: Change) -> _ChangeCell:
    same = is_same(change.before, change.after)
    return _ChangeCell(
        attribute=change.attribute,
        before=store_value(change.before),
        after=UNSET if same else store_value(change.after),
        same=same,
        source=change.source,
        data_type=change.data_type,
        redacted=change.redacted,
        cautions=change.cautions,
    )


def _build_proof_cell(proof: Proof) -> _ProofCell:
    same = is_same(proof.expected, proof.found)
    return _ProofCell(
        path=proof.path,
        equals=proof.equals,
        expected=store_value(proof.expected),
        found=UNSET if same else store_value(proof.found),
        same=same,
        redacted=proof.redacted,
        verified=proof.verified,
        strength=proof.strength,
        basis=proof.basis,
    )


def _build_premise(premise: Precondition) -> list[Any]:
    stored = store_value(premise.value)
    name = _write_reference(premise.reference)
    return [name] if stored is UNSET else [name, stored]


_write_reference: Final = lru_cache(1_000)(str)  # every plan of a run has the same ones


def _read_change(cell: _ChangeCell) -> Change:
    before = load_value(cell.before)
    return Change(
        cell.attribute,
        before,
        before if cell.same else load_value(cell.after),
        cell.source,
        cell.data_type,
        cell.redacted,
        cell.cautions,
    )


def _read_proof(cell: _ProofCell) -> Proof:
    expected = load_value(cell.expected)
    return Proof(
        cell.path,
        cell.equals,
        expected,
        expected if cell.same else load_value(cell.found),
        cell.redacted,
        cell.verified,
        cell.strength,
        cell.basis,
    )


def _read_premises(rows: tuple[list[Any], ...]) -> Iterator[Precondition]:
    for number, row in enumerate(rows):
        route = f"plan.premises[{number}]"
        if not 1 <= len(row) <= _PREMISE or not isinstance(row[0], str):
            refuse(route, "should be a reference, or one and its value")
        yield Precondition(
            parse_person_reference(row[0], route), row[1] if len(row) == _PREMISE else ABSENT
        )

"""Plans and failures as JSON: ``cactions.plan/1`` and ``cactions.failed/1``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cactions.logic.documents.strict_reader import StrictReader, read_document, read_values
from cactions.model import (
    ABSENT,
    Change,
    ChangeWarning,
    DataType,
    Json,
    KeepReason,
    KeptAttribute,
    PersonQuery,
    Plan,
    PlanFailure,
    Precondition,
    Proof,
    ProofStrength,
    Scalar,
    SentCall,
    Subject,
)

PLAN: Final = "cactions.plan/1"
FAILED: Final = "cactions.failed/1"


def plan_to_json(plan: Plan, *, redact: bool) -> dict[str, Json]:
    """A plan; with ``redact`` its redacted values are left out, and it cannot be read back."""
    return {
        "format": PLAN,
        "action": plan.action,
        "subject": _subject_to_json(plan.subject),
        "call": _call_to_json(plan.call),
        "changes": [_change_to_json(change, redact) for change in plan.changes],
        "left": [kept_to_json(left, redact=redact) for left in plan.left],
        "proof": _proof_to_json(plan.proof, redact),
        **(
            {}
            if redact
            else {
                "premises": [precondition_to_json(precondition) for precondition in plan.premises],
                **inputs_to_json(plan.inputs),
            }
        ),
        **({"from_search": True} if plan.from_search else {}),
    }


def inputs_to_json(inputs: Mapping[str, Scalar] | None) -> dict[str, Json]:
    """Inputs that can be stored, as a member of a document."""
    stored = list_stored_inputs(inputs)
    return {} if stored is None else {"inputs": dict(stored)}


def list_stored_inputs(inputs: Mapping[str, Scalar] | None) -> dict[str, Scalar] | None:
    """Inputs that can be stored; bytes of a command line that are no UTF-8 are not kept."""
    return None if inputs is None or not _is_unicode(inputs) else dict(inputs)


def _is_unicode(inputs: Mapping[str, Scalar]) -> bool:
    try:
        "".join(value for value in inputs.values() if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        return False
    return True


def plan_from_json(document: Json) -> Plan:
    """The plan. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, read_plan, "plan")


def failed_to_json(failed: PlanFailure, *, redact: bool) -> dict[str, Json]:
    """A failure, with Intercom's own ``error_type`` for its reason."""
    return {
        "format": FAILED,
        "action": failed.action,
        "subject": _subject_to_json(failed.subject),
        "reason": failed.reason.value,
        "error_type": failed.reason.error_type,
        "message": failed.message,
        "hint": failed.hint,
        "call": None if failed.call is None else _call_to_json(failed.call),
        "proof": _proof_to_json(failed.proof, redact),
    }


def result_to_json(result: Plan | PlanFailure, *, redact: bool) -> dict[str, Json]:
    """What came out for one person, whichever it is."""
    if isinstance(result, Plan):
        return plan_to_json(result, redact=redact)
    return failed_to_json(result, redact=redact)


def read_plan(fields: StrictReader) -> Plan:
    """A plan inside a larger document."""
    fields.format(PLAN)
    return read_plan_body(fields)


def read_plan_body(fields: StrictReader) -> Plan:
    return Plan(
        action=fields.read_text("action"),
        subject=fields.read_object("subject", read_subject),
        call=fields.read_object("call", read_call),
        changes=fields.read_each("changes", _read_change),
        left=fields.read_each("left", read_kept),
        proof=fields.read_optional("proof", read_proof),
        premises=fields.read_each("premises", read_precondition),
        from_search=fields.has("from_search") and fields.read_flag("from_search"),
        inputs=fields.read_object("inputs", read_inputs) if fields.has("inputs") else None,
    )


def _subject_to_json(subject: Subject) -> dict[str, Json]:
    return {
        "person_id": subject.person_id,
        "matched": {"field": subject.matched.field, "value": subject.matched.value},
        "label": subject.label,
    }


def read_subject(fields: StrictReader) -> Subject:
    return Subject(
        person_id=fields.read_text("person_id"),
        matched=fields.read_object(
            "matched", lambda f: PersonQuery(f.read_text("field"), f.read_text("value"))
        ),
        label=fields.read_text("label"),
    )


def precondition_to_json(premise: Precondition) -> dict[str, Json]:
    """What a plan rests on is for its commit, not for its readers."""
    return {"reference": str(premise.reference), **read_values(hide=False, value=premise.value)}


def read_precondition(fields: StrictReader) -> Precondition:
    fields.check_complete()
    return Precondition(fields.read_reference("reference"), fields.read_value("value"))


def _call_to_json(call: SentCall) -> dict[str, Json]:
    return {
        "line": call.line,
        "status": call.status,
        "source": call.source,
        **({"key": call.key} if call.key else {}),
    }


def read_call(fields: StrictReader) -> SentCall:
    return SentCall(
        line=fields.read_text("line"),
        status=fields.read_optional_integer("status"),
        source=fields.read_text("source"),
        key=fields.read_text("key", missing=""),
    )


def read_inputs(fields: StrictReader) -> dict[str, Scalar]:
    """Data inputs by name."""
    found = {name: fields.read_scalar(name) for name in fields.list_keys()}
    return {name: value for name, value in found.items() if value is not ABSENT}


def _change_to_json(change: Change, redact: bool) -> dict[str, Json]:
    hide = redact and change.redacted
    return {
        "attribute": change.attribute,
        "kind": change.kind.value,
        **read_values(hide=hide, before=change.before, after=change.after),
        "source": change.source,
        "data_type": change.data_type.value,
        "redacted": change.redacted,
        "cautions": [caution.value for caution in change.cautions],
    }


def _read_change(fields: StrictReader) -> Change:
    fields.check_complete()
    fields.skip("kind")
    return Change(
        attribute=fields.read_text("attribute"),
        before=fields.read_scalar("before"),
        after=fields.read_scalar("after"),
        source=fields.read_text("source"),
        data_type=fields.read_word("data_type", DataType),
        redacted=fields.read_flag("redacted"),
        cautions=fields.read_words("cautions", ChangeWarning),
    )


def kept_to_json(left: KeptAttribute, *, redact: bool) -> dict[str, Json]:
    """A mapped attribute that is left as it is, and why."""
    return {
        "attribute": left.attribute,
        **read_values(hide=redact and left.redacted, before=left.before, got=left.received),
        "why": left.reason.value,
        "refused": left.refused,
        "detail": left.detail,
        "source": left.source,
        "data_type": left.data_type.value,
        "redacted": left.redacted,
    }


def read_kept(fields: StrictReader) -> KeptAttribute:
    """What ``kept_to_json`` wrote."""
    fields.check_complete()
    return KeptAttribute(
        attribute=fields.read_text("attribute"),
        before=fields.read_value("before"),
        received=fields.read_value("got"),
        reason=fields.read_word("why", KeepReason),
        refused=fields.read_flag("refused"),
        detail=fields.read_text("detail"),
        source=fields.read_text("source"),
        data_type=fields.read_word("data_type", DataType),
        redacted=fields.read_flag("redacted"),
    )


def _proof_to_json(proof: Proof | None, redact: bool) -> dict[str, Json] | None:
    if proof is None:
        return None
    return {
        "path": proof.path,
        "equals": proof.equals,
        **read_values(hide=redact and proof.redacted, expected=proof.expected, found=proof.found),
        "redacted": proof.redacted,
        "verified": proof.verified,
        "strength": proof.strength.value,
        "basis": proof.basis,
    }


def read_proof(fields: StrictReader) -> Proof:
    fields.check_complete()
    return Proof(
        path=fields.read_text("path"),
        equals=fields.read_text("equals"),
        expected=fields.read_value("expected"),
        found=fields.read_value("found"),
        redacted=fields.read_flag("redacted"),
        verified=fields.read_text("verified"),
        strength=fields.read_word("strength", ProofStrength, missing=ProofStrength.PROVEN),
        basis=fields.read_text("basis", missing=""),
    )

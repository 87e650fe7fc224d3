"""Proves that an answer is about the matched person."""

from __future__ import annotations

from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.expressions.json_path import query_one
from cactions.logic.expressions.references import equals_reference
from cactions.model import (
    ActionResponse,
    FailureReason,
    Json,
    PersonAttribute,
    PlanningError,
    Proof,
    SamePerson,
    Value,
    is_empty,
)


def prove_identity(
    response: ActionResponse, check: SamePerson, asker: ReferenceValues, root: Json
) -> Proof:
    """Both sides, which are equal. Raises PlanningError (NOT_SAME_PERSON)."""
    proof = Proof(
        path=str(check.path),
        equals=str(check.equals),
        expected=asker.get_value(check.equals),
        found=query_one(check.path, root),
        redacted=_is_redacted(response, check),
        verified=check.verified,
        strength=check.strength,
        basis=check.basis,
    )
    if not proves_identity(check, proof.expected, proof.found):
        raise _build_not_same_person(check, proof)
    return proof


def proves_identity(check: SamePerson, expected: Value, found: Value) -> bool:
    """Whether what stands in the answer is the value of this person."""
    if equals_reference(check.equals, expected, found):
        return True
    return check.any_case and _differ_in_case(check, expected, found)


def _differ_in_case(check: SamePerson, expected: Value, found: Value) -> bool:
    """Whether two ASCII texts are equal but for capitals: beyond ASCII, folding joins letters."""
    if not (isinstance(expected, str) and isinstance(found, str)):
        return False
    if not (expected.isascii() and found.isascii()):
        return False
    return equals_reference(check.equals, expected.lower(), found.lower())


def _build_not_same_person(check: SamePerson, proof: Proof) -> PlanningError:
    if is_empty(proof.expected):
        message = f"{proof.equals} is empty, so nothing can prove whose answer this is"
        hint = "Give the person this value, or let `same_person` compare another one."
    elif is_empty(proof.found):
        message = f"{proof.path} is missing or empty in the answer, so nothing proves whose it is"
        hint = "Look at the answer: the path may be wrong, or the service sent something else."
    elif _differ_in_case(check, proof.expected, proof.found):
        message = f"{proof.path} and {proof.equals} differ only in upper and lower case"
        hint = (
            "Correct one of the two. Or, where the service treats both as the same, write"
            " `case: any` in `same_person`."
        )
    else:
        message = f"{proof.path} is not {proof.equals}: the response is about another person"
        hint = "Find out why the service answers this request with another person."
    return PlanningError(FailureReason.NOT_SAME_PERSON, message, hint=hint, proof=proof)


def _is_redacted(response: ActionResponse, check: SamePerson) -> bool:
    """Also where a mapping hides one of the two sides, or a part of what was found."""
    return check.redacted or any(
        mapping.redacted
        and (
            check.equals == PersonAttribute(mapping.attribute.name)
            or any(
                check.path.segments == path.segments[: len(check.path.segments)]
                for path in mapping.paths
            )
        )
        for mapping in response.mapping
    )

"""Whether an answer may be used at all, and for whom: the checks that stand before any mapping.

In this order: status, headers, strict JSON, ``success_when.body``, exactly one row,
``same_person``. The first that does not hold is a PlanningError. Its message holds no value of the
answer: both sides of ``same_person`` are in the Proof, which knows whether they may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.expressions.json_path import query_all, query_one
from cactions.logic.expressions.references import equals_reference, resolve_reference
from cactions.model import (
    ActionResponse,
    FailureReason,
    Json,
    Person,
    PersonAttribute,
    PlanningError,
    Proof,
    Reference,
    Response,
    Rows,
    SamePerson,
    Scalar,
    Success,
    Value,
    is_empty,
    is_same,
)

_TROUBLE: Final = 500


class ReferenceValues(Struct, frozen=True):
    """For whom the answer must be: what references stand for."""

    person: Person
    inputs: Mapping[str, Scalar]

    def get_value(self, reference: Reference) -> Value:
        """What the reference stands for; ABSENT for nothing."""
        return resolve_reference(reference, self.person, self.inputs)


class VerifiedResponse(Struct, frozen=True):
    """An answer that may be used: where the mapping's paths start, and the proof, if one is due."""

    root: Json
    proof: Proof | None


def verify_response(
    response: ActionResponse, asker: ReferenceValues, answer: Response
) -> VerifiedResponse:
    """The answer's root, or its one row. Raises PlanningError."""
    success = response.success_when
    if not is_body_read(response):
        check_head(success, answer)
        return VerifiedResponse(None, None)
    document = require_success(success, answer)
    root = document if response.rows is None else _find_one_row(response.rows, asker, document)
    if response.same_person is None:
        return VerifiedResponse(root, None)
    return VerifiedResponse(root, _prove_identity(response, response.same_person, asker, root))


def is_body_read(response: ActionResponse) -> bool:
    """Whether anything of an answer's body matters."""
    body = response.success_when.body
    return bool(body or response.rows or response.same_person or response.mapping)


def _check_status(success: Success, answer: Response) -> None:
    if answer.status in success.statuses:
        return
    wanted = " or ".join(map(str, success.statuses))
    raise PlanningError(
        FailureReason.NOT_SUCCESS,
        f"the answer has status {answer.status}, not {wanted}",
        hint=_choose_status_hint(answer),
    )


def require_success(success: Success, answer: Response) -> Json:
    """The JSON of an answer that is a success. Raises PlanningError (NOT_SUCCESS, NOT_JSON)."""
    check_head(success, answer)
    document = _parse_body(answer)
    _check_body(success, document)
    return document


def check_head(success: Success, answer: Response) -> None:
    """Status and headers. Raises PlanningError (NOT_SUCCESS)."""
    _check_status(success, answer)
    _check_headers(success, answer)


def _check_headers(success: Success, answer: Response) -> None:
    for name, value in success.headers:
        if value not in answer.get_headers(name):
            raise PlanningError(
                FailureReason.NOT_SUCCESS,
                f"the response header {name} is not what `success_when` asks for",
                hint="`success_when.headers` says when an answer counts as a success.",
            )


def _choose_status_hint(answer: Response) -> str:
    if answer.status in _REDIRECTS:
        target = _describe_target(answer)
        return f"Redirects are not followed{target}: put the final address into `url`."
    if answer.status >= _TROUBLE:
        return "The service has trouble of its own: try again later."
    return _HINTS.get(answer.status, "If this is a success, list it in `success_when.status`.")


_REDIRECTS: Final = range(300, 400)
_REFUSED: Final = "The token was not accepted: look at its value, its header and its rights."
_HINTS: Final[Mapping[int, str]] = MappingProxyType(
    {
        401: _REFUSED,
        403: _REFUSED,
        404: "The service does not know this person, or the URL is wrong.",
        429: "The service asks for fewer requests: try again later.",
    }
)


def _describe_target(answer: Response) -> str:
    """The host alone: the rest of a target may hold private values."""
    location = next((v for name, v in answer.headers if name.lower() == "location"), "")
    try:
        host = urlsplit(location).hostname
    except ValueError:
        host = None
    return f" (this one leads to {host})" if host else ""


def _parse_body(answer: Response) -> Json:
    try:
        return strict_json.parse_json(answer.body)
    except strict_json.StrictJsonError as error:
        raise PlanningError(
            FailureReason.NOT_JSON,
            f"the answer is not strict JSON: {error}",
            hint="The mapping reads JSON. Look at the answer, and at the URL.",
        ) from None


def _check_body(success: Success, document: Json) -> None:
    for check in success.body:
        if not is_same(query_one(check.path, document), check.equals):
            raise PlanningError(
                FailureReason.NOT_SUCCESS,
                f"{check.path} is not {strict_json.dump_json(check.equals)}",
                hint="`success_when.body` says when an answer counts as a success.",
            )


def _find_one_row(rows: Rows, asker: ReferenceValues, document: Json) -> Json:
    """The only row that fits; never the first of many."""
    all_rows = query_all(rows.path, document)
    fitting = [row for row in all_rows if meets_conditions(rows, asker, row)]
    if len(fitting) == 1:
        return fitting[0]
    counts = f"{len(fitting)} of {len(all_rows)} rows at {rows.path} fit, and exactly 1 must"
    if fitting:
        hint = "Say in `rows.where` what tells this person's row from the others."
        raise PlanningError(FailureReason.MANY_ROWS, counts, hint=hint)
    hint = "The service knows nothing about this person, or `rows` looks in the wrong place."
    raise PlanningError(FailureReason.NO_ROW, counts, hint=hint)


def meets_conditions(rows: Rows, asker: ReferenceValues, row: Json) -> bool:
    """Whether a row is the asker's."""
    return all(
        equals_reference(reference, asker.get_value(reference), query_one(path, row))
        for path, reference in rows.where
    )


def _prove_identity(
    response: ActionResponse, check: SamePerson, asker: ReferenceValues, root: Json
) -> Proof:
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
    if not equals_reference(check.equals, proof.expected, proof.found):
        raise _build_not_same_person(proof)
    return proof


def _build_not_same_person(proof: Proof) -> PlanningError:
    if is_empty(proof.expected):
        message = f"{proof.equals} is empty, so nothing can prove whose answer this is"
        hint = "Give the person this value, or let `same_person` compare another one."
    elif is_empty(proof.found):
        message = f"{proof.path} is missing or empty in the answer, so nothing proves whose it is"
        hint = "Look at the answer: the path may be wrong, or the service sent something else."
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
            or check.path.segments == mapping.path.segments[: len(check.path.segments)]
        )
        for mapping in response.mapping
    )

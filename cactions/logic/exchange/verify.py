"""Whether an answer may be used at all, and for whom: the checks that stand before any mapping.

First of all, whether the service has nothing about the person. Then, in this order: status,
headers, strict JSON or XML, ``success_when.body``, exactly one row, ``same_person``. The first that
does not hold is a PlanningError. Its message holds no value of the answer: both sides of
``same_person`` are in the Proof, which knows whether they may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.exchange.answer_body import AnswerError, read_body
from cactions.logic.exchange.identity_proof import prove_identity
from cactions.logic.exchange.row_choice import ReferenceValues, RowOrderError, choose_positions
from cactions.logic.expressions.json_path import query_all, query_one
from cactions.model import (
    ABSENT,
    ActionResponse,
    AnswerFormat,
    BodyCheck,
    FailureReason,
    Json,
    PlanningError,
    Proof,
    Response,
    Rows,
    Success,
    Value,
)

_TROUBLE: Final = 500
_DENIALS: Final = (401, 403)
_UNSENT: Final = (
    "The request carried no token: declare one under `tokens:`, and attach it with"
    " `request: {tokens: [NAME]}`."
)


class VerifiedResponse(Struct, frozen=True):
    """An answer that may be used: where the mapping's paths start, and the proof, if one is due.

    ``has_nothing``: the service knows nothing about the person, so that there is no proof.
    """

    root: Json
    proof: Proof | None
    has_nothing: bool = False


def verify_response(
    response: ActionResponse,
    asker: ReferenceValues,
    answer: Response,
    *,
    has_credential: bool = True,
) -> VerifiedResponse:
    """The answer's root, or its one row. Raises PlanningError.

    ``has_credential``: whether the request carried a token or a secret.
    """
    try:
        return _verify(response, asker, answer)
    except PlanningError as error:
        denied = answer.status in _DENIALS and answer.status not in response.success_when.statuses
        if has_credential or not denied:
            raise
        message = f"{error}; the request carried no token"
        raise PlanningError(error.reason, message, hint=_UNSENT) from None


def _verify(response: ActionResponse, asker: ReferenceValues, answer: Response) -> VerifiedResponse:
    success = response.success_when
    if has_nothing(response, answer):
        return VerifiedResponse(None, None, has_nothing=True)
    if not response.is_body_read:
        check_head(success, answer)
        return VerifiedResponse(None, None)
    document = require_success(success, answer, response)
    root = document if response.rows is None else _find_one_row(response.rows, asker, document)
    if response.same_person is None:
        return VerifiedResponse(root, None)
    return VerifiedResponse(root, prove_identity(response, response.same_person, asker, root))


def _check_status(success: Success, answer: Response) -> None:
    if answer.status in success.statuses:
        return
    wanted = " or ".join(map(str, success.statuses))
    raise PlanningError(
        FailureReason.NOT_SUCCESS,
        f"the answer has status {answer.status}, not {wanted}",
        hint=_choose_status_hint(answer),
    )


def has_nothing(response: ActionResponse, answer: Response) -> bool:
    """Whether the service has said that it has nothing about the person."""
    nothing = response.nothing_when
    if nothing is None or answer.status not in (nothing.statuses or response.success_when.statuses):
        return False
    if any(value not in answer.get_headers(name) for name, value in nothing.headers):
        return False
    if not nothing.body and nothing.empty is None:
        return True
    try:
        document = read_body(answer, response)
    except AnswerError:
        return False
    if any(not check.matches(query_one(check.path, document)) for check in nothing.body):
        return False
    found = query_one(nothing.empty, document) if nothing.empty else []
    return isinstance(found, list | dict) and not found


def require_success(
    success: Success, answer: Response, response: ActionResponse | None = None
) -> Json:
    """The document of an answer that is a success, JSON where ``response`` says nothing else.

    Raises PlanningError (NOT_SUCCESS, NOT_JSON, NOT_XML).
    """
    check_head(success, answer)
    document = _parse_body(answer, response)
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


def _parse_body(answer: Response, response: ActionResponse | None) -> Json:
    try:
        return read_body(answer, response)
    except AnswerError as error:
        is_xml = response is not None and response.format is AnswerFormat.XML
        raise PlanningError(
            FailureReason.NOT_XML if is_xml else FailureReason.NOT_JSON,
            f"the answer is not {'XML' if is_xml else 'strict JSON'}: {error}",
            hint=f"The mapping reads {'XML' if is_xml else 'JSON'}."
            " Look at the answer, and at the URL.",
        ) from None


def _check_body(success: Success, document: Json) -> None:
    for check in success.body:
        found = query_one(check.path, document)
        if not check.matches(found):
            raise PlanningError(
                FailureReason.NOT_SUCCESS,
                _describe_mismatch(check, found),
                hint="`success_when.body` says when an answer counts as a success.",
            )


def _describe_mismatch(check: BodyCheck, found: Value) -> str:
    """What does not hold, without a value of the answer."""
    if found is ABSENT:
        return f"{check.path} is missing in the answer"
    if check.equals is ABSENT:
        return f"{check.path} is there, and must be absent"
    return f"{check.path} is not {strict_json.dump_json(check.equals)}"


def _find_one_row(rows: Rows, asker: ReferenceValues, document: Json) -> Json:
    """The only row that fits; never the first of many."""
    all_rows = query_all(rows.path, document)
    try:
        fitting = choose_positions(rows, asker, all_rows)
    except RowOrderError as error:
        raise PlanningError(
            FailureReason.MANY_ROWS,
            f"several of {len(all_rows)} rows at {rows.path} fit, but {error}",
            hint="Look at the rows of the answer: --show-answer shows them.",
        ) from None
    if len(fitting) == 1:
        return all_rows[fitting[0]]
    counts = f"{len(fitting)} of {len(all_rows)} rows at {rows.path} fit, and exactly 1 must"
    if fitting and rows.order:
        counts = f"{len(fitting)} rows at {rows.path} are equally the {rows.order.order.value}"
    if fitting:
        hint = "Say in `rows.where` what tells this person's row from the others."
        raise PlanningError(FailureReason.MANY_ROWS, counts, hint=hint)
    hint = "The service knows nothing about this person, or `rows` looks in the wrong place."
    raise PlanningError(FailureReason.NO_ROW, counts, hint=hint)

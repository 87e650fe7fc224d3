"""Reads the answer that a token comes in. No message holds anything of a token."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from cactions.logic.exchange.verify import check_head, require_success
from cactions.logic.expressions.json_path import query_one
from cactions.logic.request import checks
from cactions.logic.request.checks import EncodingError
from cactions.logic.shell import join_command
from cactions.model import (
    ABSENT,
    FailureReason,
    InvalidText,
    Json,
    Path,
    PlanningError,
    Response,
    Token,
    TokenFetch,
    Value,
)
from cactions.model.secret import Secret

_JWT_DOTS: Final = 2
_LONG: Final = 10  # digits

LONGEST: Final = 10 * 366 * 24 * 3600
"""In seconds, ten years: what is said to live longer is asked for again after that."""
_KINDS: Final = {bool: "true or false", int: "a number", float: "a number", list: "a list",
                 dict: "an object", type(None): "null", InvalidText: "no valid text"}  # fmt: skip


class FetchedToken(Struct, frozen=True):
    """A token as it came. ``expires_in`` is in seconds; None where the answer does not say."""

    secret: Secret
    status: int
    expires_in: float | None = None

    @property
    def shape(self) -> str:
        """What may be told of the value: how long it is, and whether it looks like a JWT."""
        value = self.secret.reveal()
        kind = "a JWT" if value.count(".") == _JWT_DOTS and value.startswith("ey") else "a text"
        return f"{kind} of {len(value):,} characters"


def read_token(token: Token, answer: Response) -> FetchedToken:
    """The token in the answer. Raises PlanningError (NO_TOKEN)."""
    fetch = token.fetch
    assert fetch, "only a dynamic token is fetched"
    try:
        document = _read_document(fetch, answer)
    except PlanningError as error:
        raise describe_missing_token(token, str(error), error.hint) from None
    value = _find_value(fetch, answer, document)
    if not isinstance(value, str) or not value or isinstance(value, InvalidText):
        what = "is missing" if value is ABSENT else f"is {_KINDS.get(type(value), 'empty')}"
        key = "token_path" if fetch.token_path else "token_header"
        raise describe_missing_token(
            token, f"{fetch.source} {what}", f"Look at `{key}`; {_show_answer(token)}."
        )
    try:
        checks.check_header_value(value)
    except EncodingError as unfit:
        raise describe_missing_token(
            token, f"{fetch.source} {unfit}", "It cannot stand in a header."
        ) from None
    return FetchedToken(
        Secret(token.name, value), answer.status, _read_lifetime(fetch.expires_in_path, document)
    )


def _read_document(fetch: TokenFetch, answer: Response) -> Json:
    """The body; null where nothing in it is asked for. Raises PlanningError."""
    if fetch.token_path or fetch.expires_in_path or fetch.success_when.body:
        return require_success(fetch.success_when, answer)
    check_head(fetch.success_when, answer)
    return None


def _find_value(fetch: TokenFetch, answer: Response, document: Json) -> Value:
    """The token; one header that stands there twice names no token."""
    if fetch.token_path:
        return query_one(fetch.token_path, document)
    found = answer.get_headers(fetch.token_header)
    return [*found] if len(found) > 1 else next(iter(found), ABSENT)


def _show_answer(token: Token) -> str:
    show = join_command(("tokens", "test"), token.name, options=("--show-answer",))
    return f"`{show}` shows the names of the answer"


def describe_missing_token(token: Token, why: str, hint: str) -> PlanningError:
    """Why a token could not be had."""
    return PlanningError(
        FailureReason.NO_TOKEN, f'the token "{token.name}" was not fetched: {why}', hint=hint
    )


def _read_lifetime(path: Path | None, document: Json) -> float | None:
    """As a number or, as some services have it, a text of digits; at most LONGEST."""
    value = ABSENT if path is None else query_one(path, document)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _LONG:
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    return float(min(value, LONGEST))  # an integer may be larger than any float

"""One call to a third party as a conversation: tokens, one replay, paced tries. Pure.

A generator yields what it needs next and is sent the result; the code that drives it has the
network, the clock and the tokens.

- A call that is denied for want of a good token is made exactly once more, with a new one.
- Sent again is only what is safe to repeat, and only where that may help: after 429, 502, 503 and
  504, and where no answer came because of the connection. At most ``limits.retries`` times.
- If the response to a call that changes something is lost, it is never sent again. Lost is
  also what was cut off behind a good status, and what a gateway did not get (502, 504).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any, Final, TypeAlias

from msgspec import Struct

from cactions.logic.exchange.answer_body import AnswerError, read_body
from cactions.logic.expressions.json_path import query_one
from cactions.logic.request.builder import build_token_request
from cactions.logic.request.call import CallSpec
from cactions.model import (
    Denial,
    FailureReason,
    PlanningError,
    Request,
    RequestFailed,
    Response,
    Token,
)
from cactions.model.secret import Credentials, Secret

_LONG: Final = 10  # digits

LONGEST_PAUSE: Final = 30.0  # seconds
_BUSY: Final = (429, 502, 503, 504)
_GATEWAYS: Final = (502, 504)
"""What lies in between says that it has no answer of the service."""

_REFUSED: Final = 400

Chance: TypeAlias = Callable[[], float]
"""A number from 0 to 1, each time another one."""


class GetToken(Struct, frozen=True):
    """Asks for a token: any but ``stale``, which was not accepted. The reply is a Secret."""

    token: Token
    stale: Secret | None = None


class Send(Struct, frozen=True):
    """Asks for an exchange. The reply is the Response, or the RequestFailed that came instead."""

    request: Request


class Wait(Struct, frozen=True):
    """Asks to wait before the next try; ``seconds`` long. The reply: whether there may be one.

    ``why`` there is another one, without any value; ``turn`` counts them from 1.
    """

    seconds: float
    why: str = ""
    turn: int = 1


Step: TypeAlias = GetToken | Send | Wait
Conversation: TypeAlias = Generator[Step, Any, Response]


class _RetryPolicy(Struct, frozen=True):
    """How often something may be sent, and what it means when no answer comes."""

    tries: int
    changes: bool
    chance: Chance


def call_steps(
    asked: CallSpec, sealed: Request, secrets: Mapping[str, Secret], chance: Chance
) -> Conversation:
    """The whole call; ``sealed`` is its request, built without credentials.

    Raises PlanningError (NO_ANSWER, OUTCOME_UNKNOWN and others).
    """
    request = asked.action.request
    tries = request.limits.retries if request.repeatable else 0
    manner = _RetryPolicy(tries, not request.is_read, chance)
    held: dict[str, Secret] = {}
    for token in request.tokens:
        if token.is_runtime_value:
            held[token.name] = yield GetToken(token)
    built = asked.add_credentials(sealed, Credentials(secrets, held))
    answer = yield from _send_with_retries(built, manner)
    denied = [
        token for token in request.tokens
        if token.fetch and _is_denied(token.fetch.denied_when, answer)
    ]  # fmt: skip
    if not denied:
        return answer
    for token in denied:
        held[token.name] = yield GetToken(token, held[token.name])
    built = asked.add_credentials(sealed, Credentials(secrets, held))
    return (yield from _send_with_retries(built, manner))


def fetch_steps(token: Token, secrets: Mapping[str, Secret], chance: Chance) -> Conversation:
    """Fetches a token: a second fetch only gives another token, so that it may be repeated."""
    assert token.fetch, "only a dynamic token is fetched"
    request = build_token_request(token.fetch, Credentials(secrets))
    return (
        yield from _send_with_retries(request, _RetryPolicy(request.limits.retries, False, chance))
    )


def _is_denied(denial: Denial, response: Response) -> bool:
    """Whether the token was not accepted. One sign is enough: status, header, or JSON body."""
    if response.status in denial.statuses:
        return True
    if any(value in response.get_headers(name) for name, value in denial.headers):
        return True
    if not denial.body:
        return False
    try:
        document = read_body(response)
    except AnswerError:
        return False
    return any(check.matches(query_one(check.path, document)) for check in denial.body)


def _send_with_retries(request: Request, manner: _RetryPolicy) -> Conversation:
    outcome_unknown = False
    for turn in range(manner.tries + 1):
        response: Response | RequestFailed = yield Send(request)
        outcome_unknown |= _is_lost(response)
        pause = _choose_pause(response, turn, manner) if turn < manner.tries else None
        if pause is None or not (yield Wait(pause, _describe_cause(response), turn + 1)):
            break
    outcome_unknown &= manner.changes
    if isinstance(response, RequestFailed):
        raise _build_outcome_unknown(str(response)) if outcome_unknown else response
    if outcome_unknown and response.status >= _REFUSED:
        raise _build_outcome_unknown(
            f"an answer was lost, and what came at last has status {response.status}"
        )
    return response


def _is_lost(response: Response | RequestFailed) -> bool:
    """Whether what was asked for may have been done, and the service's word on it is missing."""
    if isinstance(response, RequestFailed):
        return response.sent and (response.status is None or response.status < _REFUSED)
    return response.status in _GATEWAYS


def _choose_pause(
    response: Response | RequestFailed, turn: int, manner: _RetryPolicy
) -> float | None:
    """Seconds before another try, with full jitter; None where it would not help."""
    jitter = manner.chance() * min(LONGEST_PAUSE, 2.0**turn)
    if isinstance(response, RequestFailed):
        return jitter if response.again else None
    if response.status not in _BUSY:
        return None
    number = _read_retry_after(response)
    return max(number, jitter) if number <= LONGEST_PAUSE else None


def _describe_cause(response: Response | RequestFailed) -> str:
    if isinstance(response, RequestFailed):
        return str(response)
    return f"the service answered {response.status}"


def _read_retry_after(answer: Response) -> float:
    """Seconds of a Retry-After; 0 where there is none in seconds. RFC 9110, 10.2.3."""
    text = next(iter(answer.get_headers("retry-after")), "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < _LONG else 0.0


def _build_outcome_unknown(why: str) -> PlanningError:
    return PlanningError(
        FailureReason.OUTCOME_UNKNOWN,
        f"{why}. The call may have succeeded: its outcome is unknown, and it is not sent again",
        hint="look at the service whether it was done",
    )

"""One call as a series of steps: what it needs, in which order, and when it stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.exchange.retry import (
    LONGEST_PAUSE,
    Chance,
    Conversation,
    GetToken,
    Send,
    Wait,
    call_steps,
    fetch_steps,
)
from cactions.logic.exchange.token_response import read_token
from cactions.logic.expressions.json_path import parse_path
from cactions.logic.request.call import CallSpec
from cactions.model import (
    Action,
    ActionResponse,
    BodyCheck,
    Denial,
    Effect,
    FailureReason,
    Limits,
    PlanningError,
    RequestFailed,
    Response,
    SecretRef,
    Token,
    TokenFetch,
)
from cactions.model.secret import Credentials, Secret
from tests.builders import answer, person
from tests.requests import body, request_of

OK = answer({"ok": True})
DENIED = answer(status=401)
BUSY = answer(status=503)
LOST = RequestFailed(
    "the connection was reset", reason=FailureReason.NO_ANSWER, sent=True, again=True
)
SLOW = RequestFailed("no answer came within 15 s", reason=FailureReason.NO_ANSWER, sent=True)
REFUSED = RequestFailed("nobody listens there", reason=FailureReason.NO_ANSWER, again=True)
CUT = RequestFailed(
    "the answer was cut off", reason=FailureReason.UNUSABLE_ANSWER, sent=True, status=200
)
OLD, NEW = Secret("crm", "old-token-1"), Secret("crm", "new-token-2")
CRM = Token(
    "crm",
    "Authorization",
    ("api.shop.example",),
    "Bearer ",
    fetch=TokenFetch(
        request_of(
            method="post",
            url="/token",
            body=body("form", {"grant_type": "client_credentials"}),
        ),
        parse_path("$.access_token"),
        parse_path("$.expires_in"),
    ),
)


def asked(**parts: Any) -> CallSpec:
    action = Action("loyalty", "user_id", request_of(**parts), ActionResponse())
    return CallSpec(action, person(), {}, "key-1")


def talk(steps: Conversation, *replies: Any) -> tuple[list[Any], Any]:
    """Every requested step, and the result: a Response or the error."""
    said: list[Any] = []
    reply: Any = None
    left = list(replies)
    try:
        while True:
            said.append(steps.send(reply))
            reply = left.pop(0)
    except StopIteration as done:
        assert [] == left
        return said, done.value
    except PlanningError as error:
        assert [] == left
        return said, error


def half() -> float:
    return 0.5


def begin(
    of: CallSpec, secrets: Mapping[str, Secret] | None = None, chance: Chance = half
) -> Conversation:
    return call_steps(of, of.build_request(Credentials()), secrets or {}, chance)


def call(of: CallSpec, *replies: Any) -> tuple[list[Any], Any]:
    return talk(begin(of), *replies)


def kinds(said: Sequence[Any]) -> str:
    """``Need Send Pause`` as their first letters."""
    return "".join(type(step).__name__[0] for step in said)


def test_a_plain_call_is_one_exchange() -> None:
    """Whatever the status is: the action defines success."""
    for came in (OK, answer(status=404), answer(status=302), answer(status=500)):
        said, got = call(asked(), came)
        assert ("S", came) == (kinds(said), got)


def test_a_token_is_requested_before_anything_is_sent() -> None:
    """The request holds it; the shown request holds dots."""
    said, got = call(asked(tokens=(CRM,)), NEW, OK)
    assert ("GS", OK) == (kinds(said), got)
    [(_, header), _] = said[1].request.headers
    assert ("Bearer ••••••", "Bearer new-token-2") == (header.masked, header.reveal())


def test_a_denied_call_is_repeated_once_with_a_new_token() -> None:
    """The same request except for the token; a second denial is the final answer."""
    said, got = call(asked(tokens=(CRM,)), OLD, DENIED, NEW, DENIED)
    assert ("GSGS", DENIED) == (kinds(said), got)
    assert (None, OLD) == (said[0].stale, said[2].stale)
    tokens = [step.request.headers[0][1].reveal() for step in said if isinstance(step, Send)]
    assert ["Bearer old-token-1", "Bearer new-token-2"] == tokens


def test_a_fixed_token_is_not_fetched_again() -> None:
    """It has no fetch: 401 is the answer."""
    shop = Token("shop", "X-Token", (), value=SecretRef("shop"))
    steps = begin(asked(tokens=(shop,)), {"shop": Secret("shop", "s3cr3t-abc")})
    said, got = talk(steps, DENIED)
    assert ("S", DENIED) == (kinds(said), got)


TWO_CHECKS = (
    BodyCheck(parse_path("$.error"), "expired"),
    BodyCheck(parse_path("$.code"), 7),
)
"""One of them is enough."""


@pytest.mark.parametrize(
    ("denial", "denied"),
    [
        (Denial(body=TWO_CHECKS), answer({"error": "expired"})),
        (Denial(body=TWO_CHECKS), answer({"code": 7})),
        (Denial((401, 403)), answer(status=403)),
        (Denial(headers=(("X-Error", "expired"),)), answer({}, **{"x-error": "expired"})),
        (Denial(body=(BodyCheck(parse_path("$.error"), "expired"),)), answer({"error": "expired"})),
    ],
)
def test_the_action_declares_what_denies_a_token(denial: Denial, denied: Response) -> None:
    """A status, a header, or a value in the body of a 200."""
    assert CRM.fetch
    token = replace(CRM, fetch=replace(CRM.fetch, denied_when=denial))
    said, got = call(asked(tokens=(token,)), OLD, denied, NEW, OK)
    assert ("GSGS", OK) == (kinds(said), got)
    for other in (answer({"error": "other"}), answer(b"<html>"), answer(status=400)):
        said, got = call(asked(tokens=(token,)), OLD, other)
        assert ("GS", other) == (kinds(said), got)


# Retries


@pytest.mark.parametrize("came", [BUSY, answer(status=429), answer(status=502), LOST, REFUSED])
def test_a_safe_call_is_retried_after_a_pause(came: Any) -> None:
    """With full jitter, doubling each time."""
    said, got = call(asked(), came, True, came, True, OK)
    assert ("SWSWS", OK) == (kinds(said), got)
    waits = [step for step in said if isinstance(step, Wait)]
    assert [0.5, 1.0] == [step.seconds for step in waits]
    assert [1, 2] == [step.turn for step in waits]


@pytest.mark.parametrize("came", [answer(status=500), answer(status=404), SLOW, CUT])
def test_a_permanent_failure_is_not_retried(came: Any) -> None:
    """For example a deadline that has passed."""
    said, got = call(asked(), came)
    assert ("S", came) == (kinds(said), got)


def test_retries_end_at_the_limit_and_the_budget() -> None:
    """The last answer is the final one."""
    limits = Limits(retries=2)
    said, got = call(asked(limits=limits), BUSY, True, BUSY, True, BUSY)
    assert ("SWSWS", BUSY) == (kinds(said), got)
    said, got = call(asked(limits=limits), LOST, False)
    assert ("SW", LOST) == (kinds(said), got)
    said, got = call(asked(limits=Limits(retries=0)), BUSY)
    assert ("S", BUSY) == (kinds(said), got)


@pytest.mark.parametrize(
    ("retry_after", "paused"),
    [("3", 3.0), ("0", 0.5), ("30", 30.0), ("31", None), ("9" * 12, 0.5), ("soon", 0.5)],
)
def test_retry_after_is_respected(retry_after: str, paused: float | None) -> None:
    """Up to half a minute; a longer wait ends the call with this answer."""
    busy = answer(status=429, **{"Retry-After": retry_after})
    said, _ = call(asked(), busy, *([] if paused is None else [False]))
    assert ([] if paused is None else [paused]) == [s.seconds for s in said if isinstance(s, Wait)]


@given(st.floats(0, 1), st.integers(0, 5))
def test_no_pause_is_longer_than_half_a_minute(chance: float, turns: int) -> None:
    """And none is negative."""
    steps = begin(asked(limits=Limits(retries=5)), chance=lambda: chance)
    said, _ = talk(steps, *[BUSY, True] * turns, OK)
    assert all(0 <= s.seconds <= LONGEST_PAUSE for s in said if isinstance(s, Wait))


# Calls that change data


WRITE: dict[str, Any] = {"method": "post", "effect": Effect.WRITE}


@pytest.mark.parametrize("lost", [LOST, SLOW])
def test_a_changing_call_with_a_lost_answer_is_not_retried(
    lost: RequestFailed,
) -> None:
    """The outcome is unknown; the message says so, and why."""
    said, got = call(asked(**WRITE), lost)
    assert ("S", FailureReason.OUTCOME_UNKNOWN) == (kinds(said), got.reason)
    assert str(lost) in str(got)
    assert "not sent again" in str(got)


def test_a_changing_call_that_was_not_sent_has_a_known_outcome() -> None:
    """No byte was sent, so nothing was done; it is still not sent again."""
    said, got = call(asked(**WRITE), REFUSED)
    assert ("S", REFUSED) == (kinds(said), got)
    said, got = call(asked(**WRITE), BUSY)
    assert ("S", BUSY) == (kinds(said), got)


def test_a_cut_off_answer_has_an_unknown_outcome_unless_its_status_refuses() -> None:
    """Below 400 it may have been done, also where it redirects: a retry would do it twice."""
    for status in (200, 204, 299, 300, 303, 399):
        cut = replace_status(CUT, status)
        assert FailureReason.OUTCOME_UNKNOWN is call(asked(**WRITE), cut)[1].reason
    for status in (400, 404, 500, 502):
        refused = replace_status(CUT, status)
        assert refused is call(asked(**WRITE), refused)[1]


def replace_status(cut: RequestFailed, status: int) -> RequestFailed:
    return RequestFailed(str(cut), reason=cut.reason, sent=cut.sent, status=status)


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_error_leaves_the_outcome_unknown(status: int) -> None:
    """Behind it, the service may have executed the request."""
    _, got = call(asked(**WRITE), answer(status=status))
    assert FailureReason.OUTCOME_UNKNOWN is got.reason
    assert str(status) in str(got)
    keyed = asked(**WRITE, idempotency="Idempotency-Key")
    assert OK == call(keyed, answer(status=status), True, OK)[1]


@pytest.mark.parametrize(
    "came", [DENIED, answer(status=400), answer(status=409), answer(status=500)]
)
def test_an_unknown_outcome_stays_unknown_after_a_later_refusal(came: Response) -> None:
    """A refused retry says nothing about the first try; no other token is fetched for it."""
    keyed = asked(**WRITE, idempotency="Idempotency-Key", tokens=(CRM,))
    said, got = call(keyed, OLD, LOST, True, came)
    assert ("GSWS", FailureReason.OUTCOME_UNKNOWN) == (kinds(said), got.reason)


def test_an_idempotency_key_makes_a_changing_call_safe_to_retry() -> None:
    """Each try has the same key; if no try was answered, the outcome is still unknown."""
    keyed = asked(**WRITE, idempotency="Idempotency-Key")
    said, got = call(keyed, LOST, True, OK)
    assert ("SWS", OK) == (kinds(said), got)
    keys = [step.request.headers[0][1].reveal() for step in said if isinstance(step, Send)]
    assert ["key-1", "key-1"] == keys
    _, got = call(keyed, LOST, True, REFUSED, False)
    assert FailureReason.OUTCOME_UNKNOWN is got.reason
    _, got = call(keyed, LOST, True, BUSY, False)
    assert FailureReason.OUTCOME_UNKNOWN is got.reason


def test_a_denied_changing_call_is_repeated_once() -> None:
    """The service said that it did nothing; a lost answer to the retry has an unknown outcome."""
    said, got = call(asked(**WRITE, tokens=(CRM,)), OLD, DENIED, NEW, LOST)
    assert ("GSGS", FailureReason.OUTCOME_UNKNOWN) == (kinds(said), got.reason)


@given(
    st.lists(st.sampled_from([OK, DENIED, BUSY, LOST, SLOW, REFUSED, CUT]), min_size=12),
    st.booleans(),
)
def test_a_changing_call_without_a_key_is_sent_once_per_token(
    came: list[Any], granted: bool
) -> None:
    """Property: it is sent once, and twice only after a denial."""
    steps = begin(asked(**WRITE, tokens=(CRM,)))
    left, sent, reply = list(came), list[Any](), None
    try:
        while True:
            step = steps.send(reply)
            if isinstance(step, Send):
                sent.append(left.pop(0))
                reply = sent[-1]
            else:
                reply = NEW if isinstance(step, GetToken) else granted
    except (StopIteration, PlanningError):
        pass
    assert (2 if came[0] is DENIED else 1) == len(sent)


# Fetched tokens


def test_a_token_is_fetched_with_tries() -> None:
    """A second fetch only gives another token."""
    said, got = talk(fetch_steps(CRM, {}, half), LOST, True, OK)
    assert ("SWS", OK) == (kinds(said), got)
    assert "grant_type=client_credentials" == said[0].request.body.reveal()


def test_the_token_is_read_at_the_declared_path() -> None:
    """With its lifetime, as a number or as digits; only the type of the value may be shown."""
    came = read_token(CRM, answer({"access_token": "eyJh.eyJz.c2ln", "expires_in": "3600"}))
    assert ("eyJh.eyJz.c2ln", 200, 3600.0) == (came.secret.reveal(), came.status, came.expires_in)
    assert "a JWT of 14 characters" == came.shape
    assert "eyJh" not in repr(came)
    for odd in (None, True, -1, "soon", [], "9" * 11):
        assert read_token(CRM, answer({"access_token": "x", "expires_in": odd})).expires_in is None


@pytest.mark.parametrize(
    ("came", "words"),
    [
        (answer({"token": "s3cr3t-abc"}), "$.access_token is missing"),
        (answer({"access_token": 12345678}), "$.access_token is a number"),
        (answer({"access_token": ""}), "$.access_token is empty"),
        (answer({"access_token": "s3cr3t\nabc"}), "contains a control character"),
        (answer({"access_token": "s3cr3t-é"}), "outside ASCII"),
        (answer(b"s3cr3t-abc"), "not strict JSON"),
        (answer({"access_token": "s3cr3t-abc"}, status=400), "status 400"),
    ],
)
def test_an_answer_without_a_token_is_an_error(came: Response, words: str) -> None:
    """The message names the path, and nothing of the content."""
    with pytest.raises(PlanningError, match='the token "crm" was not fetched') as caught:
        read_token(CRM, came)
    assert FailureReason.NO_TOKEN is caught.value.reason
    assert words in str(caught.value)
    assert "s3cr3t" not in str(caught.value) + caught.value.hint

"""What an answer tells about a result: near misses, error pages, how long to wait."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from cactions.logic.answers.explain import explain_result
from cactions.logic.plan.planner import build_failure, plan_changes
from cactions.logic.request.call import CallSpec
from cactions.model import (
    Action,
    BodyCheck,
    Json,
    PersonField,
    Plan,
    PlanFailure,
    PlanningError,
    Response,
    Success,
)
from tests.builders import USER_ID, about_ada, action, answer, case, mapping, person, rows
from tests.strategies import JSON_VALUES

HTML = b"<!DOCTYPE html>\n<title>Sign in</title>"


def explained(of: Action, response: Response) -> Plan | PlanFailure:
    made: Plan | PlanFailure
    plan_input = case(of)
    try:
        made = plan_changes(plan_input, response)
    except PlanningError as error:
        made = build_failure(plan_input, error)
    return explain_result(made, CallSpec(of, person(), {}), response)


def message(of: Action, response: Response) -> str:
    found = explained(of, response)
    assert isinstance(found, PlanFailure)
    return found.message


def with_success(**rest: Any) -> Action:
    found = action(mapping())
    return replace(found, response=replace(found.response, success_when=Success(**rest)))


def test_a_path_that_finds_nothing_names_near_misses() -> None:
    """Of the proof, of ``success_when`` and of ``rows``."""
    moved: Json = {"customer": {"email": "ada@example.com"}}
    assert message(action(mapping()), answer(moved)).endswith("The answer has $.customer.email")
    check = with_success(body=(BodyCheck(mapping(path="$.ok").path, True),))
    assert message(check, answer({"result": {"OK": True}})).endswith("The answer has $.result.OK")
    listed = action(mapping(), rows=rows("$.items[*]", user_id=USER_ID))
    assert message(listed, answer({"data": [{"user_id": "u-1"}]})).endswith(
        "The answer has lists at $.data[*]"
    )


def test_a_mapping_that_finds_nothing_names_near_misses() -> None:
    """But none that another mapping reads, and nothing where the answer is only shorter."""
    of = action(mapping("tier"), mapping("tiers"), mapping("nickname"))
    found = explained(of, about_ada(loyalty={"Tier": "gold"}, tiers="a"))
    assert isinstance(found, Plan)
    details = {left.attribute: left.detail for left in found.left}
    assert {"tier": "the answer has $.loyalty.Tier", "nickname": ""} == details


def test_a_proof_that_is_another_one_names_nothing() -> None:
    """Its path is right."""
    body: Json = {"email": "eve@other.example", "customer": {"email": "ada@example.com"}}
    assert "The answer has" not in message(action(mapping()), answer(body))


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (answer(HTML, 404), "It begins: <!DOCTYPE html>. HTML, not JSON: is this a login page?"),
        (answer(HTML, 403, **{"Content-Type": "text/html"}), "is this a login page?"),
        (answer(b"no such path\nat all", 404, **{"content-type": "text/plain; charset=x"}),
         "It begins: no such path. Its content type is text/plain"),
        (answer({"error": "no_user"}, 404), 'It begins: {"error":"no_user"}'),
        (answer({}, 429, **{"Retry-After": "120"}), "Retry-After: 120 s"),
        (answer({}, 429, **{"retry-after": "Fri, 31 Dec 2026"}), "Retry-After: Fri, 31 Dec 2026"),
    ],
)  # fmt: skip
def test_an_error_shows_what_it_is(response: Response, words: str) -> None:
    """The first line, the content type, and how long the service asks to wait."""
    text = message(action(mapping()), response)
    token = "; the request carried no token" if response.status == 403 else ""
    assert text.startswith(f"the answer has status {response.status}, not 200{token}. ")
    assert words in text


def test_a_page_in_the_place_of_json_is_named() -> None:
    """Without a line of it: the status says success, so it may be about anyone."""
    text = message(action(mapping()), answer(HTML, **{"Content-Type": "text/html"}))
    assert text.endswith("HTML, not JSON: is this a login page?")
    assert "Sign in" not in text
    assert "DOCTYPE" not in text


def test_no_secret_and_no_redacted_value_is_in_a_message() -> None:
    """Nor a value of another person; control characters become escapes."""
    of = replace(action(mapping("pin", redacted=True)), redacted=frozenset({PersonField("name")}))
    body: Json = {"pin": "canary-1", "api_key": "canary-2", "who": "Ada", "x": "a\x1b[2J"}
    text = message(of, answer(body, 500))
    assert not [part for part in ("canary", "Ada", "\x1b") if part in text]
    assert "canary" not in message(of, answer(b"pin=canary-1", 500))
    other = message(action(mapping()), answer({"email": "eve@other.example", "tier": "no"}, 500))
    assert "eve" not in other
    assert "canary" not in message(action(mapping()), answer(b"token=canary-3", 500))


def test_the_first_line_is_short() -> None:
    """Of a page in one line."""
    assert len(message(action(mapping()), answer(b"word " * 10_000, 500))) < 250


@given(JSON_VALUES)
def test_an_explanation_adds_words_and_changes_nothing_else(body: Json) -> None:
    """For any answer: status, reason, changes and proof stay."""
    for status in (200, 500):
        of = action(mapping(), mapping("points", "integer"))
        response = answer({"email": "ada@example.com", "data": body}, status)
        found = explained(of, response)
        if isinstance(found, Plan):
            plain = plan_changes(case(of), response)
            left = tuple(replace(each, detail="") for each in found.left)
            assert replace(plain, left=left) == replace(found, left=left)
        else:
            assert found.message.startswith("the answer has status 500")

"""When a service has nothing about a person, and what becomes of the mapped attributes then."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.exchange.verify import has_nothing, verify_response
from cactions.logic.expressions.json_path import parse_path
from cactions.logic.plan.planner import plan_changes
from cactions.model import (
    ActionResponse,
    BodyCheck,
    ChangeKind,
    ChangeWarning,
    FailureReason,
    Json,
    KeepReason,
    NotFound,
    PlanningError,
    Response,
    WhenEmpty,
)
from tests.builders import action, answer, case, mapping, person, response, same_person

EMPTY = NotFound(empty=parse_path("$.data"))
CODE = NotFound(body=(BodyCheck(parse_path("$.code"), "none"),))
ABSENT_DATA = NotFound(body=(BodyCheck(parse_path("$.data")),))
CASES: list[tuple[NotFound, Response, bool]] = [
    (NotFound((404,)), Response(404), True),
    (NotFound((404,)), Response(404, body=b"<html>"), True),
    (NotFound((404, 410)), Response(410), True),
    (NotFound((404,)), answer({}), False),
    (NotFound((404,)), Response(500), False),
    (NotFound((204,)), Response(204), True),
    (EMPTY, answer({"data": []}), True),
    (EMPTY, answer({"data": {}}), True),
    (EMPTY, answer({"data": [1]}), False),
    (EMPTY, answer({"data": None}), False),
    (EMPTY, answer({"data": ""}), False),
    (EMPTY, answer({}), False),
    (EMPTY, answer({"data": []}, status=500), False),
    (EMPTY, Response(200, body=b"{"), False),
    (CODE, answer({"code": "none"}), True),
    (CODE, answer({"code": None}), False),
    (ABSENT_DATA, answer({"other": 1}), True),
    (ABSENT_DATA, answer({"data": None}), False),
    (NotFound(headers=(("X-Found", "no"),)), Response(200, (("x-found", "no"),)), True),
    (NotFound(headers=(("X-Found", "no"),)), Response(200, (("x-found", "yes"),)), False),
    (NotFound((404,), headers=(("X", "1"),)), Response(404), False),
    (NotFound((200,), CODE.body, (), EMPTY.empty), answer({"code": "none", "data": [1]}), False),
]


def reading(nothing: NotFound, **rest: Any) -> ActionResponse:
    return response(mapping(), mapping("points", "integer"), nothing_when=nothing, **rest)


@pytest.mark.parametrize(("nothing", "came", "holds"), CASES)
def test_all_that_is_stated_must_hold(nothing: NotFound, came: Response, holds: bool) -> None:
    """Without a status, that of a success is meant; a body that cannot be read tells nothing."""
    assert has_nothing(reading(nothing), came) is holds


@pytest.mark.parametrize("what", [WhenEmpty.KEEP, WhenEmpty.CLEAR])
def test_the_mapped_attributes_are_kept_or_cleared(what: WhenEmpty) -> None:
    """Only these; the plan says that there is no proof."""
    ada = person(tier="gold", other="x")
    how = reading(NotFound((404,)), on_nothing=what)
    plan = plan_changes(case(replace(action(), response=how), ada), Response(404))
    assert plan.proof is None
    assert plan.has_nothing
    if what is WhenEmpty.KEEP:
        assert [(each.attribute, each.reason) for each in plan.left] == [
            ("tier", KeepReason.NOTHING),
            ("points", KeepReason.NOTHING),
        ]
        assert plan.changes == ()
        return
    tier, points = plan.changes
    assert (tier.kind, tier.after) == (ChangeKind.CLEAR, None)
    assert tier.cautions == (ChangeWarning.CLEARS, ChangeWarning.NOTHING)
    assert points.kind is ChangeKind.SAME
    assert points.cautions == (ChangeWarning.NOTHING,)


def test_a_plan_about_something_has_a_proof() -> None:
    """The same action, where there is a customer."""
    how = reading(NotFound((404,)), on_nothing=WhenEmpty.CLEAR)
    body = {"email": "ada@example.com", "tier": "gold"}
    plan = plan_changes(case(replace(action(), response=how), person()), answer(body))
    assert plan.proof
    assert not plan.has_nothing


@pytest.mark.parametrize(
    ("check", "document", "message"),
    [
        (BodyCheck(parse_path("$.errors")), {"errors": [1]}, "must be absent"),
        (BodyCheck(parse_path("$.errors")), {"errors": None}, "must be absent"),
        (BodyCheck(parse_path("$.data"), any_value=True), {}, "is missing"),
        (BodyCheck(parse_path("$.ok"), True), {}, "is missing"),
        (BodyCheck(parse_path("$.ok"), True), {"ok": 1}, "is not true"),
        (BodyCheck(parse_path("$.ok"), None), {}, "is missing"),
    ],
)
def test_a_success_can_ask_for_an_absent_member(
    check: BodyCheck, document: Json, message: str
) -> None:
    """A missing member is told as missing."""
    how = ActionResponse(mapping=(mapping(),))
    how = type(how)(type(how.success_when)(body=(check,)), mapping=how.mapping)
    with pytest.raises(PlanningError, match=message) as caught:
        verify_response(how, ReferenceValues(person(), {}), answer(document))
    assert caught.value.reason is FailureReason.NOT_SUCCESS
    fine: dict[str, Json] = {"tier": "x"} if message == "must be absent" else {"data": 0, "ok": 1}
    if check.any_value or message == "must be absent":
        assert verify_response(how, ReferenceValues(person(), {}), answer(fine)).root == fine


@pytest.mark.parametrize(
    ("expected", "found", "differs"),
    [
        ("ada@example.com", "Ada@example.com", True),
        ("ada@example.com", "ADA@EXAMPLE.COM", True),
        ("ada@example.com", "bob@example.com", False),
        ("straße@example.com", "STRASSE@example.com", False),
        ("\u212ada@example.com", "kda@example.com", False),
        ("", "", False),
    ],
)
def test_a_difference_in_capitals_is_told_and_can_be_allowed(
    expected: str, found: str, differs: bool
) -> None:
    """Refused by default; letters beyond ASCII are never folded."""
    ada = person({"user_id": "u-1", "email": expected})
    for any_case in (False, True):
        how = response(mapping(), same_person=same_person(any_case=any_case))
        values = ReferenceValues(ada, {})
        if any_case and differs:
            proof = verify_response(how, values, answer({"email": found})).proof
            assert proof
            assert proof.found == found
            continue
        with pytest.raises(PlanningError) as caught:
            verify_response(how, values, answer({"email": found}))
        assert ("case: any" in caught.value.hint) is (differs and not any_case)

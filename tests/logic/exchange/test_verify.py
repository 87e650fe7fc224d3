"""The checks before any mapping: which answers may be used, and for whom."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.exchange.verify import ReferenceValues, VerifiedResponse, verify_response
from cactions.logic.expressions.json_path import parse_path
from cactions.model import (
    ABSENT,
    ActionResponse,
    BodyCheck,
    FailureReason,
    Input,
    Json,
    Person,
    PersonAttribute,
    PlanningError,
    Proof,
    Response,
    Success,
)
from tests.builders import (
    EMAIL,
    USER_ID,
    about_ada,
    answer,
    mapping,
    person,
    response,
    rows,
    same_person,
)

ADA = person()


def checked(
    how: ActionResponse, of: Response, who: Person = ADA, **inputs: Any
) -> VerifiedResponse:
    """The answer, checked for Ada."""
    return verify_response(how, ReferenceValues(who, inputs), of)


def refused(how: ActionResponse, of: Response, who: Person = ADA, **inputs: Any) -> PlanningError:
    """Why the answer may not be used; always with a next step."""
    with pytest.raises(PlanningError) as caught:
        checked(how, of, who, **inputs)
    assert caught.value.hint.endswith(".")
    return caught.value


def body_check(path: str, equals: Json) -> Success:
    """A success that hangs on one value of the body."""
    return Success(body=(BodyCheck(parse_path(path), equals),))


def test_an_answer_about_the_person_is_verified_with_both_sides() -> None:
    """The proof is there for the reader to see."""
    how = response(mapping(), same_person=same_person(verified="the shop confirms addresses"))
    proof = Proof(
        "$.email",
        "person.email",
        "ada@example.com",
        "ada@EXAMPLE.com",
        verified="the shop confirms addresses",
    )
    assert VerifiedResponse({"email": "ada@EXAMPLE.com"}, proof) == checked(
        how, answer({"email": "ada@EXAMPLE.com"})
    )


@pytest.mark.parametrize("status", [0, 100, 201, 204, 301, 302, 400, 401, 403, 404, 429, 500, 503])
def test_another_status_is_no_success(status: int) -> None:
    """Whatever the body says; the message names both."""
    error = refused(response(mapping()), Response(status, body=about_ada().body))
    assert error.reason is FailureReason.NOT_SUCCESS
    assert f"status {status}, not 200" in str(error)


def test_every_listed_status_is_a_success() -> None:
    """And the message lists them all."""
    how = response(mapping(), success_when=Success((200, 201)))
    assert checked(how, Response(201, body=about_ada().body)).proof
    assert "not 200 or 201" in str(refused(how, answer(status=202)))


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (401, "token"),
        (403, "token"),
        (404, "does not know"),
        (429, "later"),
        (299, "success_when"),
        (300, "Redirects"),
        (399, "Redirects"),
        (400, "success_when"),
    ],
)
def test_a_status_comes_with_the_next_step(status: int, word: str) -> None:
    """The usual ones mean the usual things."""
    assert word in refused(response(mapping()), Response(status)).hint


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://login.shop.example/start?next=/customers/u-1", "login.shop.example"),
        ("//other.example/", "other.example"),
        ("/login", ""),
        ("http://[half", ""),
    ],
)
def test_a_redirect_is_not_followed_and_names_its_host_alone(location: str, host: str) -> None:
    """The rest of a target may hold what nobody should see."""
    error = refused(response(mapping()), Response(302, (("LOCATION", location),)))
    assert ("leads to" in error.hint) is bool(host)
    assert host in error.hint
    assert "u-1" not in error.hint


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b'{"a":1,"a":2}', b"NaN", b"\xff", b"[" * 100_000]
)
def test_what_is_not_strict_json_is_not_read(body: bytes) -> None:
    """Status 200 or not."""
    assert refused(response(mapping()), answer(body)).reason is FailureReason.NOT_JSON


def test_a_body_that_nobody_reads_may_be_anything() -> None:
    """An action that maps nothing and checks nothing asks for the status alone."""
    assert VerifiedResponse(None, None) == checked(ActionResponse(), answer(b"OK"))


@pytest.mark.parametrize(
    "how",
    [
        ActionResponse(mapping=(mapping(),)),
        ActionResponse(same_person=same_person()),
        ActionResponse(rows=rows("$[*]")),
        ActionResponse(success_when=body_check("$.ok", equals=True)),
    ],
)
def test_a_body_that_somebody_reads_must_be_json(how: ActionResponse) -> None:
    """Each reader alone is enough."""
    assert refused(how, answer(b"OK")).reason is FailureReason.NOT_JSON


@pytest.mark.parametrize("found", [False, 1, "true", None, "canary", {}])
def test_a_check_of_the_body_is_strict(found: Json) -> None:
    """1 is not true; and the message says what was wanted, not what came."""
    error = refused(response(success_when=body_check("$.ok", equals=True)), about_ada(ok=found))
    assert error.reason is FailureReason.NOT_SUCCESS
    assert str(error) == "$.ok is not true"
    assert checked(response(success_when=body_check("$.ok", equals=True)), about_ada(ok=True))


def test_a_check_of_the_body_fails_where_nothing_is() -> None:
    """Absent is not null."""
    how = response(success_when=body_check("$.error", equals=None))
    assert refused(how, about_ada()).reason is FailureReason.NOT_SUCCESS
    assert checked(how, about_ada(error=None))


ROW = {"email": "ada@example.com", "customer": "u-1", "tier": "gold"}
OTHER = {"email": "eve@example.com", "customer": "u-2", "tier": "wood"}
BY_CUSTOMER = rows("$.data[*]", customer=USER_ID)


@pytest.mark.parametrize("data", [[ROW], [OTHER, ROW], [ROW, OTHER], [None, 1, [], {}, ROW, OTHER]])
def test_the_one_row_that_fits_is_the_root(data: Json) -> None:
    """Wherever it stands, and whatever stands beside it."""
    verified = checked(response(mapping(), rows=BY_CUSTOMER), answer({"data": data}))
    assert ROW == verified.root
    assert verified.proof


@pytest.mark.parametrize(
    ("data", "counts"),
    [
        ([], "0 of 0"),
        (None, "0 of 0"),
        ({"0": ROW}, "0 of 0"),
        ([OTHER], "0 of 1"),
        ([{"customer": None}, {}, 1], "0 of 3"),
    ],
)
def test_no_row_is_no_plan(data: Json, counts: str) -> None:
    """The counts say how near it was."""
    error = refused(response(mapping(), rows=BY_CUSTOMER), answer({"data": data}))
    assert error.reason is FailureReason.NO_ROW
    assert counts in str(error)


@pytest.mark.parametrize("data", [[ROW, ROW], [ROW, OTHER, {**ROW, "tier": "silver"}]])
def test_more_than_one_row_is_no_plan(data: Json) -> None:
    """Never the first, not even of two that are the same."""
    error = refused(response(mapping(), rows=BY_CUSTOMER), answer({"data": data}))
    assert error.reason is FailureReason.MANY_ROWS
    assert f"2 of {len(data) if isinstance(data, list) else 0}" in str(error)


def test_without_a_condition_the_only_row_is_meant() -> None:
    """And nothing says so where there are two."""
    how = response(mapping(), rows=rows("$[*]"))
    assert ROW == checked(how, answer([ROW])).root
    assert refused(how, answer([ROW, OTHER])).reason is FailureReason.MANY_ROWS


def test_every_condition_of_a_row_must_hold() -> None:
    """An input counts like a field; a number and its text are the same."""
    how = response(mapping(), rows=rows("$[*]", customer=USER_ID, order=Input("order_id")))
    orders = [{**ROW, "order": 7}, {**ROW, "order": 8}, {**OTHER, "order": 7}]
    assert {**ROW, "order": 7} == checked(how, answer(orders), order_id="7").root
    assert refused(how, answer(orders), order_id="9").reason is FailureReason.NO_ROW
    assert refused(how, answer(orders)).reason is FailureReason.NO_ROW


def test_a_person_without_the_value_has_no_row() -> None:
    """Null in the answer is not theirs."""
    nobody = person({"email": "ada@example.com"})
    data = {"data": [{"email": "ada@example.com", "customer": None}, {"email": "ada@example.com"}]}
    error = refused(response(mapping(), rows=BY_CUSTOMER), answer(data), nobody)
    assert error.reason is FailureReason.NO_ROW


def test_somebody_elses_answer_is_refused_with_both_values() -> None:
    """They are in the proof, and the message holds neither."""
    error = refused(response(mapping()), answer({"email": "eve@example.com"}))
    assert error.reason is FailureReason.NOT_SAME_PERSON
    assert Proof("$.email", "person.email", "ada@example.com", "eve@example.com") == error.proof
    assert str(error) == "$.email is not person.email: the response is about another person"
    assert "@" not in error.hint


@pytest.mark.parametrize(
    ("body", "found"), [({}, ABSENT), ({"email": None}, None), ({"email": ""}, ""), ([], ABSENT)]
)
def test_an_answer_that_names_nobody_is_refused(body: Json, found: Json) -> None:
    """The proof says what was found, and that may be nothing."""
    error = refused(response(mapping()), answer(body))
    assert error.reason is FailureReason.NOT_SAME_PERSON
    assert Proof("$.email", "person.email", "ada@example.com", found) == error.proof
    assert "missing or empty in the answer" in str(error)


def test_without_same_person_there_is_no_proof() -> None:
    """The rules say what that means; a plan says it by having none."""
    body: Json = {"email": "eve@example.com"}
    assert VerifiedResponse(body, None) == checked(
        response(mapping(), same_person=None), answer(body)
    )


@pytest.mark.parametrize("body", [{}, {"email": None}, {"email": ""}, {"email": "eve@example.com"}])
def test_a_person_without_the_value_can_prove_nothing(body: Json) -> None:
    """Two nothings are not the same person."""
    error = refused(response(mapping()), answer(body), person({}))
    assert error.reason is FailureReason.NOT_SAME_PERSON
    assert "person.email is empty" in str(error)


@pytest.mark.parametrize(
    ("how", "hidden"),
    [
        (response(mapping()), False),
        (response(mapping(), same_person=same_person(redacted=True)), True),
        (response(mapping(path="$['email']", redacted=True)), True),
        (response(mapping(path="$.email")), False),
        (response(mapping(path="$.email.domain", redacted=True)), True),
        (response(mapping(path="$.mail", redacted=True)), False),
        (
            response(
                mapping("ssn", redacted=True),
                same_person=same_person("$.number", PersonAttribute("ssn")),
            ),
            True,
        ),
    ],
)
def test_a_proof_is_redacted_where_either_side_is(how: ActionResponse, hidden: bool) -> None:
    """By its own word, or because a mapping hides the path, a part of it, or the attribute."""
    proof = refused(how, answer({"email": "eve@example.com"})).proof
    assert proof
    assert proof.redacted is hidden


@given(st.binary(), st.integers(100, 599))
def test_no_answer_is_used_unless_it_is_about_the_person(body: bytes, status: int) -> None:
    """Whatever bytes come, nothing but PlanningError is raised."""
    how = response(mapping(), rows=rows("$[*]", email=EMAIL))
    assert refused(how, Response(status, body=body))


TOLD = "tok-7d1f-e02a-9b2c"
QUOTED = f'"{TOLD}"'
BODIES = (
    f"<p>{TOLD}", TOLD, f"{{{QUOTED}: 1, {QUOTED}: 2}}", f"[{QUOTED}", f"{{{QUOTED}: NaN}}",
    f"{{{QUOTED}: 1}} {TOLD}", f"{{{QUOTED}}}", f'"{TOLD}\n"', f'"{TOLD}\\x"', f'"{TOLD}\\ud800"',
    f"[{'9' * 700}, {QUOTED}]", f"\ufeff{TOLD}", f'{{"email": {QUOTED}}}', f'{{"ok": {QUOTED}}}',
    f'{{"rows": [{QUOTED}, {{"email": {QUOTED}}}]}}', f"{{{QUOTED}: {{{QUOTED}: []}}}}", "{}",
)  # fmt: skip


@pytest.mark.parametrize("status", [200, 301, 404, 500])
@pytest.mark.parametrize("body", BODIES)
def test_no_refusal_quotes_a_body_a_key_or_a_header(body: str, status: int) -> None:
    """Whatever is wrong with an answer, and before anybody has cleaned it."""
    headers = (("X-Echo", TOLD), (TOLD, "1"), ("Location", f"/{TOLD}"), ("Retry-After", TOLD))
    hows = (
        response(mapping(), same_person=same_person()),
        response(mapping(), success_when=body_check("$.ok", True)),
        response(mapping(), success_when=Success(headers=(("x-echo", "right"),))),
        response(mapping(), rows=rows("$.rows[*]"), same_person=same_person()),
    )
    for how in hows:
        for data in (body.encode(), body.encode("utf-16"), body.encode()[:-1] + b"\xff"):
            assert TOLD[:4] not in said(how, Response(status, headers, data))


def said(how: ActionResponse, of: Response) -> str:
    """All that is said of an answer that may not be used."""
    try:
        checked(how, of)
    except PlanningError as error:
        return f"{error} {error.hint} {error!r}"
    return ""

"""The checks before any mapping: which answers may be used, and for which person."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.exchange.verify import VerifiedResponse, verify_response
from cactions.logic.expressions.json_path import parse_path
from cactions.model import (
    ABSENT,
    ActionResponse,
    BodyCheck,
    FailureReason,
    Input,
    Json,
    Order,
    Person,
    PersonAttribute,
    PlanningError,
    Proof,
    Response,
    RowOrder,
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
    """A success that depends on one value of the body."""
    return Success(body=(BodyCheck(parse_path(path), equals),))


def test_a_verified_answer_holds_both_identity_values() -> None:
    """The user can see the proof."""
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
def test_an_unlisted_status_is_a_failure(status: int) -> None:
    """Whatever the body is; the message names both statuses."""
    error = refused(response(mapping()), Response(status, body=about_ada().body))
    assert error.reason is FailureReason.NOT_SUCCESS
    assert f"status {status}, not 200" in str(error)


def test_every_listed_status_is_a_success() -> None:
    """And the message lists them all."""
    how = response(mapping(), success_when=Success((200, 201)))
    assert checked(how, Response(201, body=about_ada().body)).proof
    assert "not 200 or 201" in str(refused(how, answer(status=202)))


@pytest.mark.parametrize(
    ("headers", "succeeds"),
    [
        ([("X-Result", "done")], True),
        ([("x-result", "failed"), ("X-RESULT", "done")], True),
        ([("X-Result", "Done")], False),
        ([("X-Other", "done")], False),
        ([], False),
    ],
)
def test_a_header_that_is_asked_for_makes_a_success(
    headers: list[tuple[str, str]], succeeds: bool
) -> None:
    """With exactly this value, under the name in any case."""
    how = response(mapping(), success_when=Success(headers=(("X-Result", "done"),)))
    came = Response(200, tuple(headers), about_ada(tier="gold").body)
    if succeeds:
        assert "ada@example.com" in str(checked(how, came).root)
    else:
        error = refused(how, came)
        assert FailureReason.NOT_SUCCESS is error.reason
        assert "X-Result" in str(error)


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
        (499, "success_when"),
        (500, "trouble of its own"),
        (599, "trouble of its own"),
    ],
)
def test_a_failure_status_has_a_next_step(status: int, word: str) -> None:
    """Common statuses have their common meaning."""
    assert word in refused(response(mapping()), Response(status)).hint


@pytest.mark.parametrize("status", [401, 403])
def test_a_denial_of_a_request_without_a_token_says_so(status: int) -> None:
    """With how one is attached; a request that has one is told to look at it."""
    how = response(mapping())
    for has_credential in (True, False):
        with pytest.raises(PlanningError) as caught:
            verify_response(
                how, ReferenceValues(ADA, {}), answer({}, status), has_credential=has_credential
            )
        assert has_credential != str(caught.value).endswith("; the request carried no token")
        assert has_credential != ("tokens: [NAME]" in caught.value.hint)


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://login.shop.example/start?next=/customers/u-1", "login.shop.example"),
        ("//other.example/", "other.example"),
        ("/login", ""),
        ("http://[half", ""),
    ],
)
def test_a_redirect_is_refused_and_shows_only_its_host(location: str, host: str) -> None:
    """The rest of the target may be confidential."""
    error = refused(response(mapping()), Response(302, (("LOCATION", location),)))
    assert ("leads to" in error.hint) is bool(host)
    assert host in error.hint
    assert "u-1" not in error.hint


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b'{"a":1,"a":2}', b"[NaN", b"\xff", b"[" * 100_000]
)
def test_a_body_that_is_not_strict_json_is_refused(body: bytes) -> None:
    """Even with status 200."""
    assert refused(response(mapping()), answer(body)).reason is FailureReason.NOT_JSON


def test_a_body_that_is_not_used_may_be_anything() -> None:
    """An action without mappings and body checks needs only the status."""
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
def test_a_body_that_is_used_must_be_json(how: ActionResponse) -> None:
    """Each use alone is enough."""
    assert refused(how, answer(b"OK")).reason is FailureReason.NOT_JSON


@pytest.mark.parametrize("found", [False, 1, "true", None, "canary", {}])
def test_a_body_check_compares_strictly(found: Json) -> None:
    """1 is not true; the message names the expected value, not the received one."""
    error = refused(response(success_when=body_check("$.ok", equals=True)), about_ada(ok=found))
    assert error.reason is FailureReason.NOT_SUCCESS
    assert str(error) == "$.ok is not true"
    assert checked(response(success_when=body_check("$.ok", equals=True)), about_ada(ok=True))


def test_a_body_check_fails_if_the_value_is_missing() -> None:
    """Absent is not null."""
    how = response(success_when=body_check("$.error", equals=None))
    assert refused(how, about_ada()).reason is FailureReason.NOT_SUCCESS
    assert checked(how, about_ada(error=None))


ROW = {"email": "ada@example.com", "customer": "u-1", "tier": "gold"}
OTHER = {"email": "eve@example.com", "customer": "u-2", "tier": "wood"}
BY_CUSTOMER = rows("$.data[*]", customer=USER_ID)


@pytest.mark.parametrize("data", [[ROW], [OTHER, ROW], [ROW, OTHER], [None, 1, [], {}, ROW, OTHER]])
def test_the_only_matching_row_is_the_root(data: Json) -> None:
    """At any position, with any other rows."""
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
def test_an_answer_without_a_matching_row_is_refused(data: Json, counts: str) -> None:
    """The message says how many rows met each condition."""
    error = refused(response(mapping(), rows=BY_CUSTOMER), answer({"data": data}))
    assert error.reason is FailureReason.NO_ROW
    assert counts in str(error)


@pytest.mark.parametrize("data", [[ROW, ROW], [ROW, OTHER, {**ROW, "tier": "silver"}]])
def test_an_answer_with_several_matching_rows_is_refused(data: Json) -> None:
    """The first row is never chosen, not even of two equal rows."""
    error = refused(response(mapping(), rows=BY_CUSTOMER), answer({"data": data}))
    assert error.reason is FailureReason.MANY_ROWS
    assert f"2 of {len(data) if isinstance(data, list) else 0}" in str(error)


def test_a_tie_of_an_order_is_named_as_one() -> None:
    """Not as rows that fit: their place in the order is what does not tell them apart."""
    newest = RowOrder(Order.LAST, parse_path("$.at"))
    how = response(mapping(), rows=replace(rows("$[*]"), order=newest))
    first, last = {**ROW, "at": 1}, {**ROW, "at": 2}
    assert last == checked(how, answer([first, last])).root
    error = refused(how, answer([first, last, last]))
    assert error.reason is FailureReason.MANY_ROWS
    assert f"2 rows at $[*] are equally the {Order.LAST.value}" == str(error)


def test_without_a_condition_exactly_one_row_is_needed() -> None:
    """Two rows are an error."""
    how = response(mapping(), rows=rows("$[*]"))
    assert ROW == checked(how, answer([ROW])).root
    assert refused(how, answer([ROW, OTHER])).reason is FailureReason.MANY_ROWS


def test_every_condition_of_a_row_must_hold() -> None:
    """An input counts like a field; a number and its text are equal."""
    how = response(mapping(), rows=rows("$[*]", customer=USER_ID, order=Input("order_id")))
    orders = [{**ROW, "order": 7}, {**ROW, "order": 8}, {**OTHER, "order": 7}]
    assert {**ROW, "order": 7} == checked(how, answer(orders), order_id="7").root
    assert refused(how, answer(orders), order_id="9").reason is FailureReason.NO_ROW
    assert refused(how, answer(orders)).reason is FailureReason.NO_ROW


def test_a_person_without_the_value_matches_no_row() -> None:
    """Null in the answer does not match it."""
    without_id = person({"email": "ada@example.com"})
    data = {"data": [{"email": "ada@example.com", "customer": None}, {"email": "ada@example.com"}]}
    error = refused(response(mapping(), rows=BY_CUSTOMER), answer(data), without_id)
    assert error.reason is FailureReason.NO_ROW


def test_an_answer_about_another_person_is_refused() -> None:
    """Both values are in the proof, and the message holds neither."""
    error = refused(response(mapping()), answer({"email": "eve@example.com"}))
    assert error.reason is FailureReason.NOT_SAME_PERSON
    assert Proof("$.email", "person.email", "ada@example.com", "eve@example.com") == error.proof
    assert str(error) == "$.email is not person.email: the response is about another person"
    assert "@" not in error.hint


@pytest.mark.parametrize(
    ("body", "found"), [({}, ABSENT), ({"email": None}, None), ({"email": ""}, ""), ([], ABSENT)]
)
def test_an_answer_without_an_identity_is_refused(body: Json, found: Json) -> None:
    """The proof says what was found, which may be nothing."""
    error = refused(response(mapping()), answer(body))
    assert error.reason is FailureReason.NOT_SAME_PERSON
    assert Proof("$.email", "person.email", "ada@example.com", found) == error.proof
    assert "missing or empty in the answer" in str(error)


def test_without_same_person_there_is_no_proof() -> None:
    """The rules report this; the plan has no proof."""
    body: Json = {"email": "eve@example.com"}
    assert VerifiedResponse(body, None) == checked(
        response(mapping(), same_person=None), answer(body)
    )


@pytest.mark.parametrize("body", [{}, {"email": None}, {"email": ""}, {"email": "eve@example.com"}])
def test_a_person_without_the_value_cannot_be_verified(body: Json) -> None:
    """Two missing values are not the same person."""
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
def test_an_identity_check_is_redacted_if_either_side_is(how: ActionResponse, hidden: bool) -> None:
    """By its own setting, or because a mapping redacts the path, a part of it, or the attribute."""
    proof = refused(how, answer({"email": "eve@example.com"})).proof
    assert proof
    assert proof.redacted is hidden


@given(st.binary(), st.integers(100, 599))
def test_only_an_answer_about_the_person_is_used(body: bytes, status: int) -> None:
    """For any bytes, no exception but PlanningError is raised."""
    how = response(mapping(), rows=rows("$[*]", email=EMAIL))
    assert refused(how, Response(status, body=body))


ECHO = "tok-7d1f-e02a-9b2c"
QUOTED = f'"{ECHO}"'
BODIES = (
    f"<p>{ECHO}", ECHO, f"{{{QUOTED}: 1, {QUOTED}: 2}}", f"[{QUOTED}", f"{{{QUOTED}: NaN}}",
    f"{{{QUOTED}: 1}} {ECHO}", f"{{{QUOTED}}}", f'"{ECHO}\n"', f'"{ECHO}\\x"', f'"{ECHO}\\ud800"',
    f"[{'9' * 700}, {QUOTED}]", f"\ufeff{ECHO}", f'{{"email": {QUOTED}}}', f'{{"ok": {QUOTED}}}',
    f'{{"rows": [{QUOTED}, {{"email": {QUOTED}}}]}}', f"{{{QUOTED}: {{{QUOTED}: []}}}}", "{}",
)  # fmt: skip


@pytest.mark.parametrize("status", [200, 301, 404, 500])
@pytest.mark.parametrize("body", BODIES)
def test_no_refusal_quotes_a_body_a_key_or_a_header(body: str, status: int) -> None:
    """For any invalid answer, even before secrets are removed from it."""
    headers = (
        ("X-Echo", ECHO),
        (ECHO, "1"),
        ("Location", f"/{ECHO}"),
        ("Retry-After", ECHO),
    )
    hows = (
        response(mapping(), same_person=same_person()),
        response(mapping(), success_when=body_check("$.ok", True)),
        response(mapping(), success_when=Success(headers=(("x-echo", "right"),))),
        response(mapping(), rows=rows("$.rows[*]"), same_person=same_person()),
    )
    for how in hows:
        for data in (body.encode(), body.encode("utf-16"), body.encode()[:-1] + b"\xff"):
            assert ECHO[:4] not in said(how, Response(status, headers, data))


def said(how: ActionResponse, of: Response) -> str:
    """All texts about an answer that may not be used."""
    try:
        checked(how, of)
    except PlanningError as error:
        return f"{error} {error.hint} {error!r}"
    return ""

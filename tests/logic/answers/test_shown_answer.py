"""What of an answer is shown: pretty and cut, and nothing of secrets or of other people."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.answers.other_people import HIDDEN
from cactions.logic.answers.shown_answer import show_answer, show_token_answer
from cactions.logic.request.call import CallSpec
from cactions.model import MASK, Action, Json, PersonAttribute, PersonField, Response
from tests.builders import USER_ID, about_ada, action, answer, mapping, person, rows, same_person
from tests.encodings import PRINTED
from tests.strategies import JSON_VALUES

CANARY = "canary-77ab-of-ada"
OTHER = "eve@other.example"


def spec(of: Action | None = None, **attributes: Json) -> CallSpec:
    return CallSpec(of or action(mapping()), person(**attributes), {})


def shown(response: Response, of: Action | None = None, *, others: bool = False) -> str:
    return "\n".join(show_answer(spec(of), response, others=others).lines)


def document_of(response: Response, of: Action | None = None, *, others: bool = False) -> Any:
    return json.loads(shown(response, of, others=others))


def test_an_answer_is_pretty_and_complete() -> None:
    """With its status, type and size."""
    response = about_ada(tier="gold", points=3, none=None, yes=True)
    response = replace(response, headers=(("Content-Type", "Application/JSON; charset=utf-8"),))
    found = show_answer(spec(), response)
    assert (200, "application/json", len(response.body)) == (found.status, found.kind, found.size)
    expected = {"email": "ada@example.com", "tier": "gold", "points": 3, "none": None, "yes": True}
    assert expected == json.loads("\n".join(found.lines))
    assert "{" == found.lines[0]
    assert not found.hides_people


def test_long_answers_are_cut_and_say_so() -> None:
    """Texts, lists, objects and the whole."""
    found = document_of(about_ada(text="x " * 500, rows=[*range(9)]))
    assert found["text"].endswith("… (1,000 characters)")
    assert [0, 1, 2, 3, 4, "… and 4 more"] == found["rows"]
    many = show_answer(spec(), about_ada(**{f"k{n}": {"a": [n]} for n in range(49)}))
    assert 61 == len(many.lines)
    assert "more lines" in many.lines[-1]
    wide = document_of(about_ada(inner=[{f"k{n}": n for n in range(51)}]), others=True)
    assert "and 1 more members" == wide["inner"][0]["…"]
    assert ["(too long to be shown)"] == [*show_answer(spec(), answer(b"x" * 3_000_000)).lines]


# Secrets of the service itself, and redacted values


@pytest.mark.parametrize(
    "members",
    [
        {"api_key": CANARY}, {"password": CANARY}, {"auth": {"value": CANARY}},
        {"session": [CANARY]}, {"note": f"Authorization: Bearer {CANARY}"},
        {"deep": [{"refresh_token": {"a": {"b": CANARY}}}]}, {"pin_secret": 48151623},
        {"url": "https://x.example/?k=sk_live_4eC39HqLyjWDarjtT1zdp7dc"},
    ],
    ids=lambda members: next(iter(members)),
)  # fmt: skip
@pytest.mark.parametrize("others", [False, True])
def test_credentials_of_the_service_are_dots(members: dict[str, Json], others: bool) -> None:
    """By their names, at any depth, and by their looks."""
    text = shown(about_ada(**members), others=others)
    assert MASK in text
    assert not [part for part in (CANARY, "48151623", "sk_live") if part in text]


@pytest.mark.parametrize("others", [False, True])
def test_redacted_values_are_dots_wherever_they_stand(others: bool) -> None:
    """Those of a mapping, of the proof and of the person, also as keys and as numbers."""
    found = action(
        mapping("pin", redacted=True), mapping("amount", "integer", redacted=True),
        same_person=same_person("$.owner.mail", redacted=True),
    )  # fmt: skip
    found = replace(found, redacted=frozenset({PersonAttribute("iban"), PersonField("name")}))
    body = {
        "pin": CANARY, "echo": f"it is {CANARY}.", CANARY: 1, "amount": 90210, "again": [90210],
        "owner": {"mail": "ada@example.com"}, "iban": "DE1234", "who": "Ada", "list": [{"pin": 7}],
    }  # fmt: skip
    found_spec = CallSpec(found, person(iban="DE1234"), {})
    text = "\n".join(show_answer(found_spec, answer(body), others=others).lines)
    assert not [part for part in (CANARY, "90210", "ada@", "DE1234", "Ada") if part in text]
    plain = answer(f"pin={CANARY}".encode())
    assert CANARY not in "\n".join(show_answer(found_spec, plain, others=others).lines)


@given(JSON_VALUES, st.sampled_from(["a", "token", "Ω"]))
def test_a_redacted_value_is_never_shown(around: Json, name: str) -> None:
    """Whatever stands beside it."""
    found = action(mapping("pin", redacted=True))
    body: Json = {"email": "ada@example.com", "pin": CANARY, name: around, "x": [f"<{CANARY}>"]}
    for others in (False, True):
        assert CANARY not in shown(answer(body), found, others=others)


def test_headers_are_shown_only_where_they_decide() -> None:
    """Others may hold cookies."""
    found = action(mapping())
    success = replace(found.response.success_when, headers=(("X-State", "ok"),))
    found = replace(found, response=replace(found.response, success_when=success))
    response = answer({}, **{"X-State": "failed", "Set-Cookie": CANARY})
    lines = show_answer(spec(found), response).lines
    assert "X-State: failed" == lines[0]
    assert CANARY not in "\n".join(lines)


# Other people

ROW = {"email": "ada@example.com", "user_id": "u-1", "tier": "gold"}
FOREIGN = {"email": OTHER, "user_id": "u-2", "tier": "eve's tier"}


@pytest.mark.parametrize(
    ("body", "of"),
    [
        (FOREIGN, action(mapping())),
        ({"data": [ROW, FOREIGN]}, action(mapping(), rows=rows("$.data[*]", user_id=USER_ID))),
        ({"data": [FOREIGN]}, action(mapping(), rows=rows("$.data[*]", user_id=USER_ID))),
        ({"data": [ROW, ROW, FOREIGN]}, action(mapping(), rows=rows("$.data[*]", tier=USER_ID))),
        ({**ROW, "family": [FOREIGN, {"a": FOREIGN}]}, action(mapping())),
        ({**ROW, "friends": [OTHER, "u-1"], "eve's tier": None}, action(mapping())),
        ({"results": [ROW, FOREIGN]}, action(mapping())),
        (FOREIGN, action(mapping(), same_person=None)),
        ({"user_id": "u-2", "name": OTHER}, action(mapping(), same_person=same_person(
            "$.user_id", USER_ID))),
    ],
)  # fmt: skip
def test_other_people_are_hidden_unless_asked_for(body: Json, of: Action) -> None:
    """A failed proof, rows of others, and objects with the address of another person."""
    found = show_answer(spec(of), answer(body))
    text = "\n".join(found.lines)
    assert (True, True) == (HIDDEN in text, found.hides_people)
    assert OTHER not in text
    asked = show_answer(spec(of), answer(body), others=True)
    assert (False, True) == (asked.hides_people, OTHER in "\n".join(asked.lines))


def test_several_rows_of_the_matched_person_are_shown() -> None:
    """They are what `rows.where` must tell apart; without it, no row is known to be theirs."""
    of = action(mapping(), rows=rows("$.data[*]", user_id=USER_ID))
    two: Json = {"data": [ROW, {**ROW, "tier": "silver"}, FOREIGN]}
    tiers = [row["tier"] for row in document_of(answer(two), of)["data"]]
    assert ["gold", "silver", HIDDEN] == tiers
    unfiltered = action(mapping(), rows=rows("$.data[*]"))
    assert {HIDDEN} == {row["tier"] for row in document_of(answer(two), unfiltered)["data"]}


def test_the_names_of_members_stay() -> None:
    """They are what a path needs; but not where a name may be a value."""
    body: Json = {"email": OTHER, "orders": [{"id": 1}], "by": {OTHER: 1}, "none": None}
    expected = {"email": HIDDEN, "orders": [{"id": HIDDEN}], "by": {"*": HIDDEN}, "none": None}
    assert expected == document_of(answer(body))


def test_the_matched_person_is_shown() -> None:
    """Their own row, the object with their proof, and addresses in other capitals."""
    of = action(mapping(), rows=rows("$.data[*]", user_id=USER_ID))
    assert ROW == document_of(answer({"data": [FOREIGN, ROW]}), of)["data"][1]
    by_id = action(mapping(), same_person=same_person("$.user_id", USER_ID))
    moved: Json = {"user_id": "u-1", "email": "ada@new.example", "tier": "gold"}
    assert moved == document_of(answer(moved), by_id)
    capitals: Json = {"email": "ADA@example.com"}
    none = action(mapping(), same_person=None)
    assert capitals == document_of(answer(capitals), none)


def test_addresses_in_plain_text_are_hidden() -> None:
    """It cannot be marked in another way."""
    page = f"<html>\n<p>{OTHER} and ada@example.com</p>".encode()
    assert f"<html>\n<p>{HIDDEN} and ada@example.com</p>" == shown(answer(page))
    assert OTHER in shown(answer(page), others=True)


@given(JSON_VALUES)
def test_a_foreign_answer_shows_no_value(body: Json) -> None:
    """Whatever is in it: the proof fails."""
    wrapped: Json = {"email": OTHER, "body": body, "tail": CANARY}
    text = shown(answer(wrapped))
    assert OTHER not in text
    assert CANARY not in text


# Bodies of any kind


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"", ["(empty)"]), (b"\xff\xfe\x00" * 50, ["(not text)"]), (b" \n a \n\n b", [" a ", " b"])],
)
def test_bodies_that_are_no_json(body: bytes, expected: list[str]) -> None:
    """Text line by line; of other bytes, that they are some."""
    assert expected == [*show_answer(spec(), answer(body)).lines]


@given(st.binary(max_size=300))
def test_any_bytes_give_lines(body: bytes) -> None:
    """Never an error; the view escapes what a terminal would obey."""
    for others in (False, True):
        assert show_answer(spec(), answer(body), others=others).lines
    assert show_token_answer(answer(body)).lines


def test_the_work_is_linear() -> None:
    """Also for bodies that were made to be slow."""
    start = time.process_time()
    for part in (b"a", b"a@", b"a.b@", b"A1b2", b"token:", b'"', b"\n"):
        show_answer(spec(), answer(b'{"a":"' + part * 200_000))
        show_answer(spec(), answer(b'{"a":"' + part * 200_000 + b'"}'))
    for body in (b"a" * 1_000_000, b"a@b.c " * 100_000):
        show_answer(spec(), answer(body))
    assert time.process_time() - start < 10


# Answers that a token comes in


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": CANARY}, {"data": {"jwt": CANARY}}, [CANARY], CANARY,
        {f"{CANARY}-{CANARY}": 1},
        {"message": f"here it is: {CANARY}{CANARY}"}, {"value": 48151623424816},
        {"token_type": CANARY * 9}, {"scope": f"a {CANARY}x{CANARY}"}, {"error": [CANARY]},
        {"error": CANARY}, {"detail": f"no {CANARY} is known"}, {"error": {CANARY * 2: CANARY}},
    ],
)  # fmt: skip
def test_no_token_is_shown(body: Json) -> None:
    """Wherever it stands: the path to it is what may be wrong."""
    text = "\n".join(show_token_answer(answer(body)).lines)
    assert CANARY not in text
    assert "48151623424816" not in text


@pytest.mark.parametrize("name", PRINTED)
def test_no_encoded_token_is_shown(name: str) -> None:
    """In no encoding."""
    token = PRINTED[name]("fetched/canary+9b2c'\"&<%y~").decode()
    text = "\n".join(show_token_answer(answer({"data": token, "error": token})).lines)
    assert token not in json.loads(text).values()
    assert token not in "\n".join(show_token_answer(answer(token.encode())).lines)


def test_what_explains_a_missing_token_is_shown() -> None:
    """The names, the kind, the lifetime and the reason."""
    body: Json = {"error": "invalid_client", "message": "The client is unknown.",
                  "expires_in": 3600, "token_type": "Bearer", "data": {"jwt": CANARY}}  # fmt: skip
    found = json.loads("\n".join(show_token_answer(answer(body)).lines))
    assert {**body, "data": {"jwt": MASK}} == found  # type: ignore[dict-item]

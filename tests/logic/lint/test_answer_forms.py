"""The leak analysis sees every path of the forms in which an answer is read."""

from __future__ import annotations

from typing import Any

import pytest

from cactions.model import Severity
from tests.definitions import TIER, action, file, request, response
from tests.lint_results import linted

PROOF = {"path": "$.email", "equals": "person.email", "verified": "the shop confirms it"}
NESTED = {**PROOF, "path": "$.customer.email"}
NOTE = {"data_type": "string", "messenger_writable": False}
OWN = "https://api.shop.example/customers/{{ person.user_id }}"
KEY = "https://api.shop.example/orders/{{ inputs.order_id }}"
ORDER = {"name": "order_id", "type": "string", "required": True}
ATTRIBUTES = {
    "tier": TIER,
    "note": NOTE,
    "n": {"data_type": "integer", "messenger_writable": False},
    "typed": {"data_type": "string"},
}


def rules(mapping: dict[str, Any], proof: dict[str, Any] = PROOF, **rest: Any) -> set[str]:
    """The errors and warnings, for a request by the person's own id."""
    url = rest.pop("url", OWN)
    inputs = {"data_inputs": [ORDER]} if "inputs." in url else {}
    read = {**response(proof, mapping), **rest}
    text = file(action(request(url), read, **inputs), attributes=ATTRIBUTES, verification="jwt")
    found = linted(text).findings
    return {each.rule for each in found if each.severity is not Severity.INFO}


def one(path: str, **rest: Any) -> dict[str, Any]:
    return {"note": {"max_length": 40, "path": path, **rest}}


FORMS: list[tuple[str, dict[str, Any]]] = [
    ("in", {"note": {"in": "$.customers[*]", "is": {"$.k": 1}, "path": "$.name", "max_length": 9}}),
    ("join", one("$.customers[*].name", join=", ")),
    ("count", {"n": {"count": "$.customers[*]"}}),
    ("sum", {"n": {"sum": "$.customers[*].points"}}),
]


@pytest.mark.parametrize(("name", "mapping"), FORMS)
def test_elements_of_another_list_are_found(name: str, mapping: dict[str, Any]) -> None:
    """As one that is taken by its number is: the proof stands beside the list."""
    assert "CA107" in rules(mapping, NESTED), name
    assert "CA107" in rules(one("$.customers[0].name"), NESTED)


@pytest.mark.parametrize(
    ("own", "fine"),
    [
        ("person.email", True),
        ("person.user_id", True),
        ("person.phone", False),
        ("person.attributes.typed", False),
    ],
)
def test_elements_that_are_chosen_by_the_person_are_fine(own: str, fine: bool) -> None:
    """By a value that no user can choose, or by the proven one."""
    counted = {"n": {"count": "$.orders[*]", "where": {"$.owner": own}}}
    assert ("CA107" not in rules(counted, NESTED)) is fine


@pytest.mark.parametrize(
    "mapping",
    [
        {
            "note": {
                "in": "$.meta_data[*]",
                "is": {"$.key": "x"},
                "path": "$.value",
                "max_length": 9,
            }
        },
        {"n": {"count": "$.orders[*]"}},
        {"n": {"sum": "$.orders[*].points", "divide": 100}},
        one("$.tags", join=", "),
        {"note": {"text": "{{ $.first }} {{ $.last }}", "max_length": {"cut": 40}}},
        one("$.payload", parse="$.store"),
    ],
)
def test_parts_of_the_persons_own_record_are_fine(mapping: dict[str, Any]) -> None:
    """The record of the proof holds the list."""
    assert rules(mapping) == set()


@pytest.mark.parametrize(
    "mapping",
    [
        {"note": {"text": "{{ $.name }} {{ $.access_token }}", "max_length": 40}},
        one("$.payload", parse="$.api_key"),
        {"note": {"in": "$.a[*]", "is": {"$.k": 1}, "path": "$.password_hash", "max_length": 40}},
        one("$.sessions[*].jwt", join=","),
    ],
)
def test_a_credential_is_seen_wherever_it_comes_from(mapping: dict[str, Any]) -> None:
    """Also as a part of a text, and inside the JSON of one."""
    assert "CA304" in rules(mapping)


@pytest.mark.parametrize(
    "value", [{"text": "tel {{ $.phone }}"}, {"path": "$.x", "parse": "$.phone"}]
)
def test_a_contact_address_is_seen_in_a_text(value: dict[str, Any]) -> None:
    """People may have typed it at the third party."""
    assert "CA206" in rules({"note": {"max_length": 40, **value}})


@pytest.mark.parametrize(("on_nothing", "is_found"), [("clear", True), ("keep", False)])
def test_what_clears_without_a_proof_needs_a_key_that_no_user_can_choose(
    on_nothing: str, is_found: bool
) -> None:
    """A proof that stops every other answer does not stop this one."""
    rest = {"nothing_when": {"status": 404}, "on_nothing": on_nothing}
    assert ("CA101" in rules({"tier": "$.tier"}, url=KEY, **rest)) is is_found
    assert rules({"tier": "$.tier"}, **rest) == set()


def test_everyone_is_cleared_where_nothing_says_whose_data_is_meant() -> None:
    """A request that is the same for all people."""
    rest = {"nothing_when": {"status": 404}, "on_nothing": "clear"}
    url = "https://api.shop.example/status"
    assert "CA201" in rules({"tier": "$.tier"}, url=url, **rest)
    assert "CA201" not in rules({"tier": "$.tier"}, url=url)

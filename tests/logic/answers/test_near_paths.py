"""A path that finds nothing: what the document has instead, by names of members alone."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.answers.near_paths import describe_near_miss, list_lists, list_near_paths
from cactions.logic.expressions.json_path import parse_path
from cactions.model import Json
from tests.strategies import JSON_VALUES

CUSTOMER: Json = {
    "customer": {"email": "ada@example.com", "loyaltyPoints": 3},
    "data": [{"id": "c-1", "Tier": "gold"}],
    "by_mail": {"ada@example.com": {"zip": "1010"}},
    "meta": {},
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.email", "the answer has $.customer.email"),
        ("$.customer.e_mail", "the answer has $.customer.email"),
        ("$.customer.mail", "the answer has $.customer.email"),
        ("$.loyalty_points", "the answer has $.customer.loyaltyPoints"),
        ("$.tier", "the answer has $.data[*].Tier, in a list: `rows` picks the row of this person"),
        ("$.customer.phone", "$.customer of the answer has email, loyaltyPoints"),
        ("$.nothing", "$ of the answer has customer, data, by_mail, meta"),
        ("$.customer.email.domain", "$.customer.email of the answer is a text"),
        ("$.data.total", "$.data of the answer is a list"),
        ("$.meta.total", "$.meta of the answer is an empty object"),
        ("$.zip", "$ of the answer has customer, data, by_mail, meta"),
    ],
)
def test_a_near_miss_is_named(path: str, expected: str) -> None:
    """The same name elsewhere, a similar one, else what is there."""
    assert expected == describe_near_miss(parse_path(path), CUSTOMER)


def test_a_list_is_never_suggested_by_its_first_row() -> None:
    """It would put the first of many people onto this one."""
    near = list_near_paths(parse_path("$.email"), [{"email": "a"}, {"email": "b"}])
    assert ["$[*].email"] == near


def test_an_equal_name_is_nearer_than_a_similar_one() -> None:
    """Only the nearest are named, at most three."""
    document: Json = {"a": {"e_mail": 1}, "b": {"email": 2}, "mails": 3}
    assert ["$.b.email"] == list_near_paths(parse_path("$.email"), document)
    many: Json = {f"n{chr(97 + n)}": {"email": n} for n in range(9)}
    assert 3 == len(list_near_paths(parse_path("$.email"), many))


def test_lists_of_objects_are_found() -> None:
    """As ``rows.path`` names them."""
    assert ["$.data[*]"] == list_lists(CUSTOMER)
    assert ["$[*]"] == list_lists([{}])
    assert [] == list_lists({"tags": ["a"]})


@given(JSON_VALUES, st.sampled_from(["$.email", "$.a.b", "$", "$[0].x"]))
def test_no_value_is_in_a_suggestion(document: Json, path: str) -> None:
    """Only what stands as the name of a member, of plain letters, and our own words."""
    text = describe_near_miss(parse_path(path), {"kept": document, "secret": "s3cr3t-value"})
    assert "s3cr3t-value" not in text
    assert re.fullmatch(r"[\x20-\x7e…]*", text)


@pytest.mark.parametrize(
    "name",
    ["ada@example.com", "4111 1111 1111 1111", "a\x1b[31m", "x" * 41, "a1b2c3d4"],
)
def test_a_name_that_may_be_a_value_is_not_suggested(name: str) -> None:
    """Objects with a member for each person are common."""
    document: Json = {name: {"email": "x"}, "b": 1}
    assert "$ of the answer has b" == describe_near_miss(parse_path("$.email"), document)


def test_the_work_is_bounded() -> None:
    """For a document of a megabyte."""
    document = json.loads(json.dumps({f"k{n}": {f"email{m}": m for m in range(90)}
                                      for n in range(900)}))  # fmt: skip
    start = time.process_time()
    describe_near_miss(parse_path("$.customer.email"), document)
    assert time.process_time() - start < 2

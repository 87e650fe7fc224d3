"""Which values identify the same person, and which only look similar."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.expressions.references import equals_reference, resolve_reference
from cactions.model import ABSENT, Input, PersonAttribute, PersonField, Reference, Value
from tests.builders import ADA, EMAIL, USER_ID, person

REFERENCES: list[Reference] = [EMAIL, USER_ID, PersonAttribute("shop_id"), Input("order_id")]
EMPTY: list[Value] = [ABSENT, None, ""]
SCALARS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
)
LOOK_ALIKES = [
    ("ada@example.com", "Ada@example.com"),
    ("ada@example.com", "ada@example.com "),
    ("ada@example.com", "ada@example.com."),
    ("ada@example.com", "ada@ex\u0430mple.com"),
    ("ada@example.com", "ada+shop@example.com"),
    ("ada@example.com", "a.da@example.com"),
    ("ada@example.com", "Ada <ada@example.com>"),
    ("ada@example.com", "ada@example.com,eve@example.com"),
    ("kate@example.com", "\u212aate@example.com"),
    ("ada@kern.example", "ada@\u212aern.example"),
    ("ada@example.com", "ada\uff20example.com"),
    ("ada@example.com", "ada@example.com\0"),
]
NO_ADDRESSES = [
    "",
    "ada",
    "@",
    "ada@",
    "@example.com",
    "a@b@example.com",
    '"a@b"@example.com',
    "é@b.c",
]


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("empty", EMPTY)
@pytest.mark.parametrize("other", [*EMPTY, "u-1", 0, False])
def test_missing_values_are_never_equal(reference: Reference, empty: Value, other: Value) -> None:
    """Two people without a value do not match."""
    assert not equals_reference(reference, empty, other)
    assert not equals_reference(reference, other, empty)


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("value", [[], {}, ["u-1"], {"id": "u-1"}])
def test_lists_and_objects_are_never_equal(reference: Reference, value: Value) -> None:
    """Not even two equal ones."""
    assert not equals_reference(reference, value, value)


@pytest.mark.parametrize("found", ["ada@example.com", "ada@EXAMPLE.com", "ada@Example.Com"])
def test_the_domain_of_an_address_is_case_insensitive(found: str) -> None:
    """DNS does not distinguish them."""
    assert equals_reference(EMAIL, "ada@example.com", found)
    assert equals_reference(EMAIL, found, "ada@example.com")


@pytest.mark.parametrize(("expected", "found"), LOOK_ALIKES)
def test_a_similar_address_is_not_equal(expected: str, found: str) -> None:
    """The local part is compared byte by byte; no character outside ASCII is folded."""
    assert not equals_reference(EMAIL, expected, found)
    assert not equals_reference(EMAIL, found, expected)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_an_address_outside_ascii_is_never_equal(text: str) -> None:
    """Not even to itself: values that cannot be compared safely do not match."""
    assert not equals_reference(EMAIL, text, text)


def test_only_the_email_field_is_compared_as_an_address() -> None:
    """An attribute that happens to hold an address is a text."""
    assert not equals_reference(PersonAttribute("email"), "ada@example.com", "ada@EXAMPLE.com")
    assert not equals_reference(Input("email"), "ada@example.com", "ada@EXAMPLE.com")


@pytest.mark.parametrize(
    ("text", "number"), [("42", 42), ("0", 0), ("-7", -7), ("9" * 30, int("9" * 30))]
)
def test_a_whole_number_equals_its_decimal_text(text: str, number: int) -> None:
    """A user_id is a text here and a number in many shops."""
    assert equals_reference(USER_ID, text, number)
    assert equals_reference(USER_ID, number, text)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("042", 42),
        ("+42", 42),
        ("42 ", 42),
        ("42.0", 42),
        ("-0", 0),
        ("٤٢", 42),
        ("4_2", 42),
        ("1", True),
        ("true", True),
        (1, True),
        (0, False),
        (42, 42.0),
        ("42.0", 42.0),
    ],
)
def test_other_values_of_different_types_are_not_equal(left: Value, right: Value) -> None:
    """Values that are equal only after conversion are not equal."""
    assert not equals_reference(USER_ID, left, right)
    assert not equals_reference(USER_ID, right, left)


@given(st.sampled_from(REFERENCES), SCALARS, SCALARS)
def test_equality_is_symmetric(reference: Reference, left: Any, right: Any) -> None:
    """Expected and found value may be exchanged."""
    assert equals_reference(reference, left, right) is equals_reference(reference, right, left)


@given(st.text(min_size=1))
def test_texts_are_equal_exactly_if_their_characters_are(text: str) -> None:
    """No folding, no normalisation, no trimming."""
    assert equals_reference(USER_ID, text, text)
    for other in (text.upper(), text.casefold(), text.strip(), text + " "):
        assert equals_reference(USER_ID, text, other) is (text == other and other != "")


@given(st.text(min_size=1), st.text(min_size=1))
def test_equal_addresses_are_ascii_and_differ_only_in_domain_case(left: str, right: str) -> None:
    """They may differ only in the case of ASCII letters after the @."""
    found, expected = f"{left}@{right}", f"{left}@{right.swapcase()}"
    if equals_reference(EMAIL, expected, found):
        assert found.isascii()
        assert expected.isascii()
        assert found.count("@") == expected.count("@") == 1


def test_a_reference_reads_a_field_an_attribute_or_an_input() -> None:
    """Each from its own source, and nothing if it is missing."""
    ada = person(shop_id=42, tier=None)
    assert ADA["email"] == resolve_reference(EMAIL, ada, {})
    assert resolve_reference(PersonField("id"), ada, {}) == "p1"
    assert resolve_reference(PersonField("phone"), ada, {}) is ABSENT
    assert resolve_reference(PersonAttribute("shop_id"), ada, {"shop_id": 1}) == 42
    assert resolve_reference(PersonAttribute("tier"), ada, {}) is None
    assert resolve_reference(PersonAttribute("email"), ada, {}) is ABSENT
    assert resolve_reference(Input("order_id"), ada, {"order_id": "7"}) == "7"
    assert resolve_reference(Input("email"), ada, {}) is ABSENT

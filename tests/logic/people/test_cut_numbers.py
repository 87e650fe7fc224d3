"""Numbers that a spreadsheet has cut, and identifiers that only look like them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.people.cut_numbers import is_cut_number, is_rounded_number


@given(st.integers(10**12, 10**40), st.sampled_from(".,"))
def test_what_a_spreadsheet_shows_of_a_long_number_is_cut(number: int, comma: str) -> None:
    """With five decimals and with none, in either notation."""
    for form in (f"{Decimal(number):.5E}", f"{Decimal(number):.0E}"):
        digits, exponent = form.split("E+")
        shown = f"{digits.replace('.', comma)}E+{int(exponent):02}"
        assert is_cut_number(shown)
        assert is_cut_number(shown.lower())


@pytest.mark.parametrize(
    "text",
    ["", "1e10", "12e45678", "0E5", "5E1", "1.5", "E+17", "1.2.3E+17", "1E+1", "u1E+17", "1E+17 ",
     "123456789012345678", "ada@example.com", "1.23457E+1777"],
)  # fmt: skip
def test_an_identifier_is_not(text: str) -> None:
    """Not one of hexadecimal digits either."""
    assert not is_cut_number(text)


@pytest.mark.parametrize(
    ("text", "rounded"),
    [("123456789012345000", True), ("12345678901234500", True), ("1234567890123450", False),
     ("123456789012345001", False), ("u23456789012345000", False), ("000000000000000000", True),
     ("١٢٣٤٥٦٧٨٩٠١٢٣٤٥٠٠٠", False), ("", False)],
)  # fmt: skip
def test_zeros_behind_15_digits_are_those_of_a_spreadsheet(text: str, rounded: bool) -> None:
    """Where there are two of them at least."""
    assert rounded == is_rounded_number(text)

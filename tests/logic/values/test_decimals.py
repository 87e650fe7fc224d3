"""Exact decimals: what is divided and added is held against fractions."""

from __future__ import annotations

import json
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.values.dates import DateError
from cactions.logic.values.decimals import (
    add_exactly,
    divide_exactly,
    format_decimal,
    read_decimal,
)
from cactions.model import KeepReason
from tests.case_counts import cases

NUMBERS = st.integers(-(10**15), 10**15) | st.floats(
    allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12
)


@cases(200)
@given(NUMBERS, st.integers(2, 10**6))
def test_a_quotient_is_exact_or_refused(number: float, divisor: int) -> None:
    """Never rounded."""
    with suppress(DateError):
        quotient = divide_exactly(number, divisor)
        assert Fraction(quotient) == Fraction(json.dumps(number)) / divisor


@cases(200)
@given(st.integers(-(10**12), 10**12))
def test_cents_are_always_exact(cents: int) -> None:
    """And as a float, they are the number that a person would write."""
    quotient = divide_exactly(cents, 100)
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    written = f"{sign}{whole}.{rest:02}".rstrip("0").rstrip(".")
    assert format_decimal(quotient) == (written if cents else "0")
    assert float(quotient) == float(written)


@cases(200)
@given(st.lists(st.integers(-(10**6), 10**6).map(lambda cents: cents / 100), max_size=20))
def test_a_sum_is_exact(numbers: list[float]) -> None:
    """0.1 and 0.2 are 0.3."""
    total = read_decimal(0)
    for number in numbers:
        total = add_exactly(total, read_decimal(number))
    assert Fraction(total) == sum((Fraction(repr(number)) for number in numbers), Fraction(0))


@pytest.mark.parametrize("number", [1e300, 10**40, "9" * 50, 5e-324, 12345678901234567])
def test_what_has_too_many_digits_is_refused(number: float | str) -> None:
    """With a reason that holds no value."""
    with pytest.raises(DateError) as caught:
        divide_exactly(number, 100)
    assert caught.value.reason in (KeepReason.INEXACT, KeepReason.OUT_OF_RANGE)
    assert "999" not in caught.value.detail


def test_a_third_has_no_end() -> None:
    """So that it is refused, and not rounded."""
    with pytest.raises(DateError, match="more than 15 digits"):
        divide_exactly(1, 3)
    assert format_decimal(divide_exactly(5400, 3600)) == "1.5"

"""Numbers as texts of JSON write them, and exact decimal arithmetic."""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact
from typing import Final

from cactions.logic.values.dates import DateError
from cactions.model import KeepReason

MAX_DIGITS: Final = 20

SIGNIFICANT_DIGITS: Final = 15
"""So many decimal digits survive in a float."""

_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_EXACT: Final = Context(prec=SIGNIFICANT_DIGITS, Emax=30, Emin=-30, traps=[Inexact])
_LONGEST: Final = 40


def is_whole_number(text: str) -> bool:
    """Whether the text is a whole number as JSON writes it: not ``007``, ``+1`` or ``1.0``."""
    return _WHOLE.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether the text is a number as JSON writes it."""
    return _NUMBER.fullmatch(text) is not None


def parse_number(text: str) -> int | float:
    """The number of such a text. Raises DateError: Python refuses very long whole numbers."""
    if not is_whole_number(text):
        return float(text)
    if len(text) > MAX_DIGITS:
        raise _build_range_error()
    return int(text)


def read_decimal(number: float | str) -> Decimal:
    """The exact decimal that a number, or a text of JSON, is written as. Raises DateError."""
    text = number if isinstance(number, str) else repr(number)
    if len(text) > _LONGEST or not is_number(text.replace("e+", "e")):
        raise _build_range_error()
    return _compute_exactly(Decimal(text))


def divide_exactly(number: float | str, divisor: int) -> Decimal:
    """The quotient. Raises DateError where no decimal of 15 digits is exactly that."""
    dividend = read_decimal(number)
    try:
        return _EXACT.divide(dividend, Decimal(divisor))
    except ArithmeticError:
        detail = f"divided by {divisor}, it has more than {SIGNIFICANT_DIGITS} digits"
        raise DateError(KeepReason.INEXACT, detail) from None


def add_exactly(total: Decimal, number: Decimal) -> Decimal:
    """The sum. Raises DateError where it has more than 15 digits."""
    try:
        return _EXACT.add(total, number)
    except ArithmeticError:
        raise _build_range_error() from None


def format_decimal(number: Decimal) -> str:
    """The digits, without an exponent and without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _compute_exactly(number: Decimal) -> Decimal:
    try:
        return _EXACT.plus(number)
    except ArithmeticError:
        raise _build_range_error() from None


def _build_range_error() -> DateError:
    return DateError(KeepReason.OUT_OF_RANGE, "it is larger than any number that can be stored")

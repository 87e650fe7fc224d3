"""A value that a person has, held to the data type that is declared for its place.

- Nothing is guessed. Two things are converted: a whole number in a float (exactly, or not at
  all), and a date written as ISO 8601 with an offset, which becomes Unix seconds.
- A cell of a table is read by the declared type, and only in JSON's own spelling of numbers, so
  that ``007`` and ``1,5`` are never silently something else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cactions.logic.plan.coerce import MAX_INTEGER
from cactions.logic.plan.dates import SIZE_LIMIT, DateError, parse_date_text, parse_timestamp
from cactions.logic.plan.equality import MAX_EXACT
from cactions.model import DataType, DateForm, Json

_LONGEST_NUMBER: Final = 40
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BOOLEANS: Final[Mapping[str, bool]] = MappingProxyType({"true": True, "false": False})


class InvalidValue(ValueError):
    """A value that its place cannot hold; the message completes a sentence about the place."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_cell(text: str, data_type: DataType) -> Json:
    """What the text of a cell stands for; the text itself where it is nothing of that type.

    Spreadsheets write TRUE and FALSE, so their case does not count.
    """
    if data_type is DataType.STRING:
        return text
    if data_type is DataType.BOOLEAN:
        return _BOOLEANS.get(text.lower(), text)
    form = _NUMBER if data_type is DataType.FLOAT else _WHOLE
    if len(text) > _LONGEST_NUMBER or not form.fullmatch(text):
        return text
    return float(text) if data_type is DataType.FLOAT else int(text)


def parse_declared_value(value: Json, data_type: DataType) -> Json:
    """The value as its place holds it; null stays null. Raises UnfitValue."""
    return None if value is None else _READERS[data_type](value)


def _string(value: Json) -> str:
    if not isinstance(value, str):
        raise _wrong_kind(value, "a text", "Put it in quotes.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidValue("holds half of a surrogate pair", "Remove it.") from None
    if "\0" in value:
        raise InvalidValue("holds a NUL character", "Remove it.")
    return value


def _integer(value: Json) -> int:
    if type(value) is not int:
        raise _wrong_kind(value, "a whole number", "Write it in digits, without quotes.")
    if abs(value) > MAX_INTEGER:
        raise InvalidValue("is out of range", f"Whole numbers reach {MAX_INTEGER:,}.")
    return value


def _float(value: Json) -> float:
    if type(value) is int and abs(value) <= MAX_EXACT:
        return float(value)
    if type(value) is int or (isinstance(value, float) and not math.isfinite(value)):
        raise InvalidValue("is out of range", f"Whole numbers reach {MAX_EXACT:,} here.")
    if not isinstance(value, float):
        raise _wrong_kind(value, "a number", "Write it as 1.5, without quotes.")
    return value


def _boolean(value: Json) -> bool:
    if not isinstance(value, bool):
        raise _wrong_kind(value, "true or false", "Write true or false, without quotes.")
    return value


def _date(value: Json) -> int:
    try:
        if isinstance(value, str):
            return parse_date_text(value)
        if type(value) is int:
            return parse_timestamp(value, DateForm.UNIX_S)
    except DateError as unfit:
        if type(value) is int and abs(value) >= SIZE_LIMIT:
            raise InvalidValue("looks like milliseconds", "Divide it by 1,000.") from None
        raise InvalidValue(f"is no date: {unfit.detail}", _DATES) from None
    raise _wrong_kind(value, "a date", _DATES)


_DATES: Final = "Write Unix seconds, or 2026-01-31T09:30:00Z."

_KINDS: Final[Mapping[type, str]] = MappingProxyType(
    {
        bool: "true or false",
        int: "a whole number",
        float: "a decimal number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
)


def _wrong_kind(value: Json, wanted: str, hint: str) -> InvalidValue:
    return InvalidValue(f"must be {wanted}, and is {_KINDS[type(value)]}", hint)


_READERS: Final[Mapping[DataType, Callable[[Json], Json]]] = MappingProxyType(
    {
        DataType.STRING: _string,
        DataType.INTEGER: _integer,
        DataType.FLOAT: _float,
        DataType.BOOLEAN: _boolean,
        DataType.DATE: _date,
    }
)

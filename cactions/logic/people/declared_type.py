"""Checks a person's value against the declared data type of its field or attribute.

- Nothing is guessed. Two conversions exist: a whole number becomes a float (only if that is exact),
  and a date in ISO 8601 with an offset becomes Unix seconds.
- A cell of a table is read by the declared type, and numbers only in JSON's format, so that
  ``007`` and ``1,5`` are never read as another value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cactions.logic.plan.equality import MAX_EXACT, MAX_INTEGER
from cactions.logic.values.dates import (
    MIN_MILLISECONDS,
    DateError,
    parse_date_text,
    parse_timestamp,
)
from cactions.model import DataType, DateForm, InvalidText, Json

_DATE_HINT: Final = "Write Unix seconds, or 2026-01-31T09:30:00Z."

MAX_NUMBER_CHARACTERS: Final = 40
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BOOLEANS: Final[Mapping[str, bool]] = MappingProxyType({"true": True, "false": False})


class InvalidValue(ValueError):
    """A value that does not fit its data type; the message completes ``tier …``."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_cell(text: str, data_type: DataType) -> Json:
    """The value of a cell's text; the text itself if it is not a value of that type.

    Spreadsheets write TRUE and FALSE, so upper and lower case are equal.
    """
    if data_type is DataType.STRING:
        return text
    if data_type is DataType.BOOLEAN:
        return _BOOLEANS.get(text.lower(), text)
    form = _NUMBER if data_type is DataType.FLOAT else _WHOLE
    if len(text) > MAX_NUMBER_CHARACTERS or not form.fullmatch(text):
        return text
    return float(text) if data_type is DataType.FLOAT else int(text)


def parse_declared_value(value: Json, data_type: DataType) -> Json:
    """The value in the declared type; null stays null. Raises InvalidValue."""
    return None if value is None else _READERS[data_type](value)


def _check_string(value: Json) -> str:
    if not isinstance(value, str):
        raise _build_type_error(value, "a text", "Put it in quotes.")
    if isinstance(value, InvalidText):
        raise InvalidValue("contains a lone surrogate", "Remove it.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidValue("contains a lone surrogate", "Remove it.") from None
    if "\0" in value:
        raise InvalidValue("contains a NUL character", "Remove it.")
    return value


def _check_integer(value: Json) -> int:
    if type(value) is not int:
        raise _build_type_error(value, "a whole number", "Write it in digits, without quotes.")
    if abs(value) > MAX_INTEGER:
        raise InvalidValue("is out of range", f"Whole numbers may be at most {MAX_INTEGER:,}.")
    return value


def _check_float(value: Json) -> float:
    if type(value) is int and abs(value) <= MAX_EXACT:
        return float(value)
    if type(value) is int or (isinstance(value, float) and not math.isfinite(value)):
        raise InvalidValue("is out of range", f"Whole numbers may be at most {MAX_EXACT:,} here.")
    if not isinstance(value, float):
        raise _build_type_error(value, "a number", "Write it as 1.5, without quotes.")
    return value


def _check_boolean(value: Json) -> bool:
    if not isinstance(value, bool):
        raise _build_type_error(value, "true or false", "Write true or false, without quotes.")
    return value


def _parse_date(value: Json) -> int:
    try:
        if isinstance(value, str):
            return parse_date_text(value)
        if type(value) is int:
            return parse_timestamp(value, DateForm.UNIX_S)
    except DateError as error:
        if type(value) is int and abs(value) >= MIN_MILLISECONDS:
            raise InvalidValue("looks like milliseconds", "Divide it by 1,000.") from None
        raise InvalidValue(f"is not a date: {error.detail}", _DATE_HINT) from None
    raise _build_type_error(value, "a date", _DATE_HINT)


_TYPE_NAMES: Final[Mapping[type, str]] = MappingProxyType(
    {
        bool: "true or false",
        int: "a whole number",
        float: "a decimal number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
)


def _build_type_error(value: Json, expected: str, hint: str) -> InvalidValue:
    return InvalidValue(f"must be {expected}, and is {_TYPE_NAMES[type(value)]}", hint)


_READERS: Final[Mapping[DataType, Callable[[Json], Json]]] = MappingProxyType(
    {
        DataType.STRING: _check_string,
        DataType.INTEGER: _check_integer,
        DataType.FLOAT: _check_float,
        DataType.BOOLEAN: _check_boolean,
        DataType.DATE: _parse_date,
    }
)

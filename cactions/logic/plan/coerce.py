"""Coerces a response value to the data type of an attribute, or rejects it with a reason.

The result for each JSON value. ``type:`` in the mapping forces the conversions in brackets; a dash
is always WRONG_TYPE::

    attribute      text             whole number      decimal         true, false   list, object
    string         text             [its JSON text]   [JSON text]     [JSON text]   -
    integer        [42, -7] (1)     itself            [3.0] (2)       -             -
    float          [1.5, 1e3] (3)   exact (4)         itself          -             -
    boolean        [true, false]    -                 -               itself        -
    date iso8601   Unix seconds     -                 -               -             -
    date unix_s    [42, -7] (1)     itself            [3.0] (2)       -             -
    date unix_ms   [42, -7] (1)     floor to seconds  [3.0] (2)       -             -

(1) canonical decimal text only: not ``007``, ``+1`` or ``1.0``.
(2) only where the fraction is zero.
(3) text in the form of a JSON number.
(4) up to 2^53, up to which a float represents every whole number.

``values`` replaces the table. ``options`` and then ``one_of`` are checked last.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias, TypeGuard

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.plan.dates import DateError, parse_date_text, parse_day, parse_timestamp
from cactions.logic.plan.equality import MAX_EXACT, normalize
from cactions.model import (
    MASK,
    AttributeMapping,
    DataType,
    DateForm,
    Json,
    KeepReason,
    Scalar,
    is_empty,
    is_same,
)

MAX_LENGTH: Final = 255
"""The longest text that Intercom stores in an attribute, in characters."""

MAX_INTEGER: Final = 2**53 - 1
"""Larger numbers are rounded by JSON readers that use floats for all numbers."""

MAX_LISTED_CHOICES: Final = 8
MAX_DIGITS: Final = 20
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class Coerced(Struct, frozen=True):
    """A value that the attribute can store. ``forced``: converted because of ``type:``."""

    value: Scalar
    forced: bool = False


class Rejected(Struct, frozen=True):
    """Why the attribute cannot store the value; ``detail`` never contains the value."""

    reason: KeepReason
    detail: str


CoercionResult: TypeAlias = Coerced | Rejected


def coerce_value(mapping: AttributeMapping, received: Json) -> CoercionResult:
    """The value for the attribute, from a response value that is neither missing nor null."""
    data_type = mapping.attribute.data_type
    try:
        coerced = (
            _look_up_value(mapping, received)
            if mapping.values
            else _READERS[data_type](mapping, received)
        )
        value = normalize(data_type, coerced.value)
        _check_choices(mapping, value)
    except DateError as error:
        return Rejected(error.reason, error.detail)
    return coerced if value is coerced.value else Coerced(value, coerced.forced)


def _look_up_value(mapping: AttributeMapping, received: Json) -> Coerced:
    """The value that ``values`` gives for this text, or for the JSON text of another value."""
    if isinstance(received, list | dict):
        raise _build_type_error(received, "one value")
    text = received if isinstance(received, str) else strict_json.dump_json(received)
    for known, value in mapping.values:
        if known == text and not isinstance(received, float):
            return Coerced(value)
    raise DateError(
        KeepReason.NOT_IN_VALUES,
        f"known values: {_list_choices(known for known, _ in mapping.values)}",
    )


def _check_choices(mapping: AttributeMapping, value: Scalar) -> None:
    """Refuse a value that is not listed. An empty value is only possible through ``values``."""
    if not mapping.attribute.options and not mapping.one_of:
        return
    for choices, reason in (
        (mapping.attribute.options, KeepReason.NOT_AN_OPTION),
        (mapping.one_of, KeepReason.NOT_IN_ONE_OF),
    ):
        known = [normalize(mapping.attribute.data_type, choice) for choice in choices]
        if known and not is_empty(value) and not any(is_same(value, choice) for choice in known):
            raise DateError(reason, f"allowed values: {_list_choices(choices)}")


def _coerce_string(mapping: AttributeMapping, received: Json) -> Coerced:
    expected = "a text"
    if isinstance(received, str):
        return Coerced(_check_text(mapping, received))
    if not isinstance(received, bool | int | float):
        raise _build_type_error(received, expected)
    _require_forced(mapping, received, expected)
    return Coerced(_check_text(mapping, strict_json.dump_json(received)), forced=True)


def _check_text(mapping: AttributeMapping, text: str) -> str:
    limit = MAX_LENGTH if mapping.max_length is None else min(MAX_LENGTH, mapping.max_length)
    if len(text) > limit:
        raise DateError(KeepReason.TOO_LONG, f"it has {len(text)} characters; {limit} are allowed")
    if MASK in text:
        raise DateError(
            KeepReason.UNSUITABLE_TEXT, "it contains a secret, or the dots that mask one"
        )
    if not text.isprintable() and any(
        unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text
    ):
        raise DateError(
            KeepReason.UNSUITABLE_TEXT, "it contains a control character or a lone surrogate"
        )
    return text


def _coerce_integer(mapping: AttributeMapping, received: Json) -> Coerced:
    number, forced = _coerce_whole(mapping, received)
    return Coerced(_check_magnitude(number, MAX_INTEGER), forced)


def _coerce_float(mapping: AttributeMapping, received: Json) -> Coerced:
    expected = "a number"
    number = received
    if isinstance(received, str) and _NUMBER.fullmatch(received):
        _require_forced(mapping, received, expected)
        number = _parse_number(received)
    if type(number) is int:
        number = float(_check_magnitude(number, MAX_EXACT))
    if not isinstance(number, float):
        raise _build_type_error(received, expected)
    if not math.isfinite(number):
        raise DateError(KeepReason.OUT_OF_RANGE, "it is larger than any number that can be stored")
    return Coerced(number + 0.0, forced=isinstance(received, str))  # -0.0 + 0.0 is 0.0


def _coerce_boolean(mapping: AttributeMapping, received: Json) -> Coerced:
    expected = "true or false"
    if isinstance(received, bool):
        return Coerced(received)
    if received not in ("true", "false"):
        hint = "; `values` can say which is which" if isinstance(received, int | str) else ""
        raise _build_type_error(received, expected, hint)
    _require_forced(mapping, received, expected)
    return Coerced(received == "true", forced=True)


def _coerce_date(mapping: AttributeMapping, received: Json) -> Coerced:
    """Without ``date:``, a number is read as the unit of the attribute: Unix seconds."""
    form = mapping.date or DateForm.UNIX_S
    if form not in _TEXT_DATES:
        number, forced = _coerce_whole(mapping, received)
        return Coerced(parse_timestamp(number, form), forced)
    if isinstance(received, str):
        return Coerced(_TEXT_DATES[form](received))
    raise _build_type_error(received, "a date as text")


_TEXT_DATES: Final[Mapping[DateForm, Callable[[str], int]]] = MappingProxyType(
    {DateForm.ISO8601: parse_date_text, DateForm.ISO8601_DATE: parse_day}
)


_READERS: Final[Mapping[DataType, Callable[[AttributeMapping, Json], Coerced]]] = MappingProxyType(
    {
        DataType.STRING: _coerce_string,
        DataType.INTEGER: _coerce_integer,
        DataType.FLOAT: _coerce_float,
        DataType.BOOLEAN: _coerce_boolean,
        DataType.DATE: _coerce_date,
    }
)


def _coerce_whole(mapping: AttributeMapping, received: Json) -> tuple[int, bool]:
    """The whole number, and whether the conversion was forced."""
    expected = "a whole number"
    if type(received) is int:
        return received, False
    if not _is_whole(received):
        raise _build_type_error(received, expected)
    _require_forced(mapping, received, expected)
    return int(_parse_number(received) if isinstance(received, str) else received), True


def _is_whole(received: Json) -> TypeGuard[str | float]:
    """Whether a text or a decimal number represents a whole number."""
    if isinstance(received, str):
        return _WHOLE.fullmatch(received) is not None
    return isinstance(received, float) and received.is_integer()


def _parse_number(text: str) -> int | float:
    """The number of a text in JSON's format. Python refuses to convert very long whole numbers."""
    if not _WHOLE.fullmatch(text):
        return float(text)
    if len(text) > MAX_DIGITS:
        raise DateError(KeepReason.OUT_OF_RANGE, "it is larger than any number that can be stored")
    return int(text)


def _check_magnitude(number: int, limit: int) -> int:
    if abs(number) > limit:
        raise DateError(KeepReason.OUT_OF_RANGE, f"whole numbers may be at most {limit}")
    return number


def _require_forced(mapping: AttributeMapping, received: Json, expected: str) -> None:
    """Refuse a conversion that the author did not ask for."""
    data_type = mapping.attribute.data_type
    if mapping.type is not data_type:
        raise _build_type_error(received, expected, f"; `type: {data_type.value}` would convert it")


def _build_type_error(received: Json, expected: str, hint: str = "") -> DateError:
    return DateError(
        KeepReason.WRONG_TYPE, f"{expected} is expected, not {_TYPE_NAMES[type(received)]}{hint}"
    )


_TYPE_NAMES: Final[Mapping[type, str]] = MappingProxyType(
    {
        type(None): "null",
        bool: "true or false",
        int: "a whole number",
        float: "a decimal number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
)


def _list_choices(choices: Iterable[Scalar]) -> str:
    """The first choices as JSON, and how many more there are."""
    words = [strict_json.dump_json(choice) for choice in choices]
    more = len(words) - MAX_LISTED_CHOICES
    return ", ".join(words[:MAX_LISTED_CHOICES]) + (f" and {more} more" if more > 0 else "")

"""Coerces a response value to the data type of an attribute, or rejects it with a reason.

The result for each JSON value. ``type:`` in the mapping forces the conversions in brackets; a dash
is always WRONG_TYPE::

    attribute      text             whole number      decimal         true, false   list, object
    string         text             [its JSON text]   [JSON text]     [JSON text]   -
    integer        [42, -7] (1)     itself            [3.0] (2)       -             -
    float          [1.5, 1e3] (3)   exact (4)         itself          -             -
    boolean        [true, false]    -                 -               itself        -
    date, as text  Unix seconds     -                 -               -             -
    date unix_s    [42, -7] (1)     itself            [3.0] (2)       -             -
    date unix_ms   [42, -7] (1)     floor to seconds  [3.0] (2)       -             -

(1) canonical decimal text only: not ``007``, ``+1`` or ``1.0``.
(2) only where the fraction is zero.
(3) text in the form of a JSON number.
(4) up to 2^53, up to which a float represents every whole number.

``values`` replaces the table. ``divide`` comes before it. ``options`` and then ``one_of`` are
checked last.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias, TypeGuard

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.plan.choices import check_choices, look_up_value
from cactions.logic.plan.equality import MAX_EXACT, MAX_INTEGER, normalize
from cactions.logic.values.cut_text import cut_text
from cactions.logic.values.dates import NUMBERS, DateError, DayError, parse_date
from cactions.logic.values.decimals import (
    divide_exactly,
    format_decimal,
    is_number,
    is_whole_number,
    parse_number,
)
from cactions.model import (
    MASK,
    AttributeMapping,
    DataType,
    DateForm,
    DateFormat,
    InvalidText,
    Json,
    KeepReason,
    Scalar,
)

MAX_LENGTH: Final = 255
"""The longest text that Intercom stores in an attribute, in characters."""

_UNIX: Final = DateFormat(DateForm.UNIX_S)
_DAY: Final = "`date: iso8601_date` reads it as midnight in UTC"


class Coerced(Struct, frozen=True):
    """A value that the attribute can store.

    ``forced``: converted because of ``type:``; ``cut``: shortened because of ``max_length:``.
    """

    value: Scalar
    forced: bool = False
    cut: bool = False


class Rejected(Struct, frozen=True):
    """Why the attribute cannot store the value; ``detail`` never contains the value."""

    reason: KeepReason
    detail: str


CoercionResult: TypeAlias = Coerced | Rejected


def coerce_value(mapping: AttributeMapping, received: Json) -> CoercionResult:
    """The value for the attribute, from a response value that is neither missing nor null."""
    data_type = mapping.attribute.data_type
    if isinstance(received, InvalidText):
        return Rejected(KeepReason.UNSUITABLE_TEXT, "it is no valid text or number")
    try:
        if mapping.values:
            coerced = Coerced(look_up_value(mapping, received))
        elif mapping.divide:
            coerced = _divide(mapping, mapping.divide, received)
        else:
            coerced = _READERS[data_type](mapping, received)
        value = normalize(data_type, coerced.value)
        check_choices(mapping, value)
    except DateError as error:
        return Rejected(error.reason, error.detail)
    return coerced if value is coerced.value else Coerced(value, coerced.forced, coerced.cut)


def _divide(mapping: AttributeMapping, divisor: int, received: Json) -> Coerced:
    """The quotient as the attribute stores it: for a text, its decimal digits."""
    if isinstance(received, str) and is_number(received):
        _require_forced(mapping, received, "a number")
    elif isinstance(received, bool) or not isinstance(received, int | float):
        raise _build_type_error(received, "a number")
    quotient = divide_exactly(received, divisor)
    forced = isinstance(received, str)
    if mapping.attribute.data_type is DataType.STRING:
        return Coerced(_shorten_text(mapping, format_decimal(quotient)).value, forced)
    if mapping.attribute.data_type is DataType.FLOAT:
        return Coerced(float(quotient), forced)
    if quotient != quotient.to_integral_value():
        detail = f"it is no whole number when it is divided by {divisor}"
        raise DateError(KeepReason.INEXACT, detail)
    return Coerced(_check_magnitude(int(quotient), MAX_INTEGER), forced)


def _coerce_string(mapping: AttributeMapping, received: Json) -> Coerced:
    expected = "a text"
    if isinstance(received, str):
        return _shorten_text(mapping, received)
    if not isinstance(received, bool | int | float):
        raise _build_type_error(received, expected)
    _require_forced(mapping, received, expected)
    shortened = _shorten_text(mapping, strict_json.dump_json(received))
    return Coerced(shortened.value, forced=True, cut=shortened.cut)


def _shorten_text(mapping: AttributeMapping, text: str) -> Coerced:
    limit = MAX_LENGTH if mapping.max_length is None else min(MAX_LENGTH, mapping.max_length)
    _check_characters(text)
    if len(text) <= limit:
        return Coerced(text)
    if mapping.cut:
        return Coerced(cut_text(text, limit), cut=True)
    raise DateError(KeepReason.TOO_LONG, f"it has {len(text)} characters; {limit} are allowed")


def _check_characters(text: str) -> None:
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


def _coerce_integer(mapping: AttributeMapping, received: Json) -> Coerced:
    number, forced = _coerce_whole(mapping, received)
    return Coerced(_check_magnitude(number, MAX_INTEGER), forced)


def _coerce_float(mapping: AttributeMapping, received: Json) -> Coerced:
    expected = "a number"
    number = received
    if isinstance(received, str) and is_number(received):
        _require_forced(mapping, received, expected)
        number = parse_number(received)
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
    date = mapping.date or _UNIX
    if date.form in NUMBERS:
        number, forced = _coerce_whole(mapping, received)
        return Coerced(parse_date(number, date), forced)
    if not isinstance(received, str):
        raise _build_type_error(received, "a date as text")
    try:
        return Coerced(parse_date(received, date))
    except DayError as error:
        raise DateError(error.reason, f"{error.detail}: {_DAY}") from None


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
    return int(parse_number(received) if isinstance(received, str) else received), True


def _is_whole(received: Json) -> TypeGuard[str | float]:
    """Whether a text or a decimal number represents a whole number."""
    if isinstance(received, str):
        return is_whole_number(received)
    return isinstance(received, float) and received.is_integer()


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

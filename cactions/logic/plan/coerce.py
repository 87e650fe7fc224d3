"""A response value made into a value of the attribute's data type, or turned down with a reason.

What each JSON value becomes. ``type:`` in the mapping forces what stands in brackets; a dash is
WRONG_TYPE, whatever is forced::

    attribute      text             whole number      decimal         true, false   list, object
    string         text             [its JSON text]   [JSON text]     [JSON text]   -
    integer        [42, -7] (1)     itself            [3.0] (2)       -             -
    float          [1.5, 1e3] (3)   exact (4)         itself          -             -
    boolean        [true, false]    -                 -               itself        -
    date iso8601   Unix seconds     -                 -               -             -
    date unix_s    [42, -7] (1)     itself            [3.0] (2)       -             -
    date unix_ms   [42, -7] (1)     floor to seconds  [3.0] (2)       -             -

(1) canonical decimal text only: not ``007``, ``+1`` or ``1.0``.
(2) only where nothing stands behind the point.
(3) text in the form of a JSON number.
(4) up to 2^53, where a float still holds every whole number.

``values`` replaces the table: what it gives is final. ``options`` and then ``one_of`` come last.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias, TypeGuard

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
    frozen,
    is_empty,
    is_same,
)

MAX_LENGTH: Final = 255
"""The longest text that Intercom keeps in an attribute, in characters."""

MAX_INTEGER: Final = 2**53 - 1
"""Beyond it, readers of JSON that know floats only would round."""

_MOST_CHOICES: Final = 8
_MOST_DIGITS: Final = 20
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


@frozen
class Coerced:
    """A value that the attribute can hold. ``forced``: converted because ``type:`` asks for it."""

    value: Scalar
    forced: bool = False


@frozen
class Rejected:
    """Why the attribute cannot hold what came; ``detail`` holds nothing of the value."""

    why: KeepReason
    detail: str


CoercionResult: TypeAlias = Coerced | Rejected


def coerce(mapping: AttributeMapping, got: Json) -> CoercionResult:
    """What the attribute would hold, for a value that is neither missing nor null."""
    data_type = mapping.attribute.data_type
    try:
        fit = _listed(mapping, got) if mapping.values else _READERS[data_type](mapping, got)
        value = normalize(data_type, fit.value)
        _check_choices(mapping, value)
    except DateError as unfit:
        return Rejected(unfit.why, unfit.detail)
    return fit if value is fit.value else Coerced(value, fit.forced)


def _listed(mapping: AttributeMapping, got: Json) -> Coerced:
    """The value that the author pairs with this text, or with the JSON text of what came."""
    if isinstance(got, list | dict):
        raise _wrong_type(got, "one value")
    text = got if isinstance(got, str) else strict_json.dump_json(got)
    for known, value in mapping.values:
        if known == text and not isinstance(got, float):
            return Coerced(value)
    raise DateError(
        KeepReason.NOT_IN_VALUES, f"known are {_some(known for known, _ in mapping.values)}"
    )


def _check_choices(mapping: AttributeMapping, value: Scalar) -> None:
    """Refuse what is not listed. An empty value, which only ``values`` gives, needs no listing."""
    if not mapping.attribute.options and not mapping.one_of:
        return
    for choices, why in (
        (mapping.attribute.options, KeepReason.NOT_AN_OPTION),
        (mapping.one_of, KeepReason.NOT_IN_ONE_OF),
    ):
        known = [normalize(mapping.attribute.data_type, choice) for choice in choices]
        if known and not is_empty(value) and not any(is_same(value, choice) for choice in known):
            raise DateError(why, f"allowed are {_some(choices)}")


def _string(mapping: AttributeMapping, got: Json) -> Coerced:
    wanted = "a text"
    if isinstance(got, str):
        return Coerced(_checked_text(mapping, got))
    if not isinstance(got, bool | int | float):
        raise _wrong_type(got, wanted)
    _must_force(mapping, got, wanted)
    return Coerced(_checked_text(mapping, strict_json.dump_json(got)), forced=True)


def _checked_text(mapping: AttributeMapping, text: str) -> str:
    limit = MAX_LENGTH if mapping.max_length is None else min(MAX_LENGTH, mapping.max_length)
    if len(text) > limit:
        raise DateError(KeepReason.TOO_LONG, f"it has {len(text)} characters; {limit} are allowed")
    if MASK in text:
        raise DateError(
            KeepReason.UNSUITABLE_TEXT, "it holds a secret of ours, or the dots that stand for one"
        )
    if not text.isprintable() and any(
        unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text
    ):
        raise DateError(
            KeepReason.UNSUITABLE_TEXT, "it holds a control character, or half a character"
        )
    return text


def _integer(mapping: AttributeMapping, got: Json) -> Coerced:
    number, forced = _whole(mapping, got)
    return Coerced(_within(number, MAX_INTEGER), forced)


def _float(mapping: AttributeMapping, got: Json) -> Coerced:
    wanted = "a number"
    number = got
    if isinstance(got, str) and _NUMBER.fullmatch(got):
        _must_force(mapping, got, wanted)
        number = _number_in(got)
    if type(number) is int:
        number = float(_within(number, MAX_EXACT))
    if not isinstance(number, float):
        raise _wrong_type(got, wanted)
    if not math.isfinite(number):
        raise DateError(KeepReason.OUT_OF_RANGE, "it is larger than any number that can be kept")
    return Coerced(number + 0.0, forced=isinstance(got, str))  # -0.0 + 0.0 is 0.0


def _boolean(mapping: AttributeMapping, got: Json) -> Coerced:
    wanted = "true or false"
    if isinstance(got, bool):
        return Coerced(got)
    if got not in ("true", "false"):
        hint = "; `values` can say which is which" if isinstance(got, int | str) else ""
        raise _wrong_type(got, wanted, hint)
    _must_force(mapping, got, wanted)
    return Coerced(got == "true", forced=True)


def _date(mapping: AttributeMapping, got: Json) -> Coerced:
    """Without a form, a number is taken for what the attribute itself holds: Unix seconds."""
    form = mapping.date or DateForm.UNIX_S
    if form not in _TEXT_DATES:
        number, forced = _whole(mapping, got)
        return Coerced(parse_timestamp(number, form), forced)
    if isinstance(got, str):
        return Coerced(_TEXT_DATES[form](got))
    raise _wrong_type(got, "a date as text")


_TEXT_DATES: Final[Mapping[DateForm, Callable[[str], int]]] = MappingProxyType(
    {DateForm.ISO8601: parse_date_text, DateForm.ISO8601_DATE: parse_day}
)


_READERS: Final[Mapping[DataType, Callable[[AttributeMapping, Json], Coerced]]] = MappingProxyType(
    {
        DataType.STRING: _string,
        DataType.INTEGER: _integer,
        DataType.FLOAT: _float,
        DataType.BOOLEAN: _boolean,
        DataType.DATE: _date,
    }
)


def _whole(mapping: AttributeMapping, got: Json) -> tuple[int, bool]:
    """A whole number, and whether it had to be forced."""
    wanted = "a whole number"
    if type(got) is int:
        return got, False
    if not _is_whole(got):
        raise _wrong_type(got, wanted)
    _must_force(mapping, got, wanted)
    return int(_number_in(got) if isinstance(got, str) else got), True


def _is_whole(got: Json) -> TypeGuard[str | float]:
    """Whether a text or a decimal stands for a whole number."""
    if isinstance(got, str):
        return _WHOLE.fullmatch(got) is not None
    return isinstance(got, float) and got.is_integer()


def _number_in(text: str) -> int | float:
    """The number in a text of JSON's number form. Python converts no whole number of any length."""
    if not _WHOLE.fullmatch(text):
        return float(text)
    if len(text) > _MOST_DIGITS:
        raise DateError(KeepReason.OUT_OF_RANGE, "it is larger than any number that can be kept")
    return int(text)


def _within(number: int, limit: int) -> int:
    if abs(number) > limit:
        raise DateError(KeepReason.OUT_OF_RANGE, f"whole numbers reach {limit}")
    return number


def _must_force(mapping: AttributeMapping, got: Json, wanted: str) -> None:
    """Let a conversion through that the author asked for."""
    data_type = mapping.attribute.data_type
    if mapping.type is not data_type:
        raise _wrong_type(got, wanted, f"; `type: {data_type.value}` would convert it")


def _wrong_type(got: Json, wanted: str, hint: str = "") -> DateError:
    return DateError(KeepReason.WRONG_TYPE, f"{wanted} is wanted, not {_WORDS[type(got)]}{hint}")


_WORDS: Final[Mapping[type, str]] = MappingProxyType(
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


def _some(choices: Iterable[Scalar]) -> str:
    """The first choices, as JSON, and how many more there are."""
    words = [strict_json.dump_json(choice) for choice in choices]
    more = len(words) - _MOST_CHOICES
    return ", ".join(words[:_MOST_CHOICES]) + (f" and {more} more" if more > 0 else "")

"""Reads what a mapping maps: a value, one element of a list, all elements, or several texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from types import MappingProxyType
from typing import Final

from cactions.logic import strict_json
from cactions.logic.exchange.row_choice import ReferenceValues, RowOrderError, find_rows
from cactions.logic.expressions.json_path import query_all, query_one
from cactions.logic.values.dates import DateError
from cactions.logic.values.decimals import add_exactly, read_decimal
from cactions.model import (
    ABSENT,
    EACH,
    Aggregate,
    AttributeMapping,
    DataType,
    InvalidText,
    Json,
    KeepReason,
    Path,
    Rows,
    Value,
    is_empty,
)


def read_value(
    mapping: AttributeMapping, root: Json, asker: ReferenceValues | None = None
) -> Value:
    """The value that a mapping maps; ABSENT for none. Raises DateError where it is not clear.

    ``asker`` is for elements that are chosen by values of the person.
    """
    if mapping.aggregate:
        value = _aggregate(mapping, mapping.aggregate, root, asker)
    elif mapping.text:
        value = _fill_text(mapping, root)
    elif mapping.elements:
        value = _read_element(mapping, mapping.elements, root, asker)
    elif EACH in mapping.path.segments:
        value = _read_all(mapping.path, root)
    else:
        value = query_one(mapping.path, root)
    if mapping.parse and value is not ABSENT and not is_empty(value):
        value = _parse_text(mapping.parse, value)
    if mapping.join is not None and value is not ABSENT and value is not None:
        value = _join_texts(mapping, mapping.join, value)
    return value


def _read_element(
    mapping: AttributeMapping, elements: Rows, root: Json, asker: ReferenceValues | None
) -> Value:
    """The value in the one element that is meant."""
    found = _find_elements(elements, root, asker)
    if len(found) > 1:
        equally = f" are equally the {elements.order.order.value}" if elements.order else " fit"
        detail = f"{len(found)} elements of {elements.path}{equally}, and exactly 1 must"
        raise DateError(KeepReason.MANY_ELEMENTS, detail)
    return query_one(mapping.element_path, found[0]) if found else ABSENT


def _find_elements(elements: Rows, root: Json, asker: ReferenceValues | None) -> list[Json]:
    try:
        return find_rows(elements, asker, root)
    except RowOrderError as error:
        detail = f"several elements of {elements.path} fit, but {error}"
        raise DateError(KeepReason.MANY_ELEMENTS, detail) from None


def _aggregate(
    mapping: AttributeMapping, kind: Aggregate, root: Json, asker: ReferenceValues | None
) -> Value:
    """ABSENT where there is no list, or nothing in it to compare."""
    elements = mapping.elements
    base = elements.path if elements else mapping.path
    if not _has_list(base, root):
        return ABSENT
    rows = _find_elements(elements, root, asker) if elements else [root]
    values = [value for row in rows for value in query_all(mapping.element_path, row)]
    if kind is Aggregate.COUNT:
        return len(values)
    found = [value for value in values if not is_empty(value)]
    numbers = [_require_number(value) for value in found]
    if kind is Aggregate.SUM:
        return _to_number(reduce(add_exactly, numbers, Decimal(0)))
    if not numbers:
        return ABSENT
    return _to_number(_CHOICES[kind](numbers))


_CHOICES: Final[Mapping[Aggregate, Callable[[list[Decimal]], Decimal]]] = MappingProxyType(
    {Aggregate.MIN: min, Aggregate.MAX: max}
)


def _has_list(path: Path, root: Json) -> bool:
    """Whether the first list that the path goes through is there."""
    first = path.segments.index(EACH)
    return isinstance(query_one(Path("", path.segments[:first]), root), list)


def _require_number(value: Json) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DateError(KeepReason.WRONG_TYPE, "an element of the list is no number")
    return read_decimal(value)


def _to_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _fill_text(mapping: AttributeMapping, root: Json) -> Value:
    """The text with its values; ABSENT or null where one of them is."""
    parts: list[str] = []
    for part in mapping.text:
        if isinstance(part, str):
            parts.append(part)
            continue
        value = query_one(part, root)
        if value is ABSENT or value is None or value == "":
            return value
        parts.append(_to_text(mapping, value))
    return "".join(parts)


def _read_all(path: Path, root: Json) -> Value:
    return query_all(path, root) if _has_list(path, root) else ABSENT


def _join_texts(mapping: AttributeMapping, between: str, value: Json) -> Value:
    """One text of a list of texts; an empty list is an empty text."""
    if not isinstance(value, list):
        raise DateError(KeepReason.WRONG_TYPE, "a list of texts is expected")
    return between.join(_to_text(mapping, item) for item in value)


def _to_text(mapping: AttributeMapping, value: Json) -> str:
    if isinstance(value, InvalidText):
        raise DateError(KeepReason.UNSUITABLE_TEXT, "it is not valid Unicode")
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and mapping.type is DataType.STRING:
        return strict_json.dump_json(value)
    if value is None or isinstance(value, list | dict):
        raise DateError(KeepReason.WRONG_TYPE, "a part of it is a list, an object or null")
    detail = "a part of it is no text; `type: string` would convert it"
    raise DateError(KeepReason.WRONG_TYPE, detail)


def _parse_text(path: Path, value: Json) -> Value:
    """What stands in the JSON of a text."""
    if not isinstance(value, str) or isinstance(value, InvalidText):
        raise DateError(KeepReason.WRONG_TYPE, "a text with JSON is expected")
    try:
        return query_one(path, strict_json.parse_json(value))
    except strict_json.StrictJsonError:
        raise DateError(KeepReason.NOT_JSON, "the text is not strict JSON") from None

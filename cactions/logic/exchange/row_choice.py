"""Which rows of an answer are meant: by what stands in them, then by a date or a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from cactions.logic.expressions.json_path import query_all, query_one
from cactions.logic.expressions.references import equals_reference, resolve_reference
from cactions.logic.values.dates import DateError, parse_date, parse_date_text, parse_day
from cactions.model import (
    ABSENT,
    Json,
    Order,
    Person,
    Reference,
    RowOrder,
    Rows,
    Scalar,
    Value,
    is_empty,
    is_same,
)

_FRACTION: Final = re.compile(r":[0-9]{2}[.,]([0-9]+)")
_HIGHEST: Final = (Order.NEWEST, Order.LAST)
_BY_NUMBER: Final = (Order.FIRST, Order.LAST)

_Rank: TypeAlias = "tuple[float, str]"
"""Seconds and the digits of their fraction; or a number."""


class ReferenceValues(Struct, frozen=True):
    """For whom the answer must be: what references stand for."""

    person: Person
    inputs: Mapping[str, Scalar]

    def get_value(self, reference: Reference) -> Value:
        """What the reference stands for; ABSENT for nothing."""
        return resolve_reference(reference, self.person, self.inputs)


class RowOrderError(ValueError):
    """Rows that cannot be put in order; the message completes ``3 rows fit, but``."""


def find_rows(rows: Rows, asker: ReferenceValues | None, document: Json) -> list[Json]:
    """The rows that remain: one where the choice is clear. Raises RowOrderError."""
    found = query_all(rows.path, document)
    return [found[position] for position in choose_positions(rows, asker, found)]


def find_root(rows: Rows | None, asker: ReferenceValues, document: Json) -> Value:
    """Where the paths of a mapping start: at the one row, or at the document where none is chosen.

    ABSENT where not exactly one row remains.
    """
    if rows is None:
        return document
    try:
        found = find_rows(rows, asker, document)
    except RowOrderError:
        return ABSENT
    return found[0] if len(found) == 1 else ABSENT


def choose_positions(
    rows: Rows, asker: ReferenceValues | None, candidates: Sequence[Json]
) -> list[int]:
    """The positions of the rows that remain. Raises RowOrderError."""
    fitting = [n for n, row in enumerate(candidates) if meets_conditions(rows, asker, row)]
    if rows.order is None or len(fitting) < 2:  # noqa: PLR2004 - one row needs no order
        return fitting
    ranks = _rank_all(rows.order, [query_one(rows.order.path, candidates[n]) for n in fitting])
    best = max(ranks) if rows.order.order in _HIGHEST else min(ranks)
    return [n for n, rank in zip(fitting, ranks, strict=True) if rank == best]


def meets_conditions(rows: Rows, asker: ReferenceValues | None, row: Json) -> bool:
    """Whether a row has what is asked for; without an asker, no ``where`` holds."""
    return all(is_same(query_one(path, row), value) for path, value in rows.literals) and all(
        asker is not None
        and equals_reference(reference, asker.get_value(reference), query_one(path, row))
        for path, reference in rows.where
    )


def _rank_all(order: RowOrder, values: Sequence[Value]) -> list[_Rank]:
    if any(value is ABSENT or is_empty(value) for value in values):
        raise RowOrderError(f"one of them has nothing at {order.path}")
    if order.order in _BY_NUMBER or (order.date is None and _are_numbers(values)):
        return _rank_numbers(order, values)
    try:
        return _rank_dates(order, values)
    except DateError as error:
        raise RowOrderError(f"{order.path} is no date in one of them: {error.detail}") from None


def _are_numbers(values: Sequence[Value]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _rank_numbers(order: RowOrder, values: Sequence[Value]) -> list[_Rank]:
    if not _are_numbers(values):
        raise RowOrderError(f"{order.path} is no number in one of them")
    return [(value, "") for value in values if isinstance(value, int | float)]


def _rank_dates(order: RowOrder, values: Sequence[Value]) -> list[_Rank]:
    if order.date:
        readable = [_require_readable(order, value) for value in values]
        return [(parse_date(value, order.date), _read_fraction(value)) for value in readable]
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values):
        raise RowOrderError(f"{order.path} is not written alike in all of them")
    forms = {_name_form(text) for text in texts}
    if len(forms) > 1:
        raise RowOrderError(f"{order.path} has a time zone in some of them only")
    read = parse_day if forms == {"day"} else parse_date_text
    return [(read(text, "UTC"), _read_fraction(text)) for text in texts]


def _require_readable(order: RowOrder, value: Value) -> str | int:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    raise RowOrderError(f"{order.path} is no date in one of them")


def _name_form(text: str) -> str:
    """Dates in ISO 8601 can be compared where all of them have an offset, or none has."""
    if len(text) == len("2026-01-31"):
        return "day"
    return "offset" if re.search(r"([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$", text[10:]) else "local"


def _read_fraction(value: str | int) -> str:
    """The digits behind the second, without zeros at the end, so that they compare as texts."""
    found = _FRACTION.search(value) if isinstance(value, str) else None
    return found[1].rstrip("0") if found else ""

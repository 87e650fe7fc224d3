"""Queries of ``POST /contacts/search``, within the limits of its grammar.

At most 15 filters in a group and 2 levels of groups. ``IN`` takes a list whose longest length is
not documented: a list that is refused is asked for again as groups of ``=``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from cactions.logic.people.condition_fields import LISTS
from cactions.logic.strict_json import dump_json
from cactions.model import Condition, Json, PersonQuery, Scalar

LARGEST_PAGE: Final = 150
"""People on one page of a search or of the list of all contacts."""

LARGEST_LIST: Final = 50
"""Values in one ``IN``."""

LARGEST_GROUP: Final = 15
"""Filters in one group."""

_FIELDS: Final[Mapping[str, str]] = {"user_id": "external_id", "email": "email", "id": "id"}

T = TypeVar("T")


def build_search(query: Json, size: int = LARGEST_PAGE) -> dict[str, Json]:
    """The body of a search."""
    return {"query": query, "pagination": {"per_page": size}}


def build_filter(query: PersonQuery) -> dict[str, Json]:
    """The filter for one value."""
    return {"field": _FIELDS[query.field], "operator": "=", "value": query.value}


def build_list_filter(field: str, values: Sequence[str]) -> dict[str, Json]:
    """The filter for a list of values, as one ``IN``."""
    return {"field": _FIELDS[field], "operator": "IN", "value": list(values)}


def build_group_filter(field: str, values: Sequence[str]) -> dict[str, Json]:
    """The filter for a list of values, as a group of ``=``."""
    filters: list[Json] = [build_filter(PersonQuery(field, value)) for value in values]
    return {"operator": "OR", "value": filters}


def build_condition_filter(conditions: Sequence[Condition]) -> dict[str, Json]:
    """The filter for people for whom all conditions hold; there must be one at least."""
    filters: list[Json] = [
        {
            "field": condition.field,
            "operator": condition.operator,
            "value": [_write_text(value) for value in condition.values]
            if condition.operator in LISTS
            else _write_value(condition.values[0]),
        }
        for condition in conditions
    ]
    first = filters[0]
    assert isinstance(first, dict), "it was built here"
    return first if len(filters) == 1 else {"operator": "AND", "value": filters}


def split(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in lists of at most this length."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _write_value(value: Scalar) -> Scalar:
    """The value as Intercom describes it: a text, a whole number, or true and false."""
    return dump_json(value) if isinstance(value, float) else value


def _write_text(value: Scalar) -> Scalar:
    """The same for a value in a list, which holds texts and whole numbers only."""
    return dump_json(value) if isinstance(value, bool) else _write_value(value)

"""Limits that the descriptions state in prose, not in a schema.

Each names the words that state it; a test looks for them in the descriptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.contract.operations import Operation

GROUP_MAX = 15
DEPTH_MAX = 2
PAGE_MAX = 150
DATES = tuple(
    """
    created_at signed_up_at updated_at last_seen_at last_contacted_at last_replied_at
    last_email_opened_at last_email_clicked_at ios_last_seen_at android_last_seen_at
    """.split()  # noqa: SIM905 - a list of words
)
DATE_OPERATORS = ("=", "<", ">")


@dataclass(frozen=True)
class StatedLimit:
    """A check of the body of one operation; ``words`` are in ``where`` of its description.

    Without ``words``, the source is outside of the descriptions.
    """

    operation: str
    words: str
    source: str
    check: Callable[[Any], Iterator[str]]


def find_broken_limits(operation: Operation, value: Any) -> Iterator[str]:
    """Every stated limit that a body breaks."""
    for limit in LIMITS:
        if limit.operation == operation.id:
            yield from limit.check(value)


def _walk(query: Any, place: str = "body.query", depth: int = 1) -> Iterator[tuple[str, int, Any]]:
    """Every filter and group of a query, with its place and depth."""
    if isinstance(query, dict):
        yield place, depth, query
        if "field" not in query and isinstance(query.get("value"), list):
            for number, item in enumerate(query["value"]):
                yield from _walk(item, f"{place}.value[{number}]", depth + 1)


def _read_query(body: Any) -> Any:
    return body.get("query") if isinstance(body, dict) else None


def _is_group(item: Any) -> bool:
    return "field" not in item and isinstance(item.get("value"), list)


def _check_depth(body: Any) -> Iterator[str]:
    for place, depth, item in _walk(_read_query(body)):
        if depth > DEPTH_MAX and _is_group(item):
            yield f"{place}: groups nest more than {DEPTH_MAX} levels"


def _check_sizes(body: Any) -> Iterator[str]:
    for place, _, item in _walk(_read_query(body)):
        if _is_group(item) and len(item["value"]) > GROUP_MAX:
            yield f"{place}.value: {len(item['value'])} filters, more than {GROUP_MAX}"


def _check_lists(body: Any) -> Iterator[str]:
    for place, _, item in _walk(_read_query(body)):
        takes_list = item.get("operator") in ("IN", "NIN")
        if "field" in item and takes_list != isinstance(item.get("value"), list):
            yield f"{place}.value: IN and NIN take an array, and they only"


def _check_dates(body: Any) -> Iterator[str]:
    for place, _, item in _walk(_read_query(body)):
        if item.get("field") in DATES and item.get("operator") not in DATE_OPERATORS:
            yield f"{place}.operator: {item.get('operator')} is not for dates"


def _check_filters(body: Any) -> Iterator[str]:
    """The schemas require none of the three keys of a filter."""
    for place, _, item in _walk(_read_query(body)):
        for name in ("operator", "value"):
            if name not in item:
                yield f"{place}: {name!r} is missing"


def _check_page(body: Any) -> Iterator[str]:
    pagination = body.get("pagination") if isinstance(body, dict) else None
    size = pagination.get("per_page") if isinstance(pagination, dict) else None
    if isinstance(size, int) and not 1 <= size <= PAGE_MAX:
        yield f"body.pagination.per_page: {size} is not from 1 to {PAGE_MAX}"


def _check_email(body: Any) -> Iterator[str]:
    if isinstance(body, dict) and "email_verified" in body and "email" not in body:
        yield "body.email_verified: comes without an email"


SEARCH = "SearchContacts"
LIMITS = (
    StatedLimit(SEARCH, "limit of max 2 nested filters", "description", _check_depth),
    StatedLimit(SEARCH, "limit of max 15 filters for each AND or OR", "description", _check_sizes),
    StatedLimit(SEARCH, "Values must be in Array", "description", _check_lists),
    StatedLimit(SEARCH, "are not supported on Date fields", "description", _check_dates),
    StatedLimit(SEARCH, "", "R8, and the per_page of every list", _check_page),
    StatedLimit(SEARCH, "", "a filter without them compares nothing", _check_filters),
    StatedLimit("UpdateContact", "supplied together with an email", "description", _check_email),
    StatedLimit("CreateContact", "supplied together with an email", "description", _check_email),
)

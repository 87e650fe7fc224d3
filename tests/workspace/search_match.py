"""Decides which contacts a checked query finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.workspace.messages import Document
from tests.workspace.search_index import SearchIndex, read_field
from tests.workspace.search_query import Filter, Group, Query

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda held, value: held == value,
    "<": lambda held, value: held is not None and held < value,
    ">": lambda held, value: held is not None and held > value,
    "<=": lambda held, value: held is not None and held <= value,
    ">=": lambda held, value: held is not None and held >= value,
    "IN": lambda held, value: held in value,
    "~": lambda held, value: held is not None and value in held,
    "^": lambda held, value: held is not None and held.startswith(value),
    "$": lambda held, value: held is not None and held.endswith(value),
}
NEGATED = {"!=": "=", "NIN": "IN", "!~": "~"}


class Matcher:
    """Compares dates by calendar day in the zone of the workspace."""

    def __init__(self, timezone: str, *, folds_case: bool) -> None:
        self._zone = ZoneInfo(timezone)
        self._folds_case = folds_case

    def matches(self, query: Query, document: Document) -> bool:
        """Whether the query finds this contact."""
        if isinstance(query, Group):
            combine = all if query.operator == "AND" else any
            return combine(self.matches(item, document) for item in query.items)
        if query.kind == "tag":
            return self._match_tag(query, document)
        held = read_field(_derive(document), query.field)
        if query.kind == "date":
            return self._match_date(query, held)
        name = NEGATED.get(query.operator, query.operator)
        found = COMPARISONS[name](self._fold(held), self._fold(query.value))
        return found != (name != query.operator)

    def _match_tag(self, query: Filter, document: Document) -> bool:
        held = [tag["id"] for tag in document["tags"]] if query.field == "tag_id" else []
        return (query.value in held) == (query.operator == "=")

    def _match_date(self, query: Filter, held: Any) -> bool:
        if held is None or query.value is None:
            return bool(query.operator == "=" and held == query.value)
        start, end = self._find_day(query.value)
        return bool({"=": start <= held < end, "<": held < start, ">": held >= end}[query.operator])

    def _find_day(self, moment: int) -> tuple[float, float]:
        day = datetime.fromtimestamp(moment, self._zone).date()
        start, end = (
            datetime.combine(found, time(), self._zone).timestamp()
            for found in (day, day + timedelta(days=1))
        )
        return start, end

    def _fold(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._fold(item) for item in value]
        return value.casefold() if self._folds_case and isinstance(value, str) else value


def find_candidates(query: Query, index: SearchIndex) -> set[str] | None:
    """The ids that the query can find at most; none where every contact has to be looked at."""
    if isinstance(query, Group):
        sets = [find_candidates(item, index) for item in query.items]
        if query.operator == "AND":
            known = [found for found in sets if found is not None]
            return set.intersection(*known) if known else None
        return None if None in sets else set().union(*(found or set() for found in sets))
    if query.kind != "string" or query.field in DERIVED or query.operator not in {"=", "IN"}:
        return None
    values = query.value if query.operator == "IN" else [query.value]
    return index.narrow(query.field, values)


DERIVED = {"email_domain", "formatted_phone", "ios_app_device", "andoid_sdk_version", "avatar"}


def _derive(document: Document) -> Document:
    """The contact with the fields that only searches know."""
    return {
        **document,
        "email_domain": (document["email"] or "").partition("@")[2] or None,
        "formatted_phone": document["phone"],
        "ios_app_device": document["ios_device"],
        "andoid_sdk_version": document["android_sdk_version"],
        "avatar": (document["avatar"] or {}).get("image_url"),
    }

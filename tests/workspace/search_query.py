"""Reads the query of a search and refuses what the platform's grammar does not have."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct

from tests.workspace.attributes import Attributes
from tests.workspace.errors import ApiError, refuse_parameter

Kind: TypeAlias = Literal["string", "integer", "float", "boolean", "date", "tag"]

GROUP_MAX = 15
DEPTH_MAX = 2
TAKES_LIST = ("IN", "NIN")
OPERATORS: dict[Kind, tuple[str, ...]] = {
    "string": ("=", "!=", "IN", "NIN", "~", "!~", "^", "$"),
    "integer": ("=", "!=", "IN", "NIN", "<", ">", "<=", ">="),
    "float": ("=", "!=", "IN", "NIN", "<", ">", "<=", ">="),
    "boolean": ("=", "!=", "IN", "NIN"),
    "date": ("=", "<", ">"),
    "tag": ("=", "!="),
}
STRINGS = """
id role name avatar owner_id email email_domain phone formatted_phone external_id
language_override browser browser_language os location.country location.region location.city
ios_app_version ios_device ios_app_device ios_os_version ios_app_name ios_sdk_version
android_app_version android_device android_app_name andoid_sdk_version android_sdk_version
""".split()  # noqa: SIM905 - a list of words
DATES = """
created_at signed_up_at updated_at last_seen_at last_contacted_at last_replied_at
last_email_opened_at last_email_clicked_at ios_last_seen_at android_last_seen_at
""".split()  # noqa: SIM905 - a list of words
FIELDS: dict[str, Kind] = {
    **dict.fromkeys(STRINGS, "string"),
    **dict.fromkeys(DATES, "date"),
    "unsubscribed_from_emails": "boolean",
    "marked_email_as_spam": "boolean",
    "has_hard_bounced": "boolean",
    "segment_id": "tag",
    "tag_id": "tag",
}
CUSTOM = "custom_attributes."


class Filter(Struct, frozen=True):
    """One comparison of a field."""

    field: str
    operator: str
    value: Any
    kind: Kind


class Group(Struct, frozen=True):
    """Filters and groups of which all or any must match."""

    operator: Literal["AND", "OR"]
    items: tuple[Filter | Group, ...]


Query: TypeAlias = Filter | Group


class QueryReader:
    """Knows the searchable fields and the maximum of ``IN``."""

    def __init__(self, attributes: Attributes, in_maximum: int) -> None:
        self._attributes = attributes
        self._in_maximum = in_maximum

    def read(self, query: Any, depth: int = 0) -> Query:
        """A checked query; raises the 400 of the platform."""
        if not isinstance(query, dict) or not {"operator", "value"} <= query.keys():
            raise refuse_parameter("Invalid query provided", "query")
        if "field" in query:
            return self._read_filter(query)
        if query["operator"] not in {"AND", "OR"}:
            raise refuse_parameter(f"Invalid operator '{query['operator']}'", "operator")
        if not isinstance(query["value"], list):
            raise refuse_parameter("The value of AND and OR must be an array", "value")
        if len(query["value"]) > GROUP_MAX:
            raise refuse_parameter(f"A group may hold at most {GROUP_MAX} filters", "value")
        if depth == DEPTH_MAX:
            raise refuse_parameter(f"Queries nest at most {DEPTH_MAX} levels", "value")
        return Group(
            query["operator"], tuple(self.read(item, depth + 1) for item in query["value"])
        )

    def _read_filter(self, query: dict[str, Any]) -> Filter:
        name, operator, value = query["field"], query["operator"], query["value"]
        if operator in {"AND", "OR"}:  # intercom-node issue 344
            raise ApiError(500, "server_error", "Server Error")
        kind = self._find_kind(name)
        if operator not in OPERATORS[kind]:
            raise refuse_parameter(f"Operator '{operator}' is not supported on '{name}'", name)
        if operator not in TAKES_LIST:
            return Filter(name, operator, _read_value(name, value, kind), kind)
        if not isinstance(value, list):
            raise refuse_parameter(f"The value of {operator} must be an array", name)
        if len(value) > self._in_maximum:
            raise refuse_parameter(f"{operator} takes at most {self._in_maximum} values", name)
        return Filter(name, operator, [_read_value(name, v, kind) for v in value], kind)

    def _find_kind(self, name: Any) -> Kind:
        if name in FIELDS:
            return FIELDS[name]
        if isinstance(name, str) and name.startswith(CUSTOM):
            attribute = self._attributes.find(name.removeprefix(CUSTOM))
            if attribute is not None:
                kind = attribute["data_type"]
                return kind if kind in OPERATORS else "string"
        raise ApiError(400, "invalid_field", f"Field '{name}' does not exist", field=str(name))


def _read_value(name: str, value: Any, kind: Kind) -> Any:
    """The value with the type of its field; null stands for a field without a value."""
    refusal = refuse_parameter(f"The value for '{name}' must be of type {kind}", name)
    if value is None:
        return None
    if kind in {"string", "tag"}:
        if not isinstance(value, str):
            raise refusal
        return value
    if kind == "boolean":
        found = {True: True, False: False, "true": True, "false": False}
        if isinstance(value, bool | str) and value in found:
            return found[value]
        raise refusal
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refusal
    try:
        return float(value) if kind == "float" else int(value)
    except ValueError:
        raise refusal from None

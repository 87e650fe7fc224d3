"""What a search for people may ask for: fields, their types, and the operators of each type.

They are those of Intercom's ``POST /contacts/search``, under Intercom's names. Only ``user_id`` is
taken as well, for ``external_id``, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cactions.logic.people.from_record import ALIASES, ATTRIBUTES
from cactions.logic.suggest import find_closest, suggest
from cactions.model import CUSTOM_ATTRIBUTES, Attribute, DataType

_TEXTS: Final = (
    "id role name avatar owner_id email email_domain phone formatted_phone external_id"
    " language_override browser browser_language os location.country location.region location.city"
    " ios_app_version ios_device ios_app_device ios_os_version ios_app_name ios_sdk_version"
    " android_app_version android_device android_app_name andoid_sdk_version segment_id tag_id"
)
"""``andoid_sdk_version`` is Intercom's own spelling."""

_DATES: Final = (
    "created_at signed_up_at updated_at last_seen_at last_contacted_at last_replied_at"
    " last_email_opened_at last_email_clicked_at ios_last_seen_at android_last_seen_at"
)
_FLAGS: Final = "unsubscribed_from_emails marked_email_as_spam has_hard_bounced"

SEARCH_FIELDS: Final[Mapping[str, DataType]] = MappingProxyType(
    {
        **dict.fromkeys(_TEXTS.split(), DataType.STRING),
        **dict.fromkeys(_DATES.split(), DataType.DATE),
        **dict.fromkeys(_FLAGS.split(), DataType.BOOLEAN),
    }
)
"""The fields of a contact that a search knows."""

EQUALITY: Final = ("=", "!=")
LISTS: Final = ("IN", "NIN")
"""The operators that take several values."""

_ORDER: Final = (">", "<", ">=", "<=")
_OPERATORS: Final[Mapping[DataType, tuple[str, ...]]] = MappingProxyType(
    {
        DataType.STRING: (*EQUALITY, "~", "!~", "^", "$", *LISTS),
        DataType.INTEGER: (*EQUALITY, *_ORDER, *LISTS),
        DataType.FLOAT: (*EQUALITY, *_ORDER, *LISTS),
        DataType.BOOLEAN: (*EQUALITY, *LISTS),
        DataType.DATE: ("=", ">", "<"),
    }
)
_MEMBERSHIP: Final = ("segment_id", "tag_id")
"""Lists that a contact is in, not texts of the contact."""

OPERATORS: Final = tuple(dict.fromkeys(name for names in _OPERATORS.values() for name in names))
"""All operators."""

_OUR_NAMES: Final = MappingProxyType({ours: theirs for theirs, ours in ALIASES.items()})
_TYPE_WORDS: Final[Mapping[DataType, str]] = MappingProxyType(
    {
        DataType.STRING: "a text",
        DataType.INTEGER: "a whole number",
        DataType.FLOAT: "a number",
        DataType.BOOLEAN: "true or false",
        DataType.DATE: "a date",
    }
)


def find_field(name: str, declared: Mapping[str, Attribute]) -> tuple[str, DataType] | None:
    """Intercom's name of a field, and its type; None for an unknown field."""
    name = _OUR_NAMES.get(name, name)
    if name.startswith(CUSTOM_ATTRIBUTES):
        attribute = declared.get(name.removeprefix(CUSTOM_ATTRIBUTES))
        return (name, attribute.data_type) if attribute else None
    return (name, SEARCH_FIELDS[name]) if name in SEARCH_FIELDS else None


def suggest_field(name: str, declared: Mapping[str, Attribute]) -> str:
    """What an unknown field was probably meant to be."""
    bare = name.removeprefix(CUSTOM_ATTRIBUTES).removeprefix(ATTRIBUTES)
    if bare in declared:
        return f'did you mean "{CUSTOM_ATTRIBUTES}{bare}"?'
    known = [*SEARCH_FIELDS, *_OUR_NAMES]
    if close := find_closest(name, known):
        return f'did you mean "{close}"?'
    if close := find_closest(bare, declared):
        return f'did you mean "{CUSTOM_ATTRIBUTES}{close}"?'
    if name.startswith(CUSTOM_ATTRIBUTES):
        return (
            "declare it under `attributes`, or pull those of Intercom: `cactions attributes pull`"
        )
    return suggest(name, known)


def list_operators(field: str, data_type: DataType) -> tuple[str, ...]:
    """The operators that a field takes."""
    return EQUALITY if field in _MEMBERSHIP else _OPERATORS[data_type]


def describe_type(data_type: DataType) -> str:
    """What a field holds, in words."""
    return _TYPE_WORDS[data_type]

"""What each value in a request does: it finds a record, narrows or orders, or is content.

Names decide, as a reviewer would read them: ``order_id`` finds a record, ``limit`` narrows a list,
and the ``comment`` of a ticket is content. A name that says nothing of this is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cactions.logic.lint.vocabulary import (
    CATALOG,
    CONTENTS,
    FILTERS,
    PAGING,
    PERSONAL_STEMS,
    SELECTORS,
    is_presentation,
    is_record_name,
    is_shared,
    split_words,
)
from cactions.model import (
    Attribute,
    DataInput,
    DataType,
    Input,
    InputType,
    PersonAttribute,
    PersonField,
)
from cactions.rules.rule import KeyRole, LookupKey, RequestPart

_GENERIC = frozenset(
    ("id", "ids", "uuid", "no", "nr", "num", "number", "key", "ref", "code", "slug")
)
_WHOLE = (("path",), ("url",), ("uri",), ("endpoint",), ("route",), ("resource",))
"""Who chooses a path of the service chooses among all of its records."""


def find_role(
    key: LookupKey,
    attributes: Mapping[str, Attribute],
    inputs: Mapping[str, DataInput],
    *,
    is_read: bool,
) -> KeyRole:
    """The role of a value where it stands. ``inputs`` are those of the action, by name."""
    reference, part, name = key.reference, key.part, key.name
    if isinstance(reference, PersonField):
        says = _is_content(part, name) or (part is RequestPart.BODY and not is_read)
        is_name = reference.name in ("name", "avatar")
        return KeyRole.CONTENT if is_name and says else KeyRole.SELECTOR
    if _is_content(part, name or reference.name):
        return KeyRole.CONTENT
    if isinstance(reference, PersonAttribute):
        known = attributes.get(reference.name)
        closed = known and known.data_type in (DataType.BOOLEAN, DataType.DATE)
        return KeyRole.FILTER if closed else _find_attribute_role(reference.name, name)
    return _find_input_role(reference, part, name, inputs.get(reference.name))


def _find_attribute_role(attribute: str, name: str) -> KeyRole:
    """An attribute finds a record, unless its name says that it narrows or presents an answer."""
    if is_presentation(name) or (
        is_presentation(attribute) and _get_role(name) is not KeyRole.SELECTOR
    ):
        return KeyRole.FILTER
    if is_shared(attribute) and _get_role(name) is not KeyRole.SELECTOR:
        return KeyRole.UNKNOWN
    narrows = _get_role(attribute) is KeyRole.FILTER and _get_role(name) is not KeyRole.SELECTOR
    return KeyRole.FILTER if narrows else KeyRole.SELECTOR


def _find_input_role(
    reference: Input, part: RequestPart, name: str, declared: DataInput | None
) -> KeyRole:
    if declared and declared.is_content and part is RequestPart.BODY:
        return KeyRole.SELECTOR if is_record_name(name) else KeyRole.CONTENT
    if declared and declared.type is InputType.BOOLEAN:
        return KeyRole.FILTER
    roles = (_get_role(reference.name), _get_role(name))
    if part is RequestPart.URL and split_words(reference.name)[-1:] in _WHOLE:
        return KeyRole.SELECTOR
    if KeyRole.SELECTOR in roles:
        return KeyRole.SELECTOR
    is_filter = KeyRole.FILTER in roles and part is not RequestPart.URL
    return KeyRole.FILTER if is_filter else KeyRole.UNKNOWN


def _is_content(part: RequestPart, name: str) -> bool:
    words = split_words(name)
    return part is RequestPart.BODY and bool(words) and words[-1] in CONTENTS


@lru_cache(1_000)
def _get_role(name: str) -> KeyRole:
    words = split_words(name)
    if any(word.startswith(PERSONAL_STEMS) for word in words):
        return KeyRole.SELECTOR
    if not words:
        return KeyRole.UNKNOWN
    if len(words) > 1 and words[-1] in _GENERIC and words[-2] in CATALOG:
        return KeyRole.UNKNOWN
    if words[-1] in FILTERS or not PAGING.isdisjoint(words):
        return KeyRole.FILTER
    return KeyRole.UNKNOWN if SELECTORS.isdisjoint(words) else KeyRole.SELECTOR


def is_path_key(key: LookupKey) -> bool:
    """Whether a value stands in the path, where it finds a record unless its name denies it."""
    return key.part is RequestPart.URL and key.role is KeyRole.UNKNOWN

"""The members of a sample answer: where each stands, and what kind of value it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from cactions.logic.values.dates import parse_date_text, parse_timestamp
from cactions.model import DataType, DateForm, Json, Scalar

_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DATED: Final = re.compile(
    r"(?i)(?:^|_)(?:at|on|since|until|due|created|updated|expires?|expiry)$|date|time|[a-z]At$"
)
_SECONDS: Final = range(946_684_800, 4_102_444_800)
"""From 2000 to 2100, in Unix seconds: what is dated and in between is a moment."""
_PERSON: Final = re.compile(
    r"(?i)^(?:e_?mail(?:_?address)?|user_?(?:id|name)|external_?id|customer_?id|customer_?reference)$"
)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DEEPEST: Final = 6


class AnswerMember(Struct, frozen=True):
    """A value of the sample. ``path`` starts where the paths of a mapping do.

    ``date`` is how a date is written; empty where it is none.
    """

    path: str
    name: str
    value: Scalar
    data_type: DataType
    date: str = ""

    @property
    def kind(self) -> str:
        """In words."""
        return f"date: {self.date}" if self.date else self.data_type.value

    @property
    def may_prove(self) -> bool:
        """Whether its name, or its form, is that of something that is one person's."""
        text = self.value if isinstance(self.value, str) else ""
        return (
            _PERSON.match(self.name) is not None or re.fullmatch(r"\S+@\S+\.\S+", text) is not None
        )


class AnswerMembers(Struct, frozen=True):
    """``rows`` is the path of the list whose elements are records; empty where there is none.

    ``count`` is how many elements the sample has. ``sampled``: the values are those of an answer.
    """

    rows: str
    count: int
    members: tuple[AnswerMember, ...]
    sampled: bool = True


def list_members(document: Json) -> AnswerMembers:
    """The members of the answer, or of the first record where it is a list of records."""
    rows = _find_rows(document, "$", 0)
    if rows is None:
        return AnswerMembers("", 1, tuple(_walk(document, "$", "", 0)))
    path, records = rows
    return AnswerMembers(f"{path}[*]", len(records), tuple(_walk(records[0], "$", "", 0)))


def _find_rows(value: Json, path: str, depth: int) -> tuple[str, list[Json]] | None:
    """A list of records that stands there in the place of one: without a person outside of it."""
    if isinstance(value, list):
        return (path, value) if value and isinstance(value[0], dict) else None
    if not isinstance(value, dict) or depth >= _DEEPEST:
        return None
    if any(member.may_prove for member in _walk(value, "$", "", 0)):
        return None
    found = (_find_rows(item, _join(path, key), depth + 1) for key, item in value.items())
    lists = [each for each in found if each]
    return lists[0] if len(lists) == 1 else None


def _walk(value: Json, path: str, name: str, depth: int) -> Iterator[AnswerMember]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, item in value.items():
            yield from _walk(item, _join(path, key), key, depth + 1)
    elif not isinstance(value, dict | list) and value is not None and depth:
        yield _build_member(path, name, value)


def _join(path: str, key: str) -> str:
    if _PLAIN_NAME.fullmatch(key):
        return f"{path}.{key}"
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"{path}['{escaped}']"


def _build_member(path: str, name: str, value: Scalar) -> AnswerMember:
    if isinstance(value, bool):
        return AnswerMember(path, name, value, DataType.BOOLEAN)
    if isinstance(value, str):
        date = _find_date_form(value)
        return AnswerMember(path, name, value, DataType.DATE if date else DataType.STRING, date)
    if isinstance(value, int) and _DATED.search(name):
        for form, seconds in ((DateForm.UNIX_S, value), (DateForm.UNIX_MS, value // 1000)):
            if seconds in _SECONDS and _reads(value, form):
                return AnswerMember(path, name, value, DataType.DATE, form.value)
    return AnswerMember(
        path, name, value, DataType.INTEGER if isinstance(value, int) else DataType.FLOAT
    )


def _find_date_form(text: str) -> str:
    """That of a moment with its offset, or of a calendar day; empty where it is none."""
    if not _DAY.match(text):
        return ""
    if _is_moment(text):
        return DateForm.ISO8601.value
    return DateForm.ISO8601_DATE.value if _is_moment(f"{text}T00:00:00Z") else ""


def _is_moment(text: str) -> bool:
    """Whether it is a date with an offset, which alone is read without a guess."""
    try:
        parse_date_text(text)
    except ValueError:
        return False
    return True


def _reads(value: int, form: DateForm) -> bool:
    try:
        parse_timestamp(value, form)
    except ValueError:
        return False
    return True

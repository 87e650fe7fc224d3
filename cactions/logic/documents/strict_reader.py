"""One JSON object of a document, taken apart strictly.

Every key is asked for by name and type, and an unknown key is refused: a misspelt
``after`` must not read as "nothing", which would clear an attribute. Whatever does not fit is a
StoreError that names the spot and holds no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Final, Literal, NoReturn, TypeVar

from cactions.logic.expressions.template import TemplateError, parse_reference
from cactions.model import (
    ABSENT,
    Absent,
    Input,
    Json,
    PersonAttribute,
    PersonField,
    Scalar,
    StoreError,
    Value,
)

_FORMAT: Final = re.compile(r"cactions\.[a-z.]{1,32}/[0-9]{1,4}")
DAMAGED: Final = (
    "It is damaged, was changed by hand, or was written by another version of cactions."
)
_YEAR_1900: Final = -2_208_988_800
_YEAR_10000: Final = 253_402_300_800

T = TypeVar("T")
Word = TypeVar("Word", bound=Enum)


class StrictReader:
    """The keys of one object, each to be taken once; ``route`` says where it stands."""

    __slots__ = ("_left", "route")

    def __init__(self, document: Json, route: str) -> None:
        self.route = route
        if not isinstance(document, dict):
            refuse(route, "should be an object")
        self._left = dict(document)

    def has(self, key: str) -> bool:
        """Whether the key is there; false for one of newer versions."""
        return key in self._left

    def list_keys(self) -> tuple[str, ...]:
        """The keys that were not read yet."""
        return tuple(self._left)

    def read_value(self, key: str) -> Value:
        """Any JSON value; ABSENT where the key is left out."""
        return self._left.pop(key, ABSENT)

    def read_scalar(self, key: str) -> Scalar | Literal[Absent.ABSENT]:
        """What an attribute can hold; ABSENT where the key is left out."""
        found = self.read_value(key)
        if isinstance(found, list | dict):
            self._refuse(key, "should be one value, no list and no object")
        return found

    def read_text(self, key: str, *, missing: str | None = None) -> str:
        """A string; ``missing`` for a key of newer versions."""
        if missing is not None and key not in self._left:
            return missing
        found = self._take(key)
        return found if isinstance(found, str) else self._refuse(key, "should be a text")

    def read_flag(self, key: str) -> bool:
        """True or false."""
        found = self._take(key)
        return found if isinstance(found, bool) else self._refuse(key, "should be true or false")

    def read_integer(self, key: str) -> int:
        """A whole number."""
        found = self._take(key)
        return found if type(found) is int else self._refuse(key, "should be a whole number")

    def read_optional_integer(self, key: str, *, missing: bool = False) -> int | None:
        """Like ``integer``; None for null, and with ``missing`` for a key of newer versions."""
        if self.is_all_null(key) or (missing and key not in self._left):
            return None
        return self.read_integer(key)

    def read_seconds(self, key: str) -> float:
        """Unix seconds of the years 1900 to 9999, written with or without a fraction."""
        found = self._take(key)
        if isinstance(found, bool) or not isinstance(found, int | float):
            return self._refuse(key, "should be a time in Unix seconds")
        if _YEAR_1900 <= found < _YEAR_10000:
            return float(found)
        return self._refuse(key, "should be a time between the years 1900 and 9999")

    def read_word(self, key: str, words: type[Word], *, missing: Word | None = None) -> Word:
        """A member of the enum, by its value; ``missing`` for a key of newer versions."""
        if missing is not None and key not in self._left:
            return missing
        return self._to_word(key, self.read_text(key), words)

    def read_words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """A list of members of the enum."""
        return tuple(self._to_word(key, text, words) for text in self.read_texts(key))

    def read_texts(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        found = self._list(key)
        texts = tuple(item for item in found if isinstance(item, str))
        return texts if len(texts) == len(found) else self._refuse(key, "should hold texts only")

    def read_integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        found = self._list(key)
        numbers = tuple(item for item in found if type(item) is int)
        return numbers if len(numbers) == len(found) else self._refuse(key, "should hold numbers")

    def read_scalars(self, key: str) -> tuple[Scalar, ...]:
        """A list of what an attribute can hold."""
        found = self._list(key)
        if any(isinstance(item, list | dict) for item in found):
            self._refuse(key, "should hold single values only")
        return tuple(item for item in found if not isinstance(item, list | dict))

    def read_object(self, key: str, build: Callable[[StrictReader], T]) -> T:
        """An object, built into what it stands for."""
        return read_document(self._take(key), build, f"{self.route}.{key}")

    def read_optional(self, key: str, build: Callable[[StrictReader], T]) -> T | None:
        """Like ``one``; None for null."""
        found = self._take(key)
        return None if found is None else read_document(found, build, f"{self.route}.{key}")

    def read_each(self, key: str, build: Callable[[StrictReader], T]) -> tuple[T, ...]:
        """A list of objects, each built into what it stands for."""
        found = self._list(key)
        return tuple(
            read_document(item, build, f"{self.route}.{key}[{n}]") for n, item in enumerate(found)
        )

    def read_rows(self, key: str, most: int) -> tuple[list[Json], ...]:
        """A list of lists with one to ``most`` values."""
        found = self._list(key)
        rows = tuple(row for row in found if isinstance(row, list) and 1 <= len(row) <= most)
        return rows if len(rows) == len(found) else self._refuse(key, "should hold short lists")

    def read_reference(self, key: str) -> PersonField | PersonAttribute:
        """Something about a person, such as ``person.email``."""
        return parse_person_reference(self.read_text(key), f"{self.route}.{key}")

    def format(self, *known: str) -> str:
        """The document's ``format``, which must be one of those known here."""
        found = self.read_text("format")
        if found in known:
            return found
        text = f'the format "{found}"' if _FORMAT.fullmatch(found) else "another format"
        raise StoreError(
            f"{self.route} has {text}; this version of cactions reads " + " and ".join(known),
            hint="Use the version of cactions that wrote it, or a newer one.",
        )

    def is_all_null(self, *keys: str) -> bool:
        """Whether every key stands there with null; if so, all of them are taken."""
        if not all(self._left.get(key, ABSENT) is None for key in keys):
            return False
        self.skip(*keys)
        return True

    def check_complete(self) -> None:
        """Refuse an object whose values were left out for a reader's eyes."""
        if "withheld" in self._left:
            raise StoreError(
                f"{self.route} holds no values: they are redacted, and were left out",
                hint="A redacted document is to be read by people; make the plan again.",
            )

    def skip(self, *keys: str) -> None:
        """Drop keys that are computed, and written for readers only."""
        for key in keys:
            self._left.pop(key, None)

    def end(self) -> None:
        """Refuse unknown keys."""
        for key in self._left:
            self._refuse(key[:60], "is not known here")

    def _take(self, key: str) -> Json:
        if key not in self._left:
            self._refuse(key, "is missing")
        return self._left.pop(key)

    def _list(self, key: str) -> list[Json]:
        found = self._take(key)
        return found if isinstance(found, list) else self._refuse(key, "should be a list")

    def _to_word(self, key: str, text: str, words: type[Word]) -> Word:
        try:
            return words(text)
        except ValueError:
            known = ", ".join(str(word.value) for word in words)
            return self._refuse(key, f"should be one of {known}")

    def _refuse(self, key: str, why: str) -> NoReturn:
        refuse(f"{self.route}.{key}", why)


def read_document(document: Json, build: Callable[[StrictReader], T], route: str) -> T:
    """What the document stands for. Raises StoreError for one that does not fit exactly."""
    fields = StrictReader(document, route)
    built = build(fields)
    fields.end()
    return built


def read_values(*, hide: bool, **named: Value) -> dict[str, Json]:
    """The values that are there; where they are hidden, ``withheld`` stands for all of them."""
    if hide:
        return {"withheld": True}
    return {name: value for name, value in named.items() if value is not ABSENT}


def parse_person_reference(text: str, route: str) -> PersonField | PersonAttribute:
    """Something about a person, such as ``person.email``. Raises StoreError."""
    try:
        found = parse_reference(text)
    except TemplateError:
        refuse(route, "should name something about a person")
    if isinstance(found, Input):
        refuse(route, "names an input")
    return found


def refuse(route: str, why: str) -> NoReturn:
    """Raise the error for a place of a document that does not fit; ``why`` holds no value."""
    raise build_error(route, why)


def build_error(route: str, why: str) -> StoreError:
    """The error for such a place."""
    return StoreError(f"the document cannot be read: {route} {why}", hint=DAMAGED)

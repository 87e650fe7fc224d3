"""The rows of the local people store: its table, and people as rows.

Equal attributes are equal bytes: they are stored in the order of their names, everything inside a
value in its original order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cactions.edges.store.sqlite import Cell, Database, Row, Schema
from cactions.logic import strict_json
from cactions.logic.people.lookup import get_lookup_key
from cactions.model import Json, Person

LAYOUT: Final = Schema(
    "the people store",
    1,
    (
        # the first three hold lookup keys, not the person's name; NULL matches no person
        """CREATE TABLE person (
            id TEXT PRIMARY KEY NOT NULL, user_id TEXT, email TEXT, role TEXT NOT NULL,
            test INTEGER NOT NULL, fields TEXT NOT NULL, attributes TEXT NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX person_user_id ON person (user_id)",
        "CREATE INDEX person_email ON person (email)",
        "CREATE INDEX person_role ON person (role)",
    ),
)

_SELECT: Final = "SELECT id, user_id, email, role, test, fields, attributes FROM person"
_LISTED: Final = "IN (SELECT value FROM json_each(?)) ORDER BY id"
_PAGE: Final = f"{_SELECT} WHERE id > ? ORDER BY id LIMIT 500"
_ADDRESSES: Final = (
    "SELECT id, email FROM person WHERE id > ? AND email IS NOT NULL ORDER BY id LIMIT 5000"
)
REPLACE: Final = "INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?, ?, ?, ?)"
UPDATE: Final = "UPDATE person SET attributes = ? WHERE id = ?"
"""Of a stored person whose fields stay; it leaves the indexes alone, a third of the time."""
_SELECT_BY_FIELD: Final[Mapping[str, str]] = MappingProxyType(
    {field: f"{_SELECT} WHERE {field} {_LISTED}" for field in ("id", "user_id", "email")}
)
SIMILAR_KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "id": (
            "SELECT id FROM person WHERE id >= ? ORDER BY id LIMIT 100",
            "SELECT id FROM person WHERE id < ? ORDER BY id DESC LIMIT 100",
        ),
        "user_id": (
            "SELECT user_id FROM person WHERE user_id >= ? ORDER BY user_id LIMIT 100",
            "SELECT user_id FROM person WHERE user_id < ? ORDER BY user_id DESC LIMIT 100",
        ),
        "email": ("SELECT email FROM person WHERE email = ? COLLATE NOCASE LIMIT 2",),
    }
)
"""Neighbours in the alphabet: a mistyped key usually begins correctly.

Of an e-mail address only the same one in other capitals: that of another person is not suggested.
"""


def read_stored(store: Database, field: str, keys: Sequence[str]) -> list[Person]:
    rows = store.query_rows(_SELECT_BY_FIELD[field], strict_json.dump_json([*keys]))
    return [_read_row(store, row) for row in rows]


def read_pages(store: Database) -> Iterator[Person]:
    """Read page by page, so that no transaction stays open while the caller prints."""
    last: Cell = ""
    while rows := store.query_rows(_PAGE, last):
        yield from (_read_row(store, row) for row in rows)
        last = rows[-1][0]


def read_addresses(store: Database) -> Iterator[str]:
    """The lookup key of each e-mail address, page by page."""
    last: Cell = ""
    while rows := store.query_rows(_ADDRESSES, last):
        yield from (str(email) for _, email in rows)
        last = rows[-1][0]


def _list_columns(person: Person) -> Row:
    user_id, email = get_lookup_key(person, "user_id"), get_lookup_key(person, "email")
    return person.id, user_id, email, person.role.value, int(person.test)


def build_row(person: Person) -> Row:
    return (
        *_list_columns(person),
        strict_json.dump_json(dict(person.fields)),
        write_attributes(person),
    )


def write_attributes(person: Person) -> str:
    """The text of the attributes."""
    return strict_json.dump_json(dict(sorted(person.attributes.items())))


def _read_row(store: Database, row: Row) -> Person:
    """The person, if all columns agree; a row that was changed by hand may contradict itself."""
    *keys, fields, attributes = row
    person = Person(
        str(keys[0]),
        _parse_object(store, fields),
        _parse_object(store, attributes),
        test=bool(keys[-1]),
    )
    if _list_columns(person) != tuple(keys):
        raise store.build_damaged_error(f"the row of {person.id} contradicts itself")
    return person


def _parse_object(store: Database, text: Cell) -> dict[str, Json]:
    try:
        value = strict_json.parse_json(text) if isinstance(text, str) else None
    except strict_json.StrictJsonError as error:
        raise store.build_damaged_error(str(error)) from error
    if not isinstance(value, dict):
        raise store.build_damaged_error("a person in it is not a JSON object")
    return value

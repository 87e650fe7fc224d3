"""The local workspace: people in a SQLite database beside the YAML, and the people in the YAML.

- A stored person replaces a seed person of the same id completely; a seed person is copied into the
  store when first written, in the same transaction.
- Reading makes no file: a ``diff`` in a clean folder leaves no trace.
- A commit is one transaction: the person is read, compared with every ``before``, and written, or
  left alone; a commit is durable.
- Equal attributes are equal bytes: they are stored in the order of their names, everything inside
  a value in its original order. So undo restores what was stored, byte for byte.
- An import is all or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cactions.edges.store.sqlite import Cell, Database, Row, Schema
from cactions.edges.store.state_folder import StateFolder
from cactions.logic import strict_json
from cactions.logic.people.condition_match import create_matcher
from cactions.logic.people.from_record import update_person
from cactions.logic.people.lookup import (
    build_lookup_key,
    check_field,
    index_by_key,
    list_lookup_keys,
    require_one_person,
)
from cactions.logic.plan.compare_and_set import commit_plan, is_unchanged
from cactions.model import (
    Condition,
    Json,
    Person,
    PersonQuery,
    Plan,
    Receipt,
    StoreError,
    UsageError,
)

FILE_NAME: Final = "people.db"

_LAYOUT: Final = Schema(
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
_PAGE: Final = f"{_SELECT} WHERE id > ? ORDER BY id LIMIT 500"
_REPLACE: Final = "INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?, ?, ?, ?)"
_SELECT_BY_FIELD: Final[Mapping[str, str]] = MappingProxyType(
    {field: f"{_SELECT} WHERE {field} = ?" for field in ("id", "user_id", "email")}
)
_SIMILAR_KEYS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "id": (
            "SELECT id FROM person WHERE id >= ? ORDER BY id LIMIT 100",
            "SELECT id FROM person WHERE id < ? ORDER BY id DESC LIMIT 100",
        ),
        "user_id": (
            "SELECT user_id FROM person WHERE user_id >= ? ORDER BY user_id LIMIT 100",
            "SELECT user_id FROM person WHERE user_id < ? ORDER BY user_id DESC LIMIT 100",
        ),
    }
)
"""Neighbours in the alphabet: a mistyped key usually begins correctly."""


class LocalPeopleStore:
    """Implements ``People`` of ``app/ports.py``; the state folder is made when needed.

    Without a folder there are only the seed people, and no one can be written. Every method raises
    StoreError if the store cannot be read or written.
    """

    def __init__(self, folder: Path | None, seed: Sequence[Person] = ()) -> None:
        self._state = StateFolder(folder) if folder else None
        self._seed = seed
        self._seed_by_key = index_by_key(seed)
        self._database: Database | None = None

    def close(self) -> None:
        """Close the database file."""
        if self._database:
            self._database.close()
        self._database = None

    def find(self, query: PersonQuery) -> Person:
        check_field(query)
        key = build_lookup_key(query.field, query.value)
        with self._read_snapshot() as store:
            matches = self._find_matches(store, query.field, key) if key else ()
            return require_one_person(
                query, matches, self._list_similar_keys(store, query) if key else ()
            )

    def get(self, person_id: str) -> Person:
        return self.find(PersonQuery("id", person_id))

    def find_many(
        self, queries: Sequence[PersonQuery]
    ) -> Iterator[tuple[PersonQuery, Person | UsageError]]:
        """Each query with its person, or the reason why there is not exactly one."""
        for query in queries:
            try:
                yield query, self.find(query)
            except UsageError as error:
                yield query, error

    def search(self, conditions: Sequence[Condition]) -> Iterator[Person]:
        """Everyone for whom all conditions hold, in the order of ``list``."""
        return filter(create_matcher(conditions), self.list())

    def commit(self, plan: Plan) -> Receipt:
        """Write the effective changes, or none. Raises UsageError if the person is gone."""
        if idle := is_unchanged(plan):
            return idle
        query = PersonQuery("id", plan.subject.person_id)
        store = self._open_or_create()
        with store.open_for_writing():
            person = require_one_person(query, self._find_matches(store, "id", query.value))
            after, receipt = commit_plan(plan, person)
            if after:
                store.execute(_REPLACE, *_build_row(after))
        return receipt

    def import_people(self, people: Iterable[Person], *, update: bool = False) -> int:
        """Store all people, or none; returns their number.

        With ``update``, an existing person gets the fields of the new record and keeps the others;
        without it, an existing person raises UsageError, as does a ``user_id`` of another person.
        """
        store, number = self._open_or_create(), 0
        with store.open_for_writing():
            for number, person in enumerate(people, start=1):
                row = f"person {number} ({person.label})"
                store.execute(
                    _REPLACE, *_build_row(self._check_import(store, person, row, update=update))
                )
        return number

    def list(self) -> Iterator[Person]:
        """All people: seed people in their order, with current values, then the others by id."""
        store = self._open()
        seeds = {person.id for person in self._seed}
        for person in self._seed:
            stored = _read_stored(store, "id", person.id) if store else []
            yield stored[0] if stored else person
        for person in _read_pages(store) if store else ():
            if person.id not in seeds:
                yield person

    def _find_matches(self, store: Database | None, field: str, key: str) -> Sequence[Person]:
        """The people with this key: stored ones, and seed people who are not stored."""
        seeds = self._seed_by_key.get((field, key), ())
        if not store:
            return seeds
        fresh = (person for person in seeds if not _read_stored(store, "id", person.id))
        return (*_read_stored(store, field, key), *fresh)

    def _list_similar_keys(self, store: Database | None, query: PersonQuery) -> Iterator[str]:
        """Similar keys. E-mail addresses of other people are never suggested."""
        if query.field not in _SIMILAR_KEYS:
            return
        yield from (key for field, key in self._seed_by_key if field == query.field)
        if store:
            for sql in _SIMILAR_KEYS[query.field]:
                yield from (str(key) for (key,) in store.query_rows(sql, query.value))

    def _check_import(self, store: Database, person: Person, row: str, *, update: bool) -> Person:
        present = self._find_matches(store, "id", person.id)
        if present and not update:
            raise UsageError(
                f"{row} already exists",
                hint="Use --update: fields that the file does not name stay as they are.",
            )
        user_id = list_lookup_keys(person)["user_id"]
        owners = self._find_matches(store, "user_id", user_id) if user_id else ()
        if other := next((owner for owner in owners if owner.id != person.id), None):
            raise UsageError(
                f"{row} has the user_id of another person, id {other.id}",
                hint="Give both the same id, or one of them another user_id.",
            )
        return update_person(present[0], person) if present else person

    @contextmanager
    def _read_snapshot(self) -> Iterator[Database | None]:
        store = self._open()
        with store.open_for_reading() if store else nullcontext():
            yield store

    def _open(self) -> Database | None:
        if not self._database and self._state and self._state.is_there():
            self._database = Database.existing(self._state.path / FILE_NAME, _LAYOUT)
        return self._database

    def _open_or_create(self) -> Database:
        if not self._state:
            raise StoreError("these people have no store", hint="They are for reading only.")
        store = self._open()
        while not store:
            self._state.make()
            with suppress(FileExistsError):  # another process was first
                Database.create(self._state.path / FILE_NAME, _LAYOUT)
            store = self._open()
        return store


def _read_stored(store: Database, field: str, key: str) -> list[Person]:
    return [_read_row(store, row) for row in store.query_rows(_SELECT_BY_FIELD[field], key)]


def _read_pages(store: Database) -> Iterator[Person]:
    """Read page by page, so that no transaction stays open while the caller prints."""
    last: Cell = ""
    while rows := store.query_rows(_PAGE, last):
        yield from (_read_row(store, row) for row in rows)
        last = rows[-1][0]


def _list_columns(person: Person) -> Row:
    keys = list_lookup_keys(person)
    return person.id, keys["user_id"], keys["email"], person.role.value, int(person.test)


def _build_row(person: Person) -> Row:
    attributes = dict(sorted(person.attributes.items()))
    return (
        *_list_columns(person),
        strict_json.dump_json(dict(person.fields)),
        strict_json.dump_json(attributes),
    )


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

"""The local workspace: people in a SQLite database beside the YAML, and the people in the YAML.

- A stored person replaces a seed person of the same id completely; a seed person is copied into the
  store when first written, in the same transaction.
- Reading makes no file: a ``diff`` in a clean folder leaves no trace.
- A commit is one transaction: the person is read, compared with every ``before``, and written, or
  left alone; a commit is durable. The commits of a batch are one transaction together.
- Equal attributes are equal bytes: they are stored in the order of their names, everything inside
  a value in its original order. So undo restores what was stored, byte for byte.
- An import is all or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final

from cactions.edges.store.people_rows import (
    LAYOUT,
    REPLACE,
    SIMILAR_KEYS,
    UPDATE,
    build_row,
    read_addresses,
    read_pages,
    read_stored,
    write_attributes,
)
from cactions.edges.store.sqlite import Database
from cactions.edges.store.state_folder import StateFolder
from cactions.logic.people.condition_match import create_matcher
from cactions.logic.people.from_record import update_person
from cactions.logic.people.lookup import (
    build_lookup_key,
    check_field,
    get_lookup_key,
    index_by_key,
    require_one_person,
)
from cactions.logic.plan.compare_and_set import commit_plan, is_unchanged
from cactions.model import (
    Condition,
    Person,
    PersonQuery,
    Plan,
    Receipt,
    StoreError,
    UsageError,
)

FILE_NAME: Final = "people.db"
_BATCH: Final = 100
"""People who share one wait for the disk; more would hardly be faster."""


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
        self._batch: dict[tuple[str, str], Sequence[Person]] = {}

    def close(self) -> None:
        """Close the database file."""
        if self._database:
            self._database.close()
        self._database = None

    def find(self, query: PersonQuery) -> Person:
        return self._find_one(query, suggests=True)

    def _find_one(self, query: PersonQuery, *, suggests: bool) -> Person:
        """``suggests``: an error names similar keys."""
        check_field(query)
        key = build_lookup_key(query.field, query.value)
        with self._read_snapshot() as store:
            matches = self._find_matches(store, query.field, key) if key else ()
            return require_one_person(
                query, matches, self._list_similar_keys(store, query) if key and suggests else ()
            )

    def list_stored_seeds(self) -> set[str]:
        """The ids of the seed people whom a stored one replaces."""
        with self._read_snapshot() as store:
            ids = [person.id for person in self._seed]
            return {person.id for person in read_stored(store, "id", ids)} if store else set()

    def get(self, person_id: str) -> Person:
        return self.find(PersonQuery("id", person_id))

    def find_many(
        self, queries: Sequence[PersonQuery]
    ) -> Iterator[tuple[PersonQuery, Person | UsageError]]:
        """Each query with its person, or the reason why there is not exactly one."""
        with self._read_snapshot() as store:
            matches = self._find_all_matches(store, queries)
        for query, people in zip(queries, matches, strict=True):
            try:
                # similar addresses are looked for in all people, which is too slow for many
                suggests = query.field != "email"
                single = people[0] if len(people) == 1 else None
                yield query, single or self._find_one(query, suggests=suggests)
            except UsageError as error:
                yield query, error

    def search(self, conditions: Sequence[Condition]) -> Iterator[Person]:
        """Everyone for whom all conditions hold, in the order of ``list``."""
        return filter(create_matcher(conditions), self.list())

    batch_size = _BATCH

    @contextmanager
    def open_batch(self, person_ids: Sequence[str] = ()) -> Iterator[None]:
        """All commits in it are durable at its end, or none of them is stored.

        Its people are read at once, behind the lock; a second commit to one reads them again.
        """
        store = self._open_or_create()
        with store.open_for_writing():
            try:
                self._batch = self._find_by_keys(store, "id", person_ids)
                yield
            finally:
                self._batch = {}

    def commit(self, plan: Plan, check: Callable[[], None] = lambda: None) -> Receipt:
        """Write the effective changes, or none. Raises UsageError if the person is gone."""
        if idle := is_unchanged(plan):
            return idle
        query = PersonQuery("id", plan.subject.person_id)
        store = self._open_or_create()
        with store.open_for_writing():
            found = self._batch.pop(("id", query.value), None)
            person = require_one_person(
                query, found or self._find_matches(store, "id", query.value)
            )
            after, receipt = commit_plan(plan, person)
            check()
            if after and not store.execute(UPDATE, write_attributes(after), after.id):
                store.execute(REPLACE, *build_row(after))  # a seed person
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
                    REPLACE, *build_row(self._check_import(store, person, row, update=update))
                )
        return number

    def list(self) -> Iterator[Person]:
        """All people: seed people in their order, with current values, then the others by id."""
        store = self._open()
        seeds = {person.id for person in self._seed}
        for person in self._seed:
            stored = read_stored(store, "id", [person.id]) if store else []
            yield stored[0] if stored else person
        for person in read_pages(store) if store else ():
            if person.id not in seeds:
                yield person

    def list_addresses(self) -> Iterator[str]:
        """The lookup key of everyone's e-mail address, as far as they have one."""
        store = self._open()
        replaced = self.list_stored_seeds()
        for seed in self._seed:
            email = get_lookup_key(seed, "email")
            if email and seed.id not in replaced:
                yield email
        yield from read_addresses(store) if store else ()

    def _find_all_matches(
        self, store: Database | None, queries: Sequence[PersonQuery]
    ) -> Iterator[Sequence[Person]]:
        """Of each query the people with its key, in one look-up for each field."""
        keys = [(query.field, build_lookup_key(query.field, query.value)) for query in queries]
        found: dict[tuple[str, str], Sequence[Person]] = {}
        for field in {field for field, _ in keys}:
            wanted = [key for other, key in keys if other == field and key]
            found |= self._find_by_keys(store, field, wanted)
        return (found.get((field, key), ()) if key else () for field, key in keys)

    def _find_matches(self, store: Database | None, field: str, key: str) -> Sequence[Person]:
        """The people with this key."""
        return self._find_by_keys(store, field, [key]).get((field, key), ())

    def _find_by_keys(
        self, store: Database | None, field: str, keys: Sequence[str]
    ) -> dict[tuple[str, str], Sequence[Person]]:
        """By field and key, the people who have it: stored ones, and seed people who are not."""
        stored = read_stored(store, field, keys) if store else ()
        found = {**index_by_key(stored, field)}
        seeds = [seed for key in keys for seed in self._seed_by_key.get((field, key), ())]
        replaced = read_stored(store, "id", [seed.id for seed in seeds]) if store and seeds else ()
        names = {person.id for person in replaced}
        for seed_key, seed in index_by_key((s for s in seeds if s.id not in names), field).items():
            found[seed_key] = [*found.get(seed_key, ()), *seed]
        return found

    def _list_similar_keys(self, store: Database | None, query: PersonQuery) -> Iterator[str]:
        """Similar keys; of e-mail addresses, only the same one in other capitals."""
        seeds = (key for field, key in self._seed_by_key if field == query.field)
        if query.field == "email":
            seeds = (key for key in seeds if key.lower() == query.value.lower())
        yield from seeds
        if store:
            for sql in SIMILAR_KEYS[query.field]:
                yield from (str(key) for (key,) in store.query_rows(sql, query.value))

    def _check_import(self, store: Database, person: Person, row: str, *, update: bool) -> Person:
        present = self._find_matches(store, "id", person.id)
        if present and not update:
            raise UsageError(
                f"{row} already exists",
                hint="Use --update: fields that the file does not name stay as they are.",
            )
        user_id = get_lookup_key(person, "user_id")
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
            self._database = Database.existing(self._state.path / FILE_NAME, LAYOUT)
        return self._database

    def _open_or_create(self) -> Database:
        if not self._state:
            raise StoreError("these people have no store", hint="They are for reading only.")
        store = self._open()
        while not store:
            self._state.make()
            with suppress(FileExistsError):  # another process was first
                Database.create(self._state.path / FILE_NAME, LAYOUT)
            store = self._open()
        return store

"""Journals of each kind: in memory, and in files of each layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from cactions.app.ports import Journal
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.journal import PostgresJournal
from cactions.edges.postgres.schema import make_tables
from cactions.edges.store import run_schema
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.row_encryption import SEALED_PREFIX, Place, PlainRows
from cactions.edges.store.sqlite import Database, Schema
from cactions.logic import documents, strict_json
from cactions.model import RunHead, RunPhase, StoreError
from tests.fake_journal import FakeJournal

OLD: Final = {"layout 1": run_schema.OLD_LAYOUT, "layout 2": run_schema.SEALED_LAYOUT}
NEW_KINDS: Final = ("memory", "files", "database")
ALL_KINDS: Final = (*NEW_KINDS, *OLD)


class SealingRows(PlainRows):
    """Seals for the place, but hides nothing."""

    seals = True

    def seal(self, text: str, place: Place) -> bytes:
        return SEALED_PREFIX + repr(place).encode() + b"\n" + text.encode()

    def unseal(self, stored: str | bytes, place: Place) -> str:
        assert isinstance(stored, bytes)
        head, _, text = stored.partition(b"\n")
        if head != SEALED_PREFIX + repr(place).encode():
            raise StoreError("it was damaged, or changed without a key to the vault", hint="")
        return text.decode()

    def list_person_pseudonyms(self, person_id: str) -> Sequence[str]:
        return (f"pseudonym-{person_id}", person_id)


class OldJournal(LocalJournal):
    """Its runs are made as an older version made them, and are gone on with by this one."""

    def __init__(self, folder: Path, layout: Schema) -> None:
        super().__init__(folder)
        self._layout = layout

    def create_run(self, head: RunHead, phase: RunPhase = RunPhase.RUNNING) -> None:
        super().create_run(head, phase)
        self.discard(head.id)
        make_old_run(self._runs.build_path(head.id), head, self._layout)


def make_old_run(path: Path, head: RunHead, layout: Schema) -> None:
    """The file of a run without entries, in an older layout and without a seal."""
    text = strict_json.dump_json(documents.head_to_json(head))
    cells = "?, 0" if layout is run_schema.OLD_LAYOUT else "?, 0, NULL"
    Database.create(
        path, layout, lambda database: database.execute(f"INSERT INTO run VALUES ({cells})", text)
    )


@contextmanager
def open_journal(kind: str, folder: Path, get_address: Callable[[], str]) -> Iterator[Journal]:
    """An empty journal of this kind; ``get_address`` is asked for that of a new database."""
    if kind == "memory":
        yield FakeJournal()
        return
    if kind == "database":
        database = PostgresDatabase(get_address())
        make_tables(database)
        with closing(PostgresJournal(database, "vault", SealingRows())) as opened:
            yield opened
        return
    local = OldJournal(folder, OLD[kind]) if kind in OLD else LocalJournal(folder)
    with closing(local):
        yield local

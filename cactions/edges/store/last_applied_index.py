"""An index of the values that runs applied last; built from the runs, and never trusted over them.

- For every run the index stores the signature of its files. A run whose files look different now,
  or changed within the last tick of the file system's clock, is read itself.
- An index is never changed, only replaced. Its name contains the checksum of its bytes, so a
  damaged one is detected before it is used, and rebuilt.
- If there can be no index, the runs are read one by one.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from cactions.edges.files.file_io import MIB, delete_file, store_errors
from cactions.edges.files.private_files import has_private_file
from cactions.edges.store.applied_values import list_applied, read_applied
from cactions.edges.store.row_encryption import Place, PlainRows, RowCipher
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.sqlite import Cell, Database, Row, Schema
from cactions.edges.store.sqlite_files import delete_draft_databases, get_signature
from cactions.logic import strict_json
from cactions.model import ABSENT, CactionsError, RunKind, StoreError, Value
from cactions.model.vault import VaultLocked

PREFIX: Final = "applied-"
SEALED_PREFIX: Final = "sealed-applied-"

_LAYOUT: Final = Schema(
    "the index of runs",
    3,  # 1 held values of runs that are not authentic, 2 had no numbers of runs
    (
        """CREATE TABLE run (
            id TEXT PRIMARY KEY, signature TEXT NOT NULL, number INTEGER NOT NULL,
            started REAL NOT NULL
        )""",
        """CREATE TABLE applied (
            person_id TEXT, attribute TEXT, run_id TEXT, value TEXT,
            PRIMARY KEY (person_id, attribute, run_id)
        ) WITHOUT ROWID""",
    ),
)
_RUNS: Final = "SELECT id, signature, number, started FROM run"
_ADD_RUN: Final = "INSERT INTO run VALUES (?, ?, ?, ?)"
_ADD: Final = "INSERT OR REPLACE INTO applied VALUES (?, ?, ?, ?)"
_ALL: Final = "SELECT person_id, attribute, run_id, value FROM applied WHERE run_id = ?"
_OF_PERSON: Final = (
    "SELECT person_id, run_id, attribute, value FROM applied"
    " WHERE person_id IN (SELECT value FROM json_each(?))"
)
_CELL: Final = "index"
_GRAIN: Final = 3.0
"""The coarsest clock of a common file system, FAT's, ticks every two seconds."""
_FEW: Final = 8
"""Up to this number, reading the runs is faster than building an index."""
_LARGEST: Final = 256 * MIB
"""An index is read whole before it is used, and an attacker can make one of any length."""


UnreadableRun: TypeAlias = Callable[[str, CactionsError], None]
_Place: TypeAlias = tuple[int, float]
"""Where a run stands among the others: its number, and when it started."""
_Applied: TypeAlias = tuple[_Place, str, str, str, Value]
"""The place of the run, its id, the person, the attribute and the value."""


class LastAppliedIndex:
    """The index in the state folder; ``run`` opens a run by its id.

    ``on_unreadable`` gets the id of each run whose values are not known, and why, once.
    """

    def __init__(
        self,
        folder: Path,
        run: Callable[[str], RunDatabase],
        cipher: RowCipher | None = None,
        on_unreadable: UnreadableRun = lambda _run_id, _error: None,
    ) -> None:
        self._folder = folder
        self._run = run
        self._on_unreadable = on_unreadable
        self._unreadable: set[str] = set()
        self._cipher = cipher or PlainRows()
        self._prefix = SEALED_PREFIX if self._cipher.seals else PREFIX
        self._database: Database | None = None
        self._held: Mapping[str, tuple[str, _Place]] = {}

    def close(self) -> None:
        """Close the file."""
        if self._database:
            self._database.close()
        self._database, self._held = None, {}

    def delete(self) -> None:
        """Delete the index; the next look-up rebuilds it. Raises StoreError."""
        self.close()
        for prefix in (PREFIX, SEALED_PREFIX):
            self._delete_files(prefix)

    def list_last(
        self, person_ids: Sequence[str], runs: Mapping[str, Path]
    ) -> Mapping[str, Mapping[str, Value]]:
        """By person and attribute, the value that the newest run applied. Raises VaultLocked."""
        if not runs:
            return {}
        owners = {
            pseudonym: person_id
            for person_id in person_ids
            for pseudonym in self._cipher.list_person_pseudonyms(person_id)
        }
        marks = dict(_list_marks(runs))
        texts: list[_Applied] = []
        try:
            known = self._update(marks)
            texts += self._query_index(owners, known)
        except StoreError:
            with suppress(StoreError):
                self.delete()
            known = frozenset()
        for run_id in runs:
            if run_id not in known:
                texts += self._query_run(run_id, person_ids)
        last: dict[str, dict[str, Value]] = {}
        for _, _, person_id, attribute, value in sorted(texts, key=lambda text: text[:2]):
            last.setdefault(person_id, {})[attribute] = value
        return last

    def _update(self, marks: Mapping[str, str]) -> frozenset[str]:
        """The runs that the index covers; it is rebuilt first if many are missing."""
        if not self._database:
            self._open()
        known = self._find_current(marks)
        if len(marks) - len(known) > _FEW:
            self._rebuild(marks, known)
            known = self._find_current(marks)
        return known

    def _find_current(self, marks: Mapping[str, str]) -> frozenset[str]:
        return frozenset(
            run_id for run_id, (mark, _) in self._held.items() if marks.get(run_id) == mark
        )

    def _query_index(self, owners: Mapping[str, str], known: frozenset[str]) -> Iterator[_Applied]:
        if not (self._database and known):
            return
        rows = self._database.query_rows(_OF_PERSON, strict_json.dump_json([*owners]))
        for pseudonym, run_id, name, kept in rows:
            if run_id in known:
                person_id = owners[str(pseudonym)]
                value = self._read_value(kept, (str(run_id), person_id, str(name)))
                yield self._held[str(run_id)][1], str(run_id), person_id, str(name), value

    def _query_run(self, run_id: str, person_ids: Sequence[str]) -> list[_Applied]:
        """The values from the run itself; none if it cannot be read."""
        try:
            run = self._run(run_id)
            head, *_ = run.read_head()
            applied = read_applied(run, person_ids) if head.kind is RunKind.APPLY else {}
        except VaultLocked:
            raise
        except CactionsError as error:
            self._report(run_id, error)
            return []
        return [
            ((run.database.read_mark(), head.started), run_id, person_id, name, value)
            for person_id, values in applied.items()
            for name, value in values.items()
        ]

    def _report(self, run_id: str, error: CactionsError) -> None:
        if run_id not in self._unreadable:
            self._unreadable.add(run_id)
            self._on_unreadable(run_id, error)

    def _open(self) -> None:
        """Open the index whose name has the right checksum; delete the others."""
        if self._cipher.seals:
            self._delete_files(PREFIX)  # from before the vault, with plain values
        for path in self._list_files():
            if has_private_file(path) and path.name == _build_name(self._prefix, path):
                self._database = Database.sealed(path, _LAYOUT)
                rows = self._database.query_rows(_RUNS)
                self._held = {
                    str(id_): (str(mark), (int(number or 0), float(start or 0)))
                    for id_, mark, number, start in rows
                }
                return
            delete_file(path)

    def _rebuild(self, marks: Mapping[str, str], known: frozenset[str]) -> None:
        """Build an index of all runs; entries of unchanged runs are copied from the old one."""
        held, old = self._held, self._database

        def fill(database: Database) -> None:
            for run_id in known:
                mark, place = held[run_id]
                database.execute(_ADD_RUN, run_id, mark, *place)
                for row in old.query_rows(_ALL, run_id) if old else ():
                    database.execute(_ADD, *row)
            for run_id in marks.keys() - known:
                with suppress(CactionsError):
                    self._add_run(database, run_id, marks[run_id])

        name = self._folder / self._prefix
        with Database.draft(self._folder, _LAYOUT, fill, name=name) as draft, store_errors(draft):
            self.delete()
            draft.rename(draft.with_name(_build_name(self._prefix, draft)))
        self._open()

    def _add_run(self, database: Database, run_id: str, mark: str) -> None:
        """Add a run, and what it applied; nothing of it if it cannot be read to its end."""
        run = self._run(run_id)
        head, *_ = run.read_head()
        database.execute("SAVEPOINT run")
        try:
            database.execute(_ADD_RUN, run_id, mark, run.database.read_mark(), head.started)
            for value in list_applied(run) if head.kind is RunKind.APPLY else ():
                database.execute(_ADD, *self._build_row(run_id, *value))
        except BaseException:
            database.execute("ROLLBACK TO run")
            raise
        finally:
            database.execute("RELEASE run")

    def _build_row(self, run_id: str, person_id: str, name: str, value: Value) -> Row:
        text = "" if value is ABSENT else strict_json.dump_json(value)
        kept = self._cipher.seal(text, (_CELL, run_id, person_id, name))
        return self._cipher.list_person_pseudonyms(person_id)[0], name, run_id, kept

    def _read_value(self, kept: Cell, place: Place) -> Value:
        """Raises StoreError for a foreign value, or one that is not sealed despite a vault."""
        if not isinstance(kept, bytes if self._cipher.seals else str):
            raise StoreError("the index has a value that was not stored by it")
        text = self._cipher.unseal(kept, (_CELL, *place))
        return strict_json.parse_json(text) if text else ABSENT

    def _list_files(self) -> list[Path]:
        with store_errors(self._folder):
            return sorted(self._folder.glob(f"{self._prefix}*.db"))

    def _delete_files(self, prefix: str) -> None:
        """Delete an index, and the drafts of killed processes."""
        with store_errors(self._folder):
            found = [*self._folder.glob(f"{prefix}*.db")]
        for path in found:
            delete_file(path)
        delete_draft_databases(self._folder)


def _list_marks(runs: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """The signatures of the runs that have not changed recently."""
    youngest = time.time() - _GRAIN
    for run_id, path in runs.items():
        try:
            mark, changed = get_signature(path)
        except OSError:
            continue
        if changed < youngest:
            yield run_id, mark


def _build_name(prefix: str, path: Path) -> str:
    """The name of an index with the bytes of this file."""
    checksum = 0
    with store_errors(path), path.open("rb") as file:
        for _ in range(_LARGEST // MIB):
            if not (piece := file.read(MIB)):
                break
            checksum = zlib.crc32(piece, checksum)
    return f"{prefix}{checksum:08x}.db"

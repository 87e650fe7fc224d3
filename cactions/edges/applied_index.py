"""Which value a run applied last, in one look-up; made from the runs, and never believed over them.

- Of every run the index keeps the signature of the files that it was read from. A run whose
  files look different now, or were changed so lately that a change could hide in the grain of
  the clock, is asked itself.
- An index is never changed: a new one takes its place. Its name holds the digest of its bytes, so
  that a damaged one is known before it is believed, and made anew.
- Where there can be no index, the runs are asked one by one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from cactions.edges.database_files import signature
from cactions.edges.files import delete_file, store_errors
from cactions.edges.run_file import RunFile
from cactions.edges.sqlite import Cell, Database, Layout, Row
from cactions.logic import strict_json
from cactions.model import ABSENT, CactionsError, RunKind, StoreError, Value

PREFIX: Final = "applied-"

_LAYOUT: Final = Layout(
    "the index of runs",
    1,
    (
        "CREATE TABLE run (id TEXT PRIMARY KEY, signature TEXT NOT NULL, started REAL NOT NULL)",
        """CREATE TABLE applied (
            person_id TEXT, attribute TEXT, run_id TEXT, value TEXT,
            PRIMARY KEY (person_id, attribute, run_id)
        ) WITHOUT ROWID""",
    ),
)
_RUNS: Final = "SELECT id, signature, started FROM run"
_ALL: Final = "SELECT person_id, attribute, run_id, value FROM applied WHERE run_id = ?"
_OF_PERSON: Final = "SELECT run_id, attribute, value FROM applied WHERE person_id = ?"
_GRAIN: Final = 3.0
"""Seconds; the coarsest clock of a common file system, FAT's, ticks every two."""
_FEW: Final = 8
"""So many runs are asked faster than an index is made."""


class AppliedIndex:
    """The index in the state folder; ``run`` opens a run by its id."""

    def __init__(self, folder: Path, run: Callable[[str], RunFile]) -> None:
        self._folder = folder
        self._run = run
        self._database: Database | None = None
        self._held: Mapping[str, tuple[str, float]] = {}

    def close(self) -> None:
        """Let go of the file."""
        if self._database:
            self._database.close()
        self._database, self._held = None, {}

    def delete(self) -> None:
        """Nothing is left of it; the next look-up makes it anew. Raises StoreError."""
        self.close()
        for path in [*self._files(), *self._drafts()]:
            delete_file(path)

    def last(self, person_id: str, runs: Mapping[str, Path]) -> Mapping[str, Value]:
        """By attribute, the value of the newest run that vouches for one."""
        marks = dict(_marks(runs))
        said: list[tuple[float, str, str, Value]] = []
        try:
            known = self._known(marks)
            said += self._looked_up(person_id, known)
        except StoreError:
            with suppress(StoreError):
                self.delete()
            known = frozenset()
        for run_id in runs:
            if run_id not in known:
                said += self._asked(run_id, person_id)
        return {attribute: value for _, _, attribute, value in sorted(said, key=lambda s: s[:2])}

    def _known(self, marks: Mapping[str, str]) -> frozenset[str]:
        """The runs that the index speaks for; first a new one is made where many are missing."""
        if not self._database:
            self._open()
        known = self._still(marks)
        if len(marks) - len(known) > _FEW:
            self._make(marks, known)
            known = self._still(marks)
        return known

    def _still(self, marks: Mapping[str, str]) -> frozenset[str]:
        return frozenset(
            run_id for run_id, (mark, _) in self._held.items() if marks.get(run_id) == mark
        )

    def _looked_up(
        self, person_id: str, known: frozenset[str]
    ) -> Iterator[tuple[float, str, str, Value]]:
        if not (self._database and known):
            return
        for run_id, attribute, value in self._database.rows(_OF_PERSON, person_id):
            if run_id in known:
                yield self._held[str(run_id)][1], str(run_id), str(attribute), _value(value)

    def _asked(self, run_id: str, person_id: str) -> list[tuple[float, str, str, Value]]:
        """What the run itself says; nothing, where it cannot be read."""
        with suppress(CactionsError):
            run = self._run(run_id)
            head = run.head()
            if head.kind is RunKind.APPLY:
                values = run.applied(person_id)
                return [(head.started, run_id, name, value) for name, value in values.items()]
        return []

    def _open(self) -> None:
        """The index whose bytes are those that its name tells; the others are nobody's."""
        for path in self._files():
            if path.name == _name(path):
                self._database = Database.sealed(path, _LAYOUT)
                rows = self._database.rows(_RUNS)
                self._held = {str(id_): (str(mark), float(start or 0)) for id_, mark, start in rows}
                return
            delete_file(path)

    def _make(self, marks: Mapping[str, str], known: frozenset[str]) -> None:
        """An index of all runs, in the place of the old one, of which it takes what still holds."""
        held, old = self._held, self._database
        runs: list[Row] = [(run_id, *held[run_id]) for run_id in known]
        values = [row for run_id in known for row in (old.rows(_ALL, run_id) if old else ())]
        for run_id in marks.keys() - known:
            with suppress(CactionsError):
                run = self._run(run_id)
                head = run.head()
                found = list(run.all_applied()) if head.kind is RunKind.APPLY else []
                runs.append((run_id, marks[run_id], head.started))
                values += [(person, name, run_id, _text(value)) for person, name, value in found]
        self.delete()

        def fill(database: Database) -> None:
            for row in runs:
                database.execute("INSERT INTO run VALUES (?, ?, ?)", *row)
            for row in values:
                database.execute("INSERT INTO applied VALUES (?, ?, ?, ?)", *row)

        name = self._folder / PREFIX
        with Database.draft(self._folder, _LAYOUT, fill, name=name) as draft, store_errors(draft):
            draft.rename(draft.with_name(_name(draft)))
        self._open()

    def _files(self) -> list[Path]:
        with store_errors(self._folder):
            return sorted(self._folder.glob(f"{PREFIX}*.db"))

    def _drafts(self) -> list[Path]:
        """What is left where somebody was killed who made one."""
        with store_errors(self._folder):
            return sorted(self._folder.glob(f".{PREFIX}*"))


def _marks(runs: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """The signatures of the runs that have not changed of late."""
    youngest = time.time() - _GRAIN
    for run_id, path in runs.items():
        try:
            mark, changed = signature(path)
        except OSError:
            continue
        if changed < youngest:
            yield run_id, mark


def _name(path: Path) -> str:
    """What an index with the bytes of this file is called."""
    with store_errors(path), path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
    return f"{PREFIX}{digest.hexdigest()}.db"


def _text(value: Value) -> Cell:
    return None if value is ABSENT else strict_json.dumps(value)


def _value(text: Cell) -> Value:
    return ABSENT if text is None else strict_json.parse(str(text))

"""The values that a run's file says were applied last, and not undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cactions.edges.store import run_schema
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.stored_entries import PAGE
from cactions.model import Outcome, RunEntry, Value


def read_applied(run: RunDatabase, person_ids: Iterable[str]) -> Mapping[str, Mapping[str, Value]]:
    """By person and attribute, the last applied value that was not undone.

    Empty if the run is not authentic; people without such values are left out.
    """
    if not run.is_authentic():
        return {}
    sql = f"{run.sql.columns} {run_schema.STANDING}"
    applied: dict[str, dict[str, Value]] = {}
    for entry in run.read_entries(sql, run.cells.dump_pseudonyms(*person_ids)):
        for attribute, value in _list_written(entry):
            applied.setdefault(entry.plan.subject.person_id, {}).setdefault(attribute, value)
    return applied


def list_applied(run: RunDatabase) -> Iterator[tuple[str, str, Value]]:
    """Person, attribute and value of everything that ``read_applied`` would return."""
    if not run.is_authentic():
        return
    sql, last = f"{run.sql.columns} {run_schema.BY_PERSON}", ("", 0)
    held: dict[str, Value] = {}
    person_id = ""
    while rows := run.database.query_rows(sql, *last, PAGE):
        for entry in map(run.cells.read_entry, rows):
            if entry.plan.subject.person_id != person_id:
                yield from ((person_id, name, value) for name, value in held.items())
                person_id, held = entry.plan.subject.person_id, {}
            held.update(_list_written(entry))
        last = (str(rows[-1][1]), int(rows[-1][0] or 0))
    yield from ((person_id, name, value) for name, value in held.items())


def _list_written(entry: RunEntry) -> Iterator[tuple[str, Value]]:
    """The values that the entry has certainly written."""
    if entry.receipt and entry.receipt.outcome is Outcome.APPLIED:
        for change in entry.plan.effective:
            yield change.attribute, change.after

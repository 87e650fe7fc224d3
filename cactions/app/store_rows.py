"""Stores the rows of a file in a run, before anyone is planned: rows about one person are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from cactions.app.planned_entries import (
    KEY,
    build_bad_entry,
    build_held_entry,
    build_row_mark,
    list_duplicates,
)
from cactions.app.planning_ports import PlanningRows
from cactions.app.workers import split_windows
from cactions.model import Action, BadRow, JobRow, PlannedEntry

_READ_AT_ONCE: Final = 1_000
"""Rows that are stored in one transaction."""


def store_rows(
    rows: PlanningRows, handed_in: Iterable[JobRow | BadRow], action: Action
) -> Iterator[PlannedEntry]:
    """Store every row; those that get no plan, since they are unusable or about one person."""
    number = 0
    for window in split_windows(handed_in, _READ_AT_ONCE):
        numbered = [*enumerate(window, number + 1)]
        number += len(window)
        waiting = [(at, row) for at, row in numbered if isinstance(row, JobRow)]
        bad = [build_bad_entry(at, row) for at, row in numbered if isinstance(row, BadRow)]
        rows.add(waiting, bad)
        rows.mark((build_row_mark(row), at) for at, row in waiting)
        yield from bad
    repeated = list_duplicates(rows.list_repeated(KEY), partial(_read_row, rows))
    for duplicates in split_windows(repeated, _READ_AT_ONCE):
        held = [build_held_entry(at, _read_row(rows, at), action, why) for at, why in duplicates]
        rows.place(held)
        yield from held


def _read_row(rows: PlanningRows, number: int) -> JobRow:
    [(_, row)] = rows.read_waiting(number - 1, 1)
    return row

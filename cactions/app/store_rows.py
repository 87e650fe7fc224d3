"""Stores the rows of a file in a run, before anyone is planned: rows about one person are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cactions.app.planned_entries import (
    KEY,
    SAME_ROW,
    build_bad_entry,
    build_held_entry,
    list_duplicates,
    list_row_marks,
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
        rows.mark((mark, at) for at, row in waiting for mark in list_row_marks(row))
        yield from bad
    repeated = list_duplicates(rows.list_repeated(KEY), rows.list_repeated(SAME_ROW))
    for duplicates in split_windows(repeated, _READ_AT_ONCE):
        held = [
            build_held_entry(at, row, action, why)
            for at, why in duplicates
            for _, row in rows.read_waiting(at - 1, 1)
        ]
        rows.place(held)
        yield from held

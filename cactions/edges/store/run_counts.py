"""How many entries of a run's file are in which state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from cactions.edges.store import run_schema
from cactions.edges.store.run_cells import CellSource
from cactions.edges.store.sqlite import Cell, Database
from cactions.model import OpenState, Outcome, RunCounts

_OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}
_STANDING: Final = (OpenState.STARTED.value, Outcome.APPLIED.value)


def count_entries(database: Database) -> RunCounts:
    """All entries, counted by SQLite. Raises StoreError for a state that is none."""
    is_first = database.layout is run_schema.FIRST_LAYOUT
    sql = run_schema.COUNT_ENTRIES if is_first else run_schema.COUNT
    return sum_states(database.query_rows(sql), database)


def sum_states(rows: Iterable[Sequence[Cell]], source: CellSource) -> RunCounts:
    """The counts of rows, each with a state and how many entries have it.

    Between them stand whether the entries are of a person and not undone, and whether not undone.
    Raises StoreError for a state that is none.
    """
    outcomes: dict[Outcome, int] = {}
    others = dict.fromkeys(("waiting", *(state.value for state in OpenState)), 0)
    undone = standing = 0
    for cell, is_ours, is_not_undone, count in rows:
        state, number = str(cell), int(count or 0)
        if state in _OUTCOMES:
            outcomes[_OUTCOMES[state]] = outcomes.get(_OUTCOMES[state], 0) + number
        elif state in others:
            others[state] += number
        else:
            raise source.build_damaged_error(f'"{state[:20]}" is no state of an entry')
        undone += 0 if is_not_undone else number
        standing += number if is_ours and state in _STANDING else 0
    return RunCounts(outcomes, **others, undone=undone, standing=standing)

"""How many entries of a run's file are in which state."""

from __future__ import annotations

from typing import Final

from cactions.edges.store import run_schema
from cactions.edges.store.sqlite import Database
from cactions.model import OpenState, Outcome, RunCounts

_OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}
_STANDING: Final = (OpenState.STARTED.value, Outcome.APPLIED.value)


def count_states(database: Database) -> RunCounts:
    """All entries, counted by SQLite. Raises StoreError for a state that is none."""
    outcomes: dict[Outcome, int] = {}
    others = dict.fromkeys(("waiting", *(state.value for state in OpenState)), 0)
    undone = standing = 0
    is_first = database.layout is run_schema.FIRST_LAYOUT
    sql = run_schema.COUNT_ENTRIES if is_first else run_schema.COUNT
    for cell, is_ours, is_not_undone, count in database.query_rows(sql):
        state, number = str(cell), int(count or 0)
        if state in _OUTCOMES:
            outcomes[_OUTCOMES[state]] = outcomes.get(_OUTCOMES[state], 0) + number
        elif state in others:
            others[state] += number
        else:
            raise database.build_damaged_error(f'"{state[:20]}" is no state of an entry')
        undone += 0 if is_not_undone else number
        standing += number if is_ours and state in _STANDING else 0
    return RunCounts(outcomes, **others, undone=undone, standing=standing)

"""Whom our own runs wrote a moment ago: a search index may still show them as they were."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from cactions.app.ports import Clock, Journal
from cactions.model import LOCAL, Outcome

_SECONDS: Final = 3600.0
"""Longer than any index was seen to be late (60 s), and than most runs take."""

_WRITTEN: Final = (Outcome.APPLIED, Outcome.OUTCOME_UNKNOWN)


def find_recently_written(
    person_ids: Collection[str], journal: Journal, clock: Clock
) -> frozenset[str]:
    """Who of these may have been written by a run of the last hour, or by one not finished."""
    since = clock.get_time() - _SECONDS
    return frozenset(
        entry.plan.subject.person_id
        for run in journal.list_runs()
        if run.head.workspace != LOCAL and (run.head.started >= since or not run.finished)
        for entry in journal.list_of_people(run.head.id, person_ids)
        if entry.started and (entry.receipt is None or entry.receipt.outcome in _WRITTEN)
    )

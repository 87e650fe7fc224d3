"""Whom our own runs wrote a moment ago: a search index may still show them as they were."""

from __future__ import annotations

from typing import Final

from cactions.app.ports import Clock, Journal
from cactions.model import LOCAL

_SECONDS: Final = 3600.0
"""Longer than any index was seen to be late (60 s), and than most runs take."""


def list_recently_written(journal: Journal, clock: Clock) -> frozenset[str]:
    """The ids of everyone in a run at Intercom of the last hour, or in one that is not finished.

    What such a run has done does not matter: reading one person too many by id costs one call.
    """
    since = clock.get_time() - _SECONDS
    return frozenset(
        entry.plan.subject.person_id
        for run in journal.list_runs()
        if run.head.workspace != LOCAL and (run.head.started >= since or not run.finished)
        for entry in run.entries
    )

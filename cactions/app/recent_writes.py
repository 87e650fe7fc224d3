"""Whom our own runs wrote a moment ago: a search index may still show them as they were."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from cactions.app.ports import Clock, Journal
from cactions.model import Outcome, RunEntry, RunHead, StoreError
from cactions.model.vault import VaultLocked

_SECONDS: Final = 3600.0
"""Longer than any index was seen to be late (60 s), and than most runs take."""

_WRITTEN: Final = (Outcome.APPLIED, Outcome.OUTCOME_UNKNOWN)


def find_recently_written(
    person_ids: Collection[str], journal: Journal, clock: Clock
) -> frozenset[str]:
    """Who of these may have been written by a run of the last hour, or by one not finished."""
    runs = (head for head in journal.list_recent(clock.get_time() - _SECONDS) if not head.is_local)
    return frozenset(
        entry.plan.subject.person_id
        for head in runs
        for entry in _list_entries(head, person_ids, journal)
        if entry.started and (entry.receipt is None or entry.receipt.outcome in _WRITTEN)
    )


def _list_entries(
    head: RunHead, person_ids: Collection[str], journal: Journal
) -> Sequence[RunEntry]:
    """What a run has of these people; a run that cannot be read hides no other."""
    try:
        return journal.list_of_people(head.id, person_ids)
    except VaultLocked:
        raise
    except StoreError:
        return ()

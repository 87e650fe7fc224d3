"""Calls of unknown outcome: which may be made again, with the key of the first attempt.

The service must recognize the request: its key was sent, the action still sends keys in the same
header, and the first attempt is not older than a service keeps keys.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from cactions.app.planned_entries import build_row
from cactions.app.planning_task import PlanningTask
from cactions.app.ports import Clock, Journal
from cactions.logic.plan.compare_and_set import CALL_OUTCOME_UNKNOWN
from cactions.logic.request.idempotency import CLOCK_SLACK, KEY_LIFETIME, find_sent_key
from cactions.model import (
    JobRow,
    Outcome,
    Receipt,
    RunEntry,
    RunHead,
    UsageError,
)


def settle_lost_calls(planning: PlanningTask, calling: Iterable[RunEntry]) -> None:
    """Let each call whose answer was lost wait again, if it may be repeated; else it is unknown."""
    journal, action = planning.stores.journal, planning.action
    again: list[tuple[int, JobRow]] = []
    lost: list[tuple[int, Receipt]] = []
    unknown = Receipt("", Outcome.OUTCOME_UNKNOWN, CALL_OUTCOME_UNKNOWN)
    for entry in calling:
        key = find_sent_key(action, entry.plan.call) if planning.keys_hold else ""
        if key:
            again.append((entry.number, build_row(entry, action, key)))
        else:
            person_id = entry.plan.subject.person_id
            lost.append((entry.number, replace(unknown, person_id=person_id)))
    journal.record_outcomes(planning.head.id, lost)
    journal.open_rows(planning.head.id).put_back(again)


def has_valid_keys(head: RunHead, journal: Journal, clock: Clock) -> bool:
    """Whether a service still recognizes the keys of a run; those of a retry are of the first.

    The age of a run from the future is not known: the clock was wrong then, or is now.
    """
    seen: set[str] = set()
    while head.retries and head.id not in seen:
        seen.add(head.id)
        try:
            head = journal.read(head.retries).head
        except UsageError:  # it was deleted
            return False
    return -CLOCK_SLACK <= clock.get_time() - head.started <= KEY_LIFETIME

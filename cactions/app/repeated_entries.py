"""Finds entries that share what should be one person's alone, when everyone is planned."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.app.planned_entries import PERSON, RECORD, UNIQUE
from cactions.app.planning_ports import PlanningRows
from cactions.app.planning_task import PlanningStopped
from cactions.logic.bulk.breakers import Breakers


def list_repeated_holds(rows: PlanningRows, breakers: Breakers) -> Iterator[tuple[int, str]]:
    """The numbers of such entries, each with the reason. Raises PlanningStopped."""
    for first, *others in rows.list_repeated(PERSON):
        yield from ((other, f"entry {first:,} is the same person") for other in others)
    for first, *others in rows.list_repeated(RECORD):
        for other in others:
            verdict = breakers.observe_repeat(other, first)
            if verdict.stop:
                raise PlanningStopped(verdict.stop)
            yield from ((held, verdict.hold) for held in (other, *verdict.also))
    for numbers in rows.list_repeated(UNIQUE):
        why = "a unique attribute would get the same value as that of another person"
        yield from ((number, why) for number in numbers)

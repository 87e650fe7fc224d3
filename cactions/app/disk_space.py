"""Whether the plans of many people fit on the disk, before any call is made."""

from __future__ import annotations

from typing import Final

from cactions.app.planning_task import PlanningTask
from cactions.model import RunAborted

LARGE: Final = 100_000_000
"""Bytes; of less, nothing is said."""

_KILOBYTE: Final = 1_000
_MEGABYTE: Final = 1_000_000
_GIGABYTE: Final = 1_000_000_000

_EACH: Final = 900
_EACH_ATTRIBUTE: Final = 150
_SEALED: Final = 750
"""Bytes of a person who changes, of each attribute, and of the seals: measured, with the outcomes.

Unchanged people take a third of it, and long values more.
"""


def compute_needed_bytes(people: int, attributes: int, *, seals: bool) -> int:
    """What the file of a run grows to, where everyone changes."""
    return people * (_EACH + _EACH_ATTRIBUTE * attributes + _SEALED * seals)


def check_disk_space(planning: PlanningTask, people: int) -> None:
    """Say how much the plans of so many people take. Raises RunAborted where it is not there."""
    space = planning.stores.journal.get_disk_space()
    attributes = len(planning.action.response.mapping)
    needed = compute_needed_bytes(people, attributes, seals=space.seals)
    if needed > space.free:
        raise RunAborted(
            f"the plans of {people:,} people take about {format_bytes(needed)}, and the disk of"
            f" {space.folder} has {format_bytes(space.free)} left; no call was made"
            " and nothing was written",
            hint="Make room there, or split the file of people. A diff plans in the folder of"
            " temporary files, which TMPDIR names.",
        )
    if needed > LARGE:
        planning.on_caution(
            f"The plans of {people:,} people take about {format_bytes(needed)} in {space.folder}."
        )


def format_bytes(number: int) -> str:
    """``30 kB``, ``120 MB``, ``2.4 GB``."""
    if number < _MEGABYTE:
        return f"{number / _KILOBYTE:,.0f} kB"
    if number >= _GIGABYTE:
        return f"{number / _GIGABYTE:,.1f} GB"
    return f"{number / _MEGABYTE:,.0f} MB"

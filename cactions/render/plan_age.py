"""How far the old values of a plan can be trusted: how they were read, and how long ago."""

from __future__ import annotations

import time
from typing import Final

from cactions.logic.bulk_summary import has_old_values
from cactions.model import PlanSummary, RunEntry
from cactions.render.duration import format_duration
from cactions.render.text import StyledLine, span

SEARCHED: Final = "by search, up to two minutes old"
READ: Final = "while planning"

_YOUNG: Final = 60.0
"""Seconds; of a plan that is looked at at once, the age says nothing."""

_CONFLICT: Final = "A person who changed since then is a conflict, and is left alone."


def render_old_values(summary: PlanSummary, *, timed: bool = False) -> tuple[StyledLine, ...]:
    """One line on how they were read, one on when that was, and what it means for a commit.

    ``timed``: with the time itself, for readers who see it later.
    """
    return tuple(map(span, (_describe_reading(summary), _describe_age(summary, timed=timed))))


def find_recording(summary: PlanSummary) -> str:
    """The recording that the responses of the plans came from; empty for the live service."""
    return next((plan.call.source for plan in summary.samples if plan.call.source), "")


def describe_reading(entry: RunEntry) -> str:
    """How the old values of one person were read; empty where there was nothing to compare."""
    if not has_old_values(entry.plan, entry.receipt):
        return ""
    return SEARCHED if entry.plan.from_search else READ


def format_planned(summary: PlanSummary) -> str:
    """When the planning began; empty where that is not known."""
    if not summary.planned:
        return ""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(summary.planned))


def _describe_reading(summary: PlanSummary) -> str:
    if not summary.from_search:
        return f"read {READ} ({summary.from_reading:,})"
    text = f"read {SEARCHED} ({summary.from_search:,})"
    if summary.from_reading:
        text += f"; read by id ({summary.from_reading:,})"
    return text


def _describe_age(summary: PlanSummary, *, timed: bool) -> str:
    planned = format_planned(summary) if timed else ""
    if summary.age >= _YOUNG:
        ago = f"{format_duration(summary.age)} {'before this report' if timed else 'ago'}"
        planned = f"{planned}, {ago}" if planned else ago
    return f"planned {planned}. {_CONFLICT}" if planned else _CONFLICT

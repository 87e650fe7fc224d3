"""The actions that workers start by themselves, with the last moment of each."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cactions.logic.documents.notices import describe_moment
from cactions.model import MomentState, ScheduleState
from cactions.render.layout import render_table, wrap_paragraph
from cactions.render.messages import count_noun
from cactions.render.text import BLANK, Span, Style, StyledLine, span

_COLUMNS = ("Schedule", "Cron (UTC)", "Next", "Last", "State")
_CAUTIONS = (MomentState.HELD, MomentState.STOPPED, MomentState.SKIPPED, MomentState.MISSED)


def render_schedules(found: Sequence[ScheduleState], width: int) -> list[StyledLine]:
    """A table of them, and a sentence for each that an operator should look at."""
    if not found:
        return [span("No published action has a schedule that a worker has seen.")]
    lines = [*render_table(_COLUMNS, [_render_row(each) for each in found], width)]
    for each in found:
        if each.last and each.last.state in _CAUTIONS:
            text = describe_moment(each.last, each.text)
            lines += [BLANK, *wrap_paragraph((Span(text),), width)]
        if each.notice.exit_code:
            lines += [BLANK, *wrap_paragraph((Span(_explain_notice(each)),), width)]
    return lines


def _render_row(each: ScheduleState) -> tuple[StyledLine, ...]:
    name = f"{each.action} ({each.environment})" if each.environment else each.action
    last = each.last
    style = Style.CAUTION if last and last.state in _CAUTIONS else Style.QUIET
    return (
        span(name, Style.NAME),
        span(each.cron, Style.CODE),
        span(_format_moment(each.next_due)),
        span(_format_moment(last.due) if last else "never"),
        span(last.state.value if last else "", style),
    )


def _explain_notice(each: ScheduleState) -> str:
    tries = count_noun(each.notice.tries, "time")
    return (
        f"The notice about {each.action} failed {tries}; its command ended with exit code"
        f" {each.notice.exit_code}."
    )


def _format_moment(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds))

"""The most common changes as a table with a bar for each number: ``silver → gold 212``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.model import PlanSummary, Transition
from cactions.render.bulk_parts import render_values
from cactions.render.messages import count_noun
from cactions.render.page.entry_row import describe_kind
from cactions.render.page.table import PageCell, write_table
from cactions.render.page.text import escape_html

_WIDTH: Final = 160
_HEIGHT: Final = 12
_MOST_VALUE: Final = 80
_TITLES: Final = ("People", "Change", "Attribute", "From → to", "Share")


def write_transitions(summary: PlanSummary) -> Iterator[str]:
    """The table, and how many others there are; a bar is as long as its number is large."""
    most = max((each.number for each in summary.transitions), default=1)
    rows = (_list_cells(each, most, summary.people) for each in summary.transitions)
    yield from write_table("Equal changes, by people", _TITLES, rows, ("People",))
    if summary.other_transitions:
        others = count_noun(summary.other_transitions, "other change")
        yield f'<p class="quiet">{others}.</p>\n'


def _list_cells(transition: Transition, most: int, people: int) -> list[PageCell]:
    kind = transition.kind.value
    attribute = f'<bdi class="name">{escape_html(transition.attribute)}</bdi>'
    values = render_values(transition, _MOST_VALUE)
    bar = _draw_bar(transition.number / most, kind)
    share = f"{transition.number / people:.0%}".replace("%", " %") if people else ""
    return [transition.number, describe_kind(kind), attribute, values, _wrap(f"{bar} {share}")]


def _wrap(share: str) -> str:
    return f'<span class="share">{share}</span>'


def _draw_bar(share: float, style: str) -> str:
    return (
        f'<svg class="bar {style}" width="{_WIDTH}" height="{_HEIGHT}" aria-hidden="true"'
        f' focusable="false"><rect width="{max(2, round(share * _WIDTH))}" height="{_HEIGHT}"'
        ' rx="2"></rect></svg>'
    )

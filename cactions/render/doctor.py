"""What ``doctor`` found: one line a check, and under a problem the next step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cactions.model import Health, HealthCheck
from cactions.render.layout import add_gap, choose_margin, wrap
from cactions.render.messages import count_noun, to_sentence
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span

_MARKS: Final = {
    Health.OK: Span("ok", Style.GOOD),
    Health.PROBLEM: Span("problem", Style.BAD),
    Health.UNKNOWN: Span("unknown", Style.CAUTION),
}
_WIDEST: Final = max(mark.cells for mark in _MARKS.values())
_TOPICS: Final = {
    "files": "Action files", "vault": "Vault", "token": "Token", "state": "State folder",
    "certificate": "Client certificate", "trust": "Trusted authorities", "proxy": "Proxy",
    "name": "Name", "connection": "Connection", "clock": "Clock",
    "workspace": "Workspace", "permission": "Permission", "snapshot": "Attribute snapshot",
    "limit": "Rate limit",
}  # fmt: skip


def render_health_checks(found: Sequence[HealthCheck]) -> View:
    """All of them, and how many are problems."""

    def draw(width: int) -> list[StyledLine]:
        lines = [line for check in found for line in _lines(check, width)]
        return [*lines, BLANK, *wrap(_render_verdict(found), width)]

    return draw


def _lines(check: HealthCheck, width: int) -> list[StyledLine]:
    mark = _MARKS[check.health]
    head = (mark, *add_gap(_WIDEST - mark.cells + 2))
    title: StyledLine = span(_TOPICS.get(check.topic, check.topic), Style.STRONG)
    if check.subject:
        title += (Span(" "), Span(check.subject, Style.CODE))
    styled_lines = wrap((*title, Span(f": {check.message}")), width, hang=head)
    if not check.hint:
        return styled_lines
    indent = add_gap(_WIDEST + 2 if choose_margin(width) else 0)
    return [
        *styled_lines,
        *wrap((Span("Next: ", Style.STRONG), Span(to_sentence(check.hint))), width, hang=indent),
    ]


def _render_verdict(found: Sequence[HealthCheck]) -> StyledLine:
    bad = sum(check.health is Health.PROBLEM for check in found)
    unknown = sum(check.health is Health.UNKNOWN for check in found)
    rest = dim(f" {count_noun(unknown, 'check')} could not be run.") if unknown else ()
    if bad:
        return (Span(f"{count_noun(bad, 'problem')}.", Style.BAD), *rest)
    return (Span("No problems found.", Style.GOOD), *rest)

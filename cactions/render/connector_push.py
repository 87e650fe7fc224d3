"""What a push would send, and what it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cactions.logic.connectors.push import PushOutcome, PushPlan, PushResult
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import WorkspaceName
from cactions.render.connectors import render_caution, render_comparison, render_field
from cactions.render.layout import add_gap, choose_margin, wrap, wrap_paragraph
from cactions.render.messages import join_words
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_MARKS: Final = {
    PushOutcome.CREATED: Span("created", Style.GOOD),
    PushOutcome.UPDATED: Span("updated", Style.GOOD),
    PushOutcome.UNCHANGED: Span("unchanged", Style.QUIET),
    PushOutcome.FAILED: Span("failed", Style.BAD),
    PushOutcome.OUTCOME_UNKNOWN: Span("outcome unknown", Style.CAUTION),
}


def render_push_plans(
    plans: Sequence[PushPlan],
    not_carried: Sequence[tuple[str, ...]],
    workspace: WorkspaceName,
    *,
    allow_live: bool,
) -> View:
    """What would be sent to the workspace for each action, and what Intercom would not do."""
    title = span(f"To the {describe_workspace(workspace)}:")

    def draw(width: int) -> list[StyledLine]:
        lines = wrap(title, width)
        for plan, left_out in zip(plans, not_carried, strict=True):
            lines += [BLANK, *_render_plan(plan, width, allow_live=allow_live)]
            if left_out and plan.fields:
                text = f"Only cactions does this, Intercom does not: {join_words(list(left_out))}."
                lines += render_caution(text, width)
        return lines

    return draw


def _render_plan(plan: PushPlan, width: int, *, allow_live: bool) -> list[StyledLine]:
    title: StyledLine = (Span(plan.action.name, Style.STRONG), Span(": "))
    if plan.fault:
        return wrap((*title, Span("cannot be sent", Style.BAD)), width)
    latest = plan.drift.versions.latest
    if latest is None or plan.comparison is None:
        text = f'creates the draft of a new connector "{plan.wanted.name}"'
        lines = wrap((*title, Span(text)), width)
        return [*lines, *(row for item in plan.additions for row in render_field(item, width))]
    if not plan.fields:
        return wrap((*title, Span(f"{latest.label} is as the file says")), width)
    target = _describe_target(plan, allow_live=allow_live)
    lines = wrap((*title, Span(f"{latest.label}: {target}")), width)
    lines += [line for item in plan.comparison.fields for line in render_field(item, width)]
    if "headers" in plan.fields:
        text = "Sends the headers of the file in place of Intercom's, whose values cannot be read."
        lines += wrap(span(text), width, hang=add_gap(choose_margin(width)))
    return lines


def _describe_target(plan: PushPlan, *, allow_live: bool) -> str:
    versions = plan.drift.versions
    if versions.live is None:
        return "changes its draft; it was never live"
    if allow_live:
        return "changes its draft, or what is live, as this workspace does it"
    return "changes its draft; what is live must stay as it is, which is tested first"


def render_push_results(
    results: Sequence[PushResult], workspace: WorkspaceName, *, goes_live: bool = False
) -> View:
    """What came of each action in the workspace; and what is left to do by hand.

    ``goes_live``: it is a step of a publication, which says itself what is left.
    """
    title = span(f"In the {describe_workspace(workspace)}:")

    def draw(width: int) -> list[StyledLine]:
        lines = wrap(title, width)
        for result in results:
            lines += [BLANK, *_render_result(result, width, goes_live)]
        by_hand = [r.action for r in results if r.comparison and r.comparison.mappings]
        by_hand = [] if goes_live else by_hand
        return [*lines, *([BLANK, *wrap(_render_check(by_hand), width)] if by_hand else [])]

    return draw


def _render_result(result: PushResult, width: int, goes_live: bool) -> list[StyledLine]:
    title: StyledLine = (Span(result.action, Style.STRONG), Span(": "), _MARKS[result.outcome])
    if result.connector:
        title += (Span(", "), Span(result.connector.label, Style.NAME))
    lines = wrap(title, width)
    for text in _list_result_notes(result, goes_live):
        lines += wrap_paragraph(text, width, indent=choose_margin(width))
    if result.comparison:
        lines += render_comparison(result.comparison, width, notes=False)
    return lines


def _list_result_notes(result: PushResult, goes_live: bool) -> Iterator[StyledLine]:
    if result.changed_live:
        yield (Span("! ", Style.CAUTION), Span("The live version was changed at once."))
    elif result.outcome in (PushOutcome.CREATED, PushOutcome.UPDATED) and not goes_live:
        yield span("It is a draft: nothing that is live was changed.")
        yield span("Set it live in Intercom's web page, once it is right.")
    if result.outcome is PushOutcome.CREATED and result.connector:
        line = f'connector_id: "{result.connector.id}"'
        yield (Span("Write into the action: "), Span(line, Style.CODE))
    if result.connector and not result.is_verified and result.error is None:
        yield (Span("x ", Style.BAD), Span("Intercom took it, but a read shows something else:"))


def _render_check(names: Sequence[str]) -> StyledLine:
    """How the mapping is checked once it was entered."""
    command = join_command(("connectors", "diff"), *names)
    return (Span("Once the mapping is entered, check it: "), Span(command, Style.CODE))

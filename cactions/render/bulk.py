"""A run for many people: what it would do as a whole, and what it has done.

Laws: everyone who was handed in is counted once, as written or by outcome; what a reader must not
miss stands last, beside the question; colour says nothing that the words do not.
"""

from __future__ import annotations

from collections.abc import Sequence

from cactions.logic.shell import join_command
from cactions.model import Outcome, PlanSummary, Run, RunHead, RunKind
from cactions.render import messages
from cactions.render.bulk_parts import (
    render_attribute_counts,
    render_reasons,
    render_samples,
    render_transitions,
)
from cactions.render.duration import format_duration, format_rate
from cactions.render.layout import (
    LabeledValue,
    add_gap,
    choose_margin,
    render_labeled_values,
    wrap,
    wrap_paragraph,
)
from cactions.render.plan_age import render_old_values
from cactions.render.runs import count_by_outcome
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, join_spans, span
from cactions.render.workspaces import build_where_label, render_where_written

_MOST_COLUMNS = 12


def render_bulk_preview(summary: PlanSummary, head: RunHead, *, closing: str = "") -> View:
    """What would be written to all of them. ``closing`` is the caller's sentence about what now.

    ``head`` names the action, the workspace, and the recording that was replayed.
    """

    def draw(width: int) -> list[StyledLine]:
        who = messages.count_noun(summary.people, "person", "people")
        title = (Span(head.action, Style.STRONG), Span(" for "), Span(who, Style.STRONG))
        lines = [
            *wrap_paragraph(title, width),
            BLANK,
            *render_labeled_values(_build_head(summary, head), width, indent=choose_margin(width)),
        ]
        for heading, section in _draw_sections(summary, width):
            lines += [BLANK, span(heading, Style.STRONG), *section] if section else []
        for alarm in summary.alarms:
            lines += [BLANK, *_render_alarm(alarm, width)]
        end = [span(closing)] if closing else []
        return [*lines, BLANK, *_wrap_each([_render_total(summary), *end], width)]

    return draw


def _draw_sections(summary: PlanSummary, width: int) -> list[tuple[str, list[StyledLine]]]:
    return [
        ("By attribute, in people", render_attribute_counts(summary.attributes, width)),
        ("Most common changes", render_transitions(summary, width)),
        ("Not written", render_reasons(summary.reasons, width)),
        ("Samples", render_samples(summary.samples, width)),
    ]


def _build_head(summary: PlanSummary, run: RunHead) -> list[LabeledValue]:
    head = [
        build_where_label(run.workspace),
        LabeledValue("People", (span(f"{summary.people:,} in all"),)),
        LabeledValue("To write", (span(f"{summary.writing:,}", Style.STRONG),)),
        LabeledValue("Not written", (render_outcomes(summary),)),
        LabeledValue("Requests", render_calls(summary)),
    ]
    if run.source and summary.calls:
        replayed = (Span("replayed from "), Span(run.source, Style.CODE))
        head.append(LabeledValue("Responses", (replayed,)))
    if summary.writing:
        head.append(LabeledValue("Old values", render_old_values(summary)))
    if summary.ignored_columns:
        names = messages.join_words([*summary.ignored_columns], _MOST_COLUMNS)
        unused = (Span(names, Style.CODE), Span(" (the action does not use them)"))
        head.append(LabeledValue("Ignored", (unused,)))
    if summary.alarms:
        number = f"{len(summary.alarms):,}, at the end"
        head.append(LabeledValue("Alarms", (span(number, Style.CAUTION),)))
    return head


def render_outcomes(summary: PlanSummary) -> StyledLine:
    """``150: 59 refused, 90 failed``."""
    counts = [
        span(f"{summary.outcomes[outcome]:,} {word}", style)
        for outcome, (word, style) in messages.OUTCOMES.items()
        if summary.outcomes.get(outcome)
    ]
    number = sum(summary.outcomes.values())
    return (Span(f"{number:,}: "), *join_spans(", ", counts)) if counts else span("0")


def render_calls(summary: PlanSummary) -> tuple[StyledLine, ...]:
    """The requests that the plans took, and what that is for each person."""
    lines = []
    for number, whom in (
        (summary.calls, "to the third party"),
        (summary.platform_calls, "to the workspace"),
    ):
        share = number / summary.people if summary.people else 0
        each = f" ({share:.2f}".rstrip("0").rstrip(".") + " per person)"
        lines.append(span(f"{number:,} {whom}{each if number else ''}"))
    return tuple(lines) if summary.calls or summary.platform_calls else (span("none sent"),)


def _render_total(summary: PlanSummary) -> StyledLine:
    """``950 people to write · 12 refused · 38 unchanged``."""
    counts = [
        span(f"{summary.outcomes[outcome]:,} {word}", style)
        for outcome, (word, style) in messages.OUTCOMES.items()
        if summary.outcomes.get(outcome)
    ]
    who = messages.count_noun(summary.writing, "person", "people")
    first = span(f"{who} to write" if summary.writing else "No changes", Style.STRONG)
    return join_spans(" · ", [first, *counts])


def _render_alarm(alarm: str, width: int) -> list[StyledLine]:
    margin = choose_margin(width)
    hang = (*add_gap(margin), Span("! ALARM: ", Style.BAD))
    text = span(messages.to_sentence(alarm), Style.STRONG)
    return wrap(text, min(width, margin + 96), hang=hang, rest=add_gap(margin + 2))


def render_bulk_outcome(run: Run, *, seconds: float, where: Sequence[str] = ()) -> View:
    """What became of everyone, how fast it was, and what can be done next.

    ``where``: words that the next command needs, such as ``-f`` and ``shop/actions.yaml``.
    """

    def draw(width: int) -> list[StyledLine]:
        counts = count_by_outcome(run)
        settled = sum(number for word, number, _ in counts if word not in ("open", "not started"))
        rate = format_rate(settled / seconds if seconds > 0 else 0)
        took = ", ".join(filter(None, (format_duration(seconds), rate)))
        state = " is finished" if run.finished else " was cut off"
        title = (Span("Run "), Span(run.head.id, Style.STRONG), Span(f"{state} ({took})."))
        digits = len(f"{run.people:,}")
        tally = [
            (*add_gap(choose_margin(width) + digits - len(f"{number:,}")),
             *span(f"{number:,} {word}", style))
            for word, number, style in counts
        ]  # fmt: skip
        total = dim(f"{run.people:,} people in all")
        return [
            *wrap_paragraph(title, width),
            BLANK,
            *tally,
            (*add_gap(choose_margin(width)), *total),
            BLANK,
            *_wrap_each(_list_next(run, where), width),
        ]

    return draw


def _list_next(run: Run, where: Sequence[str]) -> list[StyledLine]:
    """The commands that make sense now."""
    steps = [("To see each person: ", "show")]
    if not run.finished:
        steps.append(("To finish it: ", "resume"))
    if run.leaves_something:
        steps.append(("To undo it: ", "undo"))
    again = sum(run.counts.outcomes.get(word, 0) for word in (Outcome.FAILED, Outcome.CONFLICT))
    if again and run.finished and run.head.kind is RunKind.APPLY:
        steps.append(("To try again those who failed or are in conflict: ", "retry"))
    lines: list[StyledLine] = [
        (Span(text), Span(join_command(("runs", verb), run.head.id, options=where), Style.CODE))
        for text, verb in steps
    ]
    unknown = run.counts.outcomes.get(Outcome.OUTCOME_UNKNOWN, 0) + run.counts.calling
    if unknown:
        them = messages.count_noun(unknown, "person", "people")
        lines.insert(0, span(f"Check {them} whose outcome is unknown.", Style.CAUTION))
    return [render_where_written(run.head.workspace, run.counts), *lines]


def _wrap_each(lines: Sequence[StyledLine], width: int) -> list[StyledLine]:
    return [
        row for line in lines for row in wrap_paragraph(line, width, indent=choose_margin(width))
    ]

"""The parts of a preview for many people: attributes, transitions, reasons and samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cactions.model import (
    AttributeCounts,
    ChangeKind,
    Outcome,
    OutcomeReason,
    Plan,
    PlanSummary,
    Transition,
)
from cactions.render import changes, messages
from cactions.render.layout import (
    LabeledValue,
    add_gap,
    choose_margin,
    render_labeled_values,
    render_table,
    wrap,
    wrap_paragraph,
)
from cactions.render.number_table import NumberColumn, NumberRow, render_number_table
from cactions.render.preview import render_proof
from cactions.render.text import BLANK, Span, Style, StyledLine, dim, join_spans, restyle, span
from cactions.render.values import ValueStyle, render_pair, render_value

_MOST_TRANSITIONS: Final = 12
_MOST_SAMPLES: Final = 3
_MOST_MESSAGE: Final = 300  # characters
_MOST_REASONS: Final = 12
_MOST_LABEL: Final = 40  # cells
_VALUE_SHARE: Final = 4  # a value has this part of the width
_LEAST_VALUE: Final = 16
_MOST_VALUE: Final = 40

_KIND_COLUMNS: Final = (
    (ChangeKind.ADD, NumberColumn("Add", "to add", Style.ADD)),
    (ChangeKind.OVERWRITE, NumberColumn("Overwrite", "to overwrite", Style.OVERWRITE)),
    (ChangeKind.CLEAR, NumberColumn("Clear", "to clear", Style.CLEAR)),
    (ChangeKind.SAME, NumberColumn("Same", "the same", Style.SAME)),
)
_COLUMNS: Final = (
    *(column for _, column in _KIND_COLUMNS),
    NumberColumn("Kept", "kept", Style.KEPT),
    NumberColumn("Refused", "refused", Style.REFUSED),
)
_MARKS: Final = {Outcome.HELD: "!", Outcome.OUTCOME_UNKNOWN: "?"}


def render_attribute_counts(attributes: Sequence[AttributeCounts], width: int) -> list[StyledLine]:
    """What happens to each attribute, counted in people."""
    rows = [
        NumberRow(
            counts.attribute,
            (*(counts.kinds.get(kind, 0) for kind, _ in _KIND_COLUMNS), counts.kept,
             counts.refused),
        )
        for counts in attributes
    ]  # fmt: skip
    return render_number_table("Attribute", _COLUMNS, rows, width)


def render_transitions(summary: PlanSummary, width: int) -> list[StyledLine]:
    """The most common changes, each with its number of people, and how many others there are."""
    shown = summary.transitions[:_MOST_TRANSITIONS]
    most = max(_LEAST_VALUE, min(_MOST_VALUE, width // _VALUE_SHARE))
    digits = max(len(f"{transition.number:,}") for transition in shown) if shown else 0
    digits = max(digits, len("People"))
    rows = [_build_transition_row(transition, digits, most) for transition in shown]
    margin = choose_margin(width)
    table = render_table(("People", "Change", "Attribute", "From → to"), rows, width - margin)
    lines = [(*add_gap(margin), *line) if line else BLANK for line in table] if rows else []
    others = summary.other_transitions + sum(
        transition.number for transition in summary.transitions[_MOST_TRANSITIONS:]
    )
    if others:
        text = messages.count_noun(others, "other change" if rows else "change")
        text = text if rows else f"{text}, each with values of its own"
        lines += wrap_paragraph(dim(text), width, indent=margin)
    return lines


def _build_transition_row(transition: Transition, digits: int, most: int) -> tuple[StyledLine, ...]:
    kind = transition.kind
    number = f"{transition.number:,}"
    return (
        (*add_gap(digits - len(number)), *span(number, Style.STRONG)),
        span(f"{kind.symbol} {kind.value}", messages.TONES[kind]),
        span(transition.attribute, Style.NAME),
        render_values(transition, most),
    )


def render_values(transition: Transition, most: int) -> StyledLine:
    """``silver → gold``; each value at most so many cells wide."""
    if transition.redacted:
        return dim("(values are redacted)")
    value_style = ValueStyle(transition.data_type, width=most, raw=False, sized=False)
    before, after = render_pair(transition.before, transition.after, value_style)
    return (*before, *dim(" → "), *restyle(after, Style.VALUE, Style.NEW))


def render_reasons(reasons: Sequence[OutcomeReason], width: int) -> list[StyledLine]:
    """Why people are not written: the outcome, how many, the reason, and who the first ones are."""
    lines = [line for reason in reasons[:_MOST_REASONS] for line in _render_reason(reason, width)]
    if rest := reasons[_MOST_REASONS:]:
        people = messages.count_noun(sum(reason.number for reason in rest), "person", "people")
        more = f"{messages.count_noun(len(rest), 'more reason')}, for {people}"
        lines += wrap_paragraph(dim(more), width, indent=choose_margin(width))
    return lines


def _render_reason(reason: OutcomeReason, width: int) -> list[StyledLine]:
    word, style = messages.OUTCOMES[reason.outcome]
    margin = choose_margin(width)
    message = reason.message or messages.BECAME[reason.outcome]
    if len(message) > _MOST_MESSAGE:
        message = f"{message[:_MOST_MESSAGE]}…"
    head = (
        Span(f"{_MARKS.get(reason.outcome, 'x')} {reason.number:,} {word}", style),
        Span(": "),
        Span(messages.to_sentence(message)),
    )
    lines = wrap(head, min(width, margin + 96), hang=add_gap(margin), rest=add_gap(margin + 2))
    return [*lines, *_render_labels(reason, width, margin + 2)]


def _render_labels(reason: OutcomeReason, width: int, indent: int) -> list[StyledLine]:
    if not reason.labels:
        return []
    names = [render_name(label) for label in reason.labels]
    rest = reason.number - len(names)
    line = join_spans(", ", names)
    if rest > 0:
        line += dim(f" and {rest:,} more")
    return wrap(line, width, hang=add_gap(indent))


def render_name(label: str) -> StyledLine:
    """What a person is called, in quotes where it could be taken for words of ours."""
    return render_value(label, ValueStyle(width=_MOST_LABEL, sized=False))


def render_samples(samples: Sequence[Plan], width: int) -> list[StyledLine]:
    """A few plans as they are shown for one person."""
    lines: list[StyledLine] = []
    for plan in samples[:_MOST_SAMPLES]:
        subject = plan.subject
        label = messages.get_display_name(subject.label or str(subject.matched))
        title = (
            Span(label, Style.STRONG),
            Span(" (matched by "),
            Span(str(subject.matched), Style.CODE),
            Span(")"),
        )
        proof = LabeledValue("Same person", render_proof(plan.proof)[:1])
        margin = choose_margin(width)
        lines += [BLANK] if lines else []
        lines += wrap_paragraph(title, width, indent=margin)
        lines += render_labeled_values([proof], width, indent=margin)
        lines += changes.render_changes(plan, width)
    return lines

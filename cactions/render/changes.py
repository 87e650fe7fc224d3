"""What a plan does to each attribute, from what to what, and why not, in words."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from cactions.model import (
    ABSENT,
    Change,
    ChangeKind,
    Conflict,
    DataType,
    KeptAttribute,
    Plan,
    is_empty,
)
from cactions.render import messages
from cactions.render.change_table import ChangeRow, render_change_table
from cactions.render.layout import NARROW, add_gap, choose_margin, wrap
from cactions.render.text import Span, Style, StyledLine, dim, join_spans, restyle, span
from cactions.render.values import ValueStyle, render_pair, render_value

EFFECTIVE = (ChangeKind.ADD, ChangeKind.OVERWRITE, ChangeKind.CLEAR)
_MOST_VALUE = 72
_FRAME = 23  # cells beside a value that is named: margin, word, "before"
_NARROW_FRAME = 12


class ChangeTense(Enum):
    """Whether the rows show what would happen, what happened, or how it is undone."""

    PLANNED = "planned"
    DONE = "done"
    OUTCOME_UNKNOWN = "outcome unknown"
    TAKE_BACK = "take back"
    TAKEN_BACK = "taken back"


def render_changes(
    plan: Plan,
    width: int,
    tense: ChangeTense = ChangeTense.PLANNED,
    conflicts: Sequence[Conflict] = (),
) -> list[StyledLine]:
    """The changes by kind, then what is refused, what is kept, and what is the same."""
    most = min(_MOST_VALUE, width - (_NARROW_FRAME if width < NARROW else _FRAME))
    rows = [
        _build_change_row(c, most, tense) for k in EFFECTIVE for c in plan.changes if c.kind is k
    ]
    rows += [_build_conflict_row(conflict, plan, tense) for conflict in conflicts]
    for refused in (True, False):
        rows += [
            _build_kept_row(kept_attribute, most)
            for kept_attribute in plan.left
            if kept_attribute.refused is refused
        ]
    return render_change_table(rows, width) + _render_unchanged(plan, width)


def render_conflict(
    plan: Plan, conflicts: Sequence[Conflict], width: int, tense: ChangeTense
) -> list[StyledLine]:
    """The conflicts alone, where nothing of the plan was written."""
    return render_change_table(
        [_build_conflict_row(conflict, plan, tense) for conflict in conflicts], width
    )


def _build_change_row(change: Change, width: int, tense: ChangeTense) -> ChangeRow:
    value_style = ValueStyle(change.data_type, redacted=change.redacted, width=width, raw=False)
    before, after = render_pair(change.before, change.after, value_style)
    cautions = change.cautions if tense is ChangeTense.PLANNED else ()
    word = {
        ChangeTense.DONE: messages.DONE[change.kind],
        ChangeTense.TAKE_BACK: "restore",
        ChangeTense.TAKEN_BACK: "restored",
    }.get(tense, change.kind.value)
    return ChangeRow(
        mark=change.kind.symbol,
        word=word,
        style=messages.TONES[change.kind],
        name=change.attribute,
        before=before,
        after=restyle(after, Style.VALUE, Style.NEW),
        source=change.source,
        note=_render_seconds(change),
        cautions=tuple(messages.CAUTIONS[caution] for caution in cautions),
    )


def _build_conflict_row(conflict: Conflict, plan: Plan, tense: ChangeTense) -> ChangeRow:
    types = {change.attribute: change.data_type for change in plan.changes}
    value_style = ValueStyle(
        types.get(conflict.attribute, DataType.STRING), redacted=conflict.redacted
    )
    undoing = tense in (ChangeTense.TAKE_BACK, ChangeTense.TAKEN_BACK)
    lead = "The run wrote " if undoing else "The plan expected "
    expected = render_value(conflict.expected, value_style)
    if is_empty(conflict.expected):
        lead, expected = ("The run left" if undoing else "The plan expected"), span(" nothing")
    return ChangeRow(
        mark="." if undoing else "x",
        word="kept" if undoing else "conflict",
        style=Style.KEPT if undoing else Style.REFUSED,
        name=conflict.attribute,
        before=render_value(conflict.found, value_style),
        why=(Span(lead), *expected, Span(" here; it was changed since.")),
    )


def _render_seconds(change: Change) -> StyledLine:
    """The numbers behind a date, which are what is really written."""
    if change.data_type is not DataType.DATE or change.redacted:
        return ()
    both = [render_value(value) for value in (change.before, change.after) if not is_empty(value)]
    return (*dim("Unix seconds "), *(Span(p.text, Style.QUIET) for p in join_spans(" → ", both)))


def _build_kept_row(left: KeptAttribute, width: int) -> ChangeRow:
    return ChangeRow(
        mark="x" if left.refused else ".",
        word="refused" if left.refused else "kept",
        style=Style.REFUSED if left.refused else Style.KEPT,
        name=left.attribute,
        before=render_value(
            left.before, ValueStyle(left.data_type, redacted=left.redacted, width=width)
        ),
        source=left.source,
        why=explain_kept(left),
    )


def explain_kept(left: KeptAttribute) -> StyledLine:
    """Why it is left as it is, in a sentence."""
    detail = left.detail.strip().rstrip(".")
    end = f": {detail}." if detail else "."
    if left.reason in messages.WITHOUT_VALUE:
        verdict = "and the action does not accept that" if left.refused else "so nothing changes"
        return span(f"{messages.WITHOUT_VALUE[left.reason]}, {verdict}{end}")
    clause = messages.WITH_VALUE[left.reason]
    verb = "Refused" if left.refused else "Kept"
    if left.received is not ABSENT:
        value = render_value(left.received, ValueStyle(redacted=left.redacted, width=40))
        return (Span("Response: "), *value, Span(f". {verb} because {clause}{end}"))
    value_word = "no value" if left.reason in messages.POLICIES else "a value"  # too large to keep
    return span(f"The response has {value_word} here. {verb} because {clause}{end}")


def _render_unchanged(plan: Plan, width: int) -> list[StyledLine]:
    same = [change.attribute for change in plan.changes if change.kind is ChangeKind.SAME]
    if not same:
        return []
    names = join_spans(", ", (span(name, Style.CODE) for name in same))
    line = (Span(f"{len(same):,} unchanged"), Span(": "), *names)
    hang = (*add_gap(choose_margin(width)), Span("=", Style.SAME), Span(" "))
    return wrap(line, width, hang=hang)

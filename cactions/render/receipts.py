"""Outcomes of plans, right after a run or an undo, and in the list of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    Conflict,
    Outcome,
    Plan,
    Receipt,
    Run,
    RunCounts,
    RunHead,
    RunKind,
    RunPhase,
    WorkspaceName,
)
from cactions.render import changes, messages
from cactions.render.changes import ChangeTense
from cactions.render.layout import (
    choose_margin,
    wrap_paragraph,
)
from cactions.render.text import BLANK, Span, Style, StyledLine, View, join_spans, span
from cactions.render.workspaces import render_where_written

_TOUCHED = (Outcome.APPLIED, Outcome.OUTCOME_UNKNOWN)


def render_receipt(plan: Plan, done: Receipt, head: RunHead, *, where: Sequence[str] = ()) -> View:
    """What became of a plan that the reader has just seen; how to take it back, or go on.

    ``where``: words that the next command needs, such as ``-f`` and ``shop/actions.yaml``.
    """

    def draw(width: int) -> list[StyledLine]:
        lines = wrap_paragraph(
            _render_receipt_line(plan, done, ChangeTense.DONE), width, indent=choose_margin(width)
        )
        if done.conflicts:
            rows = changes.render_conflict(plan, done.conflicts, width, ChangeTense.DONE)
            lines += [BLANK, *rows, BLANK]
        written = [render_where_written(head.workspace, RunCounts({done.outcome: 1}))]
        written = written if done.outcome in _TOUCHED else []
        for line in (*written, _render_next(done, head, where)):
            lines += wrap_paragraph(line, width, indent=choose_margin(width))
        return lines

    return draw


def render_undo_preview(
    plan: Plan, conflicts: Sequence[Conflict], undoes: str, workspace: WorkspaceName
) -> View:
    """What undoing the run ``undoes`` would restore for one person, and what it leaves alone."""

    def draw(width: int) -> list[StyledLine]:
        where = Span(f" in the {describe_workspace(workspace)}")
        title = (Span("Undo of "), Span(undoes, Style.CODE), Span(" for "), _get_name(plan), where)
        rows = changes.render_changes(plan, width, ChangeTense.TAKE_BACK, conflicts)
        nothing = wrap_paragraph(
            span("Nothing is left to restore."), width, indent=choose_margin(width)
        )
        return [*wrap_paragraph(title, width), BLANK, *(rows or nothing)]

    return draw


def render_undone(head: RunHead, plans: Sequence[Plan], receipts: Sequence[Receipt]) -> View:
    """After an undo: what was restored, and what was left alone because it is no longer ours.

    ``plans`` are the inverse plans, one for each receipt.
    """

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for plan, done in zip(plans, receipts, strict=True):
            lines += [*render_outcome(plan, done, width, ChangeTense.TAKEN_BACK), BLANK]
        if not receipts:
            lines = [
                *wrap_paragraph(
                    span("Nothing was left to restore."), width, indent=choose_margin(width)
                ),
                BLANK,
            ]
        undone, undo = Span(head.undoes, Style.CODE), Span(head.id, Style.CODE)
        run_id = (Span("This undo of run "), undone, Span(" is run "), undo, Span("."))
        counts = RunCounts(Counter(done.outcome for done in receipts))
        for line in (render_where_written(head.workspace, counts), run_id):
            lines += wrap_paragraph(line, width, indent=choose_margin(width))
        return lines

    return draw


def render_resume_hint(run: Run) -> StyledLine:
    """How to go on with a run that is not finished."""
    head = run.head
    if head.kind is RunKind.UNDO:
        again = Span(join_command(("runs", "undo"), head.undoes), Style.CODE)
        name = (Span("Run "), Span(head.id, Style.CODE), Span(", an undo, "))
        return (*name, Span("was cut off, or is still in progress. To go on: "), again, Span("."))
    resume = Span(join_command(("runs", "resume"), head.id), Style.CODE)
    back = Span(join_command(("runs", "undo"), head.id), Style.CODE)
    run_id = Span(head.id, Style.CODE)
    if run.phase is RunPhase.PLANNED:
        return (Span("Run "), run_id, Span(" waits for an answer. To carry it out: "), resume)
    literal = " was cut off, or is still in progress. To finish it: "
    return (Span("Run "), run_id, Span(literal), resume, Span(". To undo it: "), back, Span("."))


def _get_name(plan: Plan) -> Span:
    text = messages.get_display_name(plan.subject.label or plan.subject.person_id)
    return Span(text or "A forgotten person", Style.STRONG)


def render_outcome(plan: Plan, done: Receipt, width: int, tense: ChangeTense) -> list[StyledLine]:
    """One person: the sentence, then the attributes that were written or stood in the way."""
    tense = ChangeTense.OUTCOME_UNKNOWN if done.outcome is Outcome.OUTCOME_UNKNOWN else tense
    if done.outcome in _TOUCHED:
        rows = changes.render_changes(plan, width, tense, done.conflicts)
    else:
        rows = changes.render_conflict(plan, done.conflicts, width, tense)
    styled_lines = wrap_paragraph(
        _render_receipt_line(plan, done, tense), width, indent=choose_margin(width)
    )
    return [*styled_lines, BLANK, *rows] if rows else styled_lines


def _render_receipt_line(plan: Plan, done: Receipt, tense: ChangeTense) -> StyledLine:
    """``Applied: Ada Lovelace. 1 added.``: the outcome, the person, and what it means."""
    word, style = messages.OUTCOMES[done.outcome]
    taken_back = tense is ChangeTense.TAKEN_BACK
    styled_line: StyledLine = span(messages.BECAME[done.outcome])
    if done.outcome is Outcome.APPLIED:
        word, styled_line = (
            ("restored" if taken_back else word),
            (*_render_counts(plan, tense), Span(".")),
        )
    elif done.outcome is Outcome.OUTCOME_UNKNOWN and plan.pending:
        styled_line = span("Nothing was written to this person.")
    elif done.outcome is Outcome.CONFLICT and taken_back:
        styled_line = span("This person was changed since, so nothing was restored.")
    if not (plan.subject.person_id or plan.subject.label):
        styled_line = span("Everything else about them was erased.")
    message = span(f" {messages.to_sentence(done.message)}") if done.message else ()
    return (
        Span(f"{word.capitalize()}:", style),
        Span(" "),
        _get_name(plan),
        Span(". "),
        *styled_line,
        *message,
    )


def _render_counts(plan: Plan, tense: ChangeTense) -> StyledLine:
    kinds = [change.kind for change in plan.effective]
    if tense is ChangeTense.TAKEN_BACK:
        return span(messages.count_noun(len(kinds), "attribute"), Style.GOOD)
    parts = [
        span(f"{kinds.count(kind):,} {messages.DONE[kind]}", messages.TONES[kind])
        for kind in changes.EFFECTIVE
        if kind in kinds
    ]
    return join_spans(", ", parts)


def _render_next(done: Receipt, head: RunHead, where: Sequence[str]) -> StyledLine:
    command = Span(join_command(("runs", "undo"), head.id, options=where), Style.CODE)
    this = (Span("This was run "), Span(head.id, Style.CODE), Span("."))
    if done.outcome is Outcome.APPLIED:
        return (Span("To undo: "), command)
    if done.outcome is Outcome.OUTCOME_UNKNOWN:
        return (Span("Next: check the person. To restore the old values: "), command)
    if done.outcome is Outcome.CONFLICT:
        return (Span("Next: check a new diff, then run again. "), *this)
    return this

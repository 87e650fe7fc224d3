"""Runs: the list, and one run with its entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cactions.logic.plan.compare_and_set import CALL_OUTCOME_UNKNOWN
from cactions.model import (
    Outcome,
    Plan,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    RunKind,
    RunPhase,
)
from cactions.render import messages
from cactions.render.changes import ChangeTense
from cactions.render.layout import (
    LabeledValue,
    choose_margin,
    render_labeled_values,
    wrap_paragraph,
)
from cactions.render.receipts import render_outcome, render_resume_hint
from cactions.render.run_entries import MOST_IN_FULL, render_run_entries
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, join_spans, span
from cactions.render.values import format_utc
from cactions.render.workspaces import (
    WHERE,
    build_where_label,
    render_short,
    render_table_of_places,
)

UNSEALED = (
    "A run that is not fully sealed by the vault was made before the vault, by an older cactions,"
    " or without a key. Any program that can write its file may have changed it."
    " `runs undo` and `runs resume` need --unsealed for it."
)
_COLUMNS = ("Run", "Started (UTC)", "Action", "Kind", "State", WHERE, "People")
_WIDE = 100
_NOT_SEALED = span(", not sealed", Style.CAUTION)


def render_runs(found: Iterable[Run]) -> View:
    """The table of runs, in the order given; a run's id holds its time, where room is scarce."""
    found = list(found)
    taken = {undo.head.undoes for undo in found if _has_restored(undo)}
    rows = [_run_row(run, partly=run.head.id in taken) for run in found]
    workspaces = [run.head.workspace for run in found]
    how_on = [_render_retried(run.head) for run in found if run.head.retries]
    how_on += [render_resume_hint(run) for run in found if not (run.finished or run.running)]

    def draw(width: int) -> list[StyledLine]:
        if not rows:
            return [span("No runs yet.")]
        titles, cells = [*_COLUMNS], rows
        if width < _WIDE:
            titles = [*_COLUMNS[:1], *_COLUMNS[2:]]
            cells = [row[:1] + row[2:] for row in rows]
        lines = render_table_of_places(titles, cells, workspaces, width)
        return [*lines, *(row for line in how_on for row in [BLANK, *wrap_paragraph(line, width)])]

    return draw


def render_run(run: Run) -> View:
    """One run: what it was, and what it did to each person, or to those who need attention."""

    def draw(width: int) -> list[StyledLine]:
        title = (Span("Run "), Span(run.head.id, Style.STRONG))
        lines = [
            *wrap_paragraph(title, width),
            BLANK,
            *render_labeled_values(list(build_run_head(run)), width, indent=choose_margin(width)),
        ]
        if run.counts.total > MOST_IN_FULL:
            lines += [BLANK, *render_run_entries(run, width)]
        else:
            for entry in run.entries:
                lines += [BLANK, *_render_entry(entry, run.head.kind, width)]
        if not run.finished and not run.running:
            lines += [
                BLANK,
                *wrap_paragraph(render_resume_hint(run), width),
            ]
        return lines

    return draw


def _run_row(run: Run, *, partly: bool = False) -> tuple[StyledLine, ...]:
    return (
        span(run.head.id, Style.CODE),
        span(format_utc(run.head.started)[:-3]),
        span(run.head.action, Style.NAME),
        span("retry" if run.head.retries else run.head.kind.value),
        (*_render_state(run, partly=partly), *(() if run.authentic else _NOT_SEALED)),
        render_short(run.head.workspace),
        (Span(f"{run.people:,}: "), *render_tally(run)),
    )


def count_by_outcome(run: Run) -> list[tuple[str, int, Style]]:
    """Words, numbers and styles; together the numbers are everyone who was handed in."""
    counts = dict(run.counts.outcomes)
    unknown = Outcome.OUTCOME_UNKNOWN  # a call whose response was lost
    counts[unknown] = counts.get(unknown, 0) + run.counts.calling
    found = [
        (word, counts[outcome], style)
        for outcome, (word, style) in messages.OUTCOMES.items()
        if counts.get(outcome)
    ]
    left = run.people - sum(counts.values())
    open_ = ("not started" if run.finished else "open", left, Style.CAUTION)
    return [*found, open_] if left > 0 else found


def render_tally(run: Run) -> StyledLine:
    """People by outcome; together they are everyone who was handed in."""
    parts = [span(f"{number:,} {word}", style) for word, number, style in count_by_outcome(run)]
    return join_spans(", ", parts) if parts else dim("no people")


def _render_retried(head: RunHead) -> StyledLine:
    ids = (Span(head.id, Style.CODE), Span(head.retries, Style.CODE))
    return (Span("Run "), ids[0], Span(" is another attempt for people of run "), ids[1], Span("."))


def _has_restored(run: Run) -> bool:
    """Whether it is an undo that has put something back."""
    return run.head.kind is RunKind.UNDO and run.counts.outcomes.get(Outcome.APPLIED, 0) > 0


def _name_open_state(run: Run) -> str:
    """What is true of a run that is not finished. The planning of one holds no lock."""
    if run.running:
        return "running"
    if run.phase is RunPhase.PLANNED:
        return "planned"
    if run.phase in (RunPhase.READING, RunPhase.PLANNING):
        return "planning, or cut off"
    counts = run.counts
    is_answered = counts.planned == counts.total > 0
    return "answered, not applied" if is_answered else "cut off"


def _render_state(run: Run, *, partly: bool = False) -> StyledLine:
    """``partly``: an undo has restored something of it."""
    if not run.finished:
        return span(_name_open_state(run), Style.CAUTION)
    if run.counts.outcomes.get(Outcome.OUTCOME_UNKNOWN):
        return span("outcome unknown", Style.CAUTION)
    if run.counts.undone:
        applied = run.counts.outcomes.get(Outcome.APPLIED, 0)
        return span("undone" if run.counts.undone >= applied else "partly undone")
    return span("partly undone" if partly else "finished")


def build_run_head(run: Run) -> Iterator[LabeledValue]:
    """What the run was, and how it ended."""
    head = run.head
    yield LabeledValue("Action", (span(head.action, Style.NAME),))
    yield LabeledValue(
        "Started", ((Span(f"{format_utc(head.started)} UTC by "), Span(head.operator, Style.CODE)),)
    )
    yield build_where_label(head.workspace)
    if head.environment:
        yield LabeledValue("Environment", (span(head.environment, Style.CODE),))
    if head.retries:
        yield LabeledValue("Retries", ((Span("run "), Span(head.retries, Style.CODE)),))
    if head.kind is RunKind.UNDO:
        yield LabeledValue("Undoes", ((Span("run "), Span(head.undoes, Style.CODE)),))
    elif head.source:
        source = (Span("replayed", Style.CAUTION), Span(" from "), Span(head.source, Style.CODE))
        yield LabeledValue("Responses", (source,))
    else:
        yield LabeledValue("Responses", (span("live"),))
    yield LabeledValue("State", (_render_state(run),))
    if not run.authentic:
        yield LabeledValue("Sealed", (span("no", Style.CAUTION), span(UNSEALED)))
    yield LabeledValue("People", ((Span(f"{run.people:,}: "), *render_tally(run)),))


def _render_entry(entry: RunEntry, kind: RunKind, width: int) -> list[StyledLine]:
    tense = ChangeTense.TAKEN_BACK if kind is RunKind.UNDO else ChangeTense.DONE
    lines = render_outcome(entry.plan, entry.receipt or _open(entry.plan), width, tense)
    by = (Span("Undone by run "), Span(entry.undone_by, Style.CODE), Span("."))
    return (
        [*wrap_paragraph(by, width, indent=choose_margin(width)), *lines]
        if entry.undone_by
        else lines
    )


def _open(plan: Plan) -> Receipt:
    message = CALL_OUTCOME_UNKNOWN if plan.pending else "its outcome was never recorded"
    return Receipt("", Outcome.OUTCOME_UNKNOWN, message)

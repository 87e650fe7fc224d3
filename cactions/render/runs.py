"""What became of plans: after a run, after an undo, and in the journal later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cactions.logic.plan.compare_and_set import CALL_IN_DOUBT
from cactions.logic.shell import join_command
from cactions.model import (
    Conflict,
    Outcome,
    Plan,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    RunKind,
    Tally,
)
from cactions.render import changes, messages
from cactions.render.changes import ChangeTense
from cactions.render.layout import (
    LabeledValue,
    choose_margin,
    render_labeled_values,
    render_table,
    wrap_paragraph,
)
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, join_spans, span
from cactions.render.values import format_utc

UNSEALED = (
    "A run that is not fully sealed by the vault was made before the vault, by an older cactions,"
    " or without a key. Any program that can write its file may have changed it."
    " `runs undo` and `runs resume` need --unsealed for it."
)
_COLUMNS = ("Run", "Started (UTC)", "Action", "Kind", "State", "People")
_WIDE = 100
_NOT_SEALED = span(", not sealed", Style.CAUTION)
_TOUCHED = (Outcome.APPLIED, Outcome.IN_DOUBT)


def render_receipt(plan: Plan, done: Receipt, head: RunHead, *, where: Sequence[str] = ()) -> View:
    """What became of a plan that the reader has just seen; how to take it back, or go on.

    ``where``: words that the next command needs, such as ``-f`` and ``shop/actions.yaml``.
    """

    def draw(room: int) -> list[StyledLine]:
        lines = wrap_paragraph(
            _told(plan, done, ChangeTense.DONE), room, indent=choose_margin(room)
        )
        if done.conflicts:
            rows = changes.render_conflict(plan, done.conflicts, room, ChangeTense.DONE)
            lines += [BLANK, *rows, BLANK]
        return [*lines, *wrap_paragraph(_next(done, head, where), room, indent=choose_margin(room))]

    return draw


def render_undo_preview(plan: Plan, conflicts: Sequence[Conflict], undoes: str) -> View:
    """What undoing the run ``undoes`` would restore for one person, and what it leaves alone."""

    def draw(room: int) -> list[StyledLine]:
        title = (Span("Undo of "), Span(undoes, Style.CODE), Span(" for "), _name(plan))
        rows = changes.render_changes(plan, room, ChangeTense.TAKE_BACK, conflicts)
        nothing = wrap_paragraph(
            span("Nothing is left to restore."), room, indent=choose_margin(room)
        )
        return [*wrap_paragraph(title, room), BLANK, *(rows or nothing)]

    return draw


def render_undone(head: RunHead, plans: Sequence[Plan], receipts: Sequence[Receipt]) -> View:
    """After an undo: what was restored, and what was left alone because it is no longer ours.

    ``plans`` are the inverse plans, one for each receipt.
    """

    def draw(room: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for plan, done in zip(plans, receipts, strict=True):
            lines += [*render_outcome(plan, done, room, ChangeTense.TAKEN_BACK), BLANK]
        if not receipts:
            lines = [
                *wrap_paragraph(
                    span("Nothing was left to restore."), room, indent=choose_margin(room)
                ),
                BLANK,
            ]
        run_id = (Span("This undo is run "), Span(head.id, Style.CODE), Span("."))
        return [*lines, *wrap_paragraph(run_id, room, indent=choose_margin(room))]

    return draw


def render_runs(found: Iterable[Run]) -> View:
    """The table of runs, in the order given; a run's id holds its time, where room is scarce."""
    found = list(found)
    taken = {each.head.undoes for each in found if _has_restored(each)}
    rows = [_run_row(run, partly=run.head.id in taken) for run in found]
    how_on = [_how_on(run.head) for run in found if not run.finished]

    def draw(room: int) -> list[StyledLine]:
        if not rows:
            return [span("No runs yet.")]
        if room < _WIDE:
            lines = render_table(
                _COLUMNS[:1] + _COLUMNS[2:], [row[:1] + row[2:] for row in rows], room
            )
        else:
            lines = render_table(_COLUMNS, rows, room)
        return [*lines, *(row for line in how_on for row in [BLANK, *wrap_paragraph(line, room)])]

    return draw


def render_run(one: Run) -> View:
    """One run: what it was, and what it did to each person."""

    def draw(room: int) -> list[StyledLine]:
        title = (Span("Run "), Span(one.head.id, Style.STRONG))
        lines = [
            *wrap_paragraph(title, room),
            BLANK,
            *render_labeled_values(list(_head(one)), room, indent=choose_margin(room)),
        ]
        for entry in one.entries:
            lines += [BLANK, *_entry(entry, one.head.kind, room)]
        if not one.finished:
            lines += [BLANK, *wrap_paragraph(_how_on(one.head), room)]
        return lines

    return draw


def _how_on(head: RunHead) -> StyledLine:
    resume = Span(join_command(("runs", "resume"), head.id), Style.CODE)
    back = Span(join_command(("runs", "undo"), head.id), Style.CODE)
    run_id = Span(head.id, Style.CODE)
    said = " was cut off, or is still in progress. To finish it: "
    return (Span("Run "), run_id, Span(said), resume, Span(". To undo it: "), back, Span("."))


def _name(plan: Plan) -> Span:
    told = messages.get_display_name(plan.subject.label or plan.subject.person_id)
    return Span(told or "A forgotten person", Style.STRONG)


def render_outcome(plan: Plan, done: Receipt, room: int, tense: ChangeTense) -> list[StyledLine]:
    """One person: the sentence, then the attributes that were written or stood in the way."""
    tense = ChangeTense.IN_DOUBT if done.outcome is Outcome.IN_DOUBT else tense
    if done.outcome in _TOUCHED:
        rows = changes.render_changes(plan, room, tense, done.conflicts)
    else:
        rows = changes.render_conflict(plan, done.conflicts, room, tense)
    said = wrap_paragraph(_told(plan, done, tense), room, indent=choose_margin(room))
    return [*said, BLANK, *rows] if rows else said


def _told(plan: Plan, done: Receipt, tense: ChangeTense) -> StyledLine:
    """``Applied: Ada Lovelace. 1 added.``: the outcome, the person, and what it means."""
    word, tone = messages.OUTCOMES[done.outcome]
    taken_back = tense is ChangeTense.TAKEN_BACK
    said: StyledLine = span(messages.BECAME[done.outcome])
    if done.outcome is Outcome.APPLIED:
        word, said = ("restored" if taken_back else word), (*_counts(plan, tense), Span("."))
    elif done.outcome is Outcome.IN_DOUBT and plan.pending:
        said = span("Nothing was written to this person.")
    elif done.outcome is Outcome.CONFLICT and taken_back:
        said = span("This person was changed since, so nothing was restored.")
    if not plan.subject.person_id:
        said = span("Everything else about them was erased.")
    message = span(f" {messages.to_sentence(done.message)}") if done.message else ()
    return (
        Span(f"{word.capitalize()}:", tone),
        Span(" "),
        _name(plan),
        Span(". "),
        *said,
        *message,
    )


def _counts(plan: Plan, tense: ChangeTense) -> StyledLine:
    kinds = [change.kind for change in plan.effective]
    if tense is ChangeTense.TAKEN_BACK:
        return span(messages.count_noun(len(kinds), "attribute"), Style.GOOD)
    parts = [
        span(f"{kinds.count(kind):,} {messages.DONE[kind]}", messages.TONES[kind])
        for kind in changes.EFFECTIVE
        if kind in kinds
    ]
    return join_spans(", ", parts)


def _next(done: Receipt, head: RunHead, where: Sequence[str]) -> StyledLine:
    command = Span(join_command(("runs", "undo"), head.id, options=where), Style.CODE)
    this = (Span("This was run "), Span(head.id, Style.CODE), Span("."))
    if done.outcome is Outcome.APPLIED:
        return (Span("To undo: "), command)
    if done.outcome is Outcome.IN_DOUBT:
        return (Span("Next: check the person. To restore the old values: "), command)
    if done.outcome is Outcome.CONFLICT:
        return (Span("Next: check a new diff, then run again. "), *this)
    return this


def _run_row(one: Run, *, partly: bool = False) -> tuple[StyledLine, ...]:
    return (
        span(one.head.id, Style.CODE),
        span(format_utc(one.head.started)[:-3]),
        span(one.head.action, Style.NAME),
        span(one.head.kind.value),
        (*_state(one, partly=partly), *(() if one.authentic else _NOT_SEALED)),
        (Span(f"{one.people:,}: "), *render_tally(one)),
    )


def render_tally(one: Run) -> StyledLine:
    """People by outcome; together they are everybody who was handed in."""
    counts = Tally.of(_known(one)).counts
    parts = [
        span(f"{counts[outcome]:,} {word}", tone)
        for outcome, (word, tone) in messages.OUTCOMES.items()
        if counts.get(outcome)
    ]
    left = one.people - sum(counts.values())
    parts += [span(f"{left:,} {'not started' if one.finished else 'open'}", Style.CAUTION)] * (
        left > 0
    )
    return join_spans(", ", parts) if parts else dim("no people")


def _known(one: Run) -> Iterator[Receipt]:
    """Receipts; a call whose answer never came is in doubt without one."""
    for entry in one.entries:
        if entry.receipt or entry.plan.pending:
            yield entry.receipt or _open(entry.plan)


def _has_restored(one: Run) -> bool:
    """Whether it is an undo that has put something back."""
    applied = (e.receipt and e.receipt.outcome is Outcome.APPLIED for e in one.entries)
    return one.head.kind is RunKind.UNDO and any(applied)


def _state(one: Run, *, partly: bool = False) -> StyledLine:
    """``partly``: an undo has restored something of it."""
    if not one.finished:
        return span("cut off", Style.CAUTION)
    undone = sum(bool(entry.undone_by) for entry in one.entries)
    applied = [e for e in one.entries if e.receipt and e.receipt.outcome is Outcome.APPLIED]
    if undone:
        return span("undone" if undone >= len(applied) else "partly undone")
    return span("partly undone" if partly else "finished")


def _head(one: Run) -> Iterator[LabeledValue]:
    head = one.head
    yield LabeledValue("Action", (span(head.action, Style.NAME),))
    yield LabeledValue(
        "Started", ((Span(f"{format_utc(head.started)} UTC by "), Span(head.operator, Style.CODE)),)
    )
    where = ", ".join(filter(None, (head.workspace, head.environment)))
    yield LabeledValue("Workspace", (span(where, Style.CODE),))
    if head.kind is RunKind.UNDO:
        yield LabeledValue("Undoes", ((Span("run "), Span(head.undoes, Style.CODE)),))
    elif head.source:
        source = (Span("replayed", Style.CAUTION), Span(" from "), Span(head.source, Style.CODE))
        yield LabeledValue("Responses", (source,))
    else:
        yield LabeledValue("Responses", (span("live"),))
    yield LabeledValue("State", (_state(one),))
    if not one.authentic:
        yield LabeledValue("Sealed", (span("no", Style.CAUTION), span(UNSEALED)))
    yield LabeledValue("People", ((Span(f"{one.people:,}: "), *render_tally(one)),))


def _entry(entry: RunEntry, kind: RunKind, room: int) -> list[StyledLine]:
    tense = ChangeTense.TAKEN_BACK if kind is RunKind.UNDO else ChangeTense.DONE
    lines = render_outcome(entry.plan, entry.receipt or _open(entry.plan), room, tense)
    by = (Span("Undone by run "), Span(entry.undone_by, Style.CODE), Span("."))
    return (
        [*wrap_paragraph(by, room, indent=choose_margin(room)), *lines]
        if entry.undone_by
        else lines
    )


def _open(plan: Plan) -> Receipt:
    message = CALL_IN_DOUBT if plan.pending else "its outcome was never recorded"
    return Receipt("", Outcome.IN_DOUBT, message)

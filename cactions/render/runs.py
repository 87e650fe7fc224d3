"""What became of plans: after a run, after an undo, and in the journal later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cactions.logic.plan.compare_and_set import CALL_IN_DOUBT
from cactions.logic.shell import command_line
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
from cactions.render.changes import Tense
from cactions.render.layout import Fact, facts, margin, prose, table
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone, ink, joined, quiet
from cactions.render.values import utc

UNSEALED = (
    "A run that the vault has not sealed throughout was made before the vault, by an older"
    " cactions, or without a key: any program that can write its file can have changed it."
    " `runs undo` and `runs resume` need --unsealed for it."
)
_COLUMNS = ("Run", "Started (UTC)", "Action", "Kind", "State", "People")
_WIDE = 100
_NOT_SEALED = ink(", not sealed", Tone.CAUTION)
_TOUCHED = (Outcome.APPLIED, Outcome.IN_DOUBT)


def receipt(plan: Plan, done: Receipt, head: RunHead, *, where: Sequence[str] = ()) -> Sheet:
    """What became of a plan that the reader has just seen; how to take it back, or go on.

    ``where``: words that the next command needs, such as ``-f`` and ``shop/actions.yaml``.
    """

    def draw(room: int) -> list[Line]:
        lines = prose(_told(plan, done, Tense.DONE), room, indent=margin(room))
        if done.conflicts:
            rows = changes.in_the_way(plan, done.conflicts, room, Tense.DONE)
            lines += [BLANK, *rows, BLANK]
        return [*lines, *prose(_next(done, head, where), room, indent=margin(room))]

    return draw


def takeback(plan: Plan, conflicts: Sequence[Conflict], undoes: str) -> Sheet:
    """What undoing the run ``undoes`` would restore for one person, and what it leaves alone."""

    def draw(room: int) -> list[Line]:
        title = (Ink("Undo of "), Ink(undoes, Tone.CODE), Ink(" for "), _name(plan))
        rows = changes.drawn(plan, room, Tense.TAKE_BACK, conflicts)
        nothing = prose(ink("Nothing is left to restore."), room, indent=margin(room))
        return [*prose(title, room), BLANK, *(rows or nothing)]

    return draw


def undone(head: RunHead, plans: Sequence[Plan], receipts: Sequence[Receipt]) -> Sheet:
    """After an undo: what was restored, and what was left alone because it is no longer ours.

    ``plans`` are the inverse plans, one for each receipt.
    """

    def draw(room: int) -> list[Line]:
        lines: list[Line] = []
        for plan, done in zip(plans, receipts, strict=True):
            lines += [*told(plan, done, room, Tense.TAKEN_BACK), BLANK]
        if not receipts:
            lines = [*prose(ink("Nothing was left to restore."), room, indent=margin(room)), BLANK]
        run_id = (Ink("This undo is run "), Ink(head.id, Tone.CODE), Ink("."))
        return [*lines, *prose(run_id, room, indent=margin(room))]

    return draw


def runs(found: Iterable[Run]) -> Sheet:
    """The table of runs, in the order given; a run's id holds its time, where room is scarce."""
    found = list(found)
    taken = {each.head.undoes for each in found if _has_restored(each)}
    rows = [_run_row(run, partly=run.head.id in taken) for run in found]
    how_on = [_how_on(run.head) for run in found if not run.finished]

    def draw(room: int) -> list[Line]:
        if not rows:
            return [ink("No runs yet.")]
        if room < _WIDE:
            lines = table(_COLUMNS[:1] + _COLUMNS[2:], [row[:1] + row[2:] for row in rows], room)
        else:
            lines = table(_COLUMNS, rows, room)
        return [*lines, *(row for line in how_on for row in [BLANK, *prose(line, room)])]

    return draw


def run(one: Run) -> Sheet:
    """One run: what it was, and what it did to each person."""

    def draw(room: int) -> list[Line]:
        title = (Ink("Run "), Ink(one.head.id, Tone.STRONG))
        lines = [*prose(title, room), BLANK, *facts(list(_head(one)), room, indent=margin(room))]
        for entry in one.entries:
            lines += [BLANK, *_entry(entry, one.head.kind, room)]
        if not one.finished:
            lines += [BLANK, *prose(_how_on(one.head), room)]
        return lines

    return draw


def _how_on(head: RunHead) -> Line:
    resume = Ink(command_line(("runs", "resume"), head.id), Tone.CODE)
    back = Ink(command_line(("runs", "undo"), head.id), Tone.CODE)
    run_id = Ink(head.id, Tone.CODE)
    said = " was cut off, unless it is still at work. To finish it: "
    return (Ink("Run "), run_id, Ink(said), resume, Ink(". To take it back: "), back, Ink("."))


def _name(plan: Plan) -> Ink:
    told = messages.called(plan.subject.label or plan.subject.person_id)
    return Ink(told or "A forgotten person", Tone.STRONG)


def told(plan: Plan, done: Receipt, room: int, tense: Tense) -> list[Line]:
    """One person: the sentence, then the attributes that were written or stood in the way."""
    tense = Tense.IN_DOUBT if done.outcome is Outcome.IN_DOUBT else tense
    if done.outcome in _TOUCHED:
        rows = changes.drawn(plan, room, tense, done.conflicts)
    else:
        rows = changes.in_the_way(plan, done.conflicts, room, tense)
    said = prose(_told(plan, done, tense), room, indent=margin(room))
    return [*said, BLANK, *rows] if rows else said


def _told(plan: Plan, done: Receipt, tense: Tense) -> Line:
    """``Applied: Ada Lovelace. 1 added.``: the outcome, the person, and what it means."""
    word, tone = messages.OUTCOMES[done.outcome]
    taken_back = tense is Tense.TAKEN_BACK
    said: Line = ink(messages.BECAME[done.outcome])
    if done.outcome is Outcome.APPLIED:
        word, said = ("restored" if taken_back else word), (*_counts(plan, tense), Ink("."))
    elif done.outcome is Outcome.IN_DOUBT and plan.pending:
        said = ink("Nothing was written to this person.")
    elif done.outcome is Outcome.CONFLICT and taken_back:
        said = ink("Somebody has changed this person since, so nothing was restored.")
    if not plan.subject.person_id:
        said = ink("Everything else about them was erased.")
    message = ink(f" {messages.sentence(done.message)}") if done.message else ()
    return (Ink(f"{word.capitalize()}:", tone), Ink(" "), _name(plan), Ink(". "), *said, *message)


def _counts(plan: Plan, tense: Tense) -> Line:
    kinds = [change.kind for change in plan.effective]
    if tense is Tense.TAKEN_BACK:
        return ink(messages.count(len(kinds), "attribute"), Tone.GOOD)
    parts = [
        ink(f"{kinds.count(kind):,} {messages.DONE[kind]}", messages.TONES[kind])
        for kind in changes.EFFECTIVE
        if kind in kinds
    ]
    return joined(", ", parts)


def _next(done: Receipt, head: RunHead, where: Sequence[str]) -> Line:
    command = Ink(command_line(("runs", "undo"), head.id, options=where), Tone.CODE)
    this = (Ink("This was run "), Ink(head.id, Tone.CODE), Ink("."))
    if done.outcome is Outcome.APPLIED:
        return (Ink("To take it back: "), command)
    if done.outcome is Outcome.IN_DOUBT:
        return (Ink("Next: look at the person. To put the old values back: "), command)
    if done.outcome is Outcome.CONFLICT:
        return (Ink("Next: look at a new diff, then run again. "), *this)
    return this


def _run_row(one: Run, *, partly: bool = False) -> tuple[Line, ...]:
    return (
        ink(one.head.id, Tone.CODE),
        ink(utc(one.head.started)[:-3]),
        ink(one.head.action, Tone.NAME),
        ink(one.head.kind.value),
        (*_state(one, partly=partly), *(() if one.authentic else _NOT_SEALED)),
        (Ink(f"{one.people:,}: "), *tally(one)),
    )


def tally(one: Run) -> Line:
    """People by outcome; together they are everybody who was handed in."""
    counts = Tally.of(_known(one)).counts
    parts = [
        ink(f"{counts[outcome]:,} {word}", tone)
        for outcome, (word, tone) in messages.OUTCOMES.items()
        if counts.get(outcome)
    ]
    left = one.people - sum(counts.values())
    parts += [ink(f"{left:,} {'not started' if one.finished else 'open'}", Tone.CAUTION)] * (
        left > 0
    )
    return joined(", ", parts) if parts else quiet("nobody")


def _known(one: Run) -> Iterator[Receipt]:
    """Receipts; a call whose answer never came is in doubt without one."""
    for entry in one.entries:
        if entry.receipt or entry.plan.pending:
            yield entry.receipt or _open(entry.plan)


def _has_restored(one: Run) -> bool:
    """Whether it is an undo that has put something back."""
    applied = (e.receipt and e.receipt.outcome is Outcome.APPLIED for e in one.entries)
    return one.head.kind is RunKind.UNDO and any(applied)


def _state(one: Run, *, partly: bool = False) -> Line:
    """``partly``: an undo has restored something of it."""
    if not one.finished:
        return ink("cut off", Tone.CAUTION)
    undone = sum(bool(entry.undone_by) for entry in one.entries)
    applied = [e for e in one.entries if e.receipt and e.receipt.outcome is Outcome.APPLIED]
    if undone:
        return ink("undone" if undone >= len(applied) else "partly undone")
    return ink("partly undone" if partly else "finished")


def _head(one: Run) -> Iterator[Fact]:
    head = one.head
    yield Fact("Action", (ink(head.action, Tone.NAME),))
    yield Fact("Started", ((Ink(f"{utc(head.started)} UTC by "), Ink(head.operator, Tone.CODE)),))
    where = ", ".join(filter(None, (head.workspace, head.environment)))
    yield Fact("Workspace", (ink(where, Tone.CODE),))
    if head.kind is RunKind.UNDO:
        yield Fact("Takes back", ((Ink("run "), Ink(head.undoes, Tone.CODE)),))
    elif head.source:
        source = (Ink("replayed", Tone.CAUTION), Ink(" from "), Ink(head.source, Tone.CODE))
        yield Fact("Answers", (source,))
    else:
        yield Fact("Answers", (ink("live"),))
    yield Fact("State", (_state(one),))
    if not one.authentic:
        yield Fact("Sealed", (ink("no", Tone.CAUTION), ink(UNSEALED)))
    yield Fact("People", ((Ink(f"{one.people:,}: "), *tally(one)),))


def _entry(entry: RunEntry, kind: RunKind, room: int) -> list[Line]:
    tense = Tense.TAKEN_BACK if kind is RunKind.UNDO else Tense.DONE
    lines = told(entry.plan, entry.receipt or _open(entry.plan), room, tense)
    by = (Ink("Undone by run "), Ink(entry.undone_by, Tone.CODE), Ink("."))
    return [*prose(by, room, indent=margin(room)), *lines] if entry.undone_by else lines


def _open(plan: Plan) -> Receipt:
    message = CALL_IN_DOUBT if plan.pending else "its outcome was never recorded"
    return Receipt("", Outcome.IN_DOUBT, message)

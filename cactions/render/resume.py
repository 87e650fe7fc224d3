"""A run that was cut off: what resuming it would do, and what it did."""

from __future__ import annotations

from collections.abc import Sequence

from cactions.model import Outcome, Plan, Receipt, Run, RunEntry, RunKind
from cactions.render import changes, messages
from cactions.render.changes import Tense
from cactions.render.layout import margin, prose
from cactions.render.runs import tally, told
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone


def resumption(cut_off: Run, ahead: Sequence[Receipt | None]) -> Sheet:
    """What was found by reading each open person; None: the plan is written now."""

    def draw(room: int) -> list[Line]:
        lines = prose((Ink("Run "), Ink(cut_off.head.id, Tone.STRONG), Ink(" was cut off.")), room)
        for (_, entry), receipt in zip(cut_off.open, ahead, strict=True):
            lines += [BLANK, *_ahead(entry.plan, receipt, room)]
        return [*lines, *_paragraphs(_beyond(cut_off), room)]

    return draw


def resumed(done: Run, settled: Sequence[RunEntry]) -> Sheet:
    """What became of the people who were open, and the counts of the whole run."""

    def draw(room: int) -> list[Line]:
        tense = Tense.TAKEN_BACK if done.head.kind is RunKind.UNDO else Tense.DONE
        lines: list[Line] = []
        for entry in settled:
            if entry.receipt:
                lines += [*told(entry.plan, entry.receipt, room, tense), BLANK]
        run_id = Ink(done.head.id, Tone.CODE)
        counts = (Ink(f"{messages.count(done.people, 'person', 'people')}: "), *tally(done))
        end = (Ink("Run "), run_id, Ink(" is finished. "), *counts, Ink("."))
        return [*lines, *prose(end, room, indent=margin(room))]

    return draw


def _ahead(plan: Plan, receipt: Receipt | None, room: int) -> list[Line]:
    name = Ink(messages.called(plan.subject.label or plan.subject.person_id), Tone.STRONG)
    if receipt is None:
        said = (name, Ink(" holds the old values. Resuming writes the new ones:"))
        return [*prose(said, room), BLANK, *changes.drawn(plan, room, Tense.PLANNED)]
    if receipt.outcome is Outcome.APPLIED:
        said = (name, Ink(" holds the new values already. Resuming only records that."))
        return prose(said, room)
    return told(plan, receipt, room, Tense.DONE)


def _beyond(cut_off: Run) -> list[str]:
    """Of those whose plan never came into the journal, nothing is known but their number."""
    lines = []
    if not cut_off.open:
        lines.append("Nobody in it is open. Resuming writes nothing and marks it as finished.")
    if cut_off.not_started:
        number = messages.count(cut_off.not_started, "person was", "people were")
        lines.append(f"{number} handed in and not started: for them, run the action again.")
    return lines


def _paragraphs(texts: Sequence[str], room: int) -> list[Line]:
    return [line for text in texts for line in (BLANK, *prose((Ink(text),), room))]

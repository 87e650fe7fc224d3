"""The entries of a run with many people: those that need attention first, a line for each.

Of a million entries only as many are read as are needed.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import Final

from cactions.logic.shell import join_command
from cactions.model import OpenState, Outcome, Run, RunEntry
from cactions.render import messages
from cactions.render.changes import EFFECTIVE
from cactions.render.entry_selection import describe_entry
from cactions.render.layout import choose_margin, render_table, wrap_paragraph
from cactions.render.text import BLANK, Span, Style, StyledLine, join_spans, span
from cactions.render.values import ValueStyle, render_value

MOST_ENTRIES: Final = 50
MOST_IN_FULL: Final = 20
"""A run with more people is shown with a line for each entry."""

_MOST_MESSAGE: Final = 160  # characters
_MOST_NAME: Final = 30
_MOST_CONFLICTS: Final = 4
_LAST: Final = (OpenState.PLANNED, Outcome.APPLIED, Outcome.UNCHANGED)
"""The states of those who need no attention."""

_FIRST: Final = tuple(state for state in (*Outcome, *OpenState) if state not in _LAST)


def choose_entries(run: Run, most: int = MOST_ENTRIES) -> list[RunEntry]:
    """The first entries that need attention; where there are fewer of them, also the first others.

    Attention first, and then in the order of the run.
    """
    return [*islice(chain(run.list_in(_FIRST), run.list_in(_LAST)), most)]


def render_run_entries(run: Run, width: int) -> list[StyledLine]:
    """A table of the entries, and how to have them all."""
    entries = choose_entries(run)
    rows = [_build_row(entry) for entry in entries]
    lines = render_table(("Outcome", "Person", "What"), rows, width) if rows else []
    counts = run.counts
    if len(entries) < counts.total - counts.waiting:
        export = join_command(("runs", "export"), run.head.id, options=("--out", "run.jsonl"))
        hint = (
            Span(f"{len(entries):,} of {run.people:,} people are listed, first those that need"),
            Span(" attention. All of them: "),
            Span(export, Style.CODE),
        )
        lines += [BLANK, *wrap_paragraph(hint, width, indent=choose_margin(width))]
    return lines


def _build_row(entry: RunEntry) -> tuple[StyledLine, ...]:
    word, style = describe_entry(entry)
    subject = entry.plan.subject
    label = subject.label or subject.person_id
    name = render_value(label, ValueStyle(width=_MOST_NAME, sized=False))
    return (
        span(word, style),
        name if label else span("a forgotten person"),
        describe_result(entry),
    )


def describe_result(entry: RunEntry) -> StyledLine:
    """The message of the receipt, else what the plan changes; and whether it was undone."""
    message = entry.receipt.message if entry.receipt else ""
    if len(message) > _MOST_MESSAGE:
        message = f"{message[:_MOST_MESSAGE]}…"
    parts = [span(messages.to_sentence(message))] if message else []
    written = entry.receipt is None or entry.receipt.outcome is Outcome.APPLIED
    kinds = [change.kind for change in entry.plan.effective] if written else []
    counts = [
        span(f"{kinds.count(kind):,} {messages.DONE[kind]}", messages.TONES[kind])
        for kind in EFFECTIVE
        if kind in kinds
    ]
    parts += [join_spans(", ", counts)] if counts else []
    if entry.receipt and entry.receipt.conflicts:
        names = messages.join_words([c.attribute for c in entry.receipt.conflicts], _MOST_CONFLICTS)
        parts.append(span(f"Changed since: {names}."))
    parts += [span(f"undone by run {entry.undone_by}")] if entry.undone_by else []
    return join_spans(" ", parts)

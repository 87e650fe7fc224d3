"""A run that was cut off: what resuming it would do, and what it did."""

from __future__ import annotations

from collections.abc import Sequence

from cactions.logic.workspace_name import describe_workspace
from cactions.model import Outcome, Plan, Receipt, Run, RunEntry, RunKind, WorkspaceName
from cactions.render import changes, messages
from cactions.render.changes import ChangeTense
from cactions.render.layout import choose_margin, wrap_paragraph
from cactions.render.receipts import render_outcome
from cactions.render.runs import render_tally
from cactions.render.text import BLANK, Span, Style, StyledLine, View
from cactions.render.workspaces import render_where_written


def render_resume_preview(
    cut_off: Run,
    ahead: Sequence[tuple[RunEntry, Receipt | None]],
    number: int,
    workspace: WorkspaceName,
) -> View:
    """What was found by reading each started person; None: the plan is written now.

    ``number``: how many were started; more than are in ``ahead`` are only counted.
    """
    where = f" in the {describe_workspace(workspace)}"

    def draw(width: int) -> list[StyledLine]:
        lines = wrap_paragraph(
            (Span("Run "), Span(cut_off.head.id, Style.STRONG), Span(f"{where} was cut off.")),
            width,
        )
        for entry, receipt in ahead:
            lines += [BLANK, *_render_entry(entry.plan, receipt, width)]
        texts = _describe_unplanned(cut_off)
        if number > len(ahead):
            texts.insert(0, f"And {number - len(ahead):,} more who were started.")
        return [*lines, *_wrap_texts(texts, width)]

    return draw


def render_resumed(done: Run, settled: Sequence[RunEntry]) -> View:
    """What became of the people who were open, and the counts of the whole run."""

    def draw(width: int) -> list[StyledLine]:
        tense = ChangeTense.TAKEN_BACK if done.head.kind is RunKind.UNDO else ChangeTense.DONE
        lines: list[StyledLine] = []
        for entry in settled:
            if entry.receipt:
                lines += [*render_outcome(entry.plan, entry.receipt, width, tense), BLANK]
        run_id = Span(done.head.id, Style.CODE)
        counts = (
            Span(f"{messages.count_noun(done.people, 'person', 'people')}: "),
            *render_tally(done),
        )
        end = (Span("Run "), run_id, Span(" is finished. "), *counts, Span("."))
        for line in (render_where_written(done.head.workspace, done.counts), end):
            lines += wrap_paragraph(line, width, indent=choose_margin(width))
        return lines

    return draw


def _render_entry(plan: Plan, receipt: Receipt | None, width: int) -> list[StyledLine]:
    name = Span(
        messages.get_display_name(plan.subject.label or plan.subject.person_id), Style.STRONG
    )
    if receipt is None:
        spans = (name, Span(" has the old values. Resuming writes the new ones:"))
        return [
            *wrap_paragraph(spans, width),
            BLANK,
            *changes.render_changes(plan, width, ChangeTense.PLANNED),
        ]
    if receipt.outcome is Outcome.APPLIED:
        spans = (name, Span(" already has the new values. Resuming only records that."))
        return wrap_paragraph(spans, width)
    return render_outcome(plan, receipt, width, ChangeTense.DONE)


def _describe_unplanned(cut_off: Run) -> list[str]:
    """Of those whose plan never came into the journal, nothing is known but their number."""
    lines = []
    if cut_off.counts.planned:
        planned = messages.count_noun(cut_off.counts.planned, "person", "people")
        lines.append(f"For {planned}, the plan stands and nothing was written yet.")
    if not cut_off.counts.open:
        lines.append(
            "No person in it is open. Resuming writes nothing and marks the run as finished."
        )
    if cut_off.not_started:
        number = messages.count_noun(cut_off.not_started, "person was", "people were")
        lines.append(f"{number} not started: run the action again for them.")
    return lines


def _wrap_texts(texts: Sequence[str], width: int) -> list[StyledLine]:
    return [line for text in texts for line in (BLANK, *wrap_paragraph((Span(text),), width))]

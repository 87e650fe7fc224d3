"""The review page of a run: what would change, or has changed, for one person or for many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    AttributeCounts,
    ChangeKind,
    OutcomeReason,
    PlanSummary,
    Run,
    RunEntry,
    WorkspaceName,
)
from cactions.render.bulk import render_calls, render_outcomes
from cactions.render.bulk_parts import render_name
from cactions.render.messages import BECAME, OUTCOMES, count_noun, to_sentence
from cactions.render.page.document import write_page, write_section
from cactions.render.page.entry_row import build_row
from cactions.render.page.people import write_people, write_sample_rows
from cactions.render.page.table import PageCell, write_table
from cactions.render.page.text import escape_html, render_html
from cactions.render.page.transitions import write_transitions
from cactions.render.plan_age import find_recording, render_old_values
from cactions.render.runs import build_run_head
from cactions.render.text import Style, StyledLine, View, span
from cactions.render.workspaces import WHERE

_COUNTS: Final = ("Add", "Overwrite", "Clear", "Same", "Kept", "Refused")
_FEW: Final = 20
"""Of fewer people, samples would say what the list of people says."""

_WIDTH: Final = 100
"""Cells of a view that is shown as the terminal shows it."""


class RunPage(Struct, frozen=True):
    """What the page tells beside the entries.

    ``run`` is the run where it is kept, else only plans were made. ``view`` is what the terminal
    shows for one person.
    """

    summary: PlanSummary
    workspace: WorkspaceName
    action: str
    run: Run | None = None
    view: View | None = None


def write_run_page(entries: Iterable[RunEntry], page: RunPage) -> Iterator[str]:
    """The page, piece by piece; the entries are read once."""
    who = count_noun(page.summary.people, "person", "people")
    title = f"{page.action} for {who}"
    header = (_write_alarm(alarm) for alarm in page.summary.alarms)
    yield from write_page(title, header, _write_main(entries, page))


def _write_alarm(alarm: str) -> str:
    text = escape_html(to_sentence(alarm))
    return f'<p class="alarm"><span class="bad">! ALARM:</span> {text}</p>\n'


def _write_main(entries: Iterable[RunEntry], page: RunPage) -> Iterator[str]:
    summary = page.summary
    facts = _list_run_facts(page, page.run) if page.run else _list_plan_facts(page)
    yield from write_section("facts", "Summary", _write_facts(facts))
    if page.view:
        yield from write_section("view", "In full", _write_view(page.view))
    else:
        yield from _write_totals(summary)
    yield from write_section("people", "People", write_people(entries, summary))


def _write_totals(summary: PlanSummary) -> Iterator[str]:
    if summary.attributes:
        rows = map(_list_counts, summary.attributes)
        table = write_table(
            "People by attribute and change", ("Attribute", *_COUNTS), rows, _COUNTS
        )
        yield from write_section("attributes", "By attribute", table)
    if summary.transitions or summary.other_transitions:
        table = write_transitions(summary)
        yield from write_section("transitions", "Most common changes", table)
    if summary.reasons:
        yield from write_section("reasons", "Not written", _write_reasons(summary))
    if summary.samples and summary.people > _FEW:
        samples = [build_row(0, RunEntry(plan, started=False)) for plan in summary.samples]
        yield from write_section("samples", "Samples", write_sample_rows(samples))


def _write_facts(facts: Iterable[tuple[str, Iterable[StyledLine]]]) -> Iterator[str]:
    yield "<dl>\n"
    for label, lines in facts:
        text = "<br>".join(map(render_html, lines))
        yield f"<dt>{escape_html(label)}</dt><dd>{text}</dd>\n"
    yield "</dl>\n"


def _list_plan_facts(page: RunPage) -> Iterator[tuple[str, Iterable[StyledLine]]]:
    summary = page.summary
    yield WHERE, [span(describe_workspace(page.workspace))]
    yield "People", [span(f"{summary.people:,} in all")]
    yield "To write", [span(f"{summary.writing:,}", Style.STRONG)]
    yield "Not written", [render_outcomes(summary)]
    yield "Requests", render_calls(summary)
    if recording := find_recording(summary):
        yield "Responses", [span(f"replayed from {recording}")]
    yield "Old values", render_old_values(summary, timed=True)
    if summary.ignored_columns:
        names = ", ".join(summary.ignored_columns)
        yield "Ignored", [span(f"{names} (the action does not use them)")]


def _list_run_facts(page: RunPage, run: Run) -> Iterator[tuple[str, Iterable[StyledLine]]]:
    yield "Run", [span(run.head.id, Style.STRONG)]
    for each in build_run_head(run):
        yield each.label, each.lines
    if page.summary.planned:
        yield "Old values", render_old_values(page.summary, timed=True)


def _write_view(view: View) -> Iterator[str]:
    lines = "\n".join(map(render_html, view(_WIDTH)))
    yield f'<pre role="region" tabindex="0" aria-label="As the terminal shows it">{lines}\n</pre>\n'


def _list_counts(counts: AttributeCounts) -> list[PageCell]:
    numbers = [counts.kinds.get(kind, 0) for kind in ChangeKind]
    name = f'<bdi class="name">{escape_html(counts.attribute)}</bdi>'
    return [name, *numbers, counts.kept, counts.refused]


def _write_reasons(summary: PlanSummary) -> Iterator[str]:
    titles = ("People", "Outcome", "Reason", "First ones")
    yield from write_table(
        "People by reason", titles, map(_list_reason, summary.reasons), ("People",)
    )


def _list_reason(reason: OutcomeReason) -> list[PageCell]:
    word, style = OUTCOMES[reason.outcome]
    message = escape_html(to_sentence(reason.message or BECAME[reason.outcome]))
    labels = ", ".join(render_html(render_name(label)) for label in reason.labels)
    rest = reason.number - len(reason.labels)
    more = f" and {rest:,} more" if rest and labels else ""
    return [reason.number, span(word, style), message, labels + more]

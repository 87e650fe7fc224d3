"""A run for many people as Markdown, for a pull request or a ticket: tables, and some entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cactions.logic.workspace_name import describe_workspace
from cactions.model import ChangeKind, PlanSummary, RunEntry, WorkspaceName
from cactions.render.bulk import render_calls, render_outcomes
from cactions.render.bulk_parts import render_values
from cactions.render.entry_selection import EntrySelection, describe_entry
from cactions.render.markdown import format_code
from cactions.render.messages import BECAME, OUTCOMES, count_noun
from cactions.render.plan_age import find_recording, render_old_values
from cactions.render.run_entries import describe_result
from cactions.render.text import to_plain_text
from cactions.render.workspaces import WHERE

_MOST_ENTRIES: Final = 100
_MOST_TRANSITIONS: Final = 20


def write_markdown_report(
    entries: Iterable[RunEntry], summary: PlanSummary, workspace: WorkspaceName, action: str
) -> Iterator[str]:
    """The text; nothing that comes from outside becomes markup."""
    who = count_noun(summary.people, "person", "people")
    yield f"## {format_code(action)} for {who}\n\n"
    for alarm in summary.alarms:
        yield f"> **! ALARM:** {format_code(alarm)}\n\n"
    yield f"- {WHERE}: {format_code(describe_workspace(workspace))}\n"
    yield f"- To write: **{summary.writing:,}**\n"
    yield f"- Not written: {to_plain_text([render_outcomes(summary)])}"
    for line in render_calls(summary):
        yield f"- Requests: {to_plain_text([line])}"
    if recording := find_recording(summary):
        yield f"- Responses: replayed from {format_code(recording)}\n"
    for line in render_old_values(summary, timed=True):
        yield f"- Old values: {to_plain_text([line])}"
    if summary.ignored_columns:
        yield f"- Ignored columns: {', '.join(map(format_code, summary.ignored_columns))}\n"
    yield from _write_attributes(summary)
    yield from _write_transitions(summary)
    yield from _write_reasons(summary)
    yield from _write_entries(entries)


def _write_table(
    heading: str, titles: Sequence[str], rows: Iterable[Sequence[str]]
) -> Iterator[str]:
    lines = [f"| {' | '.join(row)} |\n" for row in rows]
    if lines:
        yield f"\n### {heading}\n\n| {' | '.join(titles)} |\n|{'---|' * len(titles)}\n"
        yield from lines


def _write_attributes(summary: PlanSummary) -> Iterator[str]:
    rows = (
        [
            format_code(counts.attribute),
            *(f"{counts.kinds.get(kind, 0):,}" for kind in ChangeKind),
            f"{counts.kept:,}",
            f"{counts.refused:,}",
        ]
        for counts in summary.attributes
    )
    titles = ("Attribute", "Add", "Overwrite", "Clear", "Same", "Kept", "Refused")
    yield from _write_table("By attribute, in people", titles, rows)


def _write_transitions(summary: PlanSummary) -> Iterator[str]:
    shown = summary.transitions[:_MOST_TRANSITIONS]
    rows = (
        [
            f"{transition.number:,}",
            f"{transition.kind.value}",
            format_code(transition.attribute),
            format_code(to_plain_text([render_values(transition, 60)]).strip()),
        ]
        for transition in shown
    )
    yield from _write_table(
        "Most common changes", ("People", "Change", "Attribute", "From → to"), rows
    )
    rest = summary.other_transitions + sum(
        transition.number for transition in summary.transitions[_MOST_TRANSITIONS:]
    )
    if rest:
        yield f"\n{count_noun(rest, 'other change')}.\n"


def _write_reasons(summary: PlanSummary) -> Iterator[str]:
    rows = (
        [
            f"{reason.number:,}",
            OUTCOMES[reason.outcome][0],
            format_code(reason.message or BECAME[reason.outcome]),
            ", ".join(map(format_code, reason.labels)),
        ]
        for reason in summary.reasons
    )
    yield from _write_table("Not written", ("People", "Outcome", "Reason", "First ones"), rows)


def _write_entries(entries: Iterable[RunEntry]) -> Iterator[str]:
    selection = EntrySelection(_MOST_ENTRIES)
    for entry in entries:
        selection.add(entry)
    chosen = selection.choose()
    rows = (
        [
            f"{number:,}",
            format_code(entry.plan.subject.label or entry.plan.subject.person_id),
            describe_entry(entry)[0],
            format_code(to_plain_text([describe_result(entry)]).strip()),
        ]
        for number, entry in chosen
    )
    yield from _write_table("People", ("Entry", "Person", "Outcome", "What"), rows)
    if len(chosen) < selection.seen:
        left_out = selection.seen - len(chosen)
        yield f"\n{left_out:,} of {selection.seen:,} people are left out here.\n"

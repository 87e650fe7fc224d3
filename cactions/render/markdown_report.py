"""A run for many people as Markdown, for a comment on a pull request: totals, and folded tables.

Laws: nothing from outside becomes markup, a mention or a link; the text is never longer than a
comment on GitHub may be, and what is cut is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from cactions.logic.workspace_name import describe_workspace
from cactions.model import ChangeKind, PlanSummary, RunEntry, WorkspaceName
from cactions.render.bulk import render_calls, render_outcomes
from cactions.render.bulk_parts import render_values
from cactions.render.entry_selection import EntrySelection, describe_entry
from cactions.render.markdown import LONGEST, format_code
from cactions.render.messages import BECAME, OUTCOMES, count_noun
from cactions.render.plan_age import find_recording, render_old_values
from cactions.render.run_entries import describe_result
from cactions.render.text import to_plain_text
from cactions.render.workspaces import WHERE

_MOST_ENTRIES: Final = 100
_MOST_TRANSITIONS: Final = 20
_MOST_NAMES: Final = 20
_MOST_ALARMS: Final = 10
_LEAST_SHARE: Final = 6_000
"""Characters that each table after the first leaves to those behind it."""


class _Table(Struct, frozen=True):
    """A table of the report; ``rest`` counts what is not in ``rows``.

    ``counts``: what a row stands for, where that is more than one.
    """

    heading: str
    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    rest: int
    noun: tuple[str, str]
    folded: bool = True
    counts: Sequence[int] = ()


def write_markdown_report(
    entries: Iterable[RunEntry], summary: PlanSummary, workspace: WorkspaceName, action: str
) -> Iterator[str]:
    """The text; nothing that comes from outside becomes markup."""
    room = LONGEST
    for line in _write_head(summary, workspace, action):
        room -= len(line)
        yield line
    tables = [
        _build_attributes(summary),
        _build_transitions(summary),
        _build_reasons(summary),
        _build_entries(entries),
    ]
    tables = [table for table in tables if table.rows or table.rest]
    for number, table in enumerate(tables, start=1):
        text = _write_table(table, room - _LEAST_SHARE * (len(tables) - number))
        room -= len(text)
        yield text


def _write_head(summary: PlanSummary, workspace: WorkspaceName, action: str) -> Iterator[str]:
    who = count_noun(summary.people, "person", "people")
    yield f"## {format_code(action)} for {who}\n\n"
    for alarm in summary.alarms[:_MOST_ALARMS]:
        yield f"> **! ALARM:** {format_code(alarm)}\n\n"
    if rest := summary.alarms[_MOST_ALARMS:]:
        yield f"> **! {count_noun(len(rest), 'more alarm')}**\n\n"
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
        names = ", ".join(map(format_code, summary.ignored_columns[:_MOST_NAMES]))
        more = len(summary.ignored_columns) - _MOST_NAMES
        yield f"- Ignored columns: {names}{f' and {more:,} more' if more > 0 else ''}\n"


def _write_table(table: _Table, room: int) -> str:
    """The table with as many rows as there is room for, and how many others there are."""
    head = f"\n| {' | '.join(table.titles)} |\n|{'---|' * len(table.titles)}\n"
    opened = f"\n### {table.heading}\n"
    ended = ""
    if table.folded:
        opened = f"\n<details><summary>{table.heading}</summary>\n"
        ended = "\n</details>\n"
    room -= len(opened) + len(head) + len(ended) + _LEAST_SHARE // 10
    lines: list[str] = []
    for row in table.rows:
        line = f"| {' | '.join(row)} |\n"
        room -= len(line)
        if room < 0:
            break
        lines.append(line)
    counts = table.counts or [1] * len(table.rows)
    missing = table.rest + sum(counts[len(lines) :])
    more = f"\n{count_noun(missing, *table.noun)} not listed here.\n" if missing else ""
    return "".join([opened, head, *lines, more, ended]) if lines else f"{opened}{more}{ended}"


def _build_attributes(summary: PlanSummary) -> _Table:
    rows = [
        [
            format_code(counts.attribute),
            *(f"{counts.kinds.get(kind, 0):,}" for kind in ChangeKind),
            f"{counts.kept:,}",
            f"{counts.refused:,}",
        ]
        for counts in summary.attributes
    ]
    titles = ("Attribute", "Add", "Overwrite", "Clear", "Same", "Kept", "Refused")
    noun = ("attribute is", "attributes are")
    return _Table("By attribute, in people", titles, rows, 0, noun, folded=False)


def _build_transitions(summary: PlanSummary) -> _Table:
    shown = summary.transitions[:_MOST_TRANSITIONS]
    rows = [
        [
            f"{transition.number:,}",
            f"{transition.kind.value}",
            format_code(transition.attribute),
            format_code(to_plain_text([render_values(transition, 60)]).strip()),
        ]
        for transition in shown
    ]
    rest = summary.other_transitions + sum(
        transition.number for transition in summary.transitions[_MOST_TRANSITIONS:]
    )
    titles = ("People", "Change", "Attribute", "From → to")
    noun = ("other change is", "other changes are")
    counts = [transition.number for transition in shown]
    return _Table("Most common changes", titles, rows, rest, noun, counts=counts)


def _build_reasons(summary: PlanSummary) -> _Table:
    rows = [
        [
            f"{reason.number:,}",
            OUTCOMES[reason.outcome][0],
            format_code(reason.message or BECAME[reason.outcome]),
            ", ".join(map(format_code, reason.labels)),
        ]
        for reason in summary.reasons
    ]
    titles = ("People", "Outcome", "Reason", "First ones")
    return _Table("Not written", titles, rows, 0, ("reason is", "reasons are"))


def _build_entries(entries: Iterable[RunEntry]) -> _Table:
    selection = EntrySelection(_MOST_ENTRIES)
    for entry in entries:
        selection.add(entry)
    chosen = selection.choose()
    rows = [
        [
            f"{number:,}",
            format_code(entry.plan.subject.label or entry.plan.subject.person_id),
            describe_entry(entry)[0],
            format_code(to_plain_text([describe_result(entry)]).strip()),
        ]
        for number, entry in chosen
    ]
    titles = ("Entry", "Person", "Outcome", "What")
    rest = selection.seen - len(chosen)
    return _Table("People", titles, rows, rest, ("person is", "people are"))

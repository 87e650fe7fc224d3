"""A run for many people as a table for spreadsheets: a line for each person.

Laws: every line is one line, whatever a value holds; no cell is a formula to any spreadsheet;
a redacted value is never in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from cactions.logic import strict_json
from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    ABSENT,
    Change,
    DataType,
    KeptAttribute,
    PlanSummary,
    RunEntry,
    Value,
    WorkspaceName,
    is_empty,
)
from cactions.render.entry_selection import describe_entry
from cactions.render.escape import escape_terminal
from cactions.render.plan_age import describe_reading, format_planned
from cactions.render.text import to_plain_text
from cactions.render.values import ValueStyle, render_value

_BOM: Final = "\ufeff"  # without it, spreadsheets read UTF-8 as something else
_END: Final = "\r\n"
_HEAD: Final = (
    "entry",
    "person",
    "id",
    "matched by",
    "outcome",
    "message",
    "old values",
    "planned",
    "workspace",
)
_OF_ATTRIBUTE: Final = ("change", "before", "after")
_REDACTED: Final = "(redacted)"
_LOOK_AHEAD: Final = 1_000
"""Entries whose attributes get columns too: everyone may be held, and no attribute counted."""

_FORMULA: Final = re.compile(r"(^|;)(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a formula could begin; some spreadsheets also split cells at semicolons."""


def write_csv_report(
    entries: Iterable[RunEntry], summary: PlanSummary, workspace: WorkspaceName
) -> Iterator[str]:
    """The head and the lines of the table, each with its end."""
    entries = iter(entries)
    first = [*islice(entries, _LOOK_AHEAD)]
    counted = (counts.attribute for counts in summary.attributes)
    seen = (name for entry in first for name in _list_attributes(entry))
    names = [*dict.fromkeys(chain(counted, seen))]
    planned = format_planned(summary)
    where = [_neutralize(describe_workspace(workspace))]
    titles = (f"{name} ({title})" for name in names for title in _OF_ATTRIBUTE)
    yield _BOM + _write_line(map(_neutralize, chain(_HEAD, titles)))
    for number, entry in enumerate(chain(first, entries), start=1):
        person = _list_person(number, entry)
        age, values = _list_age(entry, planned), _list_values(entry, names)
        yield _write_line(chain(person, age, where, values))


def _list_attributes(entry: RunEntry) -> Iterator[str]:
    yield from (change.attribute for change in entry.plan.changes)
    yield from (kept.attribute for kept in entry.plan.left)


def _list_person(number: int, entry: RunEntry) -> Iterator[str]:
    subject = entry.plan.subject
    message = entry.receipt.message if entry.receipt else ""
    yield str(entry.number or number)
    matched = str(subject.matched) if subject.matched.value else ""  # a row may have no key
    for text in (subject.label, subject.person_id, matched):
        yield _neutralize(text)
    yield describe_entry(entry)[0]
    yield _neutralize(message)


def _list_age(entry: RunEntry, planned: str) -> tuple[str, str]:
    """How the old values were read, and when the planning began."""
    read = describe_reading(entry)
    return (f"read {read}", planned) if read else ("", "")


def _list_values(entry: RunEntry, names: Iterable[str]) -> Iterator[str]:
    """Three cells for each attribute: what is done to it, and its values."""
    changes = {change.attribute: change for change in entry.plan.changes}
    left = {kept.attribute: kept for kept in entry.plan.left}
    for name in names:
        if name in changes:
            change = changes[name]
            yield from (change.kind.value, *_format_values(change, change.before, change.after))
        elif name in left:
            kept = left[name]
            word = "refused" if kept.refused else "kept"
            yield from (word, *_format_values(kept, kept.before, kept.before))
        else:
            yield from ("", "", "")


def _format_values(of: Change | KeptAttribute, *values: Value) -> list[str]:
    if of.redacted:
        return ["" if is_empty(value) else _REDACTED for value in values]
    return [_format_value(value, of.data_type) for value in values]


def _format_value(value: Value, data_type: DataType) -> str:
    """A text as it is, a date as a date, anything else as JSON."""
    if value is ABSENT or value is None:
        return ""
    if isinstance(value, str):
        return _neutralize(value)
    if data_type is DataType.DATE and isinstance(value, int | float):
        style = ValueStyle(DataType.DATE, raw=False)
        return _neutralize(to_plain_text([render_value(value, style)]).strip())
    if isinstance(value, list | dict):
        return _neutralize(strict_json.dump_json(value))
    return strict_json.dump_json(value)


def _neutralize(text: str) -> str:
    """The text on one line, with an apostrophe before what would be a formula."""
    return _FORMULA.sub(r"\1'", escape_terminal(text))


def _write_line(cells: Iterable[str]) -> str:
    """Every cell in quotes, so that none can end early."""
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
    return ",".join(quoted) + _END

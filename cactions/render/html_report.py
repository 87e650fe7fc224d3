"""A run for many people as one HTML file, for a reviewer who has no terminal.

Laws: the file stands on its own and loads nothing; the only script and the only style are ours, by
their hashes in the policy; every text from outside is escaped. Without the script everything is
still there to read.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Final, TypeAlias

from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    AttributeCounts,
    ChangeKind,
    OutcomeReason,
    PlanSummary,
    RunEntry,
    Transition,
    WorkspaceName,
)
from cactions.render.bulk import render_calls, render_outcomes
from cactions.render.bulk_parts import render_name, render_values
from cactions.render.entry_selection import EntrySelection
from cactions.render.html_entry import describe_kind, render_entry
from cactions.render.html_text import escape_html, render_html
from cactions.render.messages import BECAME, OUTCOMES, count_noun, to_sentence
from cactions.render.plan_age import find_recording, render_old_values
from cactions.render.text import StyledLine, span
from cactions.render.workspaces import WHERE

MOST_ENTRIES: Final = 5_000
"""More would make the page slow; the other forms hold everyone."""

Cell: TypeAlias = str | int | StyledLine
"""HTML, a number, or a line to be made into HTML."""

_MOST_VALUE: Final = 80
_NUMBERS: Final = frozenset(
    {"People", "Add", "Overwrite", "Clear", "Same", "Kept", "Refused", "Entry"}
)
"""The titles of columns of numbers."""
_NUMBER: Final = ' class="number"'
_KINDS: Final = (*(kind.value for kind in ChangeKind), "kept", "refused", "conflict")


def write_html_report(
    entries: Iterable[RunEntry], summary: PlanSummary, workspace: WorkspaceName, action: str
) -> Iterator[str]:
    """The page, piece by piece."""
    style, script = (_read(name) for name in ("report.css", "report.js"))
    who = count_noun(summary.people, "person", "people")
    title = f"{escape_html(action)} for {who}"
    yield _write_head(title, style, script)
    yield f"<body>\n<main>\n<h1>{title}</h1>\n"
    for alarm in summary.alarms:
        text = escape_html(to_sentence(alarm))
        yield f'<p class="alarm"><span class="bad">! ALARM:</span> {text}</p>\n'
    yield from _write_facts(summary, workspace)
    yield from _write_summary(summary)
    yield from _write_people(entries, summary)
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>\n"


def _read(name: str) -> str:
    return files("cactions.render").joinpath(name).read_text(encoding="utf-8")


def _write_head(title: str, style: str, script: str) -> str:
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    policy = (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}';"
        " base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n"
    )


def _write_facts(summary: PlanSummary, workspace: WorkspaceName) -> Iterator[str]:
    facts = [(WHERE, f"<bdi>{escape_html(describe_workspace(workspace))}</bdi>")]
    facts += [("People", f"{summary.people:,} in all")]
    facts += [("To write", f'<span class="big">{summary.writing:,}</span>')]
    facts += [("Not written", render_html(render_outcomes(summary)))]
    facts += [("Requests", "<br>".join(map(render_html, render_calls(summary))))]
    if recording := find_recording(summary):
        facts.append(("Responses", f"replayed from {render_html(span(recording))}"))
    read = render_old_values(summary, timed=True)
    facts += [("Old values", "<br>".join(map(render_html, read)))]
    if summary.ignored_columns:
        names = ", ".join(map(escape_html, summary.ignored_columns))
        facts.append(("Ignored", f"{names} (the action does not use them)"))
    yield "<dl>\n"
    for label, text in facts:
        yield f"<dt>{label}</dt><dd>{text}</dd>\n"
    yield "</dl>\n"


def _write_table(
    heading: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Iterator[str]:
    """Numbers stand on the right; a text is HTML already."""
    lines = [f"<tr>{''.join(map(_write_cell, row))}</tr>\n" for row in rows]
    if lines:
        head = "".join(
            f'<th scope="col"{_NUMBER if title in _NUMBERS else ""}>{title}</th>'
            for title in titles
        )
        yield f'<h2>{heading}</h2>\n<div class="scroll"><table class="small">\n'
        yield f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
        yield from lines
        yield "</tbody></table></div>\n"


def _write_cell(cell: Cell) -> str:
    if isinstance(cell, int):
        return f'<td class="number">{cell:,}</td>' if cell else '<td class="number quiet">0</td>'
    return f"<td>{cell if isinstance(cell, str) else render_html(cell)}</td>"


def _write_summary(summary: PlanSummary) -> Iterator[str]:
    titles: tuple[str, ...] = (
        "Attribute", "Add", "Overwrite", "Clear", "Same", "Kept", "Refused",
    )  # fmt: skip
    yield from _write_table(
        "By attribute, in people", titles, map(_list_counts, summary.attributes)
    )
    titles = ("People", "Change", "Attribute", "From → to")
    yield from _write_table(
        "Most common changes", titles, map(_list_transition, summary.transitions)
    )
    if summary.other_transitions:
        others = count_noun(summary.other_transitions, "other change")
        yield f'<p class="quiet">{others}.</p>\n'
    titles = ("People", "Outcome", "Reason", "First ones")
    yield from _write_table("Not written", titles, map(_list_reason, summary.reasons))


def _list_counts(counts: AttributeCounts) -> list[Cell]:
    numbers = [counts.kinds.get(kind, 0) for kind in ChangeKind]
    return [escape_html(counts.attribute), *numbers, counts.kept, counts.refused]


def _list_transition(transition: Transition) -> list[Cell]:
    kind = describe_kind(transition.kind.value)
    values = render_values(transition, _MOST_VALUE)
    return [transition.number, kind, escape_html(transition.attribute), values]


def _list_reason(reason: OutcomeReason) -> list[Cell]:
    message = escape_html(to_sentence(reason.message or BECAME[reason.outcome]))
    labels = ", ".join(render_html(render_name(label)) for label in reason.labels)
    rest = reason.number - len(reason.labels)
    more = f" and {rest:,} more" if rest and labels else ""
    return [reason.number, OUTCOMES[reason.outcome][0], message, labels + more]


def _write_people(entries: Iterable[RunEntry], summary: PlanSummary) -> Iterator[str]:
    selection = EntrySelection(MOST_ENTRIES)
    for entry in entries:
        selection.add(entry)
    chosen = selection.choose()
    numbers = {counts.attribute: at for at, counts in enumerate(summary.attributes)}
    yield "<h2>People</h2>\n"
    if left_out := selection.seen - len(chosen):
        yield (
            f"<p><strong>{left_out:,} of {selection.seen:,} people are left out of this page"
            "</strong>; the CSV and JSON reports hold everyone.</p>\n"
        )
    yield _write_filter(summary)
    yield (
        '<table id="people">\n<thead><tr><th scope="col" class="number">Entry</th>'
        '<th scope="col">Person</th>'
        '<th scope="col">Outcome</th><th scope="col">Changes</th></tr></thead>\n<tbody>\n'
    )
    for number, entry in chosen:
        yield render_entry(number, entry, numbers)
    yield "</tbody></table>\n"


def _write_filter(summary: PlanSummary) -> str:
    """Shown by the script, since it does nothing without it."""
    words = [("planned", "planned"), *((word, word) for word, _ in OUTCOMES.values())]
    names = [(str(at), counts.attribute) for at, counts in enumerate(summary.attributes)]
    return (
        '<form id="filter" hidden>\n'
        '<label>Search <input type="search" name="search" autocomplete="off"></label>\n'
        + _write_select("Outcome", "outcome", words)
        + _write_select("Attribute", "attribute", names)
        + _write_select("Change", "kind", [(kind, kind) for kind in _KINDS])
        + '<button type="reset">Clear filters</button>\n'
        '<output id="shown" aria-live="polite"></output>\n</form>\n'
    )


def _write_select(label: str, name: str, options: Iterable[tuple[str, str]]) -> str:
    items = "".join(
        f'<option value="{value}">{escape_html(text)}</option>' for value, text in options
    )
    everything = '<option value="">all</option>'
    return f'<label>{label} <select name="{name}">{everything}{items}</select></label>\n'

"""One person's entry as a row of the review page: what it says, and the same as HTML.

The script draws the same row from the data of the page; a test compares both.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from cactions.model import Change, ChangeKind, KeptAttribute, RunEntry
from cactions.render.changes import EFFECTIVE, explain_kept
from cactions.render.entry_selection import WRITTEN, describe_entry
from cactions.render.messages import CAUTIONS, to_sentence
from cactions.render.page.text import escape_html, render_html
from cactions.render.text import Span, Style, StyledLine, dim, join_spans, restyle
from cactions.render.values import ValueStyle, render_pair, render_value

MARKS: Final = MappingProxyType(
    {
        **{kind.value: (kind.symbol, kind.value) for kind in ChangeKind},
        "same": ("=", "quiet"),
        "kept": (".", "quiet"),
        "refused": ("x", "bad"),
        "conflict": ("x", "bad"),
    }
)
"""The sign and the class of each word."""

NOT_WRITTEN: Final = "Not written:"
"""Stands above changes that were planned and not made."""

_MOST_VALUE: Final = 200
_ARROW: Final = dim(" → ")
_COLON: Final = Span(": ")
_KEEPS: Final = Span("keeps ")
_STOP: Final = Span(". ")
_RANKS: Final = {kind: rank for rank, kind in enumerate(EFFECTIVE)}


class RowItem(Struct, frozen=True):
    """What is done to an attribute, or to several where nothing is."""

    word: str
    attributes: tuple[str, ...]
    line: StyledLine


class EntryRow(Struct, frozen=True):
    """What a row says; ``notes`` are sentences below the outcome. Number 0 is not shown."""

    number: int
    name: str
    matched: str
    outcome: Span
    notes: tuple[str, ...]
    is_unwritten: bool
    items: tuple[RowItem, ...]


def describe_kind(word: str) -> str:
    """``~ overwrite`` in its colour."""
    mark, style = MARKS[word]
    return f'<span class="kind {style}">{mark} {word}</span>'


def build_row(number: int, entry: RunEntry) -> EntryRow:
    """The row of an entry."""
    word, style = describe_entry(entry)
    subject, receipt = entry.plan.subject, entry.receipt
    why = to_sentence(receipt.message) if receipt else ""
    undone = f"Undone by run {entry.undone_by}." if entry.undone_by else ""
    unwritten = receipt is not None and receipt.outcome not in WRITTEN
    return EntryRow(
        number,
        subject.label or subject.person_id or "a forgotten person",
        str(subject.matched) if subject.matched.value else "",  # a row may have no key
        Span(word, style),
        tuple(filter(None, (why, undone))),
        unwritten and bool(entry.plan.effective),
        (*_list_items(entry),),
    )


def render_row(row: EntryRow) -> str:
    """The row as HTML."""
    matched = escape_html(row.matched)
    by = f'<div class="why">matched by <bdi class="code">{matched}</bdi></div>' if matched else ""
    notes = "".join(f'<div class="why">{escape_html(note)}</div>' for note in row.notes)
    above = f'<div class="why">{NOT_WRITTEN}</div>' if row.is_unwritten else ""
    items = "".join(
        f"<li>{describe_kind(item.word)} <span>{render_html(item.line)}</span></li>"
        for item in row.items
    )
    changes = f"<ul>{items}</ul>" if items else ""
    number = f"{row.number:,}" if row.number else ""
    return (
        f'<tr><td class="number">{number}</td>'
        f'<th scope="row"><bdi class="name">{escape_html(row.name)}</bdi>{by}</th>'
        f"<td>{render_html((row.outcome,))}{notes}</td><td>{above}{changes}</td></tr>\n"
    )


def _list_items(entry: RunEntry) -> Iterator[RowItem]:
    plan = entry.plan
    changes = [(change.kind, change) for change in plan.changes]
    effective = [pair for pair in changes if pair[0] is not ChangeKind.SAME]
    for kind, change in sorted(effective, key=lambda pair: _RANKS[pair[0]]):
        yield _build_item(kind.value, change.attribute, _render_change(change))
    for kept in plan.left:
        yield _build_item("refused" if kept.refused else "kept", kept.attribute, _render_kept(kept))
    same = [change.attribute for kind, change in changes if kind is ChangeKind.SAME]
    if same:
        names = join_spans(", ", ((Span(name, Style.NAME),) for name in same))
        yield RowItem("same", tuple(same), names)
    for conflict in entry.receipt.conflicts if entry.receipt else ():
        style = ValueStyle(redacted=conflict.redacted, width=_MOST_VALUE)
        found = (Span("changed since: now "), *render_value(conflict.found, style))
        yield _build_item("conflict", conflict.attribute, found)


def _build_item(word: str, attribute: str, line: StyledLine) -> RowItem:
    return RowItem(word, (attribute,), (Span(attribute, Style.NAME), _COLON, *line))


def _render_change(change: Change) -> StyledLine:
    before, after = render_pair(change.before, change.after, _choose_style(change))
    cautions = join_spans(" ", (dim(CAUTIONS[caution]) for caution in change.cautions))
    after = restyle(after, Style.VALUE, Style.NEW)
    return (*before, *_ARROW, *after, *((Span(" "), *cautions) if cautions else ()))


def _render_kept(kept: KeptAttribute) -> StyledLine:
    value = render_value(kept.before, _choose_style(kept))
    return (_KEEPS, *value, _STOP, *explain_kept(kept))


def _choose_style(of: Change | KeptAttribute) -> ValueStyle:
    return ValueStyle(of.data_type, redacted=of.redacted, width=_MOST_VALUE, raw=False)

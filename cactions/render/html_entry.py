"""One person's entry as a row of the HTML report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from cactions.model import Change, ChangeKind, KeptAttribute, RunEntry
from cactions.render.changes import EFFECTIVE, explain_kept
from cactions.render.entry_selection import WRITTEN, describe_entry
from cactions.render.html_text import escape_html, render_html
from cactions.render.messages import CAUTIONS, to_sentence
from cactions.render.text import Span, Style, StyledLine, dim, join_spans, restyle
from cactions.render.values import ValueStyle, render_pair, render_value

_MOST_VALUE: Final = 200
_MARKS: Final = MappingProxyType(
    {
        **{kind.value: (kind.symbol, kind.value) for kind in ChangeKind},
        "same": ("=", "quiet"),
        "kept": (".", "quiet"),
        "refused": ("x", "bad"),
        "conflict": ("x", "bad"),
    }
)
"""The sign and the class of each word."""


def describe_kind(word: str) -> str:
    """``~ overwrite`` in its colour."""
    mark, style = _MARKS[word]
    return f'<span class="kind {style}">{mark} {word}</span>'


def render_entry(number: int, entry: RunEntry, attributes: Mapping[str, int]) -> str:
    """The row. ``attributes`` gives the number by which the filter knows an attribute."""
    word, style = describe_entry(entry)
    subject = entry.plan.subject
    name = escape_html(subject.label or subject.person_id or "a forgotten person")
    matched = escape_html(str(subject.matched))
    by = f'<div class="why">matched by <bdi class="code">{matched}</bdi></div>'
    by = by if subject.matched.value else ""  # a row may have no key
    why = entry.receipt.message if entry.receipt else ""
    message = f'<div class="why">{escape_html(to_sentence(why))}</div>' if why else ""
    undone = f'<div class="why">undone by run {escape_html(entry.undone_by)}</div>'
    outcome = render_html((Span(word, style),))
    items = "".join(_list_items(entry, attributes))
    unwritten = entry.receipt is not None and entry.receipt.outcome not in WRITTEN
    note = '<div class="why">Not written:</div>' if unwritten and entry.plan.effective else ""
    return (
        f'<tr data-outcome="{word}"><td class="number">{number:,}</td>'
        f'<td class="who"><bdi class="name">{name}</bdi>{by}</td>'
        f"<td>{outcome}{message}{undone if entry.undone_by else ''}</td>"
        f"<td>{note}<ul>{items}</ul></td></tr>\n"
    )


def _list_items(entry: RunEntry, attributes: Mapping[str, int]) -> Iterator[str]:
    plan = entry.plan
    for change in sorted(plan.effective, key=lambda change: EFFECTIVE.index(change.kind)):
        yield _write_item(change.kind.value, change.attribute, _render_change(change), attributes)
    for kept in plan.left:
        word = "refused" if kept.refused else "kept"
        yield _write_item(word, kept.attribute, _render_kept(kept), attributes)
    same = [change.attribute for change in plan.changes if change.kind is ChangeKind.SAME]
    if same:
        names = ", ".join(f'<bdi class="name">{escape_html(name)}</bdi>' for name in same)
        numbers = " ".join(str(attributes[name]) for name in same if name in attributes)
        yield _wrap_item("same", numbers, names)
    for conflict in entry.receipt.conflicts if entry.receipt else ():
        style = ValueStyle(redacted=conflict.redacted, width=_MOST_VALUE)
        found = (Span("changed since: now "), *render_value(conflict.found, style))
        yield _write_item("conflict", conflict.attribute, found, attributes)


def _write_item(word: str, attribute: str, line: StyledLine, attributes: Mapping[str, int]) -> str:
    name = f'<bdi class="name">{escape_html(attribute)}</bdi>'
    return _wrap_item(word, str(attributes.get(attribute, "")), f"{name}: {render_html(line)}")


def _wrap_item(word: str, numbers: str, text: str) -> str:
    """``numbers`` are those by which the filter knows the attributes."""
    kind = describe_kind(word)
    return f'<li data-kind="{word}" data-attribute="{numbers}">{kind} <span>{text}</span></li>'


def _render_change(change: Change) -> StyledLine:
    before, after = render_pair(change.before, change.after, _choose_style(change))
    cautions = join_spans(" ", (dim(CAUTIONS[caution]) for caution in change.cautions))
    after = restyle(after, Style.VALUE, Style.NEW)
    return (*before, *dim(" → "), *after, *((Span(" "), *cautions) if cautions else ()))


def _render_kept(kept: KeptAttribute) -> StyledLine:
    value = render_value(kept.before, _choose_style(kept))
    return (Span("keeps "), *value, Span(". "), *explain_kept(kept))


def _choose_style(of: Change | KeptAttribute) -> ValueStyle:
    return ValueStyle(of.data_type, redacted=of.redacted, width=_MOST_VALUE, raw=False)

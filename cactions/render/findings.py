"""Findings in words: place, severity, rule, message; the line with its carets; the hint; a count.

Sorted by place, so that a reader goes through each file from its top.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.lines import split_lines
from cactions.model import Edit, Finding, Fix, Label, Place, Severity
from cactions.render import messages
from cactions.render.escape import split_escaped
from cactions.render.layout import add_gap, wrap
from cactions.render.snippet import render_snippet
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span, stack_views
from cactions.rules import NAMES, SUPPRESSIBLE
from cactions.rules.credentials import may_hold_secret

MOST_DRAWN = 100
"""Findings of one file; the count tells of all, and so does JSON."""

_MOST_LABELS = 30
"""Other places of one finding; a way through actions has fewer."""
_LEAST = 24  # cells of source, however narrow the page is
_MARGIN = 8
_REPEATED = "CA207"
_MOST_NAMED = 10
_SECRETS = ("CA301", "CA302")
"""The rules of secrets in the file."""

_TONES = {Severity.ERROR: Style.BAD, Severity.WARNING: Style.CAUTION, Severity.INFO: Style.QUIET}
_MANY = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}
_ONE = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_findings(
    found: Sequence[Finding],
    sources: Mapping[str, str],
    *,
    actions: int | None = None,
    suppressed: int = 0,
) -> View:
    """All findings and their count. ``sources`` are the texts of all files that were looked at.

    ``actions`` is how many definitions were understood, for the sentence that nothing is wrong;
    ``suppressed`` how many findings are suppressed.
    """
    counts = render_finding_counts(found, sources, actions, suppressed)
    return stack_views(render_finding_list(found, sources), lambda _: [counts])


def render_finding_list(found: Sequence[Finding], sources: Mapping[str, str]) -> View:
    """All findings, without their count."""

    def draw(width: int) -> list[StyledLine]:
        page = _Page(_split_sources(found, sources), _list_secret_lines(found), width)
        lines: list[StyledLine] = []
        for _, group in groupby(sorted(found, key=_order), key=_get_file):
            several = _merge_repeated(group)
            for finding in several[:MOST_DRAWN]:
                lines += [*_render_finding(finding, page), BLANK]
            lines += _render_more(several)
        return lines[:-1]

    return draw


def render_findings_one_by_one(
    found: Sequence[Finding], sources: Mapping[str, str], width: int
) -> Iterator[tuple[Finding, list[StyledLine]]]:
    """Each finding with its lines, for a caller that puts other lines between them.

    All of them are given, in the order wanted: which lines hold a secret, only all can tell.
    """
    page = _Page(_split_sources(found, sources), _list_secret_lines(found), width)
    for finding in found:
        yield finding, _render_finding(finding, page)


class _Page(Struct, frozen=True):
    """The lines of the files that are quoted, those that never are, and how wide it is."""

    files: Mapping[str, Sequence[str]]
    secret: frozenset[tuple[str, int]]
    width: int

    def is_quotable(self, place: Place | None) -> bool:
        return (
            place is not None
            and place.file in self.files
            and (place.file, place.line) not in self.secret
            and not any(
                map(may_hold_secret, self.files[place.file][place.line - 1 : place.end_line])
            )
        )


def _merge_repeated(found: Iterable[Finding]) -> list[Finding]:
    """The findings; of a note that each mapping of an action has, the first, with the others named.

    The count below and all other formats have every one.
    """
    merged: dict[object, Finding] = {}
    others: dict[object, list[str]] = {}
    for finding in found:
        action, _, attribute = finding.route.rpartition(".mapping.")
        key: object = (finding.rule, action) if finding.rule == _REPEATED else finding
        if merged.setdefault(key, finding) is not finding:
            others.setdefault(key, []).append(attribute)
    for key, names in others.items():
        rest = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
        note = f"the same for {', '.join(names[:_MOST_NAMED])}{rest}"
        merged[key] = replace(merged[key], notes=(*merged[key].notes, note))
    return list(merged.values())


def _split_sources(
    found: Sequence[Finding], sources: Mapping[str, str]
) -> dict[str, Sequence[str]]:
    places = [
        place
        for finding in found
        for place in (finding.place, *(label.place for label in finding.labels))
    ]
    named = {place.file for place in places if place and place.file in sources}
    return {name: split_lines(sources[name]) for name in named}


def _get_file(finding: Finding) -> str:
    return finding.place.file if finding.place else ""


def _render_more(several: Sequence[Finding]) -> list[StyledLine]:
    rest = len(several) - MOST_DRAWN
    if rest <= 0:
        return []
    file = _get_file(several[0])
    where = f" in {file}" if file else ""
    return [span(f"… and {rest:,} more{where}; --json lists all of them.", Style.QUIET), BLANK]


def _order(finding: Finding) -> tuple[bool, object, str, str]:
    place = finding.place
    where = (place.file, place.line, place.column) if place else ("", 0, 0)
    return (place is None, where, finding.rule, finding.message)


def _list_secret_lines(found: Sequence[Finding]) -> frozenset[tuple[str, int]]:
    """Lines with a secret, which are never quoted, whichever finding points into them."""
    places = (finding.place for finding in found if finding.rule in _SECRETS)
    return frozenset(
        (place.file, number)
        for place in places
        if place
        for number in range(place.line, place.end_line + 1)
    )


def render_finding_head(finding: Finding, width: int) -> list[StyledLine]:
    """The first lines of a finding: place, severity, rule, message."""
    place = finding.place
    head = (
        *((Span(f"{place}:", Style.CODE), Span(" ")) if place else ()),
        Span(_ONE[finding.severity], _TONES[finding.severity]),
        Span(" "),
        Span(f"{finding.rule} {NAMES[finding.rule]}", Style.NAME),
        Span(f": {finding.message}"),
    )
    return wrap(head, width, rest=add_gap(2))


def _render_finding(finding: Finding, page: _Page) -> list[StyledLine]:
    place = finding.place
    lines = render_finding_head(finding, page.width)
    if place and page.is_quotable(place):
        lines += render_snippet(place, page.files[place.file], page.width)
    for label in finding.labels[:_MOST_LABELS]:
        lines += _render_label(label, finding, page)
    if (rest := len(finding.labels) - _MOST_LABELS) > 0:
        lines += _render_labeled(
            "note", f"and {rest:,} more places; --json lists all of them", page.width
        )
    for note in finding.notes:
        lines += _render_labeled("note", note, page.width)
    if finding.hint:
        lines += _render_labeled("hint", finding.hint, page.width)
    if finding.fix:
        lines += _fix(finding.fix, page)
    if finding.rule in SUPPRESSIBLE and finding.route:
        lines += _render_labeled("route", finding.route, page.width)
    return lines


def _render_labeled(name: str, text: str, width: int) -> list[StyledLine]:
    return wrap((Span(text),), width, hang=(*add_gap(5), Span(f"{name}:", Style.STRONG), Span(" ")))


def _render_label(label: Label, finding: Finding, page: _Page) -> list[StyledLine]:
    """What is to be seen elsewhere, and where; the spot itself is drawn already."""
    place = label.place
    at = (Span(f"{place}:", Style.CODE), Span(" ")) if place else ()
    lines = wrap((*at, Span(label.message)), page.width, hang=add_gap(5))
    if place and place != finding.place and page.is_quotable(place):
        lines += render_snippet(place, page.files[place.file], page.width, Span("-", Style.CAUTION))
    return lines


def _fix(fix: Fix, page: _Page) -> list[StyledLine]:
    """The smallest change as a difference of lines."""
    safe = " (safe)" if fix.safe else ""
    lines = _render_labeled("fix", f"{fix.title}{safe}", page.width)
    for _, group in groupby(fix.edits, key=lambda edit: (edit.place.file, edit.place.line)):
        edits = [*group]
        at = edits[0].place
        one_line = all(edit.place.line == edit.place.end_line for edit in edits)
        if page.is_quotable(at) and one_line and at.line <= len(page.files[at.file]):
            old = page.files[at.file][at.line - 1]
            lines += _render_difference(
                at, old, _apply_line_edits(old, edits).split("\n"), page.width
            )
    return lines


def _apply_line_edits(line: str, edits: Sequence[Edit]) -> str:
    """The line with its edits, which stand in its order."""
    for edit in reversed(edits):
        line = line[: edit.place.column - 1] + edit.text + line[edit.place.end_column - 1 :]
    return line


def _render_difference(at: Place, old: str, new: Sequence[str], width: int) -> list[StyledLine]:
    """The line that goes and those that come; one that stays below what comes is left out."""
    stays = new[-1] == old
    shown = max(_LEAST, width - _MARGIN)
    left = max(0, at.column - shown // 2) if max(len(old), *map(len, new)) > shown else 0
    gone = [] if stays else [_render_changed_line("-", at.line, old, left, shown)]
    come = enumerate(new[:-1] if stays else new, start=at.line)
    return [*gone, *(_render_changed_line("+", number, line, left, shown) for number, line in come)]


def _render_changed_line(sign: str, number: int, line: str, left: int, width: int) -> StyledLine:
    """A line that goes or comes, from so many characters on, and as much of it as fits."""
    style = Style.CLEAR if sign == "-" else Style.ADD
    shown, used = "…" if left else "", 1
    for piece, size in split_escaped(line[left:]):
        used += size
        if used >= width:
            shown += "…"
            break
        shown += piece
    return (*dim(f"{number:4} "), Span(f"{sign} {shown}", style))


def render_finding_counts(
    found: Sequence[Finding], sources: Mapping[str, str], actions: int | None, suppressed: int
) -> StyledLine:
    """How many findings there are, by severity."""
    more = f" {suppressed:,} suppressed." if suppressed else ""
    if not found:
        files = messages.count_noun(len(sources), "file")
        what = files if actions is None else f"{messages.count_noun(actions, 'action')} ({files})"
        return (Span("No problems", Style.GOOD), Span(f" in {what}.{more}"))
    counted = Counter(finding.severity for finding in found)
    parts = [messages.count_noun(counted[s], _ONE[s], _MANY[s]) for s in Severity if counted[s]]
    files = messages.count_noun(
        len({f.place.file for f in found if f.place}) or len(sources), "file"
    )
    worst = next(severity for severity in Severity if counted[severity])
    return (Span(messages.join_words(parts), _TONES[worst]), Span(f" in {files}.{more}"))

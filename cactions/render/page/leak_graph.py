"""The leak paths as a graph: values and actions in columns, from left to right, as inline SVG.

It is laid out here, so that the page needs no script for it; the list of the same paths is for
those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from cactions.model import Finding, LeakPath, LeakStep, Severity
from cactions.render.messages import count_noun
from cactions.render.page.text import escape_html
from cactions.render.text import Style, span
from cactions.render.width import measure_width

MOST_DRAWN: Final = 60
"""Arrows of the graph; more of them cross each other."""

MOST_LISTED: Final = 500
"""Paths of the list."""

_CELL: Final = 8.5
"""Pixels of a character."""
_MOST_NAME: Final = 40
_PADDING: Final = 12
_HEIGHT: Final = 34
_GAP: Final = 70
"""Between two columns, for the arrows."""
_ROW: Final = 52
_VALUES: Final = ("person.attributes.", "person.")
"""Beginnings of values that every one has."""


class GraphPath(Struct, frozen=True):
    """A path, how bad it is, and the rules that found it."""

    steps: LeakPath
    severity: Severity
    rules: tuple[str, ...]


class _Box(Struct, frozen=True):
    """Where a step stands, in pixels."""

    x: float
    y: float
    width: float


def list_paths(findings: Iterable[Finding]) -> list[GraphPath]:
    """Every path once, the worst first; its findings together."""
    found: dict[LeakPath, list[Finding]] = {}
    for finding in findings:
        for path in finding.paths:
            found.setdefault(path, []).append(finding)
    paths = [
        GraphPath(
            steps,
            min((each.severity for each in several), key=_rank),
            tuple(sorted({each.rule for each in several})),
        )
        for steps, several in found.items()
    ]
    return sorted(paths, key=lambda path: (_rank(path.severity), [s.name for s in path.steps]))


def write_paths(paths: Sequence[GraphPath]) -> Iterator[str]:
    """The graph and the list."""
    edges = _list_edges(paths)
    drawn = dict([*edges.items()][:MOST_DRAWN])
    if len(drawn) < len(edges):
        rest = count_noun(len(edges) - len(drawn), "arrow is", "arrows are")
        yield f"<p>{rest} left out of the drawing; the list has every path.</p>\n"
    yield from _draw(drawn)
    yield f"<h3>{count_noun(len(paths), 'path')}</h3>\n"
    if len(paths) > MOST_LISTED:
        yield f"<p>The first {MOST_LISTED:,} are listed.</p>\n"
    yield '<ol class="paths">\n'
    for path in paths[:MOST_LISTED]:
        steps = ' <span class="quiet">→</span> '.join(map(_write_step, path.steps))
        rules = ", ".join(path.rules)
        yield f'<li>{steps} <span class="quiet">({path.severity.value}, {rules})</span></li>\n'
    yield "</ol>\n"


def _rank(severity: Severity) -> int:
    return [*Severity].index(severity)


def _write_step(step: LeakStep) -> str:
    kind = "action " if step.is_action else ""
    style = "name" if step.is_action else "code"
    return f'{kind}<bdi class="{style}">{escape_html(step.name)}</bdi>'


def _list_edges(paths: Iterable[GraphPath]) -> dict[tuple[LeakStep, LeakStep], Severity]:
    """Every arrow once; the first path that has it is the worst."""
    edges: dict[tuple[LeakStep, LeakStep], Severity] = {}
    for path in paths:
        for pair in pairwise(path.steps):
            edges.setdefault(pair, path.severity)
    return edges


def _draw(edges: Mapping[tuple[LeakStep, LeakStep], Severity]) -> Iterator[str]:
    boxes = _place_boxes(_find_columns(edges))
    width = max((box.x + box.width for box in boxes.values()), default=0) + 2
    height = max((box.y + _HEIGHT for box in boxes.values()), default=0) + 2
    label = "Leak paths: from values that can be chosen, through actions, to attributes"
    yield f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">\n'
    yield (
        f'<svg class="graph" role="img" aria-label="{label}. The list below says the same."'
        f' width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">\n'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        ' markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"></path></marker></defs>\n'
    )
    for (start, end), severity in edges.items():
        yield _draw_edge(boxes[start], boxes[end], severity)
    for step, box in boxes.items():
        yield _draw_box(step, box)
    yield "</svg>\n</div>\n"


def _find_columns(edges: Iterable[tuple[LeakStep, LeakStep]]) -> list[list[LeakStep]]:
    """The steps by how far they are from a beginning; a circle is cut where it closes."""
    after: dict[LeakStep, list[LeakStep]] = {}
    for start, end in edges:
        after.setdefault(start, []).append(end)
        after.setdefault(end, [])
    reached = {end for _, end in edges}
    front = [step for step in after if step not in reached] or [*after][:1]
    columns: list[list[LeakStep]] = []
    seen: set[LeakStep] = set()
    while front:
        columns.append(front)
        seen.update(front)
        following = dict.fromkeys(end for start in front for end in after[start])
        front = [step for step in following if step not in seen]
        if not front:  # what is left is in circles of its own
            front = [step for step in after if step not in seen][:1]
    return columns


def _place_boxes(columns: Iterable[Sequence[LeakStep]]) -> dict[LeakStep, _Box]:
    boxes: dict[LeakStep, _Box] = {}
    x = 1.0
    for column in columns:
        width = max(_measure(step) for step in column)
        for row, step in enumerate(column):
            boxes[step] = _Box(x, 1 + row * _ROW, width)
        x += width + _GAP
    return boxes


def _measure(step: LeakStep) -> float:
    return measure_width(_shorten(step)) * _CELL + 2 * _PADDING


def _shorten(step: LeakStep) -> str:
    """The name as it is drawn: without what every value begins with, and cut where it is long."""
    name = span(step.name, Style.CODE)[0].text
    for beginning in _VALUES:
        name = name.removeprefix(beginning)
    return name if len(name) <= _MOST_NAME else f"{name[: _MOST_NAME - 1]}…"


def _draw_box(step: LeakStep, box: _Box) -> str:
    corner = 4 if step.is_action else _HEIGHT // 2
    kind = ' class="action"' if step.is_action else ""
    return (
        f"<g{kind}><title>{escape_html(step.name)}</title>"
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{_HEIGHT}"'
        f' rx="{corner}"></rect>'
        f'<text x="{box.x + box.width / 2:.1f}" y="{box.y + _HEIGHT / 2 + 5:.1f}"'
        f' text-anchor="middle">{escape_html(_shorten(step))}</text></g>\n'
    )


def _draw_edge(start: _Box, end: _Box, severity: Severity) -> str:
    style = {Severity.ERROR: "bad", Severity.WARNING: "caution"}.get(severity, "quiet")
    x1, y1, y2 = start.x + start.width, start.y + _HEIGHT / 2, end.y + _HEIGHT / 2
    x2 = end.x
    bend = max(_GAP / 2, abs(x2 - x1) / 2)
    curve = (
        f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    )
    return f'<g class="{style}"><path d="{curve}" marker-end="url(#tip)"></path></g>\n'

"""What ``init`` and ``new`` have made, what is left to decide, and the next commands."""

from __future__ import annotations

from collections.abc import Sequence

from cactions.render.layout import add_gap, wrap
from cactions.render.messages import join_words
from cactions.render.text import BLANK, Span, Style, StyledLine, View, count_cells, span


def render_new_project(
    folder: str, made: Sequence[str], ignore: Sequence[str], steps: Sequence[tuple[str, str]]
) -> View:
    """The files, what a .gitignore lacks, and the next commands."""

    def draw(width: int) -> list[StyledLine]:
        where = "this folder" if folder == "." else folder
        lines = wrap(span(f"Made {join_words([*made])} in {where}."), width)
        if ignore:
            text = f"Your .gitignore was kept; add to it: {join_words([*ignore])}"
            lines += wrap(span(text, Style.CAUTION), width)
        return [*lines, BLANK, *render_steps(steps, width)]

    return draw


def render_steps(steps: Sequence[tuple[str, str]], width: int) -> list[StyledLine]:
    """The next commands, each with what it is for where there is room."""
    lines: list[StyledLine] = [span("Next:", Style.STRONG)]
    widest = max((len(command) for command, _ in steps), default=0)
    for command, about in steps:
        line = (*add_gap(2), Span(command, Style.CODE))
        note = (*add_gap(widest - len(command) + 2), Span(f"# {about}", Style.QUIET))
        lines.append((*line, *note) if count_cells((*line, *note)) <= width else line)
    return lines

"""What ``init`` and ``new`` have made, what is left to decide, and the next commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cactions.logic.new_action.summary import NewActionSummary
from cactions.render.layout import add_gap, wrap
from cactions.render.messages import join_words
from cactions.render.text import BLANK, Span, Style, StyledLine, View, count_cells, span

_UNKNOWN_WRITERS: Final = (
    "Before you publish, say of each whether end users can write it:"
    " messenger_writable: true or false."
)


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


def render_new_action(done: NewActionSummary) -> View:
    """The files, what is left to decide, what must be sealed, and the next commands."""

    def draw(width: int) -> list[StyledLine]:
        lines = wrap(span(f"Made {join_words([*done.made])}."), width)
        if done.attributes:
            where = f" in {join_words([*done.changed])}" if done.changed else " there"
            text = f"Declared{where}: {join_words([*done.attributes])}."
            lines += wrap(span(text), width)
            lines += wrap(span(_UNKNOWN_WRITERS, Style.QUIET), width)
        if done.sealed:
            lines += wrap(span(f"Sealed: {join_words([*done.sealed])}."), width)
        for note in done.notes:
            lines += wrap(span(note, Style.QUIET), width)
        lines += _render_decisions(done, width)
        lines += _render_secrets(done, width)
        return [*lines, BLANK, *render_steps(done.steps, width)]

    return draw


def _render_decisions(done: NewActionSummary, width: int) -> list[StyledLine]:
    if not done.decisions:
        return []
    lines = [BLANK, span("Left for you to decide:", Style.STRONG)]
    for number, text in done.decisions:
        place = Span(f"{done.file}:{number}", Style.CODE)
        lines += wrap((place, Span(f" {text}")), width, hang=add_gap(2))
    return lines


def _render_secrets(done: NewActionSummary, width: int) -> list[StyledLine]:
    if not done.seals:
        return []
    title = "Secrets are in no file. Seal each before a live call:"
    lines: list[StyledLine] = [BLANK, *wrap(span(title, Style.STRONG), width)]
    if done.make_vault:
        lines += wrap((Span(done.make_vault, Style.CODE),), width, hang=add_gap(2))
    for each in done.seals:
        lines += wrap((Span(each.command, Style.CODE),), width, hang=add_gap(2))
        lines += wrap(span(f"# {each.what}", Style.QUIET), width, hang=add_gap(4))
    return lines

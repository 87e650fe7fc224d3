"""An answer as it may be shown: a heading with what it is, and its lines."""

from __future__ import annotations

from cactions.model import ShownAnswer
from cactions.render.layout import add_gap, choose_margin, wrap_paragraph
from cactions.render.messages import count_noun
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_HIDES = "Values of other people are not shown: --show-others shows them."


def render_answer(answer: ShownAnswer) -> View:
    """The view of one answer."""

    def draw(width: int) -> list[StyledLine]:
        return [*draw_answer(answer, width, indent=choose_margin(width)), BLANK]

    return draw


def draw_answer(answer: ShownAnswer, width: int, *, indent: int) -> list[StyledLine]:
    """Its lines below what stands above; a line of it is not broken."""
    kind = f", {answer.kind}" if answer.kind else ""
    size = count_noun(answer.size, "byte")
    head = (Span("Answer ", Style.STRONG), Span(f"{answer.status}{kind}, {size}"))
    lines = [(*add_gap(indent), *span(line, Style.VALUE)) for line in answer.lines]
    if answer.hides_people:
        lines += wrap_paragraph(span(_HIDES, Style.QUIET), width, indent=indent)
    return [*wrap_paragraph(head, width, indent=max(0, indent - 2)), *lines]

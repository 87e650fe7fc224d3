"""The pages of rules in words: what a rule looks for, why, a bad and a good file, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from cactions.logic.lint.rule_page import RulePage
from cactions.render.layout import add_gap, wrap_paragraph
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_TITLES = {"why": "Why", "bad": "Bad", "good": "Good", "fix": "Fix", "suppress": "Suppress"}


def render_rule_pages(several: Sequence[RulePage]) -> View:
    """One page after the other."""

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for number, page in enumerate(several):
            lines += [BLANK, BLANK] if number else []
            lines += _render_page(page, width)
        return lines

    return draw


def _render_page(page: RulePage, width: int) -> list[StyledLine]:
    title = (
        Span(f"{page.rule} {page.name}", Style.NAME),
        Span(f" ({page.severity}): {page.summary}", Style.STRONG),
    )
    lines = wrap_paragraph(title, width)
    for paragraph in filter(None, page.about.split("\n\n")):
        lines += [BLANK, *_wrap_text(paragraph, width)]
    for name, title_ in _TITLES.items():
        lines += [BLANK, span(f"{title_}:", Style.STRONG)]
        text = getattr(page, name)
        lines += _render_file(text) if name in ("bad", "good") else _wrap_text(text, width)
    return lines


def _wrap_text(text: str, width: int) -> list[StyledLine]:
    return wrap_paragraph(span(" ".join(text.replace("``", "`").split())), width, indent=2)


def _render_file(text: str) -> list[StyledLine]:
    return [(*add_gap(4), Span(line, Style.SOURCE)) for line in text.splitlines()]

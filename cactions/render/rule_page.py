"""The pages of rules in words: what a rule looks for, why, a bad and a good file, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from cactions.logic.lint.rule_page import Page
from cactions.render.layout import gap, prose
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone, ink

_TITLES = {"why": "Why", "bad": "Bad", "good": "Good", "fix": "Fix", "suppress": "Suppress"}


def pages(several: Sequence[Page]) -> Sheet:
    """One page after the other."""

    def draw(room: int) -> list[Line]:
        lines: list[Line] = []
        for number, page in enumerate(several):
            lines += [BLANK, BLANK] if number else []
            lines += _page(page, room)
        return lines

    return draw


def _page(page: Page, room: int) -> list[Line]:
    title = (Ink(page.rule, Tone.NAME), Ink(f" {page.severity}: {page.summary}", Tone.STRONG))
    lines = prose(title, room)
    for paragraph in filter(None, page.about.split("\n\n")):
        lines += [BLANK, *_words(paragraph, room)]
    for name, title_ in _TITLES.items():
        lines += [BLANK, ink(f"{title_}:", Tone.STRONG)]
        text = getattr(page, name)
        lines += _file(text) if name in ("bad", "good") else _words(text, room)
    return lines


def _words(text: str, room: int) -> list[Line]:
    return prose(ink(" ".join(text.replace("``", "`").split())), room, indent=2)


def _file(text: str) -> list[Line]:
    return [(*gap(4), Ink(line, Tone.SOURCE)) for line in text.splitlines()]

"""A secret is masked in laid-out lines, wherever a line break or a style splits it."""

from __future__ import annotations

import re
from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.model import MASK
from cactions.render.color_output import ColorOutput
from cactions.render.layout import wrap
from cactions.render.mask import mask_view
from cactions.render.output import PlainOutput
from cactions.render.svg import to_svg
from cactions.render.text import Span, Style, StyledLine, View, to_plain_text

SECRET = "correct horse battery staple and a nail"
PACKED = SECRET.replace(" ", "")


def find(text: str) -> list[tuple[int, int]]:
    return [(found.start(), found.end()) for found in re.finditer(PACKED, text)]


def view(*lines: StyledLine) -> View:
    return lambda _: [*lines]


def words(line: StyledLine) -> str:
    return "".join(part.text for part in line).strip()


@pytest.mark.parametrize("width", range(10, 60))
def test_a_wrapped_secret_is_masked_on_every_line(width: int) -> None:
    """After a margin, with text before and after it."""
    folded = wrap((Span(f"It says {SECRET}, and more."),), width, hang=(Span("  Answer  "),))
    masked = mask_view(view(*folded), find)(width)
    text = " ".join(to_plain_text(masked).split())
    assert (f"Answer It says {MASK}, and more.", len(folded)) == (
        re.sub(f"{MASK} *,", f"{MASK},", text), len(masked)
    )  # fmt: skip


@given(st.lists(st.integers(0, len(SECRET)), max_size=6), st.lists(st.integers(0, 60), max_size=4))
def test_a_secret_with_several_styles_is_masked(cuts: list[int], ends: list[int]) -> None:
    """However a text is split into styles and lines; text around it keeps its style."""
    places = [0, *sorted(cuts), len(SECRET)]
    parts = [Span(SECRET[a:b], Style.VALUE) for a, b in pairwise(places)]
    inks = [Span("before ", Style.NAME), *parts, Span(" after", Style.CODE)]
    stops = [0, *sorted(min(end, len(inks)) for end in ends), len(inks)]
    lines = [tuple(inks[a:b]) for a, b in pairwise(stops)]
    masked = [part for line in mask_view(view(*lines), find)(80) for part in line]
    assert f"before{MASK}after" == "".join("".join(part.text for part in masked).split())
    assert (inks[0], inks[-1]) == (masked[0], masked[-1])


def test_text_without_a_secret_is_not_changed() -> None:
    """Not even copied."""
    lines = [(Span("correct horse"),), (), (Span("battery"),)]
    assert all(
        ours is theirs
        for ours, theirs in zip(lines, mask_view(view(*lines), find)(80), strict=True)
    )


@pytest.mark.parametrize("paper", [PlainOutput, ColorOutput])
def test_terminal_output_and_pictures_are_masked(
    paper: type[PlainOutput], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With colours, too, if a style changes between two letters."""
    halves = (Span(SECRET[:20], Style.NEW),), (Span(SECRET[20:], Style.BAD), Span("!"))
    out, err = StringIO(), StringIO()
    environ = {"FORCE_COLOR": "1"}
    monkeypatch.setenv("TERM", "xterm")
    screen = paper(out, err, environ=environ, mask=lambda one: mask_view(one, find))
    screen.print(view(*halves))
    screen.print_err(view(*halves))
    drawn = to_svg(mask_view(view(*halves), find))
    for text in (out.getvalue(), err.getvalue(), drawn):
        assert MASK in text or "*" * len(MASK) in text
        assert [] == [word for word in SECRET.split() if len(word) > 1 and word in text]
        assert "!" in text

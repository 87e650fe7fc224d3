"""A secret is taken out of laid-out lines, wherever a line or a style breaks it."""

from __future__ import annotations

import re
from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.model import DOTS
from cactions.render.color_output import Screen
from cactions.render.layout import flow
from cactions.render.mask import masked_sheet
from cactions.render.output import Paper
from cactions.render.svg import picture
from cactions.render.text import Ink, Line, Sheet, Tone, plain

SECRET = "correct horse battery staple and a nail"
PACKED = SECRET.replace(" ", "")


def find(text: str) -> list[tuple[int, int]]:
    return [(found.start(), found.end()) for found in re.finditer(PACKED, text)]


def sheet(*lines: Line) -> Sheet:
    return lambda _: [*lines]


def words(line: Line) -> str:
    return "".join(part.text for part in line).strip()


@pytest.mark.parametrize("room", range(10, 60))
def test_a_secret_that_is_folded_is_hidden_on_every_line(room: int) -> None:
    """Behind a margin, with words before and after it."""
    folded = flow((Ink(f"It says {SECRET}, and more."),), room, hang=(Ink("  Answer  "),))
    masked = masked_sheet(sheet(*folded), find)(room)
    text = " ".join(plain(masked).split())
    assert (f"Answer It says {DOTS}, and more.", len(folded)) == (
        re.sub(f"{DOTS} *,", f"{DOTS},", text), len(masked)
    )  # fmt: skip


@given(st.lists(st.integers(0, len(SECRET)), max_size=6), st.lists(st.integers(0, 60), max_size=4))
def test_styles_do_not_hide_it_from_us(cuts: list[int], ends: list[int]) -> None:
    """However a text is cut into inks and lines; what is around it stays, with its style."""
    places = [0, *sorted(cuts), len(SECRET)]
    parts = [Ink(SECRET[a:b], Tone.VALUE) for a, b in pairwise(places)]
    inks = [Ink("before ", Tone.NAME), *parts, Ink(" after", Tone.CODE)]
    stops = [0, *sorted(min(end, len(inks)) for end in ends), len(inks)]
    lines = [tuple(inks[a:b]) for a, b in pairwise(stops)]
    masked = [part for line in masked_sheet(sheet(*lines), find)(80) for part in line]
    assert f"before{DOTS}after" == "".join("".join(part.text for part in masked).split())
    assert (inks[0], inks[-1]) == (masked[0], masked[-1])


def test_what_holds_no_secret_is_the_same() -> None:
    """Not even made anew."""
    lines = [(Ink("correct horse"),), (), (Ink("battery"),)]
    assert all(
        ours is theirs
        for ours, theirs in zip(lines, masked_sheet(sheet(*lines), find)(80), strict=True)
    )


@pytest.mark.parametrize("paper", [Paper, Screen])
def test_papers_and_pictures_show_lines_as_they_are_masked(
    paper: type[Paper], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In colour, too, where a style stands between two letters."""
    halves = (Ink(SECRET[:20], Tone.NEW),), (Ink(SECRET[20:], Tone.BAD), Ink("!"))
    out, err = StringIO(), StringIO()
    environ = {"FORCE_COLOR": "1"}
    monkeypatch.setenv("TERM", "xterm")
    screen = paper(out, err, environ=environ, mask=lambda one: masked_sheet(one, find))
    screen.show(sheet(*halves))
    screen.remark(sheet(*halves))
    drawn = picture(masked_sheet(sheet(*halves), find))
    for text in (out.getvalue(), err.getvalue(), drawn):
        assert DOTS in text or "*" * len(DOTS) in text
        assert [] == [word for word in SECRET.split() if len(word) > 1 and word in text]
        assert "!" in text

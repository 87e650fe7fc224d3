"""A picture stands on its own, holds the very words, and is the same every time."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from cactions.render.svg import to_svg
from cactions.render.text import to_plain_text
from tests.render.sheets import SHEETS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", SHEETS)
def test_a_picture_holds_the_words_of_its_sheet(name: str) -> None:
    """Well-formed whatever the sheet holds; the description is the plain text."""
    root = ET.fromstring(to_svg(SHEETS[name], width=80))
    text = to_plain_text(SHEETS[name](80))
    drawn = ["".join(row.itertext()) for row in root.iter(f"{SVG}text")]
    assert text == root.findtext(f"{SVG}desc")
    assert "".join(text.split()) == "".join("".join(drawn).split())


def test_a_picture_needs_nothing_from_anywhere() -> None:
    """No font, style, script or image; the one address is the name of the format."""
    svg = to_svg(SHEETS["preview_loyalty"], command="cactions diff loyalty --person u-1")
    assert 1 == svg.count("http://")
    assert [] == [word for word in ("https://fonts", "@import", "<script", "href") if word in svg]


def test_a_picture_is_the_same_bytes_for_the_same_sheet() -> None:
    """It can be committed, and its difference means something."""
    first, second = (to_svg(SHEETS["preview_hostile"], width=60) for _ in range(2))
    assert first == second


def test_a_command_stands_above_its_sheet() -> None:
    """As somebody typed it, and as the picture's title."""
    root = ET.fromstring(to_svg(SHEETS["runs_none"], command="cactions runs <list>"))
    assert "cactions runs <list>" == root.findtext(f"{SVG}title")
    assert "$ cactions runs <list>\n\nNo runs yet.\n" == root.findtext(f"{SVG}desc")

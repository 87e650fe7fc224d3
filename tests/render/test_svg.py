"""A picture is self-contained, holds the exact text, and is reproducible."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from cactions.render.svg import to_svg
from cactions.render.text import to_plain_text
from tests.render.sheets import SHEETS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", SHEETS)
def test_a_picture_holds_the_text_of_its_sheet(name: str) -> None:
    """Well-formed for any view; the description is the plain text."""
    root = ET.fromstring(to_svg(SHEETS[name], width=80))
    text = to_plain_text(SHEETS[name](80))
    drawn = ["".join(row.itertext()) for row in root.iter(f"{SVG}text")]
    assert text == root.findtext(f"{SVG}desc")
    assert "".join(text.split()) == "".join("".join(drawn).split())


def test_a_picture_has_no_external_resources() -> None:
    """No font, style, script or image; the only address is the name of the format."""
    svg = to_svg(SHEETS["preview_loyalty"], command="cactions diff loyalty --person u-1")
    assert 1 == svg.count("http://")
    assert [] == [word for word in ("https://fonts", "@import", "<script", "href") if word in svg]


def test_a_picture_of_the_same_sheet_has_the_same_bytes() -> None:
    """It can be committed, and its diff is meaningful."""
    first, second = (to_svg(SHEETS["preview_hostile"], width=60) for _ in range(2))
    assert first == second


def test_the_command_is_above_its_sheet() -> None:
    """As typed, and as the picture's title."""
    root = ET.fromstring(to_svg(SHEETS["runs_none"], command="cactions runs <list>"))
    assert "cactions runs <list>" == root.findtext(f"{SVG}title")
    assert "$ cactions runs <list>\n\nNo runs yet.\n" == root.findtext(f"{SVG}desc")

"""Every sheet as stored in the golden files, and properties of all sheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from cactions.render.text import BROKEN, StyledLine, count_cells, to_plain_text
from cactions.render.width import measure_width
from tests.golden import assert_golden
from tests.render.sheets import SHEETS

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (40, 80, 120)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_matches_its_golden_file(name: str) -> None:
    """CACTIONS_GOLDEN=1 rewrites the files; review the difference before committing it."""
    drawn = [f"{f' {width} ':-^{width}}\n{to_plain_text(SHEETS[name](width))}" for width in WIDTHS]
    assert_golden(GOLDEN / f"{name}.txt", "\n".join(drawn))


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("width", [24, 39, *WIDTHS, 300])
def test_a_sheet_is_printable_and_reproducible(name: str, width: int) -> None:
    """Any width gives printable lines without trailing spaces, and always the same ones."""
    text = to_plain_text(SHEETS[name](width))
    assert [] == [c for c in text.replace("\n", "").replace("\u3000", "") if not c.isprintable()]
    assert [] == [line for line in text.split("\n") if line != line.rstrip()]
    assert text == to_plain_text(SHEETS[name](width))


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("width", WIDTHS)
def test_only_unbreakable_text_exceeds_the_width(name: str, width: int) -> None:
    """A line is wider than the page only because of a single value, path or word."""
    too_wide = [line for line in SHEETS[name](width) if count_cells(line) > width]
    assert [] == [to_plain_text([line]) for line in too_wide if _widest_whole(line) < width // 3]


def _widest_whole(line: StyledLine) -> int:
    wholes = [[part.text] if part.style not in BROKEN else part.text.split(" ") for part in line]
    return max(measure_width(text) for texts in wholes for text in texts)


@pytest.mark.parametrize("name", SHEETS)
def test_redacted_values_are_never_shown(name: str) -> None:
    """The samples' redacted values all begin with "hidden"."""
    assert "hidden" not in to_plain_text(SHEETS[name](120))

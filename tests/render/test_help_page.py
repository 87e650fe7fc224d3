"""A page of the reference fits its terminal, loses no word, and its blocks can be copied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cactions.cli.commands.help import TOPICS
from cactions.render.help_page import render_help_page, render_topics
from cactions.render.text import to_plain_text
from cactions.render.width import measure_width

PAGES = Path(__file__).parents[2] / "cactions" / "help"
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
WIDTHS = (40, 80, 120)


def render(text: str, width: int) -> str:
    return to_plain_text(render_help_page(text)(width))


def list_words(text: str) -> list[str]:
    """The words of a page outside its blocks, without the marks of Markdown and in any order.

    A table on a narrow terminal names its columns again in each row.
    """
    plain = re.sub(r"^\|[ |-]+\|$", "", FENCED.sub("", text), flags=re.MULTILINE)
    return re.sub(r"(?<!\\)\||[\\\[\]()]", " ", plain.replace("**", "")).split()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_keeps_its_words_and_blocks(topic: str, width: int) -> None:
    """The blocks are the same, character by character; a line that is too wide is one piece."""
    text = (PAGES / f"{topic}.md").read_text()
    shown = render(text, width)
    assert FENCED.findall(text) == FENCED.findall(shown)
    assert set(list_words(text)) == set(list_words(shown))
    for line in FENCED.sub("", shown).splitlines():
        wide = measure_width(line) > width and not line.startswith("#")
        assert not wide or re.fullmatch(r"(.*  |\S+ )?(\S*`[^`]+`|\S+)\S*", line.strip()), line


def test_lists_tables_and_marks_are_laid_out() -> None:
    """An item hangs below its words, a cell below its column; bold and links lose their marks."""
    text = (
        "**Look** at [git](https://git.example) first.\n\n- an item that goes on\n  and on\n"
        "- another\n\n| Key | What it is |\n| --- | --- |\n| `a` | one of `x` or y \\| z |\n"
    )
    assert (
        "Look at git (https://git.example)\nfirst.\n\n- an item that goes on and on\n- another\n\n"
        "Key  What it is\n`a`  one of `x` or y | z\n"
    ) == render(text, 34)
    assert "- an item that\n  goes on and on\n" in render(text, 17)


def test_the_list_of_topics_fits_a_terminal() -> None:
    """With 80 columns each topic has one line, or goes on below its words."""
    shown = to_plain_text(render_topics(TOPICS)(80)).splitlines()
    assert "Topics:" == shown[0]
    assert set(TOPICS) <= {line.split()[0] for line in shown}
    assert max(map(len, shown)) <= 80

"""Edits in bytes: everything outside of their spans stays the same, byte for byte."""

from __future__ import annotations

from codecs import BOM_UTF8

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.fixes.text_edits import apply_edits
from cactions.logic.lines import split_lines_keeping_ends
from cactions.model import Edit, Place

ENDS = st.sampled_from(["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
LINES = st.lists(st.tuples(st.text("aé漢😀 \t#", max_size=6), ENDS), min_size=1, max_size=5)
TEXTS = LINES.map(lambda lines: "".join(line + end for line, end in lines)[:-1])


def edit(line: int, column: int, end_line: int, end_column: int, text: str) -> Edit:
    return Edit(Place("a", line, column, end_line, end_column), text)


@given(TEXTS)
def test_the_joined_lines_are_the_text(text: str) -> None:
    """Each line includes its line end, also the last one."""
    assert text == "".join(split_lines_keeping_ends(text))


@given(TEXTS, st.booleans(), st.data())
def test_an_edit_replaces_its_span_and_nothing_else(
    text: str, mark: bool, data: st.DataObject
) -> None:
    """Lines and columns count like places do; the byte order mark stays at the start."""
    lines = split_lines_keeping_ends(text)
    line = data.draw(st.integers(1, len(lines)))
    columns = st.integers(1, len(lines[line - 1]) + 1)
    start, stop = sorted((data.draw(columns), data.draw(columns)))
    before = "".join(lines[: line - 1])
    here = lines[line - 1]
    wanted = before + here[: start - 1] + "NEW" + here[stop - 1 :] + "".join(lines[line:])
    head = BOM_UTF8 * mark
    done = apply_edits(head + text.encode(), [edit(line, start, line, stop, "NEW")])
    assert head + wanted.encode() == done


@given(TEXTS)
def test_without_edits_nothing_changes(text: str) -> None:
    """Not even a line end."""
    assert text.encode() == apply_edits(text.encode(), [])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_new_line_has_the_line_end_of_the_file(end: str) -> None:
    """A file from Windows keeps its line ends."""
    text = f"a{end}b{end}"
    assert f"a{end}x{end}b{end}".encode() == apply_edits(text.encode(), [edit(2, 1, 2, 1, "x\n")])


def test_edits_may_be_in_any_order() -> None:
    """Each at its place in the original text."""
    edits = [edit(1, 5, 1, 6, "E"), edit(1, 1, 1, 3, ""), edit(2, 1, 2, 1, "-")]
    assert b"cdE\n-x" == apply_edits(b"abcde\nx", edits) == apply_edits(b"abcde\nx", edits[::-1])


@pytest.mark.parametrize(
    "edits",
    [
        [edit(1, 1, 1, 3, "x"), edit(1, 2, 1, 4, "y")],
        [edit(1, 2, 1, 2, "x"), edit(1, 2, 1, 2, "y")],
        [edit(1, 1, 1, 2, "x"), edit(1, 2, 1, 3, "y")],
        [edit(3, 1, 3, 1, "x")],
        [edit(1, 9, 1, 9, "x")],
        [edit(1, 0, 1, 1, "x")],
        [edit(2, 2, 1, 1, "x")],
    ],
    ids=["overlap", "same spot", "touch", "no line", "no column", "zero", "backwards"],
)
def test_invalid_edits_are_refused(edits: list[Edit]) -> None:
    """Edits that overlap, touch or lie outside."""
    with pytest.raises(ValueError, match=r"^(two edits|there is no|.* ends before)"):
        apply_edits(b"abcde\nx", edits)

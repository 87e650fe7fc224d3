"""Edits in bytes: what they do not touch is the same afterwards, to the byte."""

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
def test_lines_together_are_the_text(text: str) -> None:
    """Ends belong to their lines, also the end of the last one."""
    assert text == "".join(split_lines_keeping_ends(text))


@given(TEXTS, st.booleans(), st.data())
def test_an_edit_replaces_its_span_and_nothing_else(
    text: str, mark: bool, data: st.DataObject
) -> None:
    """Lines and columns count as places do; the mark of order stays where it was."""
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
def test_no_edit_changes_nothing(text: str) -> None:
    """Not even a line end."""
    assert text.encode() == apply_edits(text.encode(), [])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_new_line_ends_as_the_others_do(end: str) -> None:
    """A file that came from Windows goes back as one."""
    text = f"a{end}b{end}"
    assert f"a{end}x{end}b{end}".encode() == apply_edits(text.encode(), [edit(2, 1, 2, 1, "x\n")])


def test_edits_are_made_in_any_order() -> None:
    """Each at the place that it had before all of them."""
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
def test_a_guess_is_refused(edits: list[Edit]) -> None:
    """Edits that overlap, touch or lie outside."""
    with pytest.raises(ValueError, match=r"^(two edits|there is no|.* ends before)"):
        apply_edits(b"abcde\nx", edits)

"""Marks of an unfinished merge, in each kind of file that git may merge line by line."""

from __future__ import annotations

import pytest

from cactions.logic.cassette.file_format import parse_cassette
from cactions.logic.merge_marks import MergeMark, find_merge_mark
from cactions.logic.vault.file_format import format_vault, parse_vault
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.parser import parse_yaml
from cactions.model import DefinitionError
from cactions.model.vault import VaultContents, VaultError, VaultFault, VaultHead

ENDS = ("\n", "\r\n")
HEAD = format_vault(VaultContents(VaultHead("0" * 32, 1, 7))).decode()
HALVES = [HEAD, "second: 1\n", '{"a": 1}\n']


def conflict(before: str, ours: str, theirs: str, end: str = "\n", base: str = "") -> str:
    middle = f"||||||| 1a2b3c\n{base}" if base else ""
    text = f"{before}<<<<<<< HEAD\n{ours}{middle}=======\n{theirs}>>>>>>> branch\n"
    return text.replace("\n", end)


YAML = {
    "keys": ("version: 1\n", "a: 1\n", "a: 2\n"),
    "a whole file": ("", "version: 1\n", "version: 1\n"),
    "in a list": ("a:\n- b\n", "- c\n", "- d\n"),
    "in quotes": ('a: "b\n', "c\n", 'd"\n'),
    "in braces": ("a: {b: 1,\n", "c: 1}\n", "c: 2}\n"),
    "in a block": ("a: |\n  b\n", "  c\n", "  d\n"),
}


@pytest.mark.parametrize("base", ["", "x: 1\n"])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", YAML)
def test_a_mark_in_yaml_is_named_where_it_stands(name: str, end: str, base: str) -> None:
    """Wherever in the file, whatever a parser would make of it."""
    faults = Diagnostics("a.yaml")
    assert parse_yaml(conflict(*YAML[name], end=end, base=base).encode(), faults) is None
    [finding] = faults.found
    assert finding.place
    assert (YAML[name][0].count("\n") + 1, 1, 8) == (
        finding.place.line, finding.place.column, finding.place.end_column
    )  # fmt: skip
    assert "this is a mark of an unfinished git merge" == finding.message
    assert "git add" in finding.hint


@pytest.mark.parametrize(
    "left", ["=======\n", ">>>>>>> branch\n", "<<<<<<< HEAD\n", "||||||| 1a\n"]
)
def test_a_single_mark_that_was_left_is_named(left: str) -> None:
    """A merge that was finished by hand often leaves one."""
    faults = Diagnostics("a.yaml")
    assert parse_yaml(f"version: 1\n{left}actions: {{}}\n".encode(), faults) is None
    assert "unfinished git merge" in faults.found[0].message
    assert faults.found[0].place
    assert 2 == faults.found[0].place.line


@pytest.mark.parametrize(
    "text",
    ["a: '======='\n", "a: |\n  <<<<<<< b\n", "# <<<<<<< HEAD\na: 1\n", "a: b\n ======= \n", ""],
)
def test_a_text_that_only_looks_like_one_is_read(text: str) -> None:
    """A mark begins its line."""
    faults = Diagnostics("a.yaml")
    parse_yaml(text.encode(), faults)
    assert [] == faults.found


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("before", ["", '{"version": 1,\n'])
def test_a_mark_in_a_cassette_is_named_with_what_helps(before: str, end: str) -> None:
    """One side of it is good."""
    with pytest.raises(DefinitionError) as caught:
        parse_cassette(conflict(before, "{\n", "[\n", end).encode(), "cassettes/my x.json")
    line = before.count("\n") + 1
    assert f"line {line} of cassettes/my x.json is a mark of an unfinished git merge" == str(
        caught.value
    )
    assert "git checkout --ours -- 'cassettes/my x.json'" in caught.value.hint
    assert caught.value.place
    assert line == caught.value.place.line


@pytest.mark.parametrize(
    ("before", "fault"), [("", VaultFault.NOT_A_VAULT), (HEAD, VaultFault.NOT_CANONICAL)]
)
def test_a_mark_in_a_vault_is_named_with_the_command_that_joins(
    before: str, fault: VaultFault
) -> None:
    """The verdict stays that of the specification."""
    with pytest.raises(VaultError, match="is a mark of an unfinished git merge") as caught:
        parse_vault(conflict(before, HEAD, HEAD).encode())
    assert (fault, before.count("\n") + 1) == (caught.value.fault, caught.value.line)
    assert "cactions vault merge ours.vault theirs.vault" in caught.value.hint


@pytest.mark.parametrize("first", [True, False])
def test_a_vault_with_other_ends_of_lines_is_named(first: bool) -> None:
    """With the way back; the marks of a merge come first."""
    data = HEAD.encode() * 2
    broken = data.replace(b"\n", b"\r\n") if first else data[:-1] + b"\r\n"
    with pytest.raises(VaultError, match="ends with CR LF") as caught:
        parse_vault(broken)
    assert (VaultFault.NOT_CANONICAL, 1 if first else 2) == (caught.value.fault, caught.value.line)
    assert "-text" in caught.value.hint
    assert "tr -d '\\r' <cactions.vault" in caught.value.hint
    with pytest.raises(VaultError, match="git merge"):
        parse_vault(conflict("", HEAD, HEAD, "\r\n").encode())


def test_marks_are_found_once_in_a_long_text() -> None:
    """The first one."""
    text = "a: 1\n" * 50_000 + "<<<<<<< HEAD\n" * 2
    mark = find_merge_mark(text)
    assert MergeMark(50_001, 250_000, 7) == mark
    assert find_merge_mark("=======\n") is None
    assert find_merge_mark("=======\n", sure=False)

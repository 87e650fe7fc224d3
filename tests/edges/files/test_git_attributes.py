"""The line for git beside a vault: added once, never through a link, and nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cactions.edges.files.git_attributes import NAME, add_attributes_line
from cactions.model import CactionsError

LINE = b"cactions.vault -text merge=cactions-vault\n"


@pytest.mark.parametrize(
    "before",
    [b"", b"*.png binary\n", b"*.png binary", b"# \xff\r\n* text=auto\r\n", b"x.vault -text"],
)
def test_the_line_is_added_once(tmp_path: Path, before: bytes) -> None:
    """Behind what is there, byte for byte."""
    file = tmp_path / NAME
    file.write_bytes(before)
    file.chmod(0o640)
    assert add_attributes_line(tmp_path / "cactions.vault")
    joint = b"" if before.endswith(b"\n") or not before else b"\n"
    assert before + joint + LINE == file.read_bytes()
    assert 0o640 == file.stat().st_mode & 0o777
    assert not add_attributes_line(tmp_path / "cactions.vault")
    assert before + joint + LINE == file.read_bytes()
    assert [NAME] == [each.name for each in tmp_path.iterdir()]


def test_a_new_file_is_made(tmp_path: Path) -> None:
    """Which others may read."""
    assert add_attributes_line(tmp_path / "cactions.vault")
    assert LINE == (tmp_path / NAME).read_bytes()


@pytest.mark.parametrize(
    "line",
    [
        "cactions.vault -text",
        "/cactions.vault binary",
        '"cactions.vault" -merge',
        "  cactions.vault x",
    ],
)
def test_a_line_about_the_file_is_left_to_its_author(tmp_path: Path, line: str) -> None:
    """They have decided."""
    (tmp_path / NAME).write_text(f"{line}\n")
    assert not add_attributes_line(tmp_path / "cactions.vault")
    assert f"{line}\n" == (tmp_path / NAME).read_text()


@pytest.mark.parametrize(
    "name", ["a b.vault", "*.vault", "#.vault", "!x", '"x"', "[a].vault", "ä.vault"]
)
def test_a_name_that_is_a_pattern_is_not_written(tmp_path: Path, name: str) -> None:
    """Git would read it as another file."""
    with pytest.raises(CactionsError, match="pattern"):
        add_attributes_line(tmp_path / name)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder", "too large"])
def test_what_a_clone_put_there_is_not_followed(tmp_path: Path, kind: str) -> None:
    """And not waited for."""
    outside, file = tmp_path / "outside", tmp_path / "project" / NAME
    file.parent.mkdir()
    outside.write_bytes(b"secret")
    if kind == "link":
        file.symlink_to(outside)
    elif kind == "dangling link":
        file.symlink_to(tmp_path / "new")
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    else:
        file.write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(CactionsError) as caught:
        add_attributes_line(file.with_name("cactions.vault"))
    assert caught.value.hint
    assert b"secret" == outside.read_bytes()
    assert {"outside", "project"} == {each.name for each in tmp_path.iterdir()}
    assert [NAME] == [each.name for each in file.parent.iterdir()]

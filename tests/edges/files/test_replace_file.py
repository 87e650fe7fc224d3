"""A file that somebody named is replaced whole, or left alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cactions.edges.files.file_io import replace_file
from cactions.model import UsageError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a mode of its own."""
    path = tmp_path / "actions.yaml"
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


def test_the_new_bytes_are_there_with_the_old_mode(file: Path) -> None:
    """And nothing else is left in the folder."""
    replace_file(file, b"old", b"new\r\n")
    assert b"new\r\n" == file.read_bytes()
    assert 0o640 == stat.S_IMODE(file.stat().st_mode)
    assert [file] == [*file.parent.iterdir()]


def test_what_somebody_changed_meanwhile_is_theirs(file: Path) -> None:
    """It is not written over, and nothing is left beside it."""
    file.write_bytes(b"theirs")
    with pytest.raises(UsageError, match="was changed while it was being checked"):
        replace_file(file, b"old", b"new")
    assert b"theirs" == file.read_bytes()
    assert [file] == [*file.parent.iterdir()]


def test_a_link_stays_a_link(file: Path) -> None:
    """The file that it leads to is replaced."""
    link = file.with_name("link.yaml")
    link.symlink_to(file.name)
    replace_file(link, b"old", b"new")
    assert link.is_symlink()
    assert b"new" == file.read_bytes()


@pytest.mark.parametrize("what", ["missing", "folder", "pipe"])
def test_what_is_no_file_is_refused(tmp_path: Path, what: str) -> None:
    """In words."""
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    if what == "pipe":
        os.mkfifo(path)
    with pytest.raises(UsageError, match="cannot be"):
        replace_file(path, b"", b"new")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(file: Path) -> None:
    """The file stays as it was."""
    file.parent.chmod(0o500)
    with pytest.raises(UsageError, match="cannot be written"):
        replace_file(file, b"old", b"new")
    file.parent.chmod(0o700)
    assert b"old" == file.read_bytes()

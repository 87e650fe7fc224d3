"""Texts with a size limit, and private state in regular files, or a helpful error."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cactions.edges.files.file_io import (
    new_private_file,
    publish_file,
    read_text,
    write_pieces,
    write_text,
)
from cactions.edges.files.private_files import (
    has_private_file,
    has_private_folder,
    make_private_folder,
)
from cactions.model import CactionsError, DefinitionError, OutputError, StoreError, UsageError

as_somebody = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777])
def umask(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# Texts


def test_a_text_is_read_unchanged(tmp_path: Path) -> None:
    """Line breaks and a byte order mark are kept for the caller."""
    path = write(tmp_path / "a.yaml", "\ufeffname: Zoë\r\n".encode())
    assert "\ufeffname: Zoë\r\n" == read_text(path)


def test_a_text_over_the_limit_is_refused(tmp_path: Path) -> None:
    """The limit counts bytes, so that it also limits memory."""
    path = write(tmp_path / "a.yaml", "é".encode())
    assert "é" == read_text(path, limit=2)
    with pytest.raises(DefinitionError, match="larger than 1 bytes"):
        read_text(path, limit=1)


@pytest.mark.parametrize(
    ("data", "spot"),
    [
        (b"\xff", (1, 1)),
        ("é\n".encode() + b"a\xc3", (2, 2)),
        (b"ab\n\xed\xa0\x80", (2, 1)),
        (b"\xc0\xaf", (1, 1)),
    ],
)
def test_invalid_utf_8_is_reported_with_its_place(
    tmp_path: Path, data: bytes, spot: tuple[int, int]
) -> None:
    """Also surrogates and overlong forms, which some readers accept."""
    with pytest.raises(DefinitionError, match="not UTF-8") as caught:
        read_text(write(tmp_path / "a.yaml", data))
    place = caught.value.place
    assert place
    assert (*spot, spot[1] + 1) == (place.line, place.column, place.end_column)


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a.yaml/inside"])
def test_an_unreadable_file_is_a_usage_error(tmp_path: Path, name: str) -> None:
    """Missing, a folder, a file in place of a folder."""
    write(tmp_path / "a.yaml", b"")
    with pytest.raises(UsageError) as caught:
        read_text(tmp_path / name)
    assert caught.value.hint


def test_a_pipe_can_be_read(tmp_path: Path) -> None:
    """``-f <(generate)`` gives a pipe."""
    reader, writer = os.pipe()
    os.write(writer, b"version: 1\n")
    os.close(writer)
    assert "version: 1\n" == read_text(Path(f"/dev/fd/{reader}"))
    os.close(reader)


# State


@pytest.mark.usefixtures("umask")
def test_new_state_is_private_whatever_the_umask(tmp_path: Path) -> None:
    """Neither too open, nor unreadable for its owner."""
    folder = tmp_path / ".cactions"
    make_private_folder(folder)
    file = new_private_file(folder, ".draft-")
    assert (0o700, 0o600) == (mode(folder), mode(file))


def test_state_readable_by_others_is_made_private(tmp_path: Path) -> None:
    """A backup or ``git`` may have restored it with wider modes."""
    folder, file = tmp_path / ".cactions", tmp_path / ".cactions" / "people.db"
    folder.mkdir(0o755)
    file.touch(0o644)
    assert has_private_folder(folder)
    assert has_private_file(file)
    assert (0o700, 0o600) == (mode(folder), mode(file))


def test_private_state_is_left_as_it_is(tmp_path: Path) -> None:
    """Also its time of change: a disk may be read-only."""
    folder, file = tmp_path / ".cactions", tmp_path / ".cactions" / "people.db"
    make_private_folder(folder)
    file.touch(0o600)
    before = [path.stat() for path in (folder, file)]
    time.sleep(0.02)  # more than the clock's tick
    assert has_private_folder(folder)
    assert has_private_file(file)
    after = [path.stat() for path in (folder, file)]
    assert [one.st_ctime_ns for one in before] == [one.st_ctime_ns for one in after]


def test_reading_state_creates_none(tmp_path: Path) -> None:
    """The result is empty."""
    assert not has_private_folder(tmp_path / ".cactions")
    assert not has_private_file(tmp_path / ".cactions" / "people.db")
    assert [] == list(tmp_path.iterdir())


def _link(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    elsewhere.mkdir()
    path.symlink_to(elsewhere)


def _dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def _file(path: Path) -> None:
    path.touch()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("plant", [_link, _dangling_link, _file, _pipe])
@pytest.mark.parametrize("use", [has_private_folder, make_private_folder])
def test_a_state_folder_must_be_a_real_folder(
    tmp_path: Path, plant: Callable[[Path], None], use: Callable[[Path], object]
) -> None:
    """A cloned repository may bring a link in its place, or anything else."""
    plant(tmp_path / ".cactions")
    with pytest.raises(StoreError, match=r"\.cactions is (a symbolic link|not a folder)") as caught:
        use(tmp_path / ".cactions")
    assert "out of the way" in caught.value.hint


@pytest.mark.parametrize("plant", [_link, _dangling_link, Path.mkdir, _pipe])
def test_a_state_file_must_be_a_regular_file(tmp_path: Path, plant: Callable[[Path], None]) -> None:
    """A link could make us write somewhere else, a pipe would block."""
    plant(tmp_path / "people.db")
    with pytest.raises(StoreError, match=r"is (a symbolic link|not a file)"):
        has_private_file(tmp_path / "people.db")


@pytest.mark.parametrize("parent", ["missing", "file"])
def test_a_state_folder_that_cannot_be_created_is_a_store_error(
    tmp_path: Path, parent: str
) -> None:
    """No OSError is raised, whatever is in its place."""
    write(tmp_path / "file", b"")
    with pytest.raises(StoreError) as caught:
        make_private_folder(tmp_path / parent / ".cactions")
    assert caught.value.hint


@as_somebody
def test_a_read_only_folder_is_reported(tmp_path: Path) -> None:
    """With what to check."""
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="permission denied") as caught:
        make_private_folder(tmp_path / ".cactions")
    tmp_path.chmod(0o700)
    assert "permissions" in caught.value.hint


def test_publishing_never_replaces_a_file(tmp_path: Path) -> None:
    """The first file keeps the name."""
    first, second = (write(tmp_path / name, name.encode()) for name in ("1", "2"))
    publish_file(first, tmp_path / "people.db")
    with pytest.raises(FileExistsError):
        publish_file(second, tmp_path / "people.db")
    assert b"1" == (tmp_path / "people.db").read_bytes()


def test_a_disk_without_hard_links_publishes_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a memory card; the name is not taken from another file there either."""

    def refuse(*_paths: object) -> None:
        raise OSError(errno.EPERM, "no hard links")

    monkeypatch.setattr(os, "link", refuse)
    test_publishing_never_replaces_a_file(tmp_path)
    assert not (tmp_path / "1").exists()


def test_every_error_has_a_next_step(tmp_path: Path) -> None:
    """A message alone does not help the user."""
    with pytest.raises(CactionsError) as caught:
        new_private_file(tmp_path / "missing", "x")
    assert "Check the path" in caught.value.hint


def test_an_unwritable_output_file_is_a_usage_error(tmp_path: Path) -> None:
    """A text is written in UTF-8 to the requested file, or the error says why not."""
    write_text(tmp_path / "a.html", "Zoë\n")
    assert "Zoë\n".encode() == (tmp_path / "a.html").read_bytes()
    with pytest.raises(UsageError, match="cannot be written: is a directory") as caught:
        write_text(tmp_path, "")
    assert caught.value.hint


def test_a_full_disk_is_no_error_of_usage() -> None:
    """Whatever file is named, it could not be written."""
    with pytest.raises(OutputError, match="no space left"):
        write_text(Path("/dev/full"), "Zoë")


def test_a_file_name_with_a_nul_is_refused(tmp_path: Path) -> None:
    """The system refuses it with a different exception."""
    path = tmp_path / "x\0.csv"
    for use in (lambda: read_text(path), lambda: write_text(path, "")):
        with pytest.raises(UsageError, match=r"x\\x00.csv' is not a file name"):
            use()
    with pytest.raises(StoreError, match="is not a file name"):
        has_private_folder(path)


@pytest.mark.parametrize("umask", [0o022], indirect=True)
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.usefixtures("umask")
def test_a_named_file_is_private_only_where_that_is_asked_for(
    tmp_path: Path, *, private: bool
) -> None:
    """A report is for others to read."""
    write_text(tmp_path / "a text", "text", private=private)
    write_pieces(tmp_path / "pieces", [b"te", b"xt"], private=private)
    assert ["text"] * 2 == [read_text(path) for path in tmp_path.iterdir()]
    assert [0o600 if private else 0o644] * 2 == [mode(path) for path in tmp_path.iterdir()]
    write_pieces(tmp_path / "more", [b"text"])
    write_text(tmp_path / "and more", "text")
    assert [0o644] * 2 == [mode(tmp_path / name) for name in ("more", "and more")]

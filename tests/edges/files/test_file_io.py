"""Texts within a limit, and state that is private and real, or an error that helps."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cactions.edges.files.file_io import new_private_file, publish_file, read_text, write_text
from cactions.edges.files.private_files import (
    has_private_file,
    has_private_folder,
    make_private_folder,
)
from cactions.model import CactionsError, DefinitionError, StoreError, UsageError

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


def test_a_text_is_read_as_it_stands(tmp_path: Path) -> None:
    """Line breaks and a byte order mark are somebody else's business."""
    path = write(tmp_path / "a.yaml", "\ufeffname: Zoë\r\n".encode())
    assert "\ufeffname: Zoë\r\n" == read_text(path)


def test_a_text_may_be_as_long_as_the_limit_and_no_longer(tmp_path: Path) -> None:
    """The limit counts bytes, so that it also bounds the memory."""
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
def test_what_is_not_utf_8_is_named_with_its_place(
    tmp_path: Path, data: bytes, spot: tuple[int, int]
) -> None:
    """Also surrogates and overlong forms, which some readers let pass."""
    with pytest.raises(DefinitionError, match="not UTF-8") as caught:
        read_text(write(tmp_path / "a.yaml", data))
    place = caught.value.place
    assert place
    assert (*spot, spot[1] + 1) == (place.line, place.column, place.end_column)


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a.yaml/inside"])
def test_what_cannot_be_read_is_the_operators_error(tmp_path: Path, name: str) -> None:
    """Missing, a folder, a file where a folder is wanted."""
    write(tmp_path / "a.yaml", b"")
    with pytest.raises(UsageError) as caught:
        read_text(tmp_path / name)
    assert caught.value.hint


def test_a_pipe_is_a_file_too(tmp_path: Path) -> None:
    """``-f <(generate)`` hands over a pipe."""
    reader, writer = os.pipe()
    os.write(writer, b"version: 1\n")
    os.close(writer)
    assert "version: 1\n" == read_text(Path(f"/dev/fd/{reader}"))
    os.close(reader)


# State


@pytest.mark.usefixtures("umask")
def test_new_state_is_private_whatever_the_umask(tmp_path: Path) -> None:
    """Neither too open nor closed to its owner."""
    folder = tmp_path / ".cactions"
    make_private_folder(folder)
    file = new_private_file(folder, ".draft-")
    assert (0o700, 0o600) == (mode(folder), mode(file))


def test_state_that_others_could_see_is_narrowed(tmp_path: Path) -> None:
    """A backup or ``git`` may have brought it back with wider modes."""
    folder, file = tmp_path / ".cactions", tmp_path / ".cactions" / "people.db"
    folder.mkdir(0o755)
    file.touch(0o644)
    assert has_private_folder(folder)
    assert has_private_file(file)
    assert (0o700, 0o600) == (mode(folder), mode(file))


def test_looking_for_state_makes_none(tmp_path: Path) -> None:
    """Nothing there is an answer."""
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
def test_a_state_folder_is_a_real_folder(
    tmp_path: Path, plant: Callable[[Path], None], use: Callable[[Path], object]
) -> None:
    """A cloned repository may bring a link in its place, or anything else."""
    plant(tmp_path / ".cactions")
    with pytest.raises(StoreError, match=r"\.cactions is (a symbolic link|not a folder)") as caught:
        use(tmp_path / ".cactions")
    assert "out of the way" in caught.value.hint


@pytest.mark.parametrize("plant", [_link, _dangling_link, Path.mkdir, _pipe])
def test_a_state_file_is_a_real_file(tmp_path: Path, plant: Callable[[Path], None]) -> None:
    """A link could make us write somewhere else, a pipe would wait for ever."""
    plant(tmp_path / "people.db")
    with pytest.raises(StoreError, match=r"is (a symbolic link|not a file)"):
        has_private_file(tmp_path / "people.db")


@pytest.mark.parametrize("parent", ["missing", "file"])
def test_a_state_folder_without_a_place_is_a_store_error(tmp_path: Path, parent: str) -> None:
    """No OSError leaves, whatever stands in the way."""
    write(tmp_path / "file", b"")
    with pytest.raises(StoreError) as caught:
        make_private_folder(tmp_path / parent / ".cactions")
    assert caught.value.hint


@as_somebody
def test_a_folder_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    """With what to look at."""
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="permission denied") as caught:
        make_private_folder(tmp_path / ".cactions")
    tmp_path.chmod(0o700)
    assert "permissions" in caught.value.hint


def test_publishing_never_replaces_a_file(tmp_path: Path) -> None:
    """The first one keeps the name."""
    first, second = (write(tmp_path / name, name.encode()) for name in ("1", "2"))
    publish_file(first, tmp_path / "people.db")
    with pytest.raises(FileExistsError):
        publish_file(second, tmp_path / "people.db")
    assert b"1" == (tmp_path / "people.db").read_bytes()


def test_every_error_has_a_next_step(tmp_path: Path) -> None:
    """A message alone leaves people standing."""
    with pytest.raises(CactionsError) as caught:
        new_private_file(tmp_path / "missing", "x")
    assert "Check the path" in caught.value.hint


def test_what_cannot_be_written_is_the_operators_error(tmp_path: Path) -> None:
    """A text goes where it was asked for, in UTF-8, or the error says why not."""
    write_text(tmp_path / "a.html", "Zoë\n")
    assert "Zoë\n".encode() == (tmp_path / "a.html").read_bytes()
    with pytest.raises(UsageError, match="cannot be written: is a directory") as caught:
        write_text(tmp_path, "")
    assert caught.value.hint


def test_a_name_with_a_nul_in_it_is_no_file_name(tmp_path: Path) -> None:
    """The system refuses it with an error of its own kind."""
    path = tmp_path / "x\0.csv"
    for use in (lambda: read_text(path), lambda: write_text(path, "")):
        with pytest.raises(UsageError, match=r"x\\x00.csv' is not a file name"):
            use()
    with pytest.raises(StoreError, match="is not a file name"):
        has_private_folder(path)

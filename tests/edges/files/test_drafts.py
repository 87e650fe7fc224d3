"""Drafts of killed processes are deleted by the next writer; those of living ones never are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cactions.edges.files.atomic_write import atomic_write
from cactions.edges.files.drafts import create_draft, delete_drafts
from tests.edges.processes import running, said, tell

WRITER = """
import sys
from pathlib import Path
from cactions.edges.files.atomic_write import atomic_write
def pieces():
    yield b"half "
    print("half", flush=True)
    sys.stdin.readline()
    yield b"whole"
atomic_write(Path(sys.argv[1]), pieces())
print("done", flush=True)
"""


def list_drafts(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.suffix == ".tmp"]


def test_the_draft_of_a_killed_writer_is_deleted_by_the_next(tmp_path: Path) -> None:
    """Of 3; a file of another name, and what is no file of ours, stays."""
    path = tmp_path / "actions.yaml"
    for _ in range(3):
        with running(WRITER, path) as killed:
            assert "half" == said(killed)
            assert 1 == len(list_drafts(tmp_path))
    kept = {".0123456789abcdef.tmp", ".cactions-0123456789abcdef.tmp.old", ".cactions-12.tmp"}
    for name in kept:
        (tmp_path / name).write_text("of the user")
    (tmp_path / ".cactions-0123456789abcdef.tmp").symlink_to(tmp_path / ".cactions-12.tmp")
    os.mkfifo(tmp_path / ".cactions-0123456789abcde0.tmp")
    atomic_write(path, b"new")
    assert b"new" == path.read_bytes()
    kept |= {".cactions-0123456789abcdef.tmp", ".cactions-0123456789abcde0.tmp", "actions.yaml"}
    assert kept == {each.name for each in tmp_path.iterdir()}


def test_the_draft_of_a_living_writer_is_never_deleted(tmp_path: Path) -> None:
    """While it writes, 20 others do; then it comes to its end."""
    path = tmp_path / "slow"
    with running(WRITER, path) as slow:
        assert "half" == said(slow)
        for number in range(20):
            atomic_write(tmp_path / "fast", f"{number}".encode())
        assert 1 == len(list_drafts(tmp_path))
        tell(slow, "go on")
        assert "done" == said(slow)
    assert b"half whole" == path.read_bytes()
    assert [] == list_drafts(tmp_path)


def test_a_draft_is_locked_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may delete it between its making and its lock: then there is a new one."""
    tries: list[int] = []

    def lock(_handle: int) -> bool:
        tries.append(len(tries))
        if len(tries) == 1:
            [path] = tmp_path.iterdir()
            path.unlink()
        return len(tries) != 2  # the second one is locked by that process

    monkeypatch.setattr("cactions.edges.files.drafts.try_lock", lock)
    path, handle = create_draft(tmp_path, ".x-", "", 0o600)
    os.close(handle)
    assert ([0, 1, 2], True) == (tries, path.exists())


def test_what_stood_beside_a_draft_goes_with_it(tmp_path: Path) -> None:
    """Also where the draft itself is gone already, and of one that has its name since."""
    names = [f".run.db-{number:016x}" for number in range(3)]
    for name in names:
        for suffix in ("-wal", "-shm"):
            (tmp_path / f"{name}{suffix}").touch()
    (tmp_path / names[0]).touch()
    (tmp_path / names[1]).touch()
    (tmp_path / "run.db").hardlink_to(tmp_path / names[1])
    delete_drafts(tmp_path, r"\.run\.db-", "", ("", "-wal", "-shm"))
    assert {"run.db", f"{names[1]}-shm", f"{names[1]}-wal"} == {
        path.name for path in tmp_path.iterdir()
    }
    delete_drafts(tmp_path, r"\.run\.db-", "", ("", "-wal", "-shm"))
    assert ["run.db"] == [path.name for path in tmp_path.iterdir()]

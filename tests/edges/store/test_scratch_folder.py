"""Folders for plans that are not kept: private, and deleted however their process ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from cactions.edges.store.scratch_folder import FOLDER_NAME, delete_leftovers, open_scratch_folder
from cactions.model import StoreError

HOLD = """
import sys, time
from pathlib import Path
from cactions.edges.store.scratch_folder import open_scratch_folder
with open_scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "inner").mkdir()
    (folder / "inner" / "values").write_text("silver")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / ".cactions"


def list_names(state: Path) -> list[str]:
    return sorted(path.name for path in (state / FOLDER_NAME).iterdir())


def hold(state: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that has such a folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(state)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_it_is_private_and_goes_with_the_block(state: Path) -> None:
    """Also after an error."""
    with suppress(ValueError), open_scratch_folder(state) as folder:
        (folder / "values").write_text("silver")
        assert (0o700, state) == (folder.stat().st_mode & 0o777, folder.parent.parent)
        assert 0o700 == folder.parent.stat().st_mode & 0o777
        raise ValueError
    assert [] == list_names(state)


def test_what_a_killed_process_left_is_deleted_and_that_of_a_live_one_is_not(state: Path) -> None:
    """By the next start, and by commands that erase."""
    dead, left = hold(state)
    live, used = hold(state)
    try:
        dead.send_signal(signal.SIGKILL)
        dead.communicate()
        assert "silver" == (left / "inner" / "values").read_text()
        with open_scratch_folder(state) as folder:
            assert sorted([used.name, folder.name]) == list_names(state)
        assert "silver" == (used / "inner" / "values").read_text()
    finally:
        live.send_signal(signal.SIGKILL)
        live.communicate()
    delete_leftovers(state)
    assert [] == list_names(state)


def test_nothing_outside_is_touched(state: Path, tmp_path: Path) -> None:
    """Links are deleted, and what they lead to stays."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("stays")
    with open_scratch_folder(state):
        pass
    (state / FOLDER_NAME / "link").symlink_to(outside)
    left = state / FOLDER_NAME / "left"
    left.mkdir(0o700)
    (left / "link").symlink_to(outside)
    (left / "file").symlink_to(outside / "file")
    delete_leftovers(state)
    assert [] == list_names(state)
    assert "stays" == (outside / "file").read_text()


def test_a_link_in_its_place_is_refused(state: Path, tmp_path: Path) -> None:
    """Whoever made it could read the values, or have other files deleted."""
    outside = tmp_path / "outside"
    (outside / "left").mkdir(parents=True)
    state.mkdir(0o700)
    (state / FOLDER_NAME).symlink_to(outside)
    with pytest.raises(StoreError, match="symbolic link"), open_scratch_folder(state):
        pass
    with pytest.raises(StoreError, match="symbolic link"):
        delete_leftovers(state)
    assert (outside / "left").is_dir()


def test_looking_for_leftovers_makes_nothing(state: Path) -> None:
    """Where nothing is kept."""
    delete_leftovers(state)
    assert not state.exists()

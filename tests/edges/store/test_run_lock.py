"""One run at a time for each workspace and action: between processes, and after kills."""

from __future__ import annotations

import os
import re
import signal
import stat
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.edges.store.run_lock import FileRunLock, list_running
from cactions.model import RunAborted
from tests.app.crowd import head
from tests.edges.processes import running, said
from tests.run_report import REPORT

HOLD = """
import sys
from pathlib import Path
from cactions.edges.store.run_lock import FileRunLock
from tests.app.crowd import head
with FileRunLock(Path(sys.argv[1]), "ada").hold(head()):
    print("held")
    sys.stdin.read()
"""


def test_the_error_names_the_other_process_and_its_start_time(tmp_path: Path) -> None:
    """Until that process ends in any way: the kernel releases the lock of a killed process."""
    turns = FileRunLock(tmp_path / ".cactions")
    with running(HOLD, tmp_path / ".cactions") as process:
        assert "held" == said(process)
        with pytest.raises(RunAborted) as caught, turns.hold(head()):
            raise AssertionError
        pattern = (
            rf"the action loyalty is .* by process {process.pid} of ada since \d{{4}}-.* UTC;"
            " nothing"
        )
        assert re.match(pattern, str(caught.value))
        assert caught.value.hint
        process.send_signal(signal.SIGKILL)
        process.wait()
    with turns.hold(head()):
        pass


def test_a_lock_is_waited_for_until_its_process_ends(tmp_path: Path) -> None:
    """However that ends; what is waited for is said once."""
    heard: list[str] = []
    turns = FileRunLock(tmp_path / ".cactions", "grace", wait=60, on_wait=heard.append)
    with running(HOLD, tmp_path / ".cactions") as process:
        assert "held" == said(process)
        killer = threading.Timer(0.2, process.kill)
        killer.start()
        with turns.hold(head()):
            [file] = (tmp_path / ".cactions").glob("*.lock")
            assert f"process {os.getpid()} of grace since" in file.read_text()
        killer.join()
    [text] = heard
    assert re.fullmatch(
        rf"Waiting for process {process.pid} of ada since .* UTC, which runs loyalty here\.", text
    )


def test_after_the_seconds_nothing_is_done(tmp_path: Path) -> None:
    """The error says how long it has waited; a lock that is free is not waited for."""
    holder = FileRunLock(tmp_path / ".cactions", "ada")
    heard: list[str] = []
    turns = FileRunLock(tmp_path / ".cactions", "grace", wait=0.1, on_wait=heard.append)
    with (
        holder.hold(head()),
        pytest.raises(RunAborted, match=r"of ada since .*, also after 0.1 s;"),
    ):
        turns.hold(head()).__enter__()
    assert 1 == len(heard)
    with turns.hold(head()):
        pass
    assert 1 == len(heard)


@pytest.mark.parametrize(
    ("user", "shown"),
    [("ada", "ada"), ("", "?"), ("é \x1b[31m\nx", "????31m?x"), ("a" * 5000, "a" * 100)],
)
def test_a_user_name_stays_a_word(tmp_path: Path, user: str, shown: str) -> None:
    """Whatever the environment says of it."""
    with (
        FileRunLock(tmp_path / ".cactions", user).hold(head()),
        pytest.raises(RunAborted, match=rf" of {re.escape(shown)} since 2"),
    ):
        FileRunLock(tmp_path / ".cactions").hold(head()).__enter__()


def test_the_content_of_the_lock_file_is_not_trusted(tmp_path: Path) -> None:
    """It may be old or arbitrary; only the kernel knows who holds the lock."""
    turns = FileRunLock(tmp_path / ".cactions")
    with turns.hold(head()):
        [file] = (tmp_path / ".cactions").glob("*.lock")
    file.write_text(f"process {os.getpid()} of me since 2026-01-01 00:00:00 UTC")
    with turns.hold(head()):
        file.write_bytes(b"\x1b[31mprocess\xff")
        with (
            pytest.raises(RunAborted, match="by another process;"),
            FileRunLock(tmp_path / ".cactions").hold(head()),
        ):
            raise AssertionError
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize("plant", [lambda p: p.symlink_to("x"), Path.mkdir, os.mkfifo])
def test_only_a_regular_file_is_locked(tmp_path: Path, plant: object) -> None:
    """A cloned repository may contain a link, and a pipe would block."""
    folder = tmp_path / ".cactions"
    folder.mkdir(0o700)
    plant(folder / "local.loyalty.lock")  # type: ignore[operator]
    with pytest.raises(RunAborted, match=r"is (a symbolic link|not a file); nothing was written"):
        FileRunLock(folder).hold(head()).__enter__()


def test_the_name_of_an_action_cannot_refer_outside_the_folder(tmp_path: Path) -> None:
    """Even if a forged journal contains any name."""
    turns = FileRunLock(tmp_path / ".cactions")
    for action in ("../../x", "a/b", "é", "", "a.b", "%2e."):
        with turns.hold(replace(head(), action=action)):
            pass
    assert 6 == len(list((tmp_path / ".cactions").glob("*.lock")))
    assert [tmp_path / ".cactions"] == list(tmp_path.iterdir())


def test_the_run_of_a_held_lock_is_running_until_its_process_ends(tmp_path: Path) -> None:
    """However that ends. A text that names no run, a link and a pipe are nothing."""
    folder = tmp_path / ".cactions"
    assert list_running(folder) == frozenset()
    with running(HOLD, folder) as process:
        assert "held" == said(process)
        (folder / "link.lock").symlink_to(next(folder.glob("*.lock")))
        os.mkfifo(folder / "pipe.lock")
        assert list_running(folder) == {head().id}
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert list_running(folder) == frozenset()


def test_a_look_at_the_lock_stops_no_run(tmp_path: Path) -> None:
    """A run that finds the lock held by a look alone tries again."""
    folder, looks, ended = tmp_path / ".cactions", 0, threading.Event()

    def look() -> None:
        nonlocal looks
        while not ended.is_set():
            list_running(folder)
            looks += 1

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(300):
            with FileRunLock(folder).hold(head()):
                pass
    finally:
        ended.set()
        looking.join()
    REPORT.append(f"run locks: 300 taken beside {looks:,} looks, 0 refused")

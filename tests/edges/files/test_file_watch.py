"""Each way to change a file is noticed, and nothing is looked at that a clone leads to."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cactions.edges.files.file_watch import (
    MOST_UNREST,
    POLL_SECONDS,
    REST_SECONDS,
    FileWatcher,
    WatchedFolder,
    read_stamps,
)

TEXT = "version: 1\n"
TICK = 0.012
"""Seconds that are more than a tick of the clock of a file system."""


def rename(path: Path) -> None:
    draft = path.with_name("4913")
    draft.write_text(TEXT)
    draft.replace(path)


def write_in_two_steps(path: Path) -> None:
    with path.open("w") as file:
        file.write(TEXT[:4])
        file.flush()
        time.sleep(TICK)
        file.write(TEXT[4:])


def write_one_byte(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"V")


def append(path: Path) -> None:
    with path.open("a") as file:
        file.write("#\n")


def delete_and_write(path: Path) -> None:
    path.unlink()
    path.write_text(TEXT)


SAVES: dict[str, Callable[[Path], object]] = {
    "by renaming": rename,
    "truncated and written": lambda path: path.write_text(TEXT),
    "in two steps": write_in_two_steps,
    "deleted and written": delete_and_write,
    "one byte, same size": write_one_byte,
    "appended": append,
    "deleted": Path.unlink,
    "replaced by a folder": lambda path: (path.unlink(), path.mkdir()),
    "replaced by a link": lambda path: (path.unlink(), path.symlink_to("other.txt")),
    "forbidden": lambda path: path.chmod(0),
    "the folder is deleted": lambda path: shutil.rmtree(path.parent),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "actions.yaml").write_text(TEXT)
    (folder / "other.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    return folder


class Script:
    """A sleep in which files are changed: one change each time that a change is waited for."""

    def __init__(self, *changes: Callable[[], object]) -> None:
        self.changes = [*changes]
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        time.sleep(TICK)
        if seconds != REST_SECONDS:
            self.changes.pop(0)()


def watch(home: Path, script: Script) -> FileWatcher:
    return FileWatcher([WatchedFolder(home, holds_actions=True)], sleep=script)


@pytest.mark.parametrize("save", SAVES)
def test_each_way_to_save_is_noticed(home: Path, save: str) -> None:
    """Once: what comes after it is another change."""
    file = home / "actions.yaml"
    script = Script(lambda: SAVES[save](file), lambda: home.mkdir(exist_ok=True),
                    lambda: rename(home / "actions.more.yaml"))  # fmt: skip
    watcher = watch(home, script)
    assert (str(file),) == watcher.wait_for_changes()
    assert (str(home / "actions.more.yaml"),) == watcher.wait_for_changes()
    assert [] == script.changes


def test_other_files_are_not_watched(home: Path) -> None:
    """Neither what editors leave behind, nor what only looks like an action file."""
    names = ("4913", "actions.yaml~", ".actions.yaml.swp", ".#actions.yaml", "#actions.yaml#",
             "other.txt", "transactions.yaml", "actions.txt")  # fmt: skip
    changes = [lambda name=name: (home / name).write_text("x") for name in names]
    script = Script(*changes, lambda: rename(home / "actions.yaml"))
    assert (str(home / "actions.yaml"),) == watch(home, script).wait_for_changes()
    assert len(names) < len(script.slept)
    assert [] == script.changes


def test_names_and_recordings_are_watched_where_they_are_wanted(home: Path) -> None:
    """Also before they exist."""
    names = frozenset({"people.csv"})
    folders = [WatchedFolder(home, names), WatchedFolder(home / "cassettes", holds_recordings=True)]
    assert {} == read_stamps(folders)
    (home / "cassettes").mkdir()
    for name in ("people.csv", "cassettes/a.json", "cassettes/a.txt", "cassettes/people.csv"):
        (home / name).write_text("x")
    assert {str(home / "people.csv"), str(home / "cassettes/a.json")} == {*read_stamps(folders)}


def test_what_a_link_leads_to_is_watched(home: Path) -> None:
    """As configuration that is mounted: a name that leads to another folder, which is exchanged."""
    for name in ("one", "two"):
        (home / name).mkdir()
        (home / name / "actions.yaml").write_text(TEXT)
    (home / "actions.yaml").unlink()
    (home / "..data").symlink_to("one")
    (home / "actions.yaml").symlink_to("..data/actions.yaml")

    def exchange() -> None:
        (home / "new").symlink_to("two")
        (home / "new").replace(home / "..data")

    script = Script(exchange, lambda: (home / "two" / "actions.yaml").write_text("y"))
    watcher = watch(home, script)
    for _ in range(2):
        assert (str(home / "actions.yaml"),) == watcher.wait_for_changes()
    assert [] == script.changes


def test_no_link_of_a_project_is_looked_through_to_the_outside(home: Path, tmp_path: Path) -> None:
    """Neither a file nor a folder: looking could mount a share. A loop is no reason to end."""
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("actions.yaml", "a.json"):
        (outside / name).write_text("x")
    (home / ".git").mkdir()
    (home / "actions.out.yaml").symlink_to(outside / "actions.yaml")
    (home / "actions.loop.yaml").symlink_to("actions.loop.yaml")
    (home / "actions.gone.yaml").symlink_to("nowhere")
    (home / "cassettes").symlink_to(outside)
    folders = [WatchedFolder(home, holds_actions=True),
               WatchedFolder(home / "cassettes", holds_recordings=True)]  # fmt: skip
    before = read_stamps(folders)
    assert {"actions.yaml", "actions.out.yaml", "actions.loop.yaml", "actions.gone.yaml"} == {
        Path(name).name for name in before
    }
    assert not any(stamp.target for stamp in before.values())
    for name in ("actions.yaml", "a.json"):
        (outside / name).write_text("changed")
    assert before == read_stamps(folders)


def test_a_pipe_is_not_opened(home: Path) -> None:
    """Reading one could wait for ever."""
    os.mkfifo(home / "actions.pipe.yaml")
    assert 2 == len(read_stamps([WatchedFolder(home, holds_actions=True)]))


def test_a_change_that_is_undone_at_once_is_none(home: Path) -> None:
    """Such as a file that an editor tries whether it can write."""
    probe = home / "actions.probe.yaml"

    class Undone(Script):
        def __call__(self, seconds: float) -> None:
            super().__call__(seconds)
            if seconds == REST_SECONDS:
                probe.unlink(missing_ok=True)

    script = Undone(lambda: probe.write_text("x"), lambda: rename(home / "actions.yaml"))
    assert (str(home / "actions.yaml"),) == watch(home, script).wait_for_changes()
    assert [] == script.changes


class Time:
    """A clock that moves by ``cost`` with each look, for which it is asked twice."""

    def __init__(self, cost: float = 0.0) -> None:
        self.now, self.cost = 0.0, cost
        self.slept: list[float] = []

    def clock(self) -> float:
        self.now += self.cost
        return self.now


def test_a_file_that_is_never_at_rest_is_reported_in_time(home: Path) -> None:
    """After a fifth of a second, whatever is still being written."""
    moments = Time()

    def write_on(seconds: float) -> None:
        moments.now += seconds
        with (home / "actions.yaml").open("a") as file:
            file.write("x")

    watcher = FileWatcher([WatchedFolder(home, holds_actions=True)], clock=moments.clock,
                          sleep=write_on)  # fmt: skip
    assert (str(home / "actions.yaml"),) == watcher.wait_for_changes()
    assert MOST_UNREST <= moments.now - POLL_SECONDS < MOST_UNREST + 2 * REST_SECONDS


@pytest.mark.parametrize("cost", [0.0001, 0.001, 0.02, 1.0])
def test_looking_takes_at_most_a_tenth_of_the_time(home: Path, cost: float) -> None:
    """However much is in a folder."""
    moments = Time(cost)

    def sleep(seconds: float) -> None:
        moments.slept.append(seconds)
        if len(moments.slept) == 5:
            rename(home / "actions.yaml")

    folders = [WatchedFolder(home, holds_actions=True)]
    FileWatcher(folders, clock=moments.clock, sleep=sleep).wait_for_changes()
    waits = moments.slept[:5]
    assert [pytest.approx(max(POLL_SECONDS, 9 * cost))] * 5 == waits


def test_a_folder_that_is_added_keeps_what_is_known(home: Path) -> None:
    """A new file among the watched ones may have been changed since it was read."""
    (home / "people.csv").write_text("x")
    people = WatchedFolder(home, frozenset({"people.csv"}))
    actions = WatchedFolder(home, holds_actions=True)
    watcher = FileWatcher([actions], sleep=Script(lambda: None, lambda: None))
    (home / "actions.yaml").write_text("changed before the folder was added")
    assert watcher.add_folders([people])
    assert not watcher.add_folders([people, actions])
    assert not watcher.add_folders([WatchedFolder(home / "nowhere", holds_actions=True)])
    assert (str(home / "actions.yaml"),) == watcher.wait_for_changes()

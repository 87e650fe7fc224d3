"""Waits until files are changed: by polling, so by asking for their state again and again.

Polling is chosen over a library that the system notifies (such as watchfiles). Only a few folders
are listed, which takes a fraction of a millisecond, so a change is noticed within 50 ms. It needs
no thread, no compiled package and no limit of the system, works the same on Linux, macOS and
network file systems, and sees a save by renaming, a name that comes back and a folder that is
deleted without special cases. And nothing is followed that a clone may have made: a link of a
project that leads out of it is not looked through, since looking could mount a share.

- A file has changed when its inode, its size or one of its times has; it is not read for that.
- An editor may save in two steps. So a change is reported once the files have been at rest for
  20 ms, which is also more than a tick of the clock of the file system; after 200 ms in any case.
- Polling never takes more than a tenth of the time, however much a folder holds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from msgspec import Struct

from cactions.edges.files.action_files import is_action_file
from cactions.edges.files.confined_paths import resolve_for_reading
from cactions.model import DefinitionError

POLL_SECONDS: Final = 0.05
REST_SECONDS: Final = 0.02
MOST_UNREST: Final = 0.2
"""Seconds after which a change is reported although files are still being written."""
_IDLE: Final = 9  # times as long as polling takes
_RECORDING: Final = ".json"


class FileStamp(NamedTuple):
    """What changes when a file does; of a link, also that of what it leads to."""

    inode: int
    size: int
    modified: int
    changed: int
    target: FileStamp | None = None


FileStamps: TypeAlias = Mapping[str, FileStamp]
"""The stamp of each watched file that exists, by its path."""


class WatchedFolder(Struct, frozen=True):
    """A folder and the names in it that are watched, whether they exist or not."""

    path: Path
    names: frozenset[str] = frozenset()
    holds_actions: bool = False
    """All action files are watched."""
    holds_recordings: bool = False
    """All files with the ending of recordings are watched."""

    def is_watched(self, name: str) -> bool:
        return (
            name in self.names
            or (self.holds_actions and is_action_file(name))
            or (self.holds_recordings and name.endswith(_RECORDING))
        )


def read_stamps(folders: Collection[WatchedFolder]) -> dict[str, FileStamp]:
    """The stamps of all watched files. What cannot be looked at counts as not there."""
    return {name: stamp for folder in folders for name, stamp in _read_folder(folder)}


def _read_folder(folder: WatchedFolder) -> Iterator[tuple[str, FileStamp]]:
    try:
        with os.scandir(resolve_for_reading(folder.path)) as entries:
            for entry in entries:
                if folder.is_watched(entry.name):
                    path = folder.path / entry.name
                    target = _read_target(path) if entry.is_symlink() else None
                    yield str(path), _to_stamp(entry.stat(follow_symlinks=False), target)
    except (OSError, ValueError, DefinitionError):  # reading the file itself says what is wrong
        return


def _read_target(path: Path) -> FileStamp | None:
    """The stamp of what a link leads to, where reading may follow it."""
    try:
        return _to_stamp(os.lstat(resolve_for_reading(path)))
    except (OSError, ValueError, DefinitionError):
        return None


def _to_stamp(state: os.stat_result, target: FileStamp | None = None) -> FileStamp:
    return FileStamp(state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns, target)


class FileWatcher:
    """Watches folders; ``stamps`` are those that the last change has left."""

    def __init__(
        self,
        folders: Collection[WatchedFolder],
        *,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folders = frozenset(folders)
        self._clock, self._sleep = clock, sleep
        self._cost = 0.0
        self.stamps = self._read()

    def add_folders(self, folders: Collection[WatchedFolder]) -> bool:
        """Watch these folders, too. Whether a file is new among the watched ones.

        A new one may have been changed since it was read.
        """
        if self._folders.issuperset(folders):
            return False
        self._folders |= frozenset(folders)
        found = self._read()
        added = {name: stamp for name, stamp in found.items() if name not in self.stamps}
        self.stamps = {**self.stamps, **added}
        return bool(added)

    def wait_for_changes(self) -> tuple[str, ...]:
        """The files that were changed, made or deleted since ``stamps``, in order; waits for one.

        ``stamps`` are the new ones then.
        """
        while True:
            self._sleep(max(POLL_SECONDS, _IDLE * self._cost))
            found = self._read()
            if found != self.stamps:
                found = self._wait_for_rest(found)
                names = sorted(self.stamps.keys() | found.keys())
                changed = [name for name in names if self.stamps.get(name) != found.get(name)]
                self.stamps = found
                if changed:
                    return tuple(changed)

    def _wait_for_rest(self, found: dict[str, FileStamp]) -> dict[str, FileStamp]:
        end = self._clock() + MOST_UNREST
        while self._clock() < end:
            self._sleep(REST_SECONDS)
            later = self._read()
            if later == found:
                break
            found = later
        return found

    def _read(self) -> dict[str, FileStamp]:
        start = self._clock()
        found = read_stamps(self._folders)
        self._cost = self._clock() - start
        return found

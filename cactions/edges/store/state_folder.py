"""The folder of a project's state, which is not used if it came with a repository.

A cloned repository can bring one with people, runs and locks of an attacker. A tracked folder came
from a repository; one that this user made is private and has a ``.gitignore`` so that it is not
committed. A folder from an archive without git cannot be distinguished from this user's own.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import sync_folder
from cactions.edges.files.git_tracking import GitStatus, find_tracking
from cactions.edges.files.private_files import has_private_folder, make_private_folder
from cactions.logic.shell import quote_word
from cactions.model import StoreError

_IGNORE: Final = b"*\n"


class StateFolder:
    """The state folder at a path. Every method raises StoreError if it is not this user's own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_untracked = False

    def is_there(self) -> bool:
        """Whether it exists; nothing is made."""
        if not has_private_folder(self.path):
            return False
        self._refuse_tracked(unknown=True)
        return True

    def make(self) -> None:
        """Make it if it is missing, with a ``.gitignore`` for its content."""
        if not self.is_there():
            self._refuse_tracked()
            make_private_folder(self.path)
        with suppress(OSError):  # optional: there may be no space, or something else there
            _write_ignore_file(self.path / ".gitignore")

    def _refuse_tracked(self, *, unknown: bool = False) -> None:
        """Refuse a tracked folder; checked once, since nothing here changes git's index.

        ``unknown``: refuse also if the index cannot be read, since the folder already exists.
        """
        if self._is_untracked:
            return
        tracking = find_tracking(self.path)
        if tracking is GitStatus.TRACKED:
            raise StoreError(
                f"{self.path} is tracked by git, so another person may have made what is in it",
                hint=f"If it is yours: `git rm -r --cached {quote_word([str(self.path)])}`, and add"
                f" {self.path.name}/ to .gitignore. If not: move the folder away.",
            )
        if unknown and tracking is GitStatus.UNKNOWN:
            raise StoreError(
                f"{self.path} may have come with the git repository, whose index cannot be read",
                hint="Move the folder away if it is not yours. If it is: `git status` must work,"
                " and the index must be smaller than 128 MiB.",
            )
        self._is_untracked = tracking is GitStatus.UNTRACKED


def _write_ignore_file(path: Path) -> None:
    """Durable before there is any state that git could take."""
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor has no path
        if os.fstat(handle).st_size:
            return
        file.write(_IGNORE)  # it is new, or of a process that was killed here
        file.flush()
        os.fsync(handle)
    sync_folder(path.parent)

"""A file in the folder of a project's state that says that its runs are in a database.

Else a terminal in which the database is not named would begin runs beside those that other machines
know of: two runs of an action at the same time, each with a lock of its own.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import write_text
from cactions.edges.store.state_folder import StateFolder
from cactions.model import UsageError

_NAME: Final = "database"
_TEXT: Final = (
    "Runs of this folder are in the database of CACTIONS_DATABASE. Without it, no command looks for"
    " runs here.\nTo have runs on this machine again, delete this file.\n"
)


class DatabaseMark:
    """The file in a state folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / _NAME

    def make(self) -> None:
        """Raises CactionsError where it cannot be made."""
        if not os.path.lexists(self._path):
            StateFolder(self._folder).make()
            write_text(self._path, _TEXT, private=True)

    def refuse(self) -> None:
        """Raises UsageError where it is there."""
        if os.path.lexists(self._path):
            raise UsageError(
                "the runs of this folder are in a database that machines share, and no database is"
                " set now",
                hint="Set CACTIONS_DATABASE, or `database_file` in your configuration. To have runs"
                f" on this machine again, delete {self._path}.",
            )

"""Folders for plans that are not kept, in the state folder: private, and gone with the process.

Each is locked by its process. The kernel ends the lock with the process, however that ends, so
that a folder without a lock is left over and is deleted, at the latest by the next one. Nothing
outside is touched: links are deleted, never followed.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cactions.edges.files.drafts import try_lock
from cactions.edges.files.file_io import store_errors
from cactions.edges.files.private_files import (
    has_private_folder,
    lock_folder,
    make_private_folder,
)
from cactions.edges.store.state_folder import StateFolder

FOLDER_NAME: Final = "scratch"
_LOCK_SECONDS: Final = 30.0
_FLAGS: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def open_scratch_folder(state: Path) -> Iterator[Path]:
    """A new folder in the state folder, deleted at the end. Raises StoreError."""
    folder = state / FOLDER_NAME
    StateFolder(state).make()
    make_private_folder(folder)
    path = folder / secrets.token_hex(8)
    with lock_folder(folder, _LOCK_SECONDS):  # no process deletes it before it is locked
        _delete_leftovers(folder)
        make_private_folder(path)
        with store_errors(path):
            handle = os.open(path, _FLAGS)
        try_lock(handle)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(handle)


def delete_leftovers(state: Path) -> None:
    """Delete what killed processes have left. Raises StoreError."""
    folder = state / FOLDER_NAME
    if StateFolder(state).is_there() and has_private_folder(folder):
        with lock_folder(folder, _LOCK_SECONDS):
            _delete_leftovers(folder)


def _delete_leftovers(folder: Path) -> None:
    with store_errors(folder):
        found = [*folder.iterdir()]
    for path in found:
        with store_errors(path):
            if path.is_symlink() or not path.is_dir():
                path.unlink()
                continue
            handle = os.open(path, _FLAGS)
        try:
            if try_lock(handle):
                with store_errors(path):
                    shutil.rmtree(path)
        finally:
            os.close(handle)

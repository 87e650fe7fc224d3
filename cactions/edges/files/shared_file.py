"""Writes a file of the project that is meant to be committed."""

from __future__ import annotations

from pathlib import Path

from cactions.edges.files.atomic_write import atomic_write
from cactions.edges.files.confined_paths import resolve_for_writing
from cactions.edges.files.file_io import store_errors, sync_folder


def save_shared_file(path: Path, data: bytes, *, makes_folder: bool = False) -> None:
    """Replace the file as a whole; durable on return. ``makes_folder``: its folder may be missing.

    Raises StoreError, or DefinitionError where a link of the project is in the way.
    """
    with store_errors(path):
        place = resolve_for_writing(path).path
        if makes_folder:
            place.parent.mkdir(exist_ok=True)
            sync_folder(place.parent.parent)
        atomic_write(place, data)
        sync_folder(place.parent)

"""The snapshot of a workspace's attributes, as it lies beside the action files."""

from __future__ import annotations

from pathlib import Path

from cactions.edges.files.file_io import name_path, read_text
from cactions.logic.documents import snapshot_from_json
from cactions.logic.strict_json import StrictJsonError, parse_json
from cactions.model import DefinitionError, Place, Snapshot, StoreError

_HINT = "Take a new snapshot, or remove the file."


def read_snapshot(path: Path) -> Snapshot:
    """The snapshot. Raises UsageError where it cannot be read, DefinitionError where it is none."""
    text = read_text(path)
    try:
        return snapshot_from_json(parse_json(text), str(path))
    except StrictJsonError as error:
        place = Place(str(path), error.line, error.column, error.line, error.column + 1)
        raise DefinitionError(
            f"{name_path(path)} is no JSON: {error}", hint=_HINT, place=place
        ) from None
    except StoreError as error:
        raise DefinitionError(f"{name_path(path)} is no snapshot: {error}", hint=_HINT) from None

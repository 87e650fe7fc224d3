"""The file of a recorded probe."""

from __future__ import annotations

from pathlib import Path

from cactions.edges.files.file_io import name_path, read_text
from cactions.logic import documents, strict_json
from cactions.model import DefinitionError, ProbeReport, StoreError


def read_probe_file(path: Path) -> ProbeReport:
    """The report in a file. Raises UsageError for no file, DefinitionError for a damaged one."""
    try:
        return documents.probe_from_json(strict_json.parse_json(read_text(path)))
    except (strict_json.StrictJsonError, StoreError) as error:
        raise DefinitionError(
            f"{name_path(path)} is no recorded probe: {error}",
            hint="Record it again, with --record.",
        ) from None

"""``cactions schema``: the file format for editors."""

from __future__ import annotations

from cactions.cli import wiring
from cactions.logic.project.json_schema import build_json_schema


def command() -> None:
    """Print the JSON Schema (draft 7) of the action files, for editors.

    Example: cactions schema > cactions.schema.json
    """
    wiring.write_json(build_json_schema())

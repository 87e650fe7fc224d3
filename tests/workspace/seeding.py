"""Fills a workspace from a JSON file: what exists before the first call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.workspace.server import WorkspaceServer

SECTIONS = ("attributes", "contacts", "connectors", "executions")


def seed_workspace(server: WorkspaceServer, path: Path) -> dict[str, int]:
    """Add what the file holds, and count it. Its keys are those of ``SECTIONS``.

    Each entry has the arguments of ``add_attribute``, ``add_contact``, ``add_connector`` or
    ``add_execution``. An execution names its connector by the place in the file, from 0.
    """
    content: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    unknown = content.keys() - set(SECTIONS)
    if unknown:
        raise ValueError(f"{path}: unknown keys {sorted(unknown)}; known: {', '.join(SECTIONS)}")
    for fields in content.get("attributes", ()):
        server.add_attribute(**fields)
    for fields in content.get("contacts", ()):
        server.add_contact(**fields)
    keys = [server.add_connector(**fields) for fields in content.get("connectors", ())]
    for fields in content.get("executions", ()):
        server.add_execution(keys[fields.pop("connector")], **fields)
    return {name: len(content.get(name, ())) for name in SECTIONS}

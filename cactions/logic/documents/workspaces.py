"""Which workspace is meant, as members of other documents.

``workspace_name`` is left out where it is not known, as of a local workspace.
"""

from __future__ import annotations

from cactions.logic.documents.strict_reader import StrictReader
from cactions.model import Json, WorkspaceName


def workspace_to_json(workspace: WorkspaceName) -> dict[str, Json]:
    """``workspace`` is ``local`` or ``intercom:ID``; the name is what Intercom calls it."""
    name: dict[str, Json] = {"workspace_name": workspace.name} if workspace.name else {}
    return {"workspace": workspace.key, **name}


def read_workspace(fields: StrictReader) -> WorkspaceName:
    """The same from an object that holds both; older ones have no name."""
    return WorkspaceName(
        fields.read_text("workspace"), fields.read_text("workspace_name", missing="")
    )

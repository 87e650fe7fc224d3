"""Says in words which workspace is written to: the one text for previews, questions and outcomes.

What Intercom calls a workspace is text from outside. It stands in quotes, on one line and cut, so
that it is not taken for words of ours, and fills no screen.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from cactions.logic.printable import escape_control
from cactions.model import INTERCOM, WorkspaceIdentity, WorkspaceName

LOCAL_WORKSPACE: Final = "local workspace (.cactions)"
_MOST_NAME: Final = 48
"""Cells; a wide character takes two."""
_MOST_ID: Final = 32


def build_workspace_name(found: WorkspaceIdentity) -> WorkspaceName:
    """The name of a workspace at Intercom, as its API tells it."""
    key = f"{INTERCOM}:{found.app_id}" if found.app_id.strip() else INTERCOM
    return WorkspaceName(key, found.name.strip())


def describe_workspace(workspace: WorkspaceName) -> str:
    """``local workspace (.cactions)`` or ``Intercom workspace "Acme" (abc12345)``, to follow "the".

    A workspace whose name is not known, as in older runs, is called by its id.
    """
    if workspace.is_local:
        return LOCAL_WORKSPACE
    app_id = "" if workspace.key == INTERCOM else describe_short(workspace)
    if not workspace.name:
        return f"Intercom workspace {app_id or '(not asked which)'}"
    name = _clean(workspace.name, _MOST_NAME)
    return f'Intercom workspace "{name}" ({app_id or "no id told"})'


def describe_short(workspace: WorkspaceName) -> str:
    """``local``, or the id at Intercom: for the column of a table."""
    return _clean(workspace.app_id or workspace.key, _MOST_ID)


def _clean(text: str, most: int) -> str:
    """At most so many cells of the text, on one line, without the quotes that would end it."""
    shown = escape_control(text, len(text)).replace('"', "'")
    for at, char in enumerate(shown):
        most -= 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if most < 0:
            return f"{shown[:at]}…"
    return shown

"""A project and the folder that it lives in: what a command works on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from cactions.logic.cassette.file_name import build_cassette_name
from cactions.model import INTERCOM, Action, Project, PublishedDefinition, WorkspaceName

if TYPE_CHECKING:
    from cactions.cli.intercom_wiring import IntercomSession
    from cactions.edges.store.row_encryption import RowCipher


PULLED_PEOPLE: Final = "people.lock.json"
"""The test people of Intercom, beside the action files."""


class ProjectFolder(Struct, frozen=True):
    """A project without errors and the folder that it lives in.

    ``session`` is the command's work with Intercom; None where the workspace is local. ``broken``:
    the actions with errors that the project lacks, for commands that can do without. ``sources``:
    the texts of the action files by name. ``draft``: only test people are found.
    ``live``: the published definition that a run at Intercom carries out. ``wait``: the seconds
    for another run of the same action to end. ``clustered``: workers carry its runs out.
    """

    folder: Path
    project: Project
    cover: RowCipher | None = None
    session: IntercomSession | None = None
    broken: tuple[str, ...] = ()
    sources: Mapping[str, str] = {}
    draft: bool = False
    live: PublishedDefinition | None = None
    wait: int = 0
    clustered: bool = False

    @property
    def workspace_name(self) -> WorkspaceName:
        """The name of the workspace in the heads of runs. Raises WorkspaceError if unknown."""
        return self.session.require_workspace_name() if self.session else WorkspaceName()

    def find_workspace_name(self, *, asks: bool) -> WorkspaceName:
        """The same for what is shown only; a replay ``asks`` nothing, so it stays unknown."""
        if self.session is None:
            return WorkspaceName()
        return self.session.find_workspace_name() if asks else WorkspaceName(INTERCOM)

    def get_cassette_path(self, action: Action) -> Path:
        """The file of an action's own. Raises DefinitionError where the name leaves the folder."""
        return self.folder / build_cassette_name(action)

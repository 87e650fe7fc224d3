"""Which workspace it is, and what is said of one that is not as the file says it is."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.logic.workspace_name import build_workspace_name
from cactions.model import (
    API_HOSTS,
    IdentityVerification,
    Region,
    Workspace,
    WorkspaceError,
    WorkspaceIdentity,
    WorkspaceName,
)


def require_workspace_name(found: WorkspaceIdentity) -> WorkspaceName:
    """The name of the workspace in the heads of runs. Raises WorkspaceError if it tells no id.

    A run without it could be undone in another workspace.
    """
    workspace = build_workspace_name(found)
    if not workspace.app_id:
        raise WorkspaceError(
            "Intercom's answer does not tell the id of the workspace (`app.id_code` of GET /me), so"
            " that a run could be undone in another one; nothing was written",
            hint="Look at what it tells: `cactions doctor`. Check `workspace.url` and that the"
            " token is one of an app of this workspace; reading works all the same.",
        )
    return workspace


def list_cautions(workspace: Workspace, found: WorkspaceIdentity) -> tuple[str, ...]:
    """One sentence or two for each contradiction, with what to write instead."""
    return (
        *_check_region(workspace, found),
        *_check_version(workspace, found),
        *_check_verification(workspace, found),
    )


def _check_region(workspace: Workspace, found: WorkspaceIdentity) -> Iterator[str]:
    """A wrong region is not refused: Intercom passes the calls on."""
    region = workspace.intercom.region if workspace.intercom else None
    if region is None or found.region in ("", region.value):
        return
    host = next((API_HOSTS[each] for each in Region if each.value == found.region), "")
    where = f" ({host})" if host else ""
    yield (
        f"The workspace is in the region {found.region}{where}, and the file says {region.value}:"
        " the calls go through another region first."
        f" Write `region: {found.region}` under `workspace`."
    )


def _check_version(workspace: Workspace, found: WorkspaceIdentity) -> Iterator[str]:
    wanted = workspace.intercom.api_version if workspace.intercom else ""
    if found.version and wanted and found.version != wanted:
        yield f"Intercom answered with API version {found.version}, and the file asks for {wanted}."


def _check_verification(workspace: Workspace, found: WorkspaceIdentity) -> Iterator[str]:
    """The leak analysis believes the file."""
    claims = workspace.identity_verification is not IdentityVerification.OFF
    if claims and found.identity_verification is False:
        yield (
            "Identity verification is off in Intercom, and the file says that it is on: anyone can"
            " be any user there, and the leak analysis is too mild. Turn it on in Intercom, or"
            " write `identity_verification: off`."
        )

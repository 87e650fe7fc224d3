"""Opens the workspace whose connectors are read: that of the files, or any, for one command."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from cactions.app.intercom_port import IntercomApi
from cactions.cli import secret_input, vault_secrets
from cactions.cli.intercom_wiring import create_pacer, open_client
from cactions.cli.live_options import LiveOptions
from cactions.cli.open_project import open_workspace
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.vault_choice import VAULT
from cactions.edges.files import action_files
from cactions.model import (
    API_HOSTS,
    API_VERSION,
    AllowedAddress,
    IntercomConnection,
    Region,
    UsageError,
)


class LiveConnectors(NamedTuple):
    """The client, the connection, and the project where its files name the workspace."""

    api: IntercomApi
    connection: IntercomConnection
    home: ProjectFolder | None = None


def open_live_connectors(
    files: Sequence[Path] | None,
    options: LiveOptions,
    region: Region | None = None,
    version: str | None = None,
) -> LiveConnectors:
    """The workspace of the files, with its sealed token; without a vault, the token is typed.

    Raises UsageError where a region or a version is asked for that the files give already.
    """
    home = _find_project(files, options)
    named = home.project.workspace.intercom if home else None
    if home is None or named is None:
        return _open_any(_build_connection(region, version), options)
    if region or version:
        raise UsageError(
            "the files name the workspace: --region and --api-version have no place here",
            hint="Change the file, or run the command in an empty folder.",
        )
    if named.token is None or not os.path.lexists(home.folder / VAULT):
        vault_secrets.register_vault_secrets(home)
        return _open_any(named, options, home)
    return LiveConnectors(vault_secrets.open_masked_client(home), named, home)


def _find_project(files: Sequence[Path] | None, options: LiveOptions) -> ProjectFolder | None:
    """The project of the files; None where none were named and there are none."""
    if not files:
        try:
            action_files.find(None)
        except UsageError:
            return None
    return open_workspace(files, options)


def _build_connection(region: Region | None, version: str | None) -> IntercomConnection:
    chosen = region or Region.US
    host = API_HOSTS[chosen]
    return IntercomConnection(f"https://{host}", host, chosen, api_version=version or API_VERSION)


def _open_any(
    connection: IntercomConnection, options: LiveOptions, home: ProjectFolder | None = None
) -> LiveConnectors:
    allowed: Sequence[AllowedAddress] = home.project.allowed if home else ()
    pacer = create_pacer(connection, None)
    client = open_client(connection, secret_input.read_access_token, options, pacer, allowed)
    return LiveConnectors(client, replace(connection, token=None), home)

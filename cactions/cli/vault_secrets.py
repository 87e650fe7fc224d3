"""Makes every secret of a project's vault known, so that no output and no request holds one."""

from __future__ import annotations

import os

from cactions.app.intercom_port import IntercomApi
from cactions.app.vault.open_vault import VaultContext, open_vault
from cactions.cli import key_wiring, output_scrubber, secret_input, wiring, workspace
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.stdin_readers import register_rest
from cactions.cli.vault_choice import VAULT, choose_vault
from cactions.model.secret import Secret
from cactions.model.vault import Purpose


def open_masked_client(home: ProjectFolder) -> IntercomApi:
    """The client of the workspace, once no output can show a secret of the vault.

    What comes from a connector may hold one: in its URL, in its logs. Raises UsageError where the
    workspace is local, and StoreError.
    """
    api = workspace.open_project_client(home)
    register_vault_secrets(home)
    return api


def register_vault_secrets(home: ProjectFolder) -> None:
    """Open every secret of the vault. Raises StoreError where one cannot be opened."""
    path = home.folder / VAULT
    if not os.path.lexists(path):
        return
    vault = open_vault(wiring.open_vault_context(choose_vault(path)))
    for entry in vault.contents.secrets:
        if entry.purpose is Purpose.SECRET and not entry.is_binding:
            text = vault.unseal(entry).decode("utf-8", "replace")
            output_scrubber.register_secret(Secret(entry.name, text))


def read_new_value(context: VaultContext, name: str, *, strip_newline: bool) -> Secret:
    """The value of a secret: typed, or of stdin. Raises UsageError before, where there is no vault.

    Raises UsageError for a value that cannot be kept, and StoreError.
    """
    register_rest(f'the value of "{name}"')
    context.file.read()
    return secret_input.read_value(
        name, strip_newline=strip_newline, normalize_key=key_wiring.normalize_private_key
    )

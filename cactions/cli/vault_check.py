"""Action files held against the vaults beside them, without any key."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.logic.project import LoadedProject
from cactions.logic.vault import file_format
from cactions.logic.vault.missing_secrets import (
    build_unreadable_finding,
    find_missing_secrets,
    find_vault_problems,
)
from cactions.model import CactionsError, Finding, Project
from cactions.model.vault import Entry, VaultHead


def check_vaults(pairs: Iterable[tuple[Path, LoadedProject]]) -> list[Finding]:
    """What the files name, and the vault beside them, where there is one, does not hold."""
    return [
        finding
        for vault, loaded_project in pairs
        if loaded_project.project and os.path.lexists(vault)
        for finding in _look_into_vault(vault, partial(find_vault_problems, loaded_project.project))
    ]


def find_missing_in_vault(vault: Path, project: Project) -> list[Finding]:
    """What live calls of the project would not find in this vault."""
    return _look_into_vault(vault, partial(find_missing_secrets, project))


def read_secret_versions(vault: Path) -> dict[str, str]:
    """Which version of each secret a vault has, without any key; nothing where there is no vault.

    A secret that is sealed anew, bound anew, or sealed in another vault has another version. Raises
    StoreError for a vault that cannot be read.
    """
    if not os.path.lexists(vault):
        return {}
    contents = file_format.parse_vault(LocalVaultFile(vault).read()).contents
    newest = sorted(contents.secrets, key=lambda entry: entry.version)
    return {
        entry.name: f"{contents.head.vault_id}.{entry.version} {entry.meta.get('created', '')}"
        for entry in newest
    }


def read_vault_head(vault: Path) -> VaultHead:
    """Which vault it is and how old, without any key. Raises StoreError."""
    return file_format.parse_vault(LocalVaultFile(vault).read()).contents.head


def list_sealed_names(vault: Path) -> frozenset[str]:
    """The names of the secrets of a vault, without any key; none where it cannot be read."""
    try:
        return frozenset(read_secret_versions(vault))
    except CactionsError:
        return frozenset()


def _look_into_vault(
    vault: Path, look: Callable[[Sequence[Entry]], list[Finding]]
) -> list[Finding]:
    try:
        entries = file_format.parse_vault(LocalVaultFile(vault).read()).contents.secrets
    except CactionsError as error:
        return [build_unreadable_finding(str(error), error.hint)]
    return look(entries)

"""Action files held against the vaults beside them, without any key."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from cactions.edges.keys.vault_file import VaultFileLocal
from cactions.logic.project import Shaped
from cactions.logic.vault import file_format
from cactions.logic.vault.missing_secrets import lacking, missing, unreadable
from cactions.model import CactionsError, Finding, Project
from cactions.model.vault import Entry


def vetted(pairs: Iterable[tuple[Path, Shaped]]) -> list[Finding]:
    """What the files name, and the vault beside them, where there is one, does not hold."""
    return [
        finding
        for vault, one in pairs
        if one.project and os.path.lexists(vault)
        for finding in _held_against(vault, partial(lacking, one.project))
    ]


def missing_in(vault: Path, project: Project) -> list[Finding]:
    """What live calls of the project would not find in this vault."""
    return _held_against(vault, partial(missing, project))


def _held_against(vault: Path, look: Callable[[Sequence[Entry]], list[Finding]]) -> list[Finding]:
    try:
        entries = file_format.read(VaultFileLocal(vault).read()).contents.secrets
    except CactionsError as error:
        return [unreadable(str(error), error.hint)]
    return look(entries)

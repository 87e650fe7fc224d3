"""Action files held against the vaults beside them, without any key."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from cactions.edges.vault_file import VaultFileLocal
from cactions.logic.shaping import Shaped
from cactions.logic.vault import lines
from cactions.logic.vault.lacking import lacking, unreadable
from cactions.model import CactionsError, Finding, Project


def vetted(pairs: Iterable[tuple[Path, Shaped]]) -> list[Finding]:
    """What the files name, and the vault beside them, where there is one, does not hold."""
    return [
        finding
        for vault, one in pairs
        if one.project and os.path.lexists(vault)
        for finding in _lacking(vault, one.project)
    ]


def _lacking(vault: Path, project: Project) -> list[Finding]:
    try:
        entries = lines.read(VaultFileLocal(vault).read()).contents.entries
    except CactionsError as error:
        return [unreadable(str(error), error.hint)]
    return lacking(project, entries)

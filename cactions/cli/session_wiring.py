"""Builds a command's work with a workspace at Intercom, and what ``doctor`` looks at.

What they need is imported then.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cactions.cli.vault_choice import VAULT, choose_vault
from cactions.cli.wiring import STATE, create_output, create_row_cipher, open_vault_context

if TYPE_CHECKING:
    from cactions.cli.intercom_wiring import IntercomSession
    from cactions.cli.live_options import LiveOptions
    from cactions.cli.project_folder import ProjectFolder
    from cactions.edges.postgres.shared_limit import PostgresSharedLimit
    from cactions.logic.follow import Follow
    from cactions.model import HealthCheck, Project


def create_session(
    home: Path, project: Project, options: LiveOptions | None
) -> IntercomSession | None:
    """A command's work with the workspace at Intercom; None for a local one."""
    if project.workspace.intercom is None:
        return None
    from cactions.cli.intercom_wiring import IntercomSession
    from cactions.cli.live_options import LiveOptions

    vault = choose_vault(home / VAULT)
    return IntercomSession(
        project,
        home / STATE,
        lambda: open_vault_context(vault),
        options or LiveOptions(),
        create_output().info,
        partial(_open_shared_limit, home),
    )


def _open_shared_limit(home: Path, key: str) -> PostgresSharedLimit | None:
    """The rate limit of the database that machines share; None where none is set."""
    from cactions.cli.cluster_wiring import find_shared_database

    shared = find_shared_database(home)
    return shared.open_limit(key) if shared else None


def run_health_checks(
    home: ProjectFolder | None, options: LiveOptions, follow: Follow
) -> list[HealthCheck]:
    """What ``doctor`` finds beyond the files."""
    from cactions.cli.database_health import check_database
    from cactions.cli.doctor_wiring import run_health_checks
    from cactions.cli.vault_health import check_local
    from cactions.edges.store.journal import LocalJournal

    if home is None:
        return run_health_checks(None, options, follow)
    client = home.session.client if home.session else None
    vault, state = choose_vault(home.folder / VAULT), home.folder / STATE
    journal = LocalJournal(state, home.cover or create_row_cipher(home.folder))
    local = [*check_local(home.project, vault, state, open_vault_context, journal.list_damaged)]
    local += check_database(home)
    return run_health_checks(home.project, options, follow, local, client)

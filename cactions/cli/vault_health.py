"""What ``doctor`` says of the vault, whether it has what the calls need and opens; and of runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cactions.app.vault.manage import get_status
from cactions.app.vault.open_vault import VaultContext
from cactions.cli.vault_check import find_missing_in_vault
from cactions.cli.vault_choice import VaultOptions
from cactions.edges.store.state_folder import StateFolder
from cactions.logic.vault.missing_secrets import find_missing_secrets
from cactions.model import Finding, Health, HealthCheck, Project, StoreError
from cactions.render.messages import count_noun


def check_local(
    project: Project,
    vault: VaultOptions,
    state: Path,
    open_context: Callable[[VaultOptions], VaultContext],
    list_damaged: Callable[[], Sequence[tuple[str, str]]],
) -> Iterator[HealthCheck]:
    """All that live calls of these files need beside them. No secret is opened."""
    yield from _check_vault(vault.vault, project, lambda: open_context(vault))
    yield from _check_user_tokens(project)
    yield (found := _check_state(state))
    if found.health is Health.OK:
        hint = "Put a backup in its place, or move it away: until then, `last` names no run."
        for run_id, why in list_damaged():
            yield HealthCheck("run", run_id, Health.PROBLEM, f"cannot be read: {why}", hint)


def _check_vault(
    vault: Path, project: Project, open_context: Callable[[], VaultContext]
) -> Iterator[HealthCheck]:
    if not os.path.lexists(vault):
        yield from _check_missing_vault(vault, project)
        return
    missing = find_missing_in_vault(vault, project)
    yield from map(_build_problem, missing)
    if not missing:
        text = "has what the calls need, as it reads without its key"
        yield HealthCheck("vault", "", Health.OK, text)
    status = get_status(open_context())
    if status.contents is None and missing:
        return  # the file cannot be read, which is said already
    if status.trouble:
        yield HealthCheck("vault", "key", Health.PROBLEM, str(status.trouble), status.trouble.hint)
    else:
        text = f"opens as {status.me}, with {status.holder}"
        yield HealthCheck("vault", "key", Health.OK, text)


def _check_user_tokens(project: Project) -> Iterator[HealthCheck]:
    """The tokens of end users, which no vault holds."""
    used = {token.name for action in project.actions.values() for token in action.request.tokens}
    for token in project.tokens.values():
        if token.is_user_token and token.name in used:
            text = f"is given with each call: --user-token {token.name}=-, from stdin"
            yield HealthCheck("token", token.name, Health.OK, text)


def _check_state(folder: Path) -> HealthCheck:
    """Whether runs can be kept in the state folder; it is not made."""
    try:
        there = StateFolder(folder).is_there()
    except StoreError as error:
        return HealthCheck("state", "", Health.PROBLEM, str(error), error.hint)
    place = folder if there else folder.parent
    if not os.access(place, os.W_OK | os.X_OK):
        hint = "Work in a folder that you may write to: runs keep the old values there."
        return HealthCheck("state", "", Health.PROBLEM, f"{place} cannot be written", hint)
    text = f"{folder.name} is there, and yours" if there else f"{folder.name} is made when needed"
    return HealthCheck("state", "", Health.OK, text)


def _check_missing_vault(vault: Path, project: Project) -> Iterator[HealthCheck]:
    missing = find_missing_secrets(project, ())
    if not missing:
        yield HealthCheck("vault", "", Health.OK, "none; the calls need no secret")
        return
    text = f"there is no {vault.name}, and the calls need {count_noun(len(missing), 'secret')}"
    yield HealthCheck("vault", "", Health.PROBLEM, text, "`cactions vault init` makes one.")
    yield from map(_build_problem, missing)


def _build_problem(finding: Finding) -> HealthCheck:
    return HealthCheck("vault", finding.route, Health.PROBLEM, finding.message, finding.hint)

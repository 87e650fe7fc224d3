"""Compares the action files with a vault's entries; names and hosts are read without a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cactions.logic.request import secret_refs
from cactions.logic.shell import join_command
from cactions.logic.vault.token_binding import TokenBinding, list_binders
from cactions.model import Action, Finding, Project, Severity, Workspace
from cactions.model.vault import Entry, Purpose

RULE = "CA305"


def find_vault_problems(project: Project, entries: Iterable[Entry]) -> list[Finding]:
    """A warning for each entry that live calls would miss, and for each unused entry."""
    entries_by_name = _index_secrets(entries)
    used = {(name, False) for name in _list_used_secrets(project)}
    used |= {(token.name, True) for token in project.tokens.values() if token.is_user_token}
    unused = (
        entry
        for entry in entries_by_name.values()
        if (entry.name, entry.is_binding) not in used and not entry.is_signing_key
    )
    return [
        *find_missing_secrets(project, entries_by_name.values()),
        *map(_build_unused_finding, unused),
    ]


def find_missing_secrets(project: Project, entries: Iterable[Entry]) -> list[Finding]:
    """A warning for each secret that is not sealed for its host, and each token not bound."""
    entries_by_name = _index_secrets(entries)
    findings: dict[tuple[str, str], Finding] = {}
    for action in project.actions.values():
        for finding in _check_action(action, entries_by_name):
            findings.setdefault((finding.route, finding.message), finding)
    for finding in _check_access_token(project.workspace, entries_by_name):
        findings.setdefault((finding.route, finding.message), finding)
    return [*findings.values()]


def _index_secrets(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry.name: entry for entry in entries if entry.purpose is Purpose.SECRET}


def _list_used_secrets(project: Project) -> Iterator[str]:
    """Every secret that the files name, also in a token that no action uses."""
    for token in project.tokens.values():
        yield from token.secrets
        if token.fetch:
            yield from secret_refs.list_needed_secrets(token.fetch.request)
    for action in project.actions.values():
        yield from secret_refs.list_own_secrets(action.request)
        yield from secret_refs.list_keys(action.request)
    if project.workspace.intercom and project.workspace.intercom.token:
        yield project.workspace.intercom.token.name


def _build_unused_finding(entry: Entry) -> Finding:
    what = "binding of the user token" if entry.is_binding else "secret"
    message = f'nothing in these files uses the {what} "{entry.name}"'
    hint = "every recipient of the vault can read it: if it is not needed, revoke it at its service"
    if entry.is_binding:
        hint = "it has no value; check whether the token was renamed"
    return Finding(RULE, message, hint, severity=Severity.WARNING)


def build_unreadable_finding(why: str, hint: str) -> Finding:
    """The one warning if the vault file cannot be read."""
    message = f"secrets were not checked: {why}"
    return Finding(RULE, message, hint, severity=Severity.WARNING)


def _check_action(action: Action, entries_by_name: Mapping[str, Entry]) -> Iterator[Finding]:
    request = action.request
    for token in request.tokens:
        route = f"tokens.{token.name}"
        for name in token.secrets:
            yield from _check_secret(action, route, name, token.hosts, entries_by_name)
        if token.fetch:
            fetch_request = token.fetch.request
            for name in secret_refs.list_needed_secrets(fetch_request):
                yield from _check_secret(
                    action, f"{route}.request", name, (fetch_request.host,), entries_by_name
                )
        if token.is_runtime_value:
            yield from _check_token(action, TokenBinding(token, entries_by_name))
    route = f"actions.{action.name}.request"
    places = list(request.list_secret_places(route))
    places += [(f"{route}.client_certificate", name) for name in secret_refs.list_keys(request)]
    for place, name in places:
        yield from _check_secret(action, place, name, (request.host,), entries_by_name)


def _check_access_token(
    workspace: Workspace, entries_by_name: Mapping[str, Entry]
) -> Iterator[Finding]:
    """The access token of a workspace at Intercom, for its API host."""
    connection = workspace.intercom
    if connection and connection.token:
        name, hosts = connection.token.name, (connection.host,)
        yield from _check_secret(None, "workspace.token", name, hosts, entries_by_name)


def _check_secret(
    action: Action | None,
    route: str,
    name: str,
    hosts: tuple[str, ...],
    entries_by_name: Mapping[str, Entry],
) -> Iterator[Finding]:
    options = [part for host in hosts for part in ("--host", host)]
    if name not in entries_by_name or entries_by_name[name].is_binding:
        message, verb = f'the secret "{name}" is not in the vault', "seal"
    elif missing := sorted(set(hosts) - set(entries_by_name[name].hosts)):
        message, verb = f'the secret "{name}" is not sealed for {", ".join(missing)}', "rotate"
    else:
        return
    hint = f"`{join_command(('vault', verb), name, options=options)}`"
    place = action.place if action else None
    yield Finding(RULE, message, hint, place, route, Severity.WARNING)


def _check_token(action: Action, binding: TokenBinding) -> Iterator[Finding]:
    """A warning if the vault does not bind the token; none if a secret of the fetch is missing."""
    token, missing_hosts = binding.token, binding.missing
    unsealed = not token.is_user_token and any(
        name not in binding.held for name in list_binders(token)
    )
    if unsealed or not missing_hosts:
        return
    message = (
        f'the vault, read without its key, does not let the token "{token.name}"'
        f" go to {', '.join(missing_hosts)}"
    )
    hint = f"only if it should go there: {binding.get_remedy(missing_hosts)}"
    route = f"tokens.{token.name}.hosts"
    yield Finding(RULE, message, hint, action.place, route, Severity.WARNING)

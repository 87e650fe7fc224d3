"""What the action files need of a vault and do not find in it; names and hosts need no key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cactions.logic.request import secret_refs
from cactions.logic.shell import join_command
from cactions.logic.vault.token_binding import TokenBinding, list_binders
from cactions.model import Action, Finding, Project, Severity
from cactions.model.vault import Entry, Purpose

RULE = "CA305"


def find_vault_problems(project: Project, entries: Iterable[Entry]) -> list[Finding]:
    """A warning for what live calls would miss, and for each entry that is of no use here."""
    held = _by_name(entries)
    used = {*((name, False) for name in _used(project)), *_users(project)}
    unused = (one for one in held.values() if (one.name, one.is_binding) not in used)
    return [*find_missing_secrets(project, held.values()), *map(_unused, unused)]


def find_missing_secrets(project: Project, entries: Iterable[Entry]) -> list[Finding]:
    """A warning for each secret that is not sealed for its host, and each token not bound."""
    held = _by_name(entries)
    found: dict[tuple[str, str], Finding] = {}
    for action in project.actions.values():
        for finding in _of_action(action, held):
            found.setdefault((finding.route, finding.message), finding)
    return [*found.values()]


def _by_name(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {one.name: one for one in entries if one.purpose is Purpose.SECRET}


def _used(project: Project) -> Iterator[str]:
    """Every secret that the files name, also in a token that no action attaches."""
    for token in project.tokens.values():
        yield from secret_refs.list_token_secrets(token)
        if token.fetch:
            yield from secret_refs.list_request_secrets(token.fetch.request)
    for action in project.actions.values():
        yield from secret_refs.list_body_secrets(action.request)


def _users(project: Project) -> Iterator[tuple[str, bool]]:
    yield from ((token.name, True) for token in project.tokens.values() if token.is_user_token)


def _unused(entry: Entry) -> Finding:
    what = "binding of the user token" if entry.is_binding else "secret"
    message = f'nothing in these files uses the {what} "{entry.name}"'
    hint = "whoever opens the vault has it too: withdraw it at its service, if nobody needs it"
    if entry.is_binding:
        hint = "it holds no value; look whether the token has another name now"
    return Finding(RULE, message, hint, severity=Severity.WARNING)


def build_unreadable_finding(why: str, hint: str) -> Finding:
    """The one warning where the vault's file cannot be read."""
    message = f"secrets were not checked: {why}"
    return Finding(RULE, message, hint, severity=Severity.WARNING)


def _of_action(action: Action, held: Mapping[str, Entry]) -> Iterator[Finding]:
    request = action.request
    for token in request.tokens:
        route = f"tokens.{token.name}"
        for name in secret_refs.list_token_secrets(token):
            yield from _of_secret(action, route, name, token.hosts, held)
        if token.fetch:
            asked = token.fetch.request
            for name in secret_refs.list_request_secrets(asked):
                yield from _of_secret(action, f"{route}.request", name, (asked.host,), held)
        if token.is_runtime_value:
            yield from _of_token(action, TokenBinding(token, held))
    for name in secret_refs.list_body_secrets(request):
        route = f"actions.{action.name}.request.body"
        yield from _of_secret(action, route, name, (request.host,), held)


def _of_secret(
    action: Action, route: str, name: str, hosts: tuple[str, ...], held: Mapping[str, Entry]
) -> Iterator[Finding]:
    options = [part for host in hosts for part in ("--host", host)]
    if name not in held or held[name].is_binding:
        message, verb = f'the secret "{name}" is not in the vault', "seal"
    elif missing := sorted(set(hosts) - set(held[name].hosts)):
        message, verb = f'the secret "{name}" is not sealed for {", ".join(missing)}', "rotate"
    else:
        return
    hint = f"`{join_command(('vault', verb), name, options=options)}`"
    yield Finding(RULE, message, hint, action.place, route, Severity.WARNING)


def _of_token(action: Action, binding: TokenBinding) -> Iterator[Finding]:
    """Where no secret of the fetch is there, it is missing itself, and that is said."""
    token, missing_hosts = binding.token, binding.missing
    unsealed = not token.is_user_token and any(
        name not in binding.held for name in list_binders(token)
    )
    if unsealed or not missing_hosts:
        return
    message = (
        f'the vault, as it reads without its key, does not let the token "{token.name}"'
        f" go to {', '.join(missing_hosts)}"
    )
    hint = f"only if it is meant to go there: {binding.remedy(missing_hosts)}"
    route = f"tokens.{token.name}.hosts"
    yield Finding(RULE, message, hint, action.place, route, Severity.WARNING)

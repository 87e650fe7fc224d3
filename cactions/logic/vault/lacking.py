"""What the action files need of a vault and do not find in it; names and hosts need no key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cactions.logic import sealed_parts
from cactions.logic.shell import command_line
from cactions.model import Action, Finding, Project, Severity
from cactions.model.vault import Entry, Purpose

RULE = "CA305"


def lacking(project: Project, entries: Iterable[Entry]) -> list[Finding]:
    """A warning for each secret that is not sealed, not for its host, or of no use here."""
    held = {one.name: one for one in entries if one.purpose is Purpose.SECRET}
    found: dict[tuple[str, str], Finding] = {}
    for action in project.actions.values():
        for finding in _of_action(action, held):
            found.setdefault((finding.route, finding.message), finding)
    used = set(_used(project))
    return [*found.values(), *(_unused(name) for name in held if name not in used)]


def _used(project: Project) -> Iterator[str]:
    """Every secret that the files name, also in a token that no action attaches."""
    for token in project.tokens.values():
        yield from sealed_parts.of_token(token)
        if token.fetch:
            yield from sealed_parts.of_request(token.fetch.request)
    for action in project.actions.values():
        yield from sealed_parts.of_body(action.request)


def _unused(name: str) -> Finding:
    message = f'nothing in these files uses the secret "{name}"'
    hint = "whoever opens the vault has it too: withdraw it at its service, if nobody needs it"
    return Finding(RULE, message, hint, severity=Severity.WARNING)


def unreadable(why: str, hint: str) -> Finding:
    """The one warning where the vault's file cannot be read."""
    message = f"secrets were not checked: {why}"
    return Finding(RULE, message, hint, severity=Severity.WARNING)


def _of_action(action: Action, held: Mapping[str, Entry]) -> Iterator[Finding]:
    request = action.request
    for token in request.tokens:
        route = f"tokens.{token.name}"
        for name in sealed_parts.of_token(token):
            yield from _of_secret(action, route, name, token.hosts, held)
        if token.fetch:
            asked = token.fetch.request
            for name in sealed_parts.of_request(asked):
                yield from _of_secret(action, f"{route}.request", name, (asked.host,), held)
    for name in sealed_parts.of_body(request):
        route = f"actions.{action.name}.request.body"
        yield from _of_secret(action, route, name, (request.host,), held)


def _of_secret(
    action: Action, route: str, name: str, hosts: tuple[str, ...], held: Mapping[str, Entry]
) -> Iterator[Finding]:
    options = [part for host in hosts for part in ("--host", host)]
    if name not in held:
        message, verb = f'the secret "{name}" is not in the vault', "seal"
    elif missing := sorted(set(hosts) - set(held[name].hosts)):
        message, verb = f'the secret "{name}" is not sealed for {", ".join(missing)}', "rotate"
    else:
        return
    hint = f"`{command_line(('vault', verb), name, options=options)}`"
    yield Finding(RULE, message, hint, action.place, route, Severity.WARNING)

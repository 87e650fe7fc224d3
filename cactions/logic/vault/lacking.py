"""What the action files need of a vault and do not find in it; names and hosts need no key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cactions.model import Action, Finding, JsonTemplate, Project, SecretRef, Severity, Token
from cactions.model.vault import Entry, Purpose

RULE = "CA305"


def lacking(project: Project, entries: Iterable[Entry]) -> list[Finding]:
    """A warning for each secret that is not sealed, or not for a host that its token names."""
    held = {one.name: one for one in entries if one.purpose is Purpose.SECRET}
    found: dict[tuple[str, str], Finding] = {}
    for action in project.actions.values():
        for finding in _of_action(action, held):
            found.setdefault((finding.route, finding.message), finding)
    return list(found.values())


def unreadable(why: str, hint: str) -> Finding:
    """The one warning where the vault's file cannot be read."""
    message = f"secrets were not checked: {why}"
    return Finding(RULE, message, hint, severity=Severity.WARNING)


def _of_action(action: Action, held: Mapping[str, Entry]) -> Iterator[Finding]:
    for token in action.request.tokens:
        for name in _secrets_of(token):
            yield from _of_secret(action, f"tokens.{token.name}", name, token.hosts, held)
    body = action.request.body
    for name in _inside(body.content) if body else ():
        yield from _of_secret(action, f"actions.{action.name}.request.body", name, (), held)


def _of_secret(
    action: Action, route: str, name: str, hosts: tuple[str, ...], held: Mapping[str, Entry]
) -> Iterator[Finding]:
    options = " ".join(f"--host {host}" for host in hosts or ("HOST",))
    if name not in held:
        message, verb = f'the secret "{name}" is not in the vault', "seal"
    elif missing := sorted(set(hosts) - set(held[name].hosts)):
        message, verb = f'the secret "{name}" is not sealed for {", ".join(missing)}', "rotate"
    else:
        return
    hint = f"`cactions vault {verb} {name} {options}`"
    yield Finding(RULE, message, hint, action.place, route, Severity.WARNING)


def _secrets_of(token: Token) -> Iterator[str]:
    for part in (token.value, token.username, token.password):
        if isinstance(part, SecretRef):
            yield part.name


def _inside(content: JsonTemplate) -> Iterator[str]:
    match content:
        case SecretRef(name=name):
            yield name
        case dict():
            for part in content.values():
                yield from _inside(part)
        case list():
            for part in content:
                yield from _inside(part)

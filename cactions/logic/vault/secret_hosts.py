"""The hosts that each secret of the action files is sent to, and what is fetched with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cactions.logic.request import secret_refs
from cactions.model import Project


def list_secret_hosts(project: Project) -> Mapping[str, tuple[str, ...]]:
    """Each secret by name, with its hosts in the order of the files."""
    found: dict[str, dict[str, None]] = {}
    for name, host in _list_pairs(project):
        found.setdefault(name, {})[host] = None
    return {name: tuple(hosts) for name, hosts in found.items()}


def list_token_hosts(project: Project, name: str) -> tuple[str, ...]:
    """The hosts of the tokens that are fetched with a secret; none where an action sends it, too.

    A secret with such hosts in the vault is never sent by an action itself.
    """
    sent = (secret_refs.list_request_secrets(action.request) for action in project.actions.values())
    if any(name in names for names in sent):
        return ()
    fetched = (
        token
        for token in project.tokens.values()
        if token.fetch and name in secret_refs.list_needed_secrets(token.fetch.request)
    )
    return tuple(dict.fromkeys(host for token in fetched for host in token.hosts))


def _list_pairs(project: Project) -> Iterator[tuple[str, str]]:
    for token in project.tokens.values():
        for name in token.secrets:
            yield from ((name, host) for host in token.hosts)
        if token.fetch:
            for name in secret_refs.list_needed_secrets(token.fetch.request):
                yield name, token.fetch.request.host
    for action in project.actions.values():
        own, keys = (
            find(action.request) for find in (secret_refs.list_own_secrets, secret_refs.list_keys)
        )
        yield from ((name, action.request.host) for name in (*own, *keys))
    connection = project.workspace.intercom
    if connection and connection.token:
        yield connection.token.name, connection.host

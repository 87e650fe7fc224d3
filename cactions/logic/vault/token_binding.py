"""Which hosts may get a fetched token or an end user's own token: the vault decides.

The YAML can only narrow this, so that no change of the YAML sends a live token elsewhere.

- A token that is fetched with secrets may go to the ``token_hosts`` that *all* of them have.
- An end user's token may go to the hosts of the vault's entry of its name, which has no value.
- A fetch without a secret gives a token that an attacker could fetch too. Such a token is bound by
  the YAML alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct

from cactions.logic.request import secret_refs
from cactions.logic.shell import join_command
from cactions.model import DefinitionError, Token
from cactions.model.vault import Entry


def list_binders(token: Token) -> tuple[str, ...]:
    """The names of the entries that bind the token: its secrets, or its own entry."""
    if token.is_user_token:
        return (token.name,)
    return secret_refs.list_needed_secrets(token.fetch.request) if token.fetch else ()


class TokenBinding(Struct, frozen=True):
    """A runtime token and the vault's entries by name; without a check of the MAC, only a hint."""

    token: Token
    held: Mapping[str, Entry]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that both the YAML and the vault allow."""
        bound_hosts = [self._find_bound_hosts(name) for name in list_binders(self.token)]
        return tuple(
            host for host in self.token.hosts if all(host in allowed for allowed in bound_hosts)
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The hosts of the YAML that the vault does not allow."""
        allowed = self.hosts
        return tuple(host for host in self.token.hosts if host not in allowed)

    def check(self, host: str) -> None:
        """Raises DefinitionError if the token may not go to this host."""
        if host.lower() in self.hosts:
            return
        raise DefinitionError(
            f'the token "{self.token.name}" may not be sent to {host}; it was not sent',
            hint=f"It may go to {', '.join(self.hosts) or 'no host yet'}. Only if {host} should"
            f" get it: {self.get_remedy((host,))}",
        )

    def get_remedy(self, hosts: Iterable[str]) -> str:
        """The commands that bind the token to these hosts too, or what to change in the YAML."""
        foreign = [host for host in hosts if host not in self.token.hosts]
        if foreign:
            return f"name it under `hosts` of the token: {', '.join(foreign)}"
        return ", then ".join(self._list_commands(frozenset(hosts)))

    def _list_commands(self, hosts: frozenset[str]) -> Iterator[str]:
        kind = ("--user",) if self.token.is_user_token else ()
        for name in list_binders(self.token):
            bound_hosts = self._find_bound_hosts(name)
            if not hosts <= bound_hosts:
                host_options = (("--token-host", host) for host in sorted(bound_hosts | hosts))
                options = (*kind, *chain.from_iterable(host_options))
                yield f"`{join_command(('vault', 'bind'), name, options=options)}`"

    def _find_bound_hosts(self, name: str) -> frozenset[str]:
        entry = self.held.get(name)
        if entry is None or entry.is_binding != self.token.is_user_token:
            return frozenset()
        return frozenset(entry.token_hosts)

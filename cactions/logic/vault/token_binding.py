"""Where a token may go that is fetched, or that is the end user's own: the vault says it. Pure.

The YAML may only narrow it, so that no change of the YAML sends a live token elsewhere.

- A token that is fetched with secrets may go where ``token_hosts`` of *every* one of them says.
- An end user's token may go where the vault's entry of its name says, which holds no value.
- A fetch that uses no secret gives nothing that an attacker could not fetch as well. Its token is
  bound by the YAML alone.
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
    """The names of the entries that bind it, each once: of secrets, or of its own."""
    if token.is_user_token:
        return (token.name,)
    return secret_refs.list_request_secrets(token.fetch.request) if token.fetch else ()


class TokenBinding(Struct, frozen=True):
    """A fetched or a user's token, and the vault's entries by name.

    Of a vault whose MAC is not checked this is a hint only.
    """

    token: Token
    held: Mapping[str, Entry]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that both the YAML and the vault let it go to."""
        bound = [self._bound(name) for name in list_binders(self.token)]
        return tuple(host for host in self.token.hosts if all(host in one for one in bound))

    @property
    def missing(self) -> tuple[str, ...]:
        """The hosts of the YAML that the vault does not let it go to."""
        allowed = self.hosts
        return tuple(host for host in self.token.hosts if host not in allowed)

    def check(self, host: str) -> None:
        """Raises DefinitionError where it may not go to this host."""
        if host.lower() in self.hosts:
            return
        raise DefinitionError(
            f'the token "{self.token.name}" may not be sent to {host}; it was not sent',
            hint=f"It may go to {', '.join(self.hosts) or 'no host yet'}. Only if {host} is meant"
            f" to get it: {self.remedy((host,))}",
        )

    def remedy(self, hosts: Iterable[str]) -> str:
        """The commands that bind it to these hosts too; or where the YAML itself forbids one."""
        foreign = [host for host in hosts if host not in self.token.hosts]
        if foreign:
            return f"name it under `hosts` of the token: {', '.join(foreign)}"
        return ", then ".join(self._commands(frozenset(hosts)))

    def _commands(self, hosts: frozenset[str]) -> Iterator[str]:
        kind = ("--user",) if self.token.is_user_token else ()
        for name in list_binders(self.token):
            bound = self._bound(name)
            if not hosts <= bound:
                wanted = (("--token-host", host) for host in sorted(bound | hosts))
                options = (*kind, *chain.from_iterable(wanted))
                yield f"`{join_command(('vault', 'bind'), name, options=options)}`"

    def _bound(self, name: str) -> frozenset[str]:
        entry = self.held.get(name)
        if entry is None or entry.is_binding != self.token.is_user_token:
            return frozenset()
        return frozenset(entry.token_hosts)

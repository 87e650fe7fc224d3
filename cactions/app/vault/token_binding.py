"""Binds tokens to hosts in the vault: fetched ones by their secret, an end user's own by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cactions.app.vault.manage import TOKEN_HOST, UNSEALED, meta, put, the_secret
from cactions.app.vault.open_vault import OpenVault, VaultDesk, Written, changed
from cactions.logic.shell import command_line
from cactions.logic.vault import validation
from cactions.model import OperatorError
from cactions.model.vault import Entry, Purpose


def bind_fetched(desk: VaultDesk, name: str, hosts: Iterable[str]) -> Written:
    """Tokens that are fetched with this secret may go to these hosts, instead of those so far.

    The same value is sealed as a new version. Raises OperatorError where there is no such secret.
    """
    places = {"token_hosts": validation.hosts(hosts, TOKEN_HOST)}

    def edit(vault: OpenVault) -> OpenVault:
        if not vault.find(Purpose.SECRET, name):
            raise _unknown(name, hosts)
        old = the_secret(vault, name)
        value = vault.unseal(old)
        told = {**old.meta, **meta(desk, vault, places)}
        return put(vault, replace(old, version=old.version + 1, meta=told), value)

    return changed(desk, edit)


def bind_users(desk: VaultDesk, name: str, hosts: Iterable[str]) -> Written:
    """The end user's token of this name may go to these hosts, instead of those so far.

    The entry holds no value, and its own hosts are empty: a reader that takes it for a secret may
    send it nowhere. Raises OperatorError where a secret has the name.
    """
    validation.check_name(name, "token")
    places = {"hosts": (), "token_hosts": validation.hosts(hosts, TOKEN_HOST)}

    def edit(vault: OpenVault) -> OpenVault:
        old = vault.find(Purpose.SECRET, name)
        if old and not old.is_binding:
            raise OperatorError(
                f'"{name}" is a secret of the vault; nothing was written',
                hint="Give the user's token another name in the YAML. For tokens that are fetched"
                " with the secret: the same command without --user.",
            )
        version = old.version + 1 if old else 1
        entry = Entry(Purpose.SECRET, name, version, meta(desk, vault, places), UNSEALED)
        return put(vault, entry, b"")

    return changed(desk, edit)


def _unknown(name: str, hosts: Iterable[str]) -> OperatorError:
    to = [word for host in hosts for word in ("--token-host", host)]
    seal = command_line(("vault", "seal"), name, options=("--host", "HOST", *to))
    user = command_line(("vault", "bind"), name, options=("--user", *to))
    return OperatorError(
        f'no secret "{name}" is in the vault; nothing was written',
        hint=f"For a secret that fetches tokens: `{seal}`. For the end user's own token: `{user}`.",
    )

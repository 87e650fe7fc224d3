"""Binds tokens to hosts in the vault: fetched ones by their secret, an end user's own by name."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from cactions.app.vault.manage import TOKEN_HOST, UNSEALED, build_meta, find_entry, put_entry
from cactions.app.vault.open_vault import OpenVault, VaultContext, WrittenVault, change_vault
from cactions.logic.shell import join_command
from cactions.logic.vault import validation
from cactions.model import UsageError
from cactions.model.vault import Entry, Purpose


def bind_fetched_tokens(desk: VaultContext, name: str, hosts: Iterable[str]) -> WrittenVault:
    """Tokens that are fetched with this secret may go to these hosts, instead of those so far.

    The same value is sealed as a new version. Raises UsageError where there is no such secret.
    """
    places = {"token_hosts": validation.check_hosts(hosts, TOKEN_HOST)}

    def edit(vault: OpenVault) -> OpenVault:
        if not vault.find(Purpose.SECRET, name):
            raise _unknown(name, hosts)
        old = find_entry(vault, name)
        value = vault.unseal(old)
        told = {**old.meta, **build_meta(desk, vault, places)}
        return put_entry(vault, replace(old, version=old.version + 1, meta=told), value)

    return change_vault(desk, edit)


def bind_user_token(desk: VaultContext, name: str, hosts: Iterable[str]) -> WrittenVault:
    """The end user's token of this name may go to these hosts, instead of those so far.

    The entry holds no value, and its own hosts are empty: a reader that takes it for a secret may
    send it nowhere. Raises UsageError where a secret has the name.
    """
    validation.check_name(name, "token")
    places = {"hosts": (), "token_hosts": validation.check_hosts(hosts, TOKEN_HOST)}

    def edit(vault: OpenVault) -> OpenVault:
        old = vault.find(Purpose.SECRET, name)
        if old and not old.is_binding:
            raise UsageError(
                f'"{name}" is a secret of the vault; nothing was written',
                hint="Give the user's token another name in the YAML. For tokens that are fetched"
                " with the secret: the same command without --user.",
            )
        version = old.version + 1 if old else 1
        entry = Entry(Purpose.SECRET, name, version, build_meta(desk, vault, places), UNSEALED)
        return put_entry(vault, entry, b"")

    return change_vault(desk, edit)


def _unknown(name: str, hosts: Iterable[str]) -> UsageError:
    to = [word for host in hosts for word in ("--token-host", host)]
    seal = join_command(("vault", "seal"), name, options=("--host", "HOST", *to))
    user = join_command(("vault", "bind"), name, options=("--user", *to))
    return UsageError(
        f'no secret "{name}" is in the vault; nothing was written',
        hint=f"For a secret that fetches tokens: `{seal}`. For the end user's own token: `{user}`.",
    )

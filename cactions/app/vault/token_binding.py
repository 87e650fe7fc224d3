"""Binds tokens to hosts in the vault: fetched tokens by their secret, end users' own by name."""

from __future__ import annotations

from collections.abc import Iterable

from cactions.app.vault.manage import TOKEN_HOST, build_entry, put_entry
from cactions.app.vault.open_secret import find_entry
from cactions.app.vault.open_vault import OpenVault, VaultContext, WrittenVault, change_vault
from cactions.logic.shell import join_command
from cactions.logic.vault import validation
from cactions.model import UsageError
from cactions.model.vault import Purpose


def bind_fetched_tokens(context: VaultContext, name: str, hosts: Iterable[str]) -> WrittenVault:
    """Replace the hosts that may get tokens fetched with this secret; its value is sealed again."""
    hosts_by_kind = {"token_hosts": validation.check_hosts(hosts, TOKEN_HOST)}

    def edit(vault: OpenVault) -> OpenVault:
        if not vault.find(Purpose.SECRET, name):
            raise _describe_unknown(name, hosts)
        old = find_entry(vault, name)
        value = vault.unseal(old)
        return put_entry(vault, build_entry(context, vault, name, hosts_by_kind, old), value)

    return change_vault(context, edit)


def bind_user_token(context: VaultContext, name: str, hosts: Iterable[str]) -> WrittenVault:
    """Set the hosts that may get the end user's token of this name; earlier hosts are replaced.

    The entry has no value and no hosts of its own: a reader that takes it for a secret may send it
    nowhere. Raises UsageError if a secret has this name.
    """
    validation.check_name(name, "token")
    hosts_by_kind = {"hosts": (), "token_hosts": validation.check_hosts(hosts, TOKEN_HOST)}

    def edit(vault: OpenVault) -> OpenVault:
        old = vault.find(Purpose.SECRET, name)
        if old and not old.is_binding:
            raise UsageError(
                f'"{name}" is a secret of the vault; nothing was written',
                hint="Give the user's token another name in the YAML. For tokens fetched with the"
                " secret, run the same command without --user.",
            )
        return put_entry(vault, build_entry(context, vault, name, hosts_by_kind, old), b"")

    return change_vault(context, edit)


def _describe_unknown(name: str, hosts: Iterable[str]) -> UsageError:
    to_options = [word for host in hosts for word in ("--token-host", host)]
    seal = join_command(("vault", "seal"), name, options=("--host", "HOST", *to_options))
    user = join_command(("vault", "bind"), name, options=("--user", *to_options))
    return UsageError(
        f'no secret "{name}" is in the vault; nothing was written',
        hint=f"For a secret that fetches tokens: `{seal}`. For the end user's own token: `{user}`.",
    )

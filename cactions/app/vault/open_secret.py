"""Opens single secrets of an open vault, each for what it was sealed for only."""

from __future__ import annotations

from cactions.app.vault.open_vault import OpenVault
from cactions.logic.shell import join_command
from cactions.logic.suggest import suggest
from cactions.logic.vault.errors import build_bad_entry
from cactions.logic.vault.private_key import is_private_key
from cactions.model import DefinitionError, UsageError
from cactions.model.secret import Secret, SigningKey
from cactions.model.vault import Entry, Purpose


def open_secret(vault: OpenVault, name: str, host: str, *, fetches: bool = False) -> Secret:
    """Open a secret of an open vault for one request to this host.

    ``fetches``: the request fetches a token; it is not the request of an action. Raises UsageError
    for an unknown name, DefinitionError if the secret may not go to the host, and VaultError
    (ENTRY) if it was not sealed for its place.
    """
    entry = find_entry(vault, name, host)
    if entry.token_hosts and not fetches:
        # its response could be a token, also where the host is the same, and go to a person
        raise DefinitionError(
            f'the secret "{name}" fetches tokens, so an action may not send it itself; it was not'
            " opened",
            hint="Name the token that is fetched with it under `tokens` of the request. If the"
            " service needs the secret too, seal it again under another name.",
        )
    if entry.is_signing_key:
        raise DefinitionError(
            f'the secret "{name}" is sealed to sign with, and is sent nowhere; it was not opened',
            hint="Seal the secret that the service expects under a name of its own.",
        )
    _check_host(entry, host)
    opened = _unseal(vault, entry)
    if is_private_key(opened.reveal()):
        raise DefinitionError(
            f'the secret "{name}" is a private key, which signs and is never sent; it was not sent',
            hint="Name it as `key` of a token that is fetched by a JWT, or of a client certificate."
            " If the service gave you another secret, seal that under a name of its own.",
        )
    return opened


def open_key_of_host(vault: OpenVault, name: str, host: str) -> SigningKey:
    """Open what signs for this host, JWTs or TLS connections. Raises as ``open_secret``."""
    entry = find_entry(vault, name, host)
    _check_host(entry, host)
    return SigningKey(name, _unseal(vault, entry).reveal())


def open_signing_key(vault: OpenVault, name: str) -> Secret:
    """Open a secret that is sealed to sign with. Raises UsageError for another one, VaultError."""
    entry = find_entry(vault, name, signing=True)
    if not entry.is_signing_key:
        seal = join_command(("vault", "seal"), name, options=("--signing",))
        raise UsageError(
            f'the secret "{name}" is sealed to be sent, not to sign with; it was not opened',
            hint=f"Seal the site's secret under a name of its own: `{seal}`.",
        )
    return _unseal(vault, entry)


def _check_host(entry: Entry, host: str) -> None:
    if host.lower() not in entry.hosts:
        rotate = join_command(("vault", "rotate"), entry.name, options=("--host", host))
        raise DefinitionError(
            f'the secret "{entry.name}" may not be sent to {host}; it was not opened',
            hint=f"It is sealed for {', '.join(entry.hosts) or 'no host'}. To allow another host, "
            f"rotate it with every host: `{rotate} ...`",
        )


def _unseal(vault: OpenVault, entry: Entry) -> Secret:
    try:
        return Secret(entry.name, vault.unseal(entry).decode())
    except UnicodeDecodeError:
        raise build_bad_entry(entry.name) from None


def find_entry(vault: OpenVault, name: str, host: str = "", *, signing: bool = False) -> Entry:
    """Find the secret of this name, which is needed for ``host``. Raises UsageError."""
    entry = vault.find(Purpose.SECRET, name)
    if entry and entry.is_binding:
        bind = join_command(("vault", "bind"), name, options=("--user", "--token-host", "HOST"))
        raise UsageError(
            f'"{name}" binds the end user\'s token of that name, and holds no value;'
            " nothing was opened",
            hint=f"To change its hosts: `{bind}`. A secret needs another name.",
        )
    if entry is None:
        names = [secret.name for secret in vault.contents.secrets if not secret.is_binding]
        near = suggest(name, names)
        near += "" if near.endswith("?") or not near else "."
        needs = ("--signing",) if signing else ("--host", host) if host else ()
        seal = join_command(("vault", "seal"), name, options=needs)
        raise UsageError(
            f'no secret "{name}" is in the vault; nothing was opened',
            hint=f"{near} Seal it with `{seal}`.".strip(),
        )
    return entry

"""Opens secrets of the vault for live requests: the vault once, each secret for its host.

It also tells where tokens may go that are in no vault: fetched ones, and the end user's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock

from cactions.app.vault.manage import find_entry, open_secret
from cactions.app.vault.open_vault import OpenVault, VaultContext, open_vault
from cactions.logic.vault.token_binding import TokenBinding, list_binders
from cactions.model import Token, UsageError
from cactions.model.secret import Secret
from cactions.model.vault import Entry, Purpose


class VaultSecrets:
    """``desk`` is asked for when a secret is first needed; ``know`` is told of every value."""

    def __init__(
        self, desk: Callable[[], VaultContext], know: Callable[[Secret], Secret] = lambda one: one
    ) -> None:
        self._desk, self._know = desk, know
        self._vault: OpenVault | None = None
        self._open: dict[tuple[str, str, bool], Secret] = {}
        self._lock = Lock()

    def open(
        self, names: Sequence[str], host: str, *, fetches: bool = False
    ) -> Mapping[str, Secret]:
        """By name. Raises UsageError, DefinitionError, StoreError."""
        with self._lock:
            return {name: self._one(name, host, fetches) for name in names}

    def find_binding(self, token: Token) -> TokenBinding:
        """Where the token may go. No vault is asked for a token that is fetched without a secret.

        Raises UsageError where there is no vault, or a secret of the fetch is not in it, and
        StoreError where the vault cannot be opened.
        """
        with self._lock:
            return TokenBinding(
                token, self._of_user(token) if token.is_user_token else self._of(token)
            )

    def _one(self, name: str, host: str, fetches: bool) -> Secret:
        place = (name, host, fetches)
        if place not in self._open:
            with _needing(f'the secret "{name}"'):
                secret = open_secret(self._whole(), name, host, fetches=fetches)
            self._open[place] = self._know(secret)
        return self._open[place]

    def _of(self, token: Token) -> Mapping[str, Entry]:
        """The secrets that the token is fetched with; where there are none, no vault is opened."""
        found: dict[str, Entry] = {}
        for name in list_binders(token):
            with _needing(f'the secret "{name}"'):
                found[name] = find_entry(self._whole(), name)
        return found

    def _of_user(self, token: Token) -> Mapping[str, Entry]:
        remedy = TokenBinding(token, {}).remedy(token.hosts)
        with _needing(f'the vault\'s word on where the token "{token.name}" may go', remedy):
            vault = self._whole()
        entry = vault.find(Purpose.SECRET, token.name)
        if entry is None or not entry.is_binding:
            return {}
        vault.unseal(entry)
        return {token.name: entry}

    def _whole(self) -> OpenVault:
        self._vault = self._vault or open_vault(self._desk())
        return self._vault


@contextmanager
def _needing(what: str, remedy: str = "") -> Iterator[None]:
    """An error of the vault says what a live call needs it for."""
    try:
        yield
    except UsageError as error:
        then = f" Then bind it, only to hosts that are meant to get it: {remedy}." if remedy else ""
        raise UsageError(
            f"a live call needs {what}: {error}",
            hint=f"{error.hint.rstrip('.')}.{then} A replay of a recording needs none.",
        ) from None

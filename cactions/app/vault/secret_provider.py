"""Opens secrets of the vault for live requests: the vault once, each secret for its host.

It also says which hosts may get tokens that are in no vault: fetched tokens and the end user's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Protocol, TypeVar

from cactions.app.vault.open_secret import find_entry, open_key_of_host, open_secret
from cactions.app.vault.open_vault import OpenVault, VaultContext, open_vault
from cactions.app.vault.ports import AssertionSigner, CertificateChecker
from cactions.logic.vault.token_binding import TokenBinding, list_binders
from cactions.model import ClientCertificate, JwtAssertion, Token, UsageError
from cactions.model.secret import Secret, SigningKey
from cactions.model.vault import Entry, Purpose

_Sealed = TypeVar("_Sealed", Secret, SigningKey)


class Registrar(Protocol):
    """Is told of every value that was opened, and gives it back."""

    def __call__(self, secret: _Sealed) -> _Sealed:
        """The same."""


class VaultSecrets:
    """Gets its context at the first use; calls ``register_secret`` for every opened value."""

    def __init__(
        self,
        context: Callable[[], VaultContext],
        register_secret: Registrar = lambda secret: secret,
        signer: AssertionSigner | None = None,
        check_certificate: CertificateChecker | None = None,
    ) -> None:
        self._get_context, self._signer = context, signer
        self._check_certificate = check_certificate
        self._register_secret = register_secret
        self._vault: OpenVault | None = None
        self._open: dict[tuple[str, str, bool], Secret] = {}
        self._keys: dict[tuple[ClientCertificate, str], SigningKey] = {}
        self._lock = Lock()

    def open(
        self, names: Sequence[str], host: str, *, fetches: bool = False
    ) -> Mapping[str, Secret]:
        """Open secrets, by name. Raises UsageError, DefinitionError, StoreError."""
        with self._lock:
            return {name: self._open_one(name, host, fetches) for name in names}

    def sign(self, assertion: JwtAssertion, host: str) -> Secret:
        """A new JWT for this host. Raises as ``open``."""
        name = assertion.key
        with self._lock, _explain_need(f'the key "{name}"'):
            key = self._register_secret(open_key_of_host(self._open_vault_once(), name, host))
        assert self._signer, "only live calls fetch tokens"
        return self._signer.sign(assertion, key)

    def open_certificate_key(self, presented: ClientCertificate, host: str) -> SigningKey:
        """The key of a client certificate, opened once for each host. Raises as ``open``."""
        place, name = (presented, host), presented.key.name
        with self._lock:
            if place not in self._keys:
                with _explain_need(f'the key "{name}"'):
                    opened = open_key_of_host(self._open_vault_once(), name, host)
                key = self._register_secret(opened)
                assert self._check_certificate, "only live calls present certificates"
                self._check_certificate(presented, key)
                self._keys[place] = key
            return self._keys[place]

    def find_binding(self, token: Token) -> TokenBinding:
        """The hosts that may get the token. Without a secret in its fetch, no vault is opened."""
        with self._lock:
            return TokenBinding(
                token,
                self._find_user_binding(token)
                if token.is_user_token
                else self._find_secrets(token),
            )

    def _open_one(self, name: str, host: str, fetches: bool) -> Secret:
        place = (name, host, fetches)
        if place not in self._open:
            with _explain_need(f'the secret "{name}"'):
                secret = open_secret(self._open_vault_once(), name, host, fetches=fetches)
            self._open[place] = self._register_secret(secret)
        return self._open[place]

    def _find_secrets(self, token: Token) -> Mapping[str, Entry]:
        """The secrets that the token is fetched with; if there are none, no vault is opened."""
        entries: dict[str, Entry] = {}
        for name in list_binders(token):
            with _explain_need(f'the secret "{name}"'):
                entries[name] = find_entry(self._open_vault_once(), name)
        return entries

    def _find_user_binding(self, token: Token) -> Mapping[str, Entry]:
        remedy = TokenBinding(token, {}).get_remedy(token.hosts)
        with _explain_need(
            f'the vault to say which hosts may get the token "{token.name}"', remedy
        ):
            vault = self._open_vault_once()
        entry = vault.find(Purpose.SECRET, token.name)
        if entry is None or not entry.is_binding:
            return {}
        vault.unseal(entry)
        return {token.name: entry}

    def _open_vault_once(self) -> OpenVault:
        self._vault = self._vault or open_vault(self._get_context())
        return self._vault


@contextmanager
def _explain_need(what: str, remedy: str = "") -> Iterator[None]:
    """Say in an error of the vault what a live call needs the vault for."""
    try:
        yield
    except UsageError as error:
        bind_step = f" Then bind it, only to the intended hosts: {remedy}." if remedy else ""
        raise UsageError(
            f"a live call needs {what}: {error}",
            hint=f"{error.hint.rstrip('.')}.{bind_step} A replay of a recording needs none.",
        ) from None

"""Protocols that the vault needs: its file, the key holder, and cryptography."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cactions.model import ClientCertificate, JwtAssertion
    from cactions.model.secret import Passphrase, Secret, SigningKey, VaultKey
    from cactions.model.vault import Ciphertext, ScryptParams


class KeyHolder(Protocol):
    """Stores this machine's key to a vault: the OS keyring, a file, an environment variable."""

    name: str
    """For messages: ``the login keyring``, ``CACTIONS_VAULT_KEY``."""

    remembers: bool
    """Whether a generation can be remembered; if not, a rollback cannot be detected."""

    def get_key(self, vault_id: str) -> VaultKey | Passphrase:
        """The key to the vault, labelled with its recipient's name (empty if unknown).

        Raises VaultError: NO_KEY if there is none, MODE if other users could read it.
        """

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """Store this key; it replaces an older one of the vault, and can be read back on return."""

    def get_seen_generation(self, vault_id: str) -> int | None:
        """The newest generation seen so far, None if unknown."""

    def remember_generation(self, vault_id: str, generation: int) -> None:
        """Store the generation, even if it is lower: only an operator lowers it."""


class AssertionSigner(Protocol):
    """Signs the JWTs that tokens are fetched with."""

    def sign(self, assertion: JwtAssertion, key: SigningKey) -> Secret:
        """A new JWT. Raises DefinitionError for a key that cannot sign it, and UsageError."""


class CertificateChecker(Protocol):
    """Reads client certificates and their keys."""

    def __call__(self, presented: ClientCertificate, key: SigningKey) -> None:
        """Raises DefinitionError where they do not belong together, or are not valid now."""


class VaultChange(Protocol):
    """A vault file that is locked for this process."""

    @property
    def before(self) -> bytes | None:
        """The file's bytes, None if there is no file."""

    def write(self, data: bytes) -> None:
        """Replace the whole file; durable on return.

        Raises StoreError if the old file is still in place, OutcomeUnknown if that is not known.
        """


class VaultFile(Protocol):
    """The file of a vault."""

    name: str
    """For messages."""

    def read(self) -> bytes:
        """The whole file. Raises UsageError if there is none, VaultError for a link or the like."""

    def lock_for_change(self) -> AbstractContextManager[VaultChange]:
        """Lock the file. Raises StoreError if another process holds the lock too long."""


class Sealer(Protocol):
    """Cryptography by purpose; with checked arguments only ``unseal`` can raise."""

    def new_vault_id(self) -> str:
        """32 hex digits that no other vault has."""

    def new_key(self, label: str) -> VaultKey:
        """A fresh random key."""

    def new_scrypt_params(self) -> ScryptParams:
        """Fresh parameters for a new passphrase."""

    def derive_from_passphrase(self, passphrase: Passphrase, how: ScryptParams) -> VaultKey:
        """The key that is derived from a passphrase."""

    def derive_key(self, key: VaultKey, info: bytes) -> VaultKey:
        """A key derived from this one for the use that ``info`` names."""

    def compute_key_id(self, key: VaultKey, info: bytes) -> str:
        """The public id of a key: 32 hex digits."""

    def seal(self, key: VaultKey, associated: bytes, plaintext: bytes) -> Ciphertext:
        """The plaintext, sealed for the place that ``associated`` names."""

    def unseal(self, key: VaultKey, associated: bytes, sealed: Ciphertext) -> bytes:
        """The plaintext. Raises AuthenticationFailed."""

    def compute_mac(self, key: VaultKey, data: bytes) -> bytes:
        """The message authentication code: 32 bytes."""

    def has_mac(self, key: VaultKey, data: bytes, mac: bytes) -> bool:
        """Whether this is the data's MAC, in constant time."""

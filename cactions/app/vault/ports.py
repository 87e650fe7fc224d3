"""What the vault asks of the outside, as protocols: its file, whoever keeps a key, cryptography."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cactions.model.secret import Passphrase, VaultKey
    from cactions.model.vault import Ciphertext, ScryptParams


class KeyHolder(Protocol):
    """Where this machine's key to a vault is kept: the OS keyring, a file, a variable."""

    name: str
    """For messages: ``the login keyring``, ``CACTIONS_VAULT_KEY``."""

    remembers: bool
    """Whether a remembered generation comes back; where not, a rollback cannot be noticed."""

    def key(self, vault_id: str) -> VaultKey | Passphrase:
        """The key to the vault, labelled with its recipient's name (empty where unknown).

        Raises VaultError (NO_KEY) where there is none, (MODE) where others could read it.
        """
        ...

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """Keep this key, instead of an older one of the vault; on return it can be read back."""
        ...

    def seen_generation(self, vault_id: str) -> int | None:
        """The newest generation seen so far, None where unknown."""
        ...

    def remember_generation(self, vault_id: str, generation: int) -> None:
        """Keep the mark as it is given, also where it is lower: only an operator lowers it."""
        ...


class VaultChange(Protocol):
    """A vault file while nobody else may write it."""

    @property
    def before(self) -> bytes | None:
        """What the file holds, None where there is none."""
        ...

    def write(self, data: bytes) -> None:
        """Replace the whole file; durable on return.

        Raises StoreError where the old file still stands, OutcomeUnknown where that is not known.
        """
        ...


class VaultFile(Protocol):
    """The sealed file."""

    name: str
    """For messages."""

    def read(self) -> bytes:
        """All of it. Raises UsageError where there is none, VaultError for a strange one."""
        ...

    def change(self) -> AbstractContextManager[VaultChange]:
        """The file for ourselves. Raises StoreError where another process keeps it too long."""
        ...


class Sealer(Protocol):
    """Cryptography by intent; every method is total for checked arguments, but ``unseal``."""

    def new_vault_id(self) -> str:
        """32 hex digits that no other vault has."""
        ...

    def new_key(self, label: str) -> VaultKey:
        """A key that nobody has seen."""
        ...

    def new_scrypt_params(self) -> ScryptParams:
        """How to stretch a new passphrase."""
        ...

    def derive_from_passphrase(self, passphrase: Passphrase, how: ScryptParams) -> VaultKey:
        """The key that a passphrase stands for."""
        ...

    def derive_key(self, key: VaultKey, info: bytes) -> VaultKey:
        """Another key, made from this one for the use that ``info`` names."""
        ...

    def key_id(self, key: VaultKey, info: bytes) -> str:
        """The public name of a key: 32 hex digits."""
        ...

    def seal(self, key: VaultKey, associated: bytes, plaintext: bytes) -> Ciphertext:
        """The plaintext, sealed for the place that ``associated`` names."""
        ...

    def unseal(self, key: VaultKey, associated: bytes, sealed: Ciphertext) -> bytes:
        """The plaintext. Raises Forged."""
        ...

    def mac(self, key: VaultKey, data: bytes) -> bytes:
        """32 bytes that only a holder of the key can make."""
        ...

    def has_mac(self, key: VaultKey, data: bytes, mac: bytes) -> bool:
        """Whether this is the data's MAC, in constant time."""
        ...

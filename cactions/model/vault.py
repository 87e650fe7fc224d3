"""The vault's nouns: its lines, its purposes, and what can be wrong with it.

Names, hosts, versions, recipients and dates of a vault are not secret: they are readable in the
file, and authenticated.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from cactions.model.error_report import ErrorKind
from cactions.model.errors import StoreError

Meta: TypeAlias = "Mapping[str, str | int | tuple[str, ...]]"


class Purpose(Enum):
    """What something is sealed for; each purpose has its own key."""

    SECRET = "secret"  # noqa: S105 (a word, no password)
    REQUEST = "request"
    JOURNAL = "journal"
    PLAN = "plan"


class RecipientKind(Enum):
    """How a recipient opens the vault.

    KEY: 32 random bytes that never travelled. INVITATION: the same, but as a join code that
    travels and that only ``join`` takes. MACHINE: the same, handed to a CI system for good.
    PASSPHRASE: typed, stretched by scrypt.
    """

    KEY = "key"
    INVITATION = "invitation"
    MACHINE = "machine"
    PASSPHRASE = "passphrase"  # noqa: S105 (a word, no password)


class ScryptParams(Struct, frozen=True):
    """scrypt's parameters (RFC 7914): cost ``n`` (a power of two), ``r``, ``p`` and the salt."""

    n: int
    r: int
    p: int
    salt: bytes


class Ciphertext(Struct, frozen=True):
    """AES-256-GCM's ciphertext with its tag, and the salt that its single-use key came from."""

    salt: bytes
    data: bytes


class Recipient(Struct, frozen=True):
    """A recipient of the vault; ``wrapped`` is the data key, encrypted with their key.

    ``key_id`` names their key without telling it (32 hex digits), ``created`` is UTC
    (``2026-11-22T12:00:00Z``).
    """

    name: str
    kind: RecipientKind
    key_id: str
    created: str
    wrapped: Ciphertext
    stretching: ScryptParams | None = None


class Entry(Struct, frozen=True):
    """Something sealed: ``hosts`` are the only ones a secret may be sent to.

    ``meta`` holds ``created`` (UTC), ``hosts`` and ``by`` (the recipient who sealed it), and may
    hold ``token_hosts``.
    """

    purpose: Purpose
    name: str
    version: int
    meta: Meta
    sealed: Ciphertext

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where the secret may go; empty: nowhere."""
        return self._read_hosts("hosts")

    @property
    def token_hosts(self) -> tuple[str, ...]:
        """Where a token may go that is fetched with the secret; empty: nowhere."""
        return self._read_hosts("token_hosts")

    @property
    def is_binding(self) -> bool:
        """Whether it holds no value, and only binds the end user's token of its name."""
        return not self.hosts and "token_hosts" in self.meta

    @property
    def is_signing_key(self) -> bool:
        """Whether it is used to sign on this machine, and sent nowhere."""
        return self.purpose is Purpose.SECRET and not (self.hosts or "token_hosts" in self.meta)

    def _read_hosts(self, key: str) -> tuple[str, ...]:
        hosts = self.meta.get(key)
        return hosts if isinstance(hosts, tuple) else ()


class VaultHead(Struct, frozen=True):
    """Which vault this is and how old: ``epoch`` counts data keys, ``generation`` writes."""

    vault_id: str
    epoch: int
    generation: int


class VaultContents(Struct, frozen=True):
    """Everything that a vault file says, before anything of it is believed."""

    head: VaultHead
    recipients: tuple[Recipient, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def secrets(self) -> tuple[Entry, ...]:
        """Those of purpose SECRET, bindings of user tokens among them."""
        return tuple(entry for entry in self.entries if entry.purpose is Purpose.SECRET)


class AuthenticationFailed(ValueError):
    """Sealed bytes were not sealed with this key for this place."""


class VaultLocked(StoreError):
    """Something is sealed, and the key to it is not at hand; the message says why."""


class VaultFault(Enum):
    """What is wrong with a vault; the stable word of each error."""

    NOT_A_VAULT = "not_a_vault"
    NEWER_VERSION = "newer_version"
    TOO_BIG = "too_big"
    TRUNCATED = "truncated"
    NOT_CANONICAL = "not_canonical"
    BAD_PARAMETERS = "bad_parameters"
    NO_KEY = "no_key"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    WRONG_KEY = "wrong_key"
    TAMPERED = "tampered"
    ROLLBACK = "rollback"
    ENTRY = "entry"
    MODE = "mode"
    SYMLINK = "symlink"


class VaultError(StoreError):
    """The vault, or a key to it, cannot be used: ``fault`` says how, ``line`` where (from 1).

    ``line`` is 0 where no line is to blame. The message never holds a key or a secret.
    """

    kind = ErrorKind.VAULT

    def __init__(self, fault: VaultFault, message: str, *, hint: str, line: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.fault = fault
        self.line = line

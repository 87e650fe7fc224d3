"""Key stores, clocks and complete vaults for tests; the stores implement the port ``KeyHolder``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import shake_256
from pathlib import Path

from cactions.app.vault.manage import create_vault
from cactions.app.vault.open_secret import open_secret as open_secret_of
from cactions.app.vault.open_vault import VaultContext, open_vault
from cactions.edges.keys.crypto import AesGcmSealer
from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.logic.vault.errors import Problem, build_error
from cactions.model.secret import Passphrase, Secret, VaultKey

NOW = 1_790_000_000
CHEAP = 2**15
"""The lowest scrypt cost that a reader accepts."""


class FixedClock:
    """Always the same second."""

    def get_time(self) -> float:
        return NOW


class HolderInMemory:
    """Keys and generations of one user, as a keyring stores them."""

    name = "the keyring in memory"
    remembers = True

    def __init__(self) -> None:
        self.keys: dict[str, VaultKey | Passphrase] = {}
        self.marks: dict[str, int] = {}

    def get_key(self, vault_id: str) -> VaultKey | Passphrase:
        if vault_id not in self.keys:
            raise build_error(Problem.NO_KEY, where=self.name)
        return self.keys[vault_id]

    def keep(self, vault_id: str, key: VaultKey) -> None:
        self.keys[vault_id] = key

    def get_seen_generation(self, vault_id: str) -> int | None:
        return self.marks.get(vault_id)

    def remember_generation(self, vault_id: str, generation: int) -> None:
        self.marks[vault_id] = generation


class HolderInFile:
    """Keys and generations shared by several processes; each write replaces the whole file."""

    name = "the key file"
    remembers = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_key(self, vault_id: str) -> VaultKey:
        kept = self._all().get(vault_id, {})
        if "key" not in kept:
            raise build_error(Problem.NO_KEY, where=self.name)
        return VaultKey(kept["recipient"], bytes.fromhex(kept["key"]))

    def keep(self, vault_id: str, key: VaultKey) -> None:
        self._update(vault_id, {"recipient": key.label, "key": key.reveal().hex()})

    def get_seen_generation(self, vault_id: str) -> int | None:
        return self._all().get(vault_id, {}).get("generation")

    def remember_generation(self, vault_id: str, generation: int) -> None:
        self._update(vault_id, {"generation": generation})

    def _all(self) -> dict[str, dict]:
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def _update(self, vault_id: str, news: dict) -> None:
        everything = self._all()
        everything[vault_id] = everything.get(vault_id, {}) | news
        draft = self._path.with_suffix(f".{os.getpid()}.new")
        draft.write_text(json.dumps(everything))
        draft.rename(self._path)


class OnlyKey:
    """A key without a memory, like an environment variable; ``mark`` is --min-generation."""

    name = "the environment"
    remembers = False

    def __init__(self, key: VaultKey | Passphrase, mark: int | None = None) -> None:
        self._key = key
        self._mark = mark

    def get_key(self, vault_id: str) -> VaultKey | Passphrase:
        return self._key

    def keep(self, vault_id: str, key: VaultKey) -> None:
        raise AssertionError("nothing can be kept here")

    def get_seen_generation(self, vault_id: str) -> int | None:
        return self._mark

    def remember_generation(self, vault_id: str, generation: int) -> None:
        return


def drawn(seed: str) -> Callable[[int], bytes]:
    """Deterministic randomness: only for test vectors."""
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        count += 1
        return shake_256(f"{seed} {count}".encode()).digest(size)

    return draw


def context_at(
    path: Path, *, keys: object = None, sealer: AesGcmSealer | None = None
) -> VaultContext:
    """A context for a vault file, with a keyring in memory."""
    return VaultContext(
        LocalVaultFile(path, patience=60),
        keys or HolderInMemory(),  # type: ignore[arg-type] (any holder)
        sealer or AesGcmSealer(cost=CHEAP),
        FixedClock(),
    )


def new_vault(path: Path, *, sealer: AesGcmSealer | None = None, me: str = "ada") -> VaultContext:
    """A new vault with one recipient."""
    context = context_at(path, sealer=sealer)
    create_vault(context, me)
    return context


def open_secret(context: VaultContext, name: str, host: str) -> Secret:
    """One secret of a vault, for a request to this host."""
    return open_secret_of(open_vault(context), name, host, fetches=True)

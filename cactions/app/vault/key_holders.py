"""Key holders around another one: with a minimum generation, or with another place for new keys."""

from __future__ import annotations

from cactions.app.vault.ports import KeyHolder
from cactions.model.secret import Passphrase, VaultKey


class MinGeneration:
    """A key holder around another one, with a minimum generation: ``--min-generation``."""

    def __init__(self, holder: KeyHolder, generation: int) -> None:
        self.name = holder.name
        self.remembers = holder.remembers
        self._holder = holder
        self._generation = generation

    def get_key(self, vault_id: str) -> VaultKey | Passphrase:
        return self._holder.get_key(vault_id)

    def keep(self, vault_id: str, key: VaultKey) -> None:
        self._holder.keep(vault_id, key)

    def get_seen_generation(self, vault_id: str) -> int | None:
        """The higher of the minimum and what the inner holder has seen."""
        return max(self._generation, self._holder.get_seen_generation(vault_id) or 0)

    def remember_generation(self, vault_id: str, generation: int) -> None:
        self._holder.remember_generation(vault_id, generation)


class SplitKeyHolder(MinGeneration):
    """A key holder that stores new keys with another one, so that no key is overwritten."""

    def __init__(self, holder: KeyHolder, keeper: KeyHolder) -> None:
        super().__init__(holder, 0)
        self._keeper = keeper

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """Store the key with the other holder."""
        self._keeper.keep(vault_id, key)

    def get_seen_generation(self, vault_id: str) -> int | None:
        """What the inner holder has seen."""
        return self._holder.get_seen_generation(vault_id)

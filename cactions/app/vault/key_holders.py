"""Key holders put together: one that must not see an older vault, and one that keeps elsewhere."""

from __future__ import annotations

from cactions.app.vault.ports import KeyHolder
from cactions.model.secret import Passphrase, VaultKey


class MinGeneration:
    """A holder with a lowest generation that it was told: ``--min-generation``."""

    def __init__(self, holder: KeyHolder, generation: int) -> None:
        self.name = holder.name
        self.remembers = holder.remembers
        self._holder = holder
        self._generation = generation

    def key(self, vault_id: str) -> VaultKey | Passphrase:
        """The holder's."""
        return self._holder.key(vault_id)

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """The holder's business."""
        self._holder.keep(vault_id, key)

    def seen_generation(self, vault_id: str) -> int | None:
        """What was told, or more where the holder has seen more."""
        return max(self._generation, self._holder.seen_generation(vault_id) or 0)

    def remember_generation(self, vault_id: str, generation: int) -> None:
        """The holder's business."""
        self._holder.remember_generation(vault_id, generation)


class SplitKeyHolder(MinGeneration):
    """A holder whose new keys go to another one, so that no key has to be overwritten."""

    def __init__(self, holder: KeyHolder, keeper: KeyHolder) -> None:
        super().__init__(holder, 0)
        self._keeper = keeper

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """Into the other one."""
        self._keeper.keep(vault_id, key)

    def seen_generation(self, vault_id: str) -> int | None:
        """The holder's business."""
        return self._holder.seen_generation(vault_id)

"""Seals the journal's data about people with keys of the vault, which is opened once, when needed.

After a rekey the vault still holds the earlier keys, so that older runs still open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from cactions.app.vault.open_vault import OpenVault, PurposeKey, VaultContext, open_vault
from cactions.logic.vault import sealed_cell
from cactions.model import CactionsError, StoreError
from cactions.model.secret import VaultKey
from cactions.model.vault import AuthenticationFailed, Purpose, VaultLocked

_PURPOSE = Purpose.JOURNAL


class VaultRowCipher:
    """The row cipher of a folder that has a vault; the context is got at the first use."""

    seals = True

    def __init__(self, context: Callable[[], VaultContext]) -> None:
        self._get_context = context
        self._keys: dict[str, PurposeKey] = {}
        self._locked: VaultLocked | None = None

    def seal(self, text: str, place: tuple[str | int, ...]) -> bytes:
        """Seal the text for its place with the current key."""
        present_key = self._get_key("")
        data = sealed_cell.build_place_data(_PURPOSE, place)
        return sealed_cell.format_cell(
            present_key.name, self._vault.sealer.seal(present_key.key, data, text.encode())
        )

    def unseal(self, stored: str | bytes, place: tuple[str | int, ...]) -> str:
        """Open the text; plain text from before the vault is returned as it is."""
        if isinstance(stored, str):
            return stored
        try:
            name, sealed = sealed_cell.parse_cell(stored)
            data = sealed_cell.build_place_data(_PURPOSE, place)
            return self._vault.sealer.unseal(self._get_key(name).key, data, sealed).decode()
        except (AuthenticationFailed, UnicodeDecodeError):
            raise StoreError(
                "it was damaged, or changed without a key to the vault",
                hint="Restore the file from a backup.",
            ) from None

    def list_person_pseudonyms(self, person_id: str) -> Sequence[str]:
        """A MAC of the id for each key so far, then the plain id, as stored before the vault."""
        data = sealed_cell.build_pseudonym_data(person_id)
        sealer = self._vault.sealer
        return (*(sealer.compute_mac(key, data).hex() for key in self._pseudonym_keys), person_id)

    def get_sealing_start(self) -> float:
        """When the vault was made, as its oldest line tells: later, if who made it was removed."""
        contents = self._vault.contents
        dates = [each.created for each in contents.recipients]
        dates += [str(entry.meta["created"]) for entry in contents.entries]
        return datetime.fromisoformat(min(dates)).timestamp() + 1  # they are whole seconds

    @cached_property
    def _pseudonym_keys(self) -> tuple[VaultKey, ...]:
        entries = self._vault.contents.entries
        names = ["", *(entry.name for entry in entries if entry.purpose is _PURPOSE)]
        sealer = self._vault.sealer
        return tuple(
            sealer.derive_key(self._get_key(name).key, sealed_cell.MARK_LABEL) for name in names
        )

    def _get_key(self, name: str) -> PurposeKey:
        if name not in self._keys:
            self._keys[name] = self._vault.derive_purpose_key(_PURPOSE, name)
        return self._keys[name]

    @property
    def _vault(self) -> OpenVault:
        """The vault, opened once; after a failure it is not tried again."""
        if self._locked:
            raise self._locked
        try:
            return self._opened_vault
        except CactionsError as error:
            self._locked = VaultLocked(f"it is sealed, and {error}", hint=error.hint)
            raise self._locked from None

    @cached_property
    def _opened_vault(self) -> OpenVault:
        return open_vault(self._get_context())

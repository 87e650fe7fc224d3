"""Keeps what the journal knows of people sealed by keys of the vault, which is opened once, late.

After a rekey the vault holds the keys of before, so that older runs still open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from cactions.app.vault.open_vault import OpenVault, PurposeKey, VaultContext, open_vault
from cactions.logic.vault import sealed_cell
from cactions.model import CactionsError, StoreError
from cactions.model.secret import VaultKey
from cactions.model.vault import AuthenticationFailed, Purpose, VaultLocked

_PURPOSE = Purpose.JOURNAL


class VaultRowCipher:
    """The cover of a folder that has a vault; ``desk`` is asked for when it is first needed."""

    seals = True

    def __init__(self, desk: Callable[[], VaultContext]) -> None:
        self._desk = desk
        self._keys: dict[str, PurposeKey] = {}
        self._closed: VaultLocked | None = None

    def seal(self, text: str, place: tuple[str | int, ...]) -> bytes:
        """The text, sealed for the place by the present key."""
        own = self._key("")
        data = sealed_cell.build_place_data(_PURPOSE, place)
        return sealed_cell.format_cell(
            own.name, self._vault.sealer.seal(own.key, data, text.encode())
        )

    def unseal(self, kept: str | bytes, place: tuple[str | int, ...]) -> str:
        """The text; one of before the vault stands for itself. Raises Locked, StoreError."""
        if isinstance(kept, str):
            return kept
        try:
            name, sealed = sealed_cell.parse_cell(kept)
            data = sealed_cell.build_place_data(_PURPOSE, place)
            return self._vault.sealer.unseal(self._key(name).key, data, sealed).decode()
        except (AuthenticationFailed, UnicodeDecodeError):
            raise StoreError(
                "it was changed by somebody who has no key to the vault, or damaged",
                hint="Take the file back from a backup.",
            ) from None

    def person_pseudonyms(self, person_id: str) -> Sequence[str]:
        """A MAC of the id by each key so far, and the id itself as of before the vault."""
        data = sealed_cell.build_pseudonym_data(person_id)
        sealer = self._vault.sealer
        return (*(sealer.mac(key, data).hex() for key in self._mark_keys), person_id)

    @cached_property
    def _mark_keys(self) -> tuple[VaultKey, ...]:
        entries = self._vault.contents.entries
        names = ["", *(one.name for one in entries if one.purpose is _PURPOSE)]
        sealer = self._vault.sealer
        return tuple(
            sealer.derive_key(self._key(name).key, sealed_cell.MARK_LABEL) for name in names
        )

    def _key(self, name: str) -> PurposeKey:
        if name not in self._keys:
            self._keys[name] = self._vault.purpose_key(_PURPOSE, name)
        return self._keys[name]

    @property
    def _vault(self) -> OpenVault:
        """The vault, opened once; once it could not be, it is not tried again."""
        if self._closed:
            raise self._closed
        try:
            return self._opened
        except CactionsError as error:
            self._closed = VaultLocked(f"it is sealed, and {error}", hint=error.hint)
            raise self._closed from None

    @cached_property
    def _opened(self) -> OpenVault:
        return open_vault(self._desk())

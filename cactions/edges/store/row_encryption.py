"""How the journal stores data about people: as plain text, or sealed with a vault.

- Plain text from before the vault can still be read.
- In an index a *pseudonym* stands for a person: their id, or with a vault a MAC of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Final, Protocol, TypeAlias

from cactions.model.vault import VaultLocked

StoredText: TypeAlias = "str | bytes"
Place: TypeAlias = "tuple[str | int, ...]"


SEALED_PREFIX: Final = b"cactions-sealed/"
"""The beginning of every sealed cell, of any version."""


class RowCipher(Protocol):
    """Seals texts for their places. Every method raises VaultLocked if the key is missing."""

    seals: bool
    """Whether texts are sealed."""

    def seal(self, text: str, place: Place) -> StoredText:
        """The text in the form to be stored in this place."""

    def unseal(self, stored: StoredText, place: Place) -> str:
        """The stored text. Raises VaultLocked, StoreError if sealed for another place."""

    def list_person_pseudonyms(self, person_id: str) -> Sequence[str]:
        """The pseudonyms of the person; the first one is for new entries."""

    def get_sealing_start(self) -> float:
        """Since when everything is sealed, in Unix seconds."""


class PlainRows:
    """Without a vault: everything is plain text."""

    seals = False

    def seal(self, text: str, _place: Place) -> StoredText:
        """The text itself."""
        return text

    def unseal(self, stored: StoredText, _place: Place) -> str:
        """The text itself. Raises VaultLocked for a sealed cell."""
        if isinstance(stored, str):
            return stored
        raise VaultLocked(
            "it was sealed with a vault, and there is no vault beside the action files",
            hint="Restore the file cactions.vault from git or a backup.",
        )

    def list_person_pseudonyms(self, person_id: str) -> Sequence[str]:
        """The id itself."""
        return (person_id,)

    def get_sealing_start(self) -> float:
        """Never."""
        return inf

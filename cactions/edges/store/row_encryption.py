"""How the journal keeps what it knows of people: as plain text, or sealed where there is a vault.

- Plain text that was kept before there was a vault can still be read.
- A person's *mark* stands for them in an index: their id, or where there is a vault a MAC of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias

from cactions.model.vault import VaultLocked

Kept: TypeAlias = "str | bytes"
Place: TypeAlias = "tuple[str | int, ...]"


BEGINNING: Final = b"cactions-sealed/"
"""Of whatever was sealed, by this version or another."""


class RowCipher(Protocol):
    """Seals texts for their places. Whatever is asked raises Locked where a key is missing."""

    seals: bool
    """Whether what it keeps is sealed."""

    def seal(self, text: str, place: Place) -> Kept:
        """The text as it may be kept in this place."""
        ...

    def unseal(self, kept: Kept, place: Place) -> str:
        """The text that was kept. Raises Locked, StoreError where it was not kept for the place."""
        ...

    def person_pseudonyms(self, person_id: str) -> Sequence[str]:
        """What may stand for the person; the first is for new entries."""
        ...


class PlainRows:
    """There is no vault: everything is plain."""

    seals = False

    def seal(self, text: str, _place: Place) -> Kept:
        """The text itself."""
        return text

    def unseal(self, kept: Kept, _place: Place) -> str:
        """The text itself. Raises Locked for what was sealed."""
        if isinstance(kept, str):
            return kept
        raise VaultLocked(
            "it was sealed by a vault, and there is no vault beside the action files",
            hint="Put the file cactions.vault back from git or a backup.",
        )

    def person_pseudonyms(self, person_id: str) -> Sequence[str]:
        """The id itself."""
        return (person_id,)

"""Decides what a merged vault holds: by name and version, and what only an operator can decide.

- What only one side has is kept: no command removes an entry.
- Of two versions of a secret the higher one counts. Both sides have changed it where the versions
  are the same and the content is not, or where the lower one was sealed later; with a base, where
  neither side is as it was. Then a side must be chosen.
- Published definitions keep all their versions. Where both sides published the same version, those
  of the chosen side come last, so that the newest of them is live.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.vault.definitions import change_version
from cactions.app.vault.open_vault import OpenVault
from cactions.model.vault import Entry, Purpose, Recipient, RecipientKind

_JOINING: Final = (RecipientKind.INVITATION,)


class MergeSide(Enum):
    """One of the two vaults of a merge."""

    OURS = "ours"
    THEIRS = "theirs"


class Dispute(Struct, frozen=True):
    """What both sides changed: a secret, a definition or a recipient, and what each side has."""

    kind: str
    name: str
    ours: Entry | Recipient
    theirs: Entry | Recipient

    @property
    def label(self) -> str:
        """What tells it apart: a secret, a definition and a recipient may share a name."""
        return f"{self.kind} {self.name}"


class SealedItem(Struct, frozen=True):
    """An entry and the vault that opens it; ``number`` is another version that it gets."""

    entry: Entry
    vault: OpenVault
    number: int = 0

    @property
    def plaintext(self) -> bytes:
        """What is sealed. Raises VaultError."""
        return self.vault.unseal(self.entry)

    def is_like(self, other: SealedItem | None) -> bool:
        """Whether both hold the same, however it was sealed."""
        return (
            other is not None
            and self.entry.version == other.entry.version
            and _get_hosts(self.entry) == _get_hosts(other.entry)
            and (self.entry.sealed == other.entry.sealed or self.plaintext == other.plaintext)
        )

    def move_to(self, vault: OpenVault) -> Entry:
        """The entry as it stands in this vault."""
        if not self.number and vault.data_key.reveal() == self.vault.data_key.reveal():
            return self.entry
        data = self.plaintext
        entry = replace(self.entry, version=self.number or self.entry.version)
        if self.number and entry.purpose is Purpose.REQUEST:
            data = change_version(data, self.number)
        return vault.seal_value(entry, data)


Versions = Mapping[int, SealedItem]


class EntryMerge(Struct, frozen=True):
    """The versions of one entry on each side, and in the base where there is one."""

    purpose: Purpose
    name: str
    ours: Versions
    theirs: Versions
    base: Versions

    def find_dispute(self) -> Dispute | None:
        """What both sides changed; None where the result is known."""
        return None if self._resolve() is not None else self._build_dispute()

    def _build_dispute(self) -> Dispute:
        kind = "definition" if self.purpose is Purpose.REQUEST else self.purpose.value
        return Dispute(
            kind, self.name, _get_newest(self.ours).entry, _get_newest(self.theirs).entry
        )

    def resolve(self, chosen: Mapping[str, MergeSide]) -> Iterable[SealedItem]:
        """What the merged vault holds of it; ``chosen`` are sides by label of the dispute."""
        known = self._resolve()
        if known is not None:
            return known
        taken, left = self.ours, self.theirs
        if chosen[self._build_dispute().label] is MergeSide.THEIRS:
            taken, left = left, taken
        next_number = max(*taken, *left) + 1
        if self.purpose is not Purpose.REQUEST:
            return [replace(_get_newest(taken), number=next_number)]
        common = {n: item for n, item in taken.items() if item.is_like(left.get(n))}
        own = [item for n, item in sorted(taken.items()) if n not in common]
        moved = [replace(item, number=n) for n, item in enumerate(own, next_number)]
        kept = {**left, **common}
        return [*kept.values(), *moved]

    def _resolve(self) -> Iterable[SealedItem] | None:
        if self.purpose is not Purpose.SECRET:
            same = self.ours.keys() & self.theirs.keys()
            if all(self.ours[version].is_like(self.theirs[version]) for version in same):
                return {**self.theirs, **self.ours}.values()
            return None
        if not (self.ours and self.theirs):
            return [_get_newest(self.ours or self.theirs)]
        ours, theirs = _get_newest(self.ours), _get_newest(self.theirs)
        if ours.is_like(theirs):
            return [ours]
        if self.base:
            before = _get_newest(self.base)
            unchanged = ours if before.is_like(theirs) else theirs
            return [unchanged] if before.is_like(ours) or before.is_like(theirs) else None
        older, newer = sorted((ours, theirs), key=lambda item: item.entry.version)
        is_clear = older.entry.version < newer.entry.version
        return [newer] if is_clear and _get_date(older) <= _get_date(newer) else None


def list_entry_merges(
    ours: OpenVault, theirs: OpenVault, base: OpenVault | None
) -> Iterator[EntryMerge]:
    """Every entry of both sides, by purpose and name."""
    sides = [_group_entries(vault) if vault else {} for vault in (ours, theirs, base)]
    for purpose, name in sorted({*sides[0], *sides[1]}, key=lambda key: (key[0].value, key[1])):
        yield EntryMerge(purpose, name, *(side.get((purpose, name), {}) for side in sides))


def merge_recipient(
    ours: Recipient | None, theirs: Recipient | None, base: Recipient | None
) -> Recipient | None:
    """The recipient of one epoch; None where both sides changed them."""
    if ours is None or theirs is None or ours == theirs:
        return ours or theirs
    if base in (ours, theirs):
        return theirs if base == ours else ours
    joined = [each for each in (ours, theirs) if each.kind not in _JOINING]
    return joined[0] if len(joined) == 1 else None


def _group_entries(vault: OpenVault) -> dict[tuple[Purpose, str], dict[int, SealedItem]]:
    groups: dict[tuple[Purpose, str], dict[int, SealedItem]] = {}
    for entry in vault.contents.entries:
        item = SealedItem(entry, vault)
        groups.setdefault((entry.purpose, entry.name), {})[entry.version] = item
    return groups


def _get_newest(versions: Versions) -> SealedItem:
    return versions[max(versions)]


def _get_hosts(entry: Entry) -> tuple[object, ...]:
    return entry.hosts, entry.token_hosts, entry.is_binding


def _get_date(item: SealedItem) -> str:
    return str(item.entry.meta["created"])

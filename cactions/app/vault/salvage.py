"""Saves from a damaged vault what still opens, into a new one, with a list of what was lost.

Each entry is bound to its place by itself, so that nothing that opens here was made up. That it is
the *newest* nobody can say without the file's MAC: dates and versions are told, to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.vault.manage import UNSEALED
from cactions.app.vault.open_vault import OpenVault, VaultContext, WrittenVault, unwrap, write_vault
from cactions.app.vault.ports import VaultFile
from cactions.app.vault.rekey import archive_keys
from cactions.logic.vault.file_format import VaultFragment, find_head, parse_fragments
from cactions.model import UsageError
from cactions.model.vault import (
    Entry,
    Purpose,
    Recipient,
    RecipientKind,
    VaultContents,
    VaultError,
    VaultHead,
)


class LostEntry(Struct, frozen=True):
    """Something that did not open: its line, and its name where that can be read."""

    line: int
    name: str


class SalvagedVault(Struct, frozen=True):
    """The new vault: what it got, what was lost, and who must be let in again."""

    written: WrittenVault
    kept: tuple[Entry, ...]
    lost: tuple[LostEntry, ...]
    outside: tuple[str, ...]


def salvage_vault(desk: VaultContext, into: VaultFile) -> SalvagedVault:
    """Make a new vault of what still opens. The damaged file stays as it is.

    Raises VaultError where not even the data key can be had, UsageError where ``into`` is there.
    """
    data = desk.file.read()
    parts = tuple(parse_fragments(data))
    damaged = _opened(
        desk, find_head(data), [p.said for p in parts if isinstance(p.said, Recipient)]
    )
    opening = {part.number: _open(damaged, part) for part in parts}
    kept = _newest(entry for entry, _ in filter(None, opening.values()))
    values = {id(entry): value for entry, value in filter(None, opening.values())}
    lost = tuple(
        LostEntry(part.number, part.said.name if part.said else "")
        for part in parts
        if opening[part.number] is None and not isinstance(part.said, Recipient)
    )
    done = _written(replace(desk, file=into), damaged, [(one, values[id(one)]) for one in kept])
    outside = tuple(one.name for one in damaged.contents.recipients if one.name != damaged.me)
    return SalvagedVault(done, kept, lost, outside)


def _opened(desk: VaultContext, head: VaultHead, recipients: list[Recipient]) -> OpenVault:
    contents = VaultContents(head, tuple(recipients))
    return unwrap(contents, desk.keys.key(head.vault_id), desk.sealer)


def _open(damaged: OpenVault, part: VaultFragment) -> tuple[Entry, bytes] | None:
    if not isinstance(part.said, Entry):
        return None
    try:
        return part.said, damaged.unseal(part.said)
    except VaultError:
        return None


def _newest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Of secrets that stand twice the highest version; of everything else each version once."""
    found: dict[tuple[Purpose, str, int], Entry] = {}
    for entry in sorted(entries, key=lambda one: one.version):
        version = 0 if entry.purpose is Purpose.SECRET else entry.version
        found[entry.purpose, entry.name, version] = entry
    return tuple(found.values())


def _written(
    desk: VaultContext, damaged: OpenVault, kept: list[tuple[Entry, bytes]]
) -> WrittenVault:
    with desk.file.change() as file:
        if file.before is not None:
            raise UsageError(
                f"{desk.file.name} is there already; nothing was written",
                hint="Name a file that does not exist yet.",
            )
        head = VaultHead(desk.sealer.new_vault_id(), 1, 0)
        key, data_key = (desk.sealer.new_key(label) for label in (damaged.me, "data key"))
        vault = OpenVault(VaultContents(head), damaged.me, key, data_key, desk.sealer)
        today = desk.today()
        me = vault.wrapped(Recipient(vault.me, RecipientKind.KEY, "", today, UNSEALED), key)
        entries = [vault.sealed(entry, value) for entry, value in kept]
        entries += [archive_keys(vault, p, damaged, today) for p in (Purpose.JOURNAL, Purpose.PLAN)]
        desk.keys.keep(head.vault_id, key)
        contents = VaultContents(head, (me,), tuple(entries))
        return write_vault(desk, file, replace(vault, contents=contents))

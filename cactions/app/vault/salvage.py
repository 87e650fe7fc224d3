"""Copies what still opens in a damaged vault into a new one, and lists what was lost.

Each entry is bound to its place on its own, so what opens is authentic. Without the file's MAC it
cannot be proved to be the *newest*: the result has dates and versions for the operator to check.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.vault.manage import start_vault
from cactions.app.vault.open_vault import OpenVault, VaultContext, WrittenVault, unwrap, write_vault
from cactions.app.vault.ports import VaultFile
from cactions.app.vault.rekey import archive_purpose_keys
from cactions.logic.vault.file_format import VaultFragment, find_head, parse_fragments
from cactions.model.vault import (
    Entry,
    Purpose,
    Recipient,
    VaultContents,
    VaultError,
)


class LostEntry(Struct, frozen=True):
    """An entry that did not open: its line, and its name if that can be read."""

    line: int
    name: str


class SalvagedVault(Struct, frozen=True):
    """The new vault: the kept entries, the lost ones, and recipients to be added again."""

    written: WrittenVault
    kept: tuple[Entry, ...]
    lost: tuple[LostEntry, ...]
    outside: tuple[str, ...]


def salvage_vault(context: VaultContext, into: VaultFile) -> SalvagedVault:
    """Make a new vault of what still opens; the damaged file stays. Raises as ``start_vault``."""
    data = context.file.read()
    fragments = tuple(parse_fragments(data))
    recipients = tuple(line.content for line in fragments if isinstance(line.content, Recipient))
    contents = VaultContents(find_head(data), recipients)
    key = context.keys.get_key(contents.head.vault_id)
    damaged = unwrap(contents, key, context.sealer)
    opened = {fragment.number: _open_fragment(damaged, fragment) for fragment in fragments}
    kept = _keep_newest(entry for entry, _ in filter(None, opened.values()))
    values = {id(entry): value for entry, value in filter(None, opened.values())}
    lost = tuple(
        LostEntry(fragment.number, fragment.content.name if fragment.content else "")
        for fragment in fragments
        if opened[fragment.number] is None and not isinstance(fragment.content, Recipient)
    )
    written = _write_new_vault(
        replace(context, file=into), damaged, [(entry, values[id(entry)]) for entry in kept]
    )
    outside = tuple(other.name for other in damaged.contents.recipients if other.name != damaged.me)
    return SalvagedVault(written, kept, lost, outside)


def _open_fragment(damaged: OpenVault, fragment: VaultFragment) -> tuple[Entry, bytes] | None:
    if not isinstance(fragment.content, Entry):
        return None
    try:
        return fragment.content, damaged.unseal(fragment.content)
    except VaultError:
        return None


def _keep_newest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """For duplicate secrets the highest version; for other entries each version once."""
    newest: dict[tuple[Purpose, str, int], Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.version):
        version = 0 if entry.purpose is Purpose.SECRET else entry.version
        newest[entry.purpose, entry.name, version] = entry
    return tuple(newest.values())


def _write_new_vault(
    context: VaultContext, damaged: OpenVault, kept: list[tuple[Entry, bytes]]
) -> WrittenVault:
    hint = "Name a file that does not exist yet."
    with context.file.lock_for_change() as file:
        vault = start_vault(context, file, damaged.me, hint)
        entries = [vault.seal_value(entry, value) for entry, value in kept]
        entries += archive_purpose_keys(vault, damaged, context.get_today())
        contents = replace(vault.contents, entries=tuple(entries))
        return write_vault(context, file, replace(vault, contents=contents))

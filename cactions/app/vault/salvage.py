"""Copies what still opens in a damaged vault into a new one, and lists what was lost.

Each entry is bound to its place on its own, so what opens is authentic. Without the file's MAC it
cannot be proved to be the *newest*: the result has dates and versions for the operator to check.
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
    """Make a new vault of what still opens. The damaged file stays as it is.

    Raises VaultError if the data key cannot be unwrapped, UsageError if ``into`` exists.
    """
    data = context.file.read()
    fragments = tuple(parse_fragments(data))
    damaged = _unwrap_damaged(
        context,
        find_head(data),
        [line.content for line in fragments if isinstance(line.content, Recipient)],
    )
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


def _unwrap_damaged(
    context: VaultContext, head: VaultHead, recipients: list[Recipient]
) -> OpenVault:
    contents = VaultContents(head, tuple(recipients))
    return unwrap(contents, context.keys.get_key(head.vault_id), context.sealer)


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
    with context.file.lock_for_change() as file:
        if file.before is not None:
            raise UsageError(
                f"{context.file.name} already exists; nothing was written",
                hint="Name a file that does not exist yet.",
            )
        head = VaultHead(context.sealer.new_vault_id(), 1, 0)
        key, data_key = (context.sealer.new_key(label) for label in (damaged.me, "data key"))
        vault = OpenVault(VaultContents(head), damaged.me, key, data_key, context.sealer)
        today = context.get_today()
        me = vault.wrap_key(Recipient(vault.me, RecipientKind.KEY, "", today, UNSEALED), key)
        entries = [vault.seal_value(entry, value) for entry, value in kept]
        entries += [archive_keys(vault, p, damaged, today) for p in (Purpose.JOURNAL, Purpose.PLAN)]
        context.keys.keep(head.vault_id, key)
        contents = VaultContents(head, (me,), tuple(entries))
        return write_vault(context, file, replace(vault, contents=contents))

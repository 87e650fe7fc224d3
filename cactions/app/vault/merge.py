"""Joins two vaults that went apart in git: of one id, and opened by one key.

- Both files are checked as every vault is, and each may be older than the newest seen; the newer of
  them may not, so that no old file comes back this way.
- The side with the newer data key is the one that is written on. Its recipients count: who was
  taken out with that key stays out. Where both sides made a data key, nothing can be joined.
- What is written replaces one of the two files, or the file with the marks of the merge; never
  another vault.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.vault.merge_entries import (
    Dispute,
    MergeSide,
    SealedItem,
    list_entry_merges,
    merge_recipient,
)
from cactions.app.vault.open_vault import (
    OpenVault,
    VaultContext,
    WrittenVault,
    check_generation,
    unlock_vault,
    write_vault,
)
from cactions.app.vault.ports import VaultChange, VaultFile
from cactions.logic.merge_marks import find_merge_mark
from cactions.logic.vault import file_format
from cactions.model import StoreError, UsageError
from cactions.model.vault import Purpose, Recipient, VaultError

Choose = Callable[[Sequence[Dispute]], Mapping[str, MergeSide]]
"""Says which side counts, by the label of each dispute. Raises UsageError."""

RECIPIENT: Final = "recipient"


class MergedVault(Struct, frozen=True):
    """The written vault: what came from theirs, the chosen sides by label, who is left out."""

    written: WrittenVault
    taken: tuple[str, ...]
    chosen: Mapping[str, MergeSide]
    outside: tuple[str, ...]


class _Sides(Struct, frozen=True):
    ours: OpenVault
    theirs: OpenVault
    base: OpenVault | None

    @property
    def target(self) -> OpenVault:
        """The side with the newer data key, which holds all that journals and plans need."""
        return self.theirs if self.theirs.head.epoch > self.ours.head.epoch else self.ours

    @property
    def has_one_key(self) -> bool:
        return self.ours.data_key.reveal() == self.theirs.data_key.reveal()


def merge_vaults(
    context: VaultContext,
    ours: VaultFile,
    theirs: VaultFile,
    choose: Choose,
    base: VaultFile | None = None,
) -> MergedVault:
    """Join two vaults into the file of ``context``; ``base`` is what both sides came from.

    Raises VaultError, UsageError and StoreError; nothing is written then.
    """
    data = {file.name: file.read() for file in (ours, theirs)}
    sides = _Sides(
        _open_side(context, ours, data[ours.name]),
        _open_side(context, theirs, data[theirs.name]),
        _open_base(context, base) if base else None,
    )
    _check_sides(sides)
    newest = max((sides.ours.head, sides.theirs.head), key=lambda head: head.generation)
    check_generation(context, newest)
    merges = [*list_entry_merges(sides.ours, sides.theirs, sides.base)]
    disputes = [*filter(None, (merge.find_dispute() for merge in merges))]
    recipients = [*_merge_recipients(sides)]
    disputes += [each for each in recipients if isinstance(each, Dispute)]
    chosen = choose(disputes)
    items = [item for merge in merges for item in merge.resolve(chosen)]
    people = [_choose_recipient(each, chosen) for each in recipients]
    target = sides.target
    contents = replace(
        target.contents,
        head=replace(target.head, generation=newest.generation),
        entries=tuple(item.move_to(target) for item in items),
        recipients=tuple(people),
    )
    with context.file.lock_for_change() as file:
        _check_target(context, file, [*data.values()])
        written = write_vault(context, file, replace(target, contents=contents))
    inside = {person.name for person in people}
    outside = {p.name for side in (sides.ours, sides.theirs) for p in side.contents.recipients}
    return MergedVault(
        written, tuple(_list_taken(items, sides)), chosen, tuple(sorted(outside - inside))
    )


def _open_side(context: VaultContext, file: VaultFile, data: bytes) -> OpenVault:
    try:
        text = file_format.parse_vault(data)
        key = context.keys.get_key(text.contents.head.vault_id)
        return unlock_vault(text, key, context.sealer)
    except VaultError as error:
        raise VaultError(
            error.fault, f"{file.name}: {error}", hint=error.hint, line=error.line
        ) from None


def _open_base(context: VaultContext, base: VaultFile) -> OpenVault | None:
    """Without it more is asked: git gives an empty file where there is none."""
    try:
        return _open_side(context, base, base.read())
    except VaultError:
        return None


def _check_sides(sides: _Sides) -> None:
    ids = {side.head.vault_id for side in (sides.ours, sides.theirs, sides.base) if side}
    if len(ids) > 1:
        raise UsageError(
            "these are different vaults; nothing was written",
            hint="Name two files of one vault: `cactions vault status` shows its id with --json.",
        )
    if sides.has_one_key:
        return
    older = sides.ours if sides.target is sides.theirs else sides.theirs
    key = older.derive_purpose_key(Purpose.JOURNAL)
    try:
        known = sides.target.derive_purpose_key(Purpose.JOURNAL, key.name)
    except StoreError:
        known = None
    if known is None or known.key.reveal() != key.key.reveal():
        raise UsageError(
            "both sides have made a new data key, so they cannot be joined; nothing was written",
            hint="Keep one side whole, and seal in it what the other one has changed:"
            " `cactions vault list --vault FILE` shows the versions of each.",
        )


def _merge_recipients(sides: _Sides) -> Iterator[Recipient | Dispute]:
    if not sides.has_one_key:
        yield from sides.target.contents.recipients
        return
    ours, theirs, base = (
        {p.name: p for p in side.contents.recipients} if side else {}
        for side in (sides.ours, sides.theirs, sides.base)
    )
    for name in sorted({*ours, *theirs}):
        merged = merge_recipient(ours.get(name), theirs.get(name), base.get(name))
        yield merged or Dispute(RECIPIENT, name, ours[name], theirs[name])


def _choose_recipient(merged: Recipient | Dispute, chosen: Mapping[str, MergeSide]) -> Recipient:
    if isinstance(merged, Recipient):
        return merged
    side = merged.theirs if chosen[merged.label] is MergeSide.THEIRS else merged.ours
    assert isinstance(side, Recipient)
    return side


def _check_target(context: VaultContext, file: VaultChange, sides: Collection[bytes]) -> None:
    before = file.before
    if before is None or before in sides:
        return
    if find_merge_mark(before.decode("latin-1")) is None:
        raise UsageError(
            f"{context.file.name} is neither of the two vaults; nothing was written",
            hint="Name another file for the result: --into FILE.",
        )
    if len({*sides}) == 1:
        raise UsageError(
            "both sides are the same vault, and the merge has another one; nothing was written",
            hint="Take both from git: `cactions vault verify` says how.",
        )


def _list_taken(items: Sequence[SealedItem], sides: _Sides) -> Iterator[str]:
    """The names of secrets and definitions that ours does not have in this form."""
    held = {(e.purpose, e.name, e.version) for e in sides.ours.contents.entries}
    names = {
        item.entry.name: None
        for item in items
        if item.entry.purpose in (Purpose.SECRET, Purpose.REQUEST)
        and item.vault is sides.theirs
        and (item.number or (item.entry.purpose, item.entry.name, item.entry.version) not in held)
    }
    yield from names

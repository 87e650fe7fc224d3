"""Gives a vault a new data key, and with it takes recipients out; one atomic write.

A new data key cannot be wrapped for others by their old keys: only they have them. So every other
recipient gets a fresh key, to be handed over again, and whoever was removed has none that opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.vault.manage import UNSEALED
from cactions.app.vault.open_vault import OpenVault, VaultContext, WrittenVault, change_vault
from cactions.app.vault.recipients import OneTimeCode, derive_recipient_key, new_recipient
from cactions.model import UsageError
from cactions.model.secret import Passphrase
from cactions.model.vault import Entry, Meta, Purpose, Recipient, RecipientKind


class RekeyedVault(Struct, frozen=True):
    """A vault with a new data key.

    ``handouts`` are for everybody else who stays; ``dropped`` are passphrase recipients whose
    passphrase was not given. ``removed`` (empty after a plain rekey) knew ``known``: these secrets
    are still what they were, and need rotating.
    """

    written: WrittenVault
    handouts: tuple[OneTimeCode, ...]
    dropped: tuple[str, ...] = ()
    removed: str = ""
    known: tuple[str, ...] = ()


def rekey_vault(desk: VaultContext, passphrases: Iterable[Passphrase] = ()) -> RekeyedVault:
    """A new data key, all entries sealed again, fresh keys for everybody else; one atomic write.

    A passphrase recipient stays where the passphrase is given, and is dropped where not.
    """
    return _rekeyed(desk, "", tuple(passphrases))


def remove_recipient(
    desk: VaultContext, name: str, passphrases: Iterable[Passphrase] = ()
) -> RekeyedVault:
    """Take a recipient out, and rekey. Raises UsageError for nobody, and for oneself."""
    return _rekeyed(desk, name, tuple(passphrases))


def _rekeyed(desk: VaultContext, removed: str, passphrases: tuple[Passphrase, ...]) -> RekeyedVault:
    turns: list[_Turn] = []

    def edit(vault: OpenVault) -> OpenVault:
        _check_removable(vault, removed)
        turns.append(_turned(vault, removed, passphrases, desk.today()))
        return turns[0].vault

    done = change_vault(desk, edit)
    secrets = turns[0].vault.contents.secrets if removed else ()
    known = tuple(one.name for one in secrets if not one.is_binding)
    return RekeyedVault(done, turns[0].handouts, turns[0].dropped, removed, known)


class _Turn(Struct, frozen=True):
    vault: OpenVault
    handouts: tuple[OneTimeCode, ...]
    dropped: tuple[str, ...]


def _turned(
    vault: OpenVault, removed: str, passphrases: tuple[Passphrase, ...], today: str
) -> _Turn:
    head = replace(vault.head, epoch=vault.head.epoch + 1)
    contents = replace(vault.contents, head=head)
    new = replace(vault, contents=contents, data_key=vault.sealer.new_key("data key"))
    entries = (*_resealed(vault, new), *_archived(vault, new, today))
    given = {one.label: one for one in passphrases}
    staying = [one for one in vault.contents.recipients if one.name != removed]
    turned = {one.name: _carried(new, one, given, today) for one in staying}
    people = tuple(person for person, _ in turned.values() if person)
    handouts = tuple(handout for _, handout in turned.values() if handout)
    dropped = tuple(name for name, (person, _) in turned.items() if person is None)
    whole = replace(contents, recipients=people, entries=entries)
    return _Turn(replace(new, contents=whole), handouts, dropped)


def _carried(
    new: OpenVault, old: Recipient, given: Mapping[str, Passphrase], today: str
) -> tuple[Recipient | None, OneTimeCode | None]:
    """A recipient under the new data key, and what they must get for it."""
    if old.name == new.me:
        return new.wrapped(old, new.my_key), None
    if old.kind is RecipientKind.PASSPHRASE:
        return (
            derive_recipient_key(new, given[old.name], today) if old.name in given else None
        ), None
    kind = old.kind if old.kind is RecipientKind.MACHINE else RecipientKind.INVITATION
    return new_recipient(new, old.name, kind, today)


def _resealed(old: OpenVault, new: OpenVault) -> tuple[Entry, ...]:
    return tuple(new.sealed(entry, old.unseal(entry)) for entry in old.contents.entries)


def _archived(old: OpenVault, new: OpenVault, today: str) -> tuple[Entry, ...]:
    """The present keys of journals and plans, so that older records stay readable."""
    return tuple(
        archive_keys(new, purpose, old, today) for purpose in (Purpose.JOURNAL, Purpose.PLAN)
    )


def archive_keys(into: OpenVault, purpose: Purpose, of: OpenVault, today: str) -> Entry:
    """A purpose's present key, as an entry of another vault (or epoch)."""
    key = of.purpose_key(purpose)
    meta: Meta = {"by": into.me, "created": today, "hosts": ()}
    return into.sealed(Entry(purpose, key.name, 1, meta, UNSEALED), key.key.reveal())


def _check_removable(vault: OpenVault, name: str) -> None:
    names = [one.name for one in vault.contents.recipients]
    if name and name not in names:
        raise UsageError(
            f'"{name}" is no recipient of the vault; nothing was written',
            hint=f"Recipients are {', '.join(names)}.",
        )
    if name == vault.me:
        raise UsageError(
            f'"{name}" is you, and a vault is never left without its writer; nothing was written',
            hint="Somebody else who is in must remove you.",
        )

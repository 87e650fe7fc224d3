"""Gives a vault a new data key, which is also how a recipient is removed; one atomic write.

A new data key cannot be wrapped with the old keys of other recipients: only they have them. So
every other recipient gets a fresh key to be handed over, and a removed recipient gets none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.vault.manage import UNSEALED
from cactions.app.vault.open_vault import OpenVault, VaultContext, WrittenVault, change_vault
from cactions.app.vault.recipients import OneTimeCode, derive_recipient_key, new_recipient
from cactions.logic.follow import Follow, follow_silently
from cactions.model import UsageError
from cactions.model.secret import Passphrase
from cactions.model.vault import Entry, Meta, Purpose, Recipient, RecipientKind


class RekeyedVault(Struct, frozen=True):
    """A vault with a new data key.

    ``handouts`` are for the other recipients who stay; ``dropped`` are passphrase recipients whose
    passphrase was not given. ``removed`` (empty after a plain rekey) knew the secrets ``known``:
    their values have not changed, so they must be rotated.
    """

    written: WrittenVault
    handouts: tuple[OneTimeCode, ...]
    dropped: tuple[str, ...] = ()
    removed: str = ""
    known: tuple[str, ...] = ()


def rekey_vault(
    context: VaultContext,
    passphrases: Iterable[Passphrase] = (),
    follow: Follow = follow_silently,
) -> RekeyedVault:
    """Make a new data key; a passphrase recipient stays only if the passphrase is given."""
    return _rekey(context, "", tuple(passphrases), follow)


def remove_recipient(
    context: VaultContext,
    name: str,
    passphrases: Iterable[Passphrase] = (),
    follow: Follow = follow_silently,
) -> RekeyedVault:
    """Remove a recipient and rekey. Raises UsageError for an unknown name and for oneself."""
    return _rekey(context, name, tuple(passphrases), follow)


def _rekey(
    context: VaultContext, removed: str, passphrases: tuple[Passphrase, ...], follow: Follow
) -> RekeyedVault:
    epochs: list[_NewEpoch] = []

    def edit(vault: OpenVault) -> OpenVault:
        _check_removable(vault, removed)
        staying = [other for other in vault.contents.recipients if other.name != removed]
        followed = follow(staying, "Keys", "recipients", len(staying))
        epochs.append(_start_epoch(vault, followed, passphrases, context.get_today()))
        return epochs[0].vault

    written = change_vault(context, edit)
    secrets = epochs[0].vault.contents.secrets if removed else ()
    known = tuple(secret.name for secret in secrets if not secret.is_binding)
    return RekeyedVault(written, epochs[0].handouts, epochs[0].dropped, removed, known)


class _NewEpoch(Struct, frozen=True):
    vault: OpenVault
    handouts: tuple[OneTimeCode, ...]
    dropped: tuple[str, ...]


def _start_epoch(
    vault: OpenVault, staying: Iterable[Recipient], passphrases: tuple[Passphrase, ...], today: str
) -> _NewEpoch:
    head = replace(vault.head, epoch=vault.head.epoch + 1)
    contents = replace(vault.contents, head=head)
    new = replace(vault, contents=contents, data_key=vault.sealer.new_key("data key"))
    resealed = (new.seal_value(entry, vault.unseal(entry)) for entry in vault.contents.entries)
    entries = (*resealed, *archive_purpose_keys(new, vault, today))
    by_name = {passphrase.label: passphrase for passphrase in passphrases}
    carried = {old.name: _renew_recipient(new, old, by_name, today) for old in staying}
    recipients = tuple(recipient for recipient, _ in carried.values() if recipient)
    handouts = tuple(handout for _, handout in carried.values() if handout)
    dropped = tuple(name for name, (recipient, _) in carried.items() if recipient is None)
    complete = replace(contents, recipients=recipients, entries=entries)
    return _NewEpoch(replace(new, contents=complete), handouts, dropped)


def _renew_recipient(
    new: OpenVault, old: Recipient, by_name: Mapping[str, Passphrase], today: str
) -> tuple[Recipient | None, OneTimeCode | None]:
    """A recipient under the new data key, and the text to hand over to them."""
    if old.name == new.me:
        return new.wrap_key(old, new.my_key), None
    if old.kind is RecipientKind.PASSPHRASE:
        return (
            derive_recipient_key(new, by_name[old.name], today) if old.name in by_name else None
        ), None
    kind = old.kind if old.kind is RecipientKind.MACHINE else RecipientKind.INVITATION
    return new_recipient(new, old.name, kind, today)


def archive_purpose_keys(into: OpenVault, of: OpenVault, today: str) -> Iterator[Entry]:
    """The current keys of journals and plans, as entries that keep older records readable."""
    for purpose in (Purpose.JOURNAL, Purpose.PLAN):
        key = of.derive_purpose_key(purpose)
        meta: Meta = {"by": into.me, "created": today, "hosts": ()}
        yield into.seal_value(Entry(purpose, key.name, 1, meta, UNSEALED), key.key.reveal())


def _check_removable(vault: OpenVault, name: str) -> None:
    names = [recipient.name for recipient in vault.contents.recipients]
    if name and name not in names:
        raise UsageError(
            f'"{name}" is no recipient of the vault; nothing was written',
            hint=f"Recipients are {', '.join(names)}.",
        )
    if name == vault.me:
        raise UsageError(
            f'"{name}" is you: a recipient cannot remove themselves; nothing was written',
            hint="Ask another recipient to remove you.",
        )

"""Opens a vault with a recipient's key, and seals things into it; reads and writes whole files.

Nothing that a file says is believed before its MAC is checked, and nothing of an older file than
one that was seen is used.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Clock
from cactions.app.vault.ports import KeyHolder, Sealer, VaultChange, VaultFile
from cactions.logic.vault import associated_data, errors, file_format
from cactions.logic.vault.canonical_json import end_line
from cactions.model import CactionsError, StoreError
from cactions.model.secret import KEY_BYTES, Passphrase, VaultKey
from cactions.model.vault import (
    AuthenticationFailed,
    Entry,
    Purpose,
    Recipient,
    VaultContents,
    VaultHead,
)


class VaultContext(Struct, frozen=True):
    """What working with a vault takes."""

    file: VaultFile
    keys: KeyHolder
    sealer: Sealer
    clock: Clock

    def today(self) -> str:
        """Now, as the vault writes it."""
        return datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class PurposeKey(Struct, frozen=True):
    """A key for journals or plans; its ``name`` is kept beside what it sealed, to find it again."""

    name: str
    key: VaultKey


class OpenVault(Struct, frozen=True):
    """A vault whose MAC is checked. ``me`` opened it with ``my_key``.

    ``rollback_checked``: a generation was remembered, so that an older file would have stopped.
    """

    contents: VaultContents
    me: str
    my_key: VaultKey
    data_key: VaultKey
    sealer: Sealer
    rollback_checked: bool = False

    @property
    def head(self) -> VaultHead:
        """Which vault, and how old."""
        return self.contents.head

    def find(self, purpose: Purpose, name: str) -> Entry | None:
        """The newest version of an entry."""
        fitting = (
            one for one in self.contents.entries if (one.purpose, one.name) == (purpose, name)
        )
        return max(fitting, key=lambda one: one.version, default=None)

    def unseal(self, entry: Entry) -> bytes:
        """What an entry holds. Raises VaultError (ENTRY)."""
        try:
            return self.sealer.unseal(
                self._key_for(entry.purpose),
                associated_data.build_entry_data(self.head, entry),
                entry.sealed,
            )
        except AuthenticationFailed:
            raise errors.entry(entry.name) from None

    def sealed(self, entry: Entry, plaintext: bytes) -> Entry:
        """The entry with this plaintext in it; what it held is not looked at."""
        data = associated_data.build_entry_data(self.head, entry)
        return replace(
            entry, sealed=self.sealer.seal(self._key_for(entry.purpose), data, plaintext)
        )

    def wrapped(self, recipient: Recipient, key: VaultKey) -> Recipient:
        """The recipient with the data key in it, for this key of theirs."""
        named = replace(recipient, key_id=compute_key_id(self.sealer, key, self.head))
        data = associated_data.build_recipient_data(self.head, named)
        return replace(named, wrapped=self.sealer.seal(key, data, self.data_key.reveal()))

    def purpose_key(self, purpose: Purpose, name: str = "") -> PurposeKey:
        """The purpose's key of that name, by default the present one. Raises StoreError."""
        present = f"{self.head.vault_id}.{self.head.epoch}"
        if name in {"", present}:
            return PurposeKey(present, self._key_for(purpose))
        entry = self.find(purpose, name)
        if entry is None:
            raise StoreError(
                f"this {purpose.value} was sealed by a key that the vault does not have",
                hint="It may be of another vault: take the vault's file back that it belongs to.",
            )
        return PurposeKey(name, VaultKey(name, self.unseal(entry)))

    def _key_for(self, purpose: Purpose) -> VaultKey:
        return self.sealer.derive_key(
            self.data_key, associated_data.build_purpose_label(self.head, purpose)
        )


class WrittenVault(Struct, frozen=True):
    """A vault that is durably on disk; ``notes`` are what did not go well beside it."""

    head: VaultHead
    notes: tuple[str, ...] = ()


def compute_key_id(sealer: Sealer, key: VaultKey, head: VaultHead) -> str:
    """The public name of a recipient's key."""
    return sealer.key_id(key, associated_data.build_key_id_label(head.vault_id))


def open_vault(desk: VaultContext, *, older: bool = False) -> OpenVault:
    """The vault, ready for use; ``older`` ones only where asked for. Raises VaultError."""
    text = file_format.parse_vault(desk.file.read())
    vault = unlock(text, desk.keys.key(text.contents.head.vault_id), desk.sealer)
    return vault if older else replace(vault, rollback_checked=check_generation(desk, vault.head))


def change_vault(desk: VaultContext, edit: Callable[[OpenVault], OpenVault]) -> WrittenVault:
    """Edit the vault and write it, while nobody else can. The key is fetched before the lock."""
    key = desk.keys.key(file_format.parse_vault(desk.file.read()).contents.head.vault_id)
    with desk.file.change() as file:
        vault = unlock(open_existing(desk, file), key, desk.sealer)
        check_generation(desk, vault.head)
        return write_vault(desk, file, edit(vault))


def open_existing(desk: VaultContext, file: VaultChange) -> file_format.VaultText:
    """What the file says now that it is locked."""
    if file.before is None:
        raise errors.missing(desk.file.name)
    return file_format.parse_vault(file.before)


def write_vault(desk: VaultContext, file: VaultChange, vault: OpenVault) -> WrittenVault:
    """Write the vault as the next generation, and remember it."""
    head = replace(vault.head, generation=vault.head.generation + 1)
    covered = file_format.format_vault(replace(vault.contents, head=head))
    mac = desk.sealer.mac(_mac_key(desk.sealer, vault.data_key, head), covered)
    data = covered + end_line(mac)
    file_format.parse_vault(data)  # what we would not read is never written
    file.write(data)
    try:
        desk.keys.remember_generation(head.vault_id, head.generation)
    except CactionsError as error:
        return WrittenVault(head, (f"{desk.keys.name} did not remember the generation: {error}",))
    return WrittenVault(head)


def unlock(text: file_format.VaultText, key: VaultKey | Passphrase, sealer: Sealer) -> OpenVault:
    """Steps 4 to 6 of reading. Raises VaultError."""
    vault = unwrap(text.contents, key, sealer)
    if not sealer.has_mac(_mac_key(sealer, vault.data_key, vault.head), text.covered, text.mac):
        raise errors.tampered()
    return vault


def unwrap(contents: VaultContents, key: VaultKey | Passphrase, sealer: Sealer) -> OpenVault:
    """Steps 4 and 5: the data key, with nothing checked that it should authenticate."""
    recipient = _recipient_of(contents, key, sealer)
    my_key = _matching(contents.head, recipient, key, sealer)
    data_key = _unwrapped(contents.head, recipient, my_key, sealer)
    return OpenVault(contents, recipient.name, my_key, data_key, sealer)


def _recipient_of(contents: VaultContents, key: VaultKey | Passphrase, sealer: Sealer) -> Recipient:
    if key.label:
        fitting = [one for one in contents.recipients if one.name == key.label]
    elif isinstance(key, VaultKey):
        wanted = compute_key_id(sealer, key, contents.head)
        fitting = [one for one in contents.recipients if one.key_id == wanted]
    else:
        fitting = [one for one in contents.recipients if one.stretching]
    if len(fitting) != 1:
        raise errors.unknown_recipient(key.label)
    return fitting[0]


def _matching(
    head: VaultHead, recipient: Recipient, key: VaultKey | Passphrase, sealer: Sealer
) -> VaultKey:
    """The recipient's key of 32 bytes; the key id commits to it before it is used."""
    if isinstance(key, Passphrase):
        if recipient.stretching is None:
            raise errors.wrong_passphrase(recipient.name)
        key = sealer.derive_from_passphrase(key, recipient.stretching)
        if compute_key_id(sealer, key, head) != recipient.key_id:
            raise errors.wrong_passphrase(recipient.name)
        return key
    seen = compute_key_id(sealer, key, head)
    if seen != recipient.key_id:
        raise errors.wrong_key(recipient.name, seen, recipient.key_id)
    return key


def _unwrapped(head: VaultHead, recipient: Recipient, key: VaultKey, sealer: Sealer) -> VaultKey:
    try:
        data = sealer.unseal(
            key, associated_data.build_recipient_data(head, recipient), recipient.wrapped
        )
    except AuthenticationFailed:
        raise errors.tampered() from None
    if len(data) != KEY_BYTES:
        raise errors.tampered()
    return VaultKey("data key", data)


def _mac_key(sealer: Sealer, data_key: VaultKey, head: VaultHead) -> VaultKey:
    return sealer.derive_key(data_key, associated_data.build_mac_label(head))


def check_generation(desk: VaultContext, head: VaultHead) -> bool:
    """Step 7 of reading: never older than what was seen. False where nothing was seen so far."""
    have, seen = head.generation, desk.keys.seen_generation(head.vault_id)
    if seen is not None and have < seen:
        raise errors.rollback(have, seen)
    if seen is None or have > seen:
        desk.keys.remember_generation(head.vault_id, have)
    return seen is not None

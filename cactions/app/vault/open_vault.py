"""Opens a vault with a recipient's key, and seals values into it; reads and writes whole files.

Nothing in a file is trusted before its MAC is checked. A file that is older than one that was seen
on this machine is not used.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Clock
from cactions.app.vault.ports import KeyHolder, Sealer, VaultChange, VaultFile
from cactions.logic.vault import associated_data, file_format
from cactions.logic.vault.canonical_json import end_line
from cactions.logic.vault.errors import Problem, build_bad_entry, build_error, build_missing
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
    """The file, the key holder, the cryptography and the clock that work on a vault needs."""

    file: VaultFile
    keys: KeyHolder
    sealer: Sealer
    clock: Clock

    def get_today(self) -> str:
        """The current time in the vault's format."""
        return datetime.fromtimestamp(self.clock.get_time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class PurposeKey(Struct, frozen=True):
    """A key for journals or plans; its ``name`` is stored with the sealed data to find it again."""

    name: str
    key: VaultKey


class OpenVault(Struct, frozen=True):
    """A vault whose MAC is checked. Recipient ``me`` opened it with ``my_key``.

    ``rollback_checked``: a generation was remembered, so an older file would have been refused.
    """

    contents: VaultContents
    me: str
    my_key: VaultKey
    data_key: VaultKey
    sealer: Sealer
    rollback_checked: bool = False

    @property
    def head(self) -> VaultHead:
        """The vault's id, epoch and generation."""
        return self.contents.head

    def find(self, purpose: Purpose, name: str) -> Entry | None:
        """The newest version of an entry."""
        place = (purpose, name)
        matches = (old for old in self.contents.entries if (old.purpose, old.name) == place)
        return max(matches, key=lambda entry: entry.version, default=None)

    def unseal(self, entry: Entry) -> bytes:
        """Open an entry. Raises VaultError (ENTRY)."""
        try:
            data = associated_data.build_entry_data(self.head, entry)
            return self.sealer.unseal(self._derive_key(entry.purpose), data, entry.sealed)
        except AuthenticationFailed:
            raise build_bad_entry(entry.name) from None

    def seal_value(self, entry: Entry, plaintext: bytes) -> Entry:
        """The entry with this plaintext; its earlier content is ignored."""
        data = associated_data.build_entry_data(self.head, entry)
        sealed = self.sealer.seal(self._derive_key(entry.purpose), data, plaintext)
        return replace(entry, sealed=sealed)

    def wrap_key(self, recipient: Recipient, key: VaultKey) -> Recipient:
        """The recipient with the data key wrapped by their key."""
        named = replace(recipient, key_id=compute_key_id(self.sealer, key, self.head))
        data = associated_data.build_recipient_data(self.head, named)
        return replace(named, wrapped=self.sealer.seal(key, data, self.data_key.reveal()))

    def derive_purpose_key(self, purpose: Purpose, name: str = "") -> PurposeKey:
        """The purpose's key of this name, by default the current one. Raises StoreError."""
        present = f"{self.head.vault_id}.{self.head.epoch}"
        if name in {"", present}:
            return PurposeKey(present, self._derive_key(purpose))
        entry = self.find(purpose, name)
        if entry is None:
            raise StoreError(
                f"this {purpose.value} was sealed with a key that the vault does not have",
                hint="It may belong to another vault: restore the vault file that it belongs to.",
            )
        return PurposeKey(name, VaultKey(name, self.unseal(entry)))

    def _derive_key(self, purpose: Purpose) -> VaultKey:
        label = associated_data.build_purpose_label(self.head, purpose)
        return self.sealer.derive_key(self.data_key, label)


class WrittenVault(Struct, frozen=True):
    """A vault that is durably on disk; ``notes`` say what else failed."""

    head: VaultHead
    notes: tuple[str, ...] = ()


def compute_key_id(sealer: Sealer, key: VaultKey, head: VaultHead) -> str:
    """The public id of a recipient's key."""
    return sealer.compute_key_id(key, associated_data.build_key_id_label(head.vault_id))


def open_vault(context: VaultContext, *, older: bool = False) -> OpenVault:
    """Open and check the vault; ``older`` allows an older file. Raises VaultError."""
    text = file_format.parse_vault(context.file.read())
    vault = unlock_vault(text, context.keys.get_key(text.contents.head.vault_id), context.sealer)
    return (
        vault if older else replace(vault, rollback_checked=check_generation(context, vault.head))
    )


def change_vault(context: VaultContext, edit: Callable[[OpenVault], OpenVault]) -> WrittenVault:
    """Edit the vault under its lock and write it. The key is fetched before the lock is taken."""
    key = context.keys.get_key(file_format.parse_vault(context.file.read()).contents.head.vault_id)
    with context.file.lock_for_change() as file:
        vault = unlock_vault(open_existing(context, file), key, context.sealer)
        check_generation(context, vault.head)
        return write_vault(context, file, edit(vault))


def open_existing(context: VaultContext, file: VaultChange) -> file_format.VaultText:
    """Parse the file under the lock. Raises UsageError if there is none."""
    if file.before is None:
        raise build_missing(context.file.name)
    return file_format.parse_vault(file.before)


def write_vault(context: VaultContext, file: VaultChange, vault: OpenVault) -> WrittenVault:
    """Write the vault as the next generation, and remember it."""
    head = replace(vault.head, generation=vault.head.generation + 1)
    covered = file_format.format_vault(replace(vault.contents, head=head))
    mac = context.sealer.compute_mac(_derive_mac_key(context.sealer, vault.data_key, head), covered)
    data = covered + end_line(mac)
    file_format.parse_vault(data)  # never write what could not be read again
    file.write(data)
    try:
        context.keys.remember_generation(head.vault_id, head.generation)
    except CactionsError as error:
        note = f"{context.keys.name} did not remember the generation: {error}"
        return WrittenVault(head, (note,))
    return WrittenVault(head)


def unlock_vault(
    text: file_format.VaultText, key: VaultKey | Passphrase, sealer: Sealer
) -> OpenVault:
    """Steps 4 to 6 of reading: recipient, data key, MAC. Raises VaultError."""
    vault = unwrap(text.contents, key, sealer)
    mac_key = _derive_mac_key(sealer, vault.data_key, vault.head)
    if not sealer.has_mac(mac_key, text.covered, text.mac):
        raise build_error(Problem.TAMPERED)
    return vault


def unwrap(contents: VaultContents, key: VaultKey | Passphrase, sealer: Sealer) -> OpenVault:
    """Steps 4 and 5 of reading: the data key, without the check of the MAC."""
    recipient = _find_recipient(contents, key, sealer)
    my_key = _match_key(contents.head, recipient, key, sealer)
    data_key = _unwrap_data_key(contents.head, recipient, my_key, sealer)
    return OpenVault(contents, recipient.name, my_key, data_key, sealer)


def _find_recipient(
    contents: VaultContents, key: VaultKey | Passphrase, sealer: Sealer
) -> Recipient:
    recipients = contents.recipients
    if key.label:
        matches = [recipient for recipient in recipients if recipient.name == key.label]
    elif isinstance(key, VaultKey):
        key_id = compute_key_id(sealer, key, contents.head)
        matches = [recipient for recipient in recipients if recipient.key_id == key_id]
    else:
        matches = [recipient for recipient in recipients if recipient.stretching]
    if len(matches) != 1:
        problem = Problem.UNKNOWN_RECIPIENT if key.label else Problem.UNKNOWN_KEY
        raise build_error(problem, name=key.label)
    return matches[0]


def _match_key(
    head: VaultHead, recipient: Recipient, key: VaultKey | Passphrase, sealer: Sealer
) -> VaultKey:
    """The recipient's key of 32 bytes; the key id commits to it before it is used."""
    if isinstance(key, Passphrase):
        params = recipient.stretching
        derived = sealer.derive_from_passphrase(key, params) if params else None
        if derived is None or compute_key_id(sealer, derived, head) != recipient.key_id:
            raise build_error(Problem.WRONG_PASSPHRASE, name=recipient.name)
        return derived
    seen = compute_key_id(sealer, key, head)
    if seen != recipient.key_id:
        raise build_error(
            Problem.WRONG_KEY, name=recipient.name, seen=seen, wanted=recipient.key_id
        )
    return key


def _unwrap_data_key(
    head: VaultHead, recipient: Recipient, key: VaultKey, sealer: Sealer
) -> VaultKey:
    place = associated_data.build_recipient_data(head, recipient)
    data = b""
    with suppress(AuthenticationFailed):
        data = sealer.unseal(key, place, recipient.wrapped)
    if len(data) != KEY_BYTES:
        raise build_error(Problem.TAMPERED)
    return VaultKey("data key", data)


def _derive_mac_key(sealer: Sealer, data_key: VaultKey, head: VaultHead) -> VaultKey:
    return sealer.derive_key(data_key, associated_data.build_mac_label(head))


def check_generation(context: VaultContext, head: VaultHead) -> bool:
    """Step 7 of reading: refuse an older file than the newest seen. False if none was seen."""
    current, seen = head.generation, context.keys.get_seen_generation(head.vault_id)
    if seen is not None and current < seen:
        raise build_error(Problem.ROLLBACK, have=current, seen=seen)
    if seen is None or current > seen:
        context.keys.remember_generation(head.vault_id, current)
    return seen is not None

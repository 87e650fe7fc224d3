"""Manages a vault: creates it; seals, rotates, lists, checks and opens its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.vault.open_secret import find_entry
from cactions.app.vault.open_vault import (
    OpenVault,
    VaultContext,
    WrittenVault,
    change_vault,
    open_vault,
    write_vault,
)
from cactions.app.vault.ports import VaultChange, VaultFile
from cactions.logic.shell import join_command
from cactions.logic.vault import file_format, validation
from cactions.model import CactionsError, UsageError
from cactions.model.secret import Secret
from cactions.model.vault import (
    Ciphertext,
    Entry,
    Meta,
    Purpose,
    Recipient,
    RecipientKind,
    VaultContents,
    VaultHead,
)

TOKEN_HOST: Final = "--token-host"  # noqa: S105 (a word, no password)
"""The option that names where tokens may go."""

UNSEALED = Ciphertext(b"", b"")
"""A placeholder until the entry is sealed."""


class VaultListing(Struct, frozen=True):
    """What a vault holds, checked: secrets and bindings by name, and who can open them."""

    head: VaultHead
    me: str
    secrets: tuple[Entry, ...]
    recipients: tuple[Recipient, ...]
    rollback_checked: bool


class VerifiedVault(Struct, frozen=True):
    """A vault in which every entry opens; ``entries`` is their number."""

    head: VaultHead
    me: str
    entries: int
    rollback_checked: bool


class VaultStatus(Struct, frozen=True):
    """The state of a vault; ``trouble`` is why ``contents`` or ``me``, who opens it, is missing."""

    file: str
    holder: str
    contents: VaultContents | None
    me: str = ""
    rollback_checked: bool = False
    trouble: CactionsError | None = None


def create_vault(context: VaultContext, recipient: str) -> WrittenVault:
    """Create a vault with one recipient. Raises UsageError and StoreError."""
    validation.check_name(recipient, "recipient")
    hint = "Seal into it with `cactions vault seal NAME`, or move it away first."
    with context.file.lock_for_change() as file:
        return write_vault(context, file, start_vault(context, file, recipient, hint))


def start_vault(
    context: VaultContext, file: VaultChange, recipient: str, exists_hint: str
) -> OpenVault:
    """A new vault with one recipient. Raises UsageError if the file exists.

    The key is stored first, so that no vault is written that cannot be opened.
    """
    if file.before is not None:
        raise UsageError(
            f"{context.file.name} already exists; nothing was written", hint=exists_hint
        )
    head = VaultHead(context.sealer.new_vault_id(), 1, 0)
    key = context.sealer.new_key(recipient)
    context.keys.keep(head.vault_id, key)
    data_key = context.sealer.new_key("data key")
    vault = OpenVault(VaultContents(head), recipient, key, data_key, context.sealer)
    me = Recipient(recipient, RecipientKind.KEY, "", context.get_today(), UNSEALED)
    return replace(vault, contents=VaultContents(head, (vault.wrap_key(me, key),)))


def seal_secret(
    context: VaultContext,
    secret: Secret,
    hosts: Iterable[str] | None,
    token_hosts: Iterable[str] | None = None,
) -> WrittenVault:
    """Seal a new secret for these hosts. Raises UsageError where the name is taken.

    Without hosts it is a key to sign with on this machine, and is sent nowhere.

    ``token_hosts`` are the hosts that may get a token fetched with this secret; without them, no
    host may.
    """
    hosts_by_kind = {"hosts": () if hosts is None else validation.check_hosts(hosts)}
    if token_hosts is not None:
        hosts_by_kind["token_hosts"] = validation.check_hosts(token_hosts, TOKEN_HOST)

    def edit(vault: OpenVault) -> OpenVault:
        _check_free(vault, secret.label)
        entry = build_entry(context, vault, secret.label, hosts_by_kind)
        return put_entry(vault, entry, secret.reveal().encode())

    return change_vault(context, edit)


def rotate_secret(
    context: VaultContext, secret: Secret, hosts: Iterable[str] | None = None
) -> WrittenVault:
    """Replace a secret's value and delete the old version. Hosts stay unless they are given."""
    hosts_by_kind = {} if hosts is None else {"hosts": validation.check_hosts(hosts)}

    def edit(vault: OpenVault) -> OpenVault:
        old = find_entry(vault, secret.label)
        entry = build_entry(context, vault, secret.label, hosts_by_kind, old)
        return put_entry(vault, entry, secret.reveal().encode())

    return change_vault(context, edit)


def build_entry(
    context: VaultContext,
    vault: OpenVault,
    name: str,
    hosts_by_kind: Mapping[str, tuple[str, ...]],
    old: Entry | None = None,
) -> Entry:
    """A secret's first entry, or the next version of ``old``; its value is not sealed yet."""
    sealed_now = {"by": vault.me, "created": context.get_today()}
    meta: Meta = {**(old.meta if old else {}), **sealed_now, **hosts_by_kind}
    return Entry(Purpose.SECRET, name, old.version + 1 if old else 1, meta, UNSEALED)


def put_entry(vault: OpenVault, entry: Entry, value: bytes) -> OpenVault:
    """The vault with this value sealed in the entry; it replaces every earlier version."""
    place = (entry.purpose, entry.name)
    others = (old for old in vault.contents.entries if (old.purpose, old.name) != place)
    entries = (*others, vault.seal_value(entry, value))
    return replace(vault, contents=replace(vault.contents, entries=entries))


def _check_free(vault: OpenVault, name: str) -> None:
    taken = vault.find(Purpose.SECRET, name)
    if taken is None:
        return
    if taken.is_binding:
        raise UsageError(
            f'"{name}" binds the end user\'s token of that name; nothing was written',
            hint="Give the secret another name.",
        )
    raise build_sealed_error(name)


def build_sealed_error(name: str) -> UsageError:
    """The error for a secret that is to be sealed, and is there already."""
    return UsageError(
        f'"{name}" is already sealed; nothing was written',
        hint=f"To replace its value: `{join_command(('vault', 'rotate'), name)}`.",
    )


def list_entries(context: VaultContext) -> VaultListing:
    """List the vault's entries; no value is opened. Raises VaultError."""
    vault = open_vault(context)
    secrets, recipients = vault.contents.secrets, vault.contents.recipients
    return VaultListing(vault.head, vault.me, secrets, recipients, vault.rollback_checked)


def read_unverified(file: VaultFile) -> VaultContents:
    """Read the file without checking it: for hints and counts where no key is available."""
    return file_format.parse_vault(file.read()).contents


def verify_vault(context: VaultContext) -> VerifiedVault:
    """Check the whole file and open every entry. Raises the first VaultError."""
    vault = open_vault(context)
    for entry in vault.contents.entries:
        vault.unseal(entry)
    return VerifiedVault(vault.head, vault.me, len(vault.contents.entries), vault.rollback_checked)


def get_status(context: VaultContext) -> VaultStatus:
    """Describe the vault, even if it cannot be opened; raises no CactionsError."""
    contents = None
    try:
        contents = read_unverified(context.file)
        vault = open_vault(context)
    except CactionsError as trouble:
        return VaultStatus(context.file.name, context.keys.name, contents, trouble=trouble)
    checked = vault.rollback_checked
    return VaultStatus(context.file.name, context.keys.name, vault.contents, vault.me, checked)


def accept_generation(context: VaultContext, generation: int) -> VaultHead:
    """Accept an older file as current. Raises UsageError if it has another generation."""
    vault = open_vault(context, older=True)
    current = vault.head.generation
    if current != generation:
        raise UsageError(
            f"the vault has generation {current}, not {generation}; nothing was accepted",
            hint=f"If this is the right file: `cactions vault accept-generation {current}`.",
        )
    context.keys.remember_generation(vault.head.vault_id, current)
    return vault.head

"""Manages a vault: creates it; seals, rotates, lists, checks and opens its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

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
from cactions.logic.suggest import suggest
from cactions.logic.vault import file_format, validation
from cactions.logic.vault.errors import build_bad_entry
from cactions.model import CactionsError, DefinitionError, UsageError
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
    hosts: Iterable[str],
    token_hosts: Iterable[str] | None = None,
) -> WrittenVault:
    """Seal a new secret for these hosts. Raises UsageError where the name is taken.

    ``token_hosts`` are the hosts that may get a token fetched with this secret; without them, no
    host may.
    """
    hosts_by_kind = {"hosts": validation.check_hosts(hosts)}
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
    raise UsageError(
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


def open_secret(vault: OpenVault, name: str, host: str, *, fetches: bool = False) -> Secret:
    """Open a secret of an open vault for one request to this host.

    ``fetches``: the request fetches a token; it is not the request of an action. Raises UsageError
    for an unknown name, DefinitionError if the secret may not go to the host, and VaultError
    (ENTRY) if it was not sealed for its place.
    """
    entry = find_entry(vault, name, host)
    if entry.token_hosts and not fetches:
        # its response could be a token, also where the host is the same, and go to a person
        raise DefinitionError(
            f'the secret "{name}" fetches tokens, so an action may not send it itself; it was not'
            " opened",
            hint="Name the token that is fetched with it under `tokens` of the request. If the"
            " service needs the secret too, seal it again under another name.",
        )
    if host.lower() not in entry.hosts:
        rotate = join_command(("vault", "rotate"), name, options=("--host", host))
        raise DefinitionError(
            f'the secret "{name}" may not be sent to {host}; it was not opened',
            hint=f"It is sealed for {', '.join(entry.hosts)}. To allow another host, "
            f"rotate it with every host: `{rotate} ...`",
        )
    try:
        return Secret(name, vault.unseal(entry).decode())
    except UnicodeDecodeError:
        raise build_bad_entry(name) from None


def find_entry(vault: OpenVault, name: str, host: str = "") -> Entry:
    """Find the secret of this name, which is needed for ``host``. Raises UsageError."""
    entry = vault.find(Purpose.SECRET, name)
    if entry and entry.is_binding:
        bind = join_command(("vault", "bind"), name, options=("--user", "--token-host", "HOST"))
        raise UsageError(
            f'"{name}" binds the end user\'s token of that name, and holds no value;'
            " nothing was opened",
            hint=f"To change its hosts: `{bind}`. A secret needs another name.",
        )
    if entry is None:
        names = [secret.name for secret in vault.contents.secrets if not secret.is_binding]
        near = suggest(name, names)
        near += "" if near.endswith("?") or not near else "."
        seal = join_command(("vault", "seal"), name, options=("--host", host) if host else ())
        raise UsageError(
            f'no secret "{name}" is in the vault; nothing was opened',
            hint=f"{near} Seal it with `{seal}`.".strip(),
        )
    return entry

"""Keeps secrets: makes a vault, seals, rotates, lists, checks, opens. Prints and asks nothing."""

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
from cactions.app.vault.ports import VaultFile
from cactions.logic.shell import join_command
from cactions.logic.suggest import suggest
from cactions.logic.vault import errors, file_format, validation
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
"""Stands in a noun until it is sealed."""


class VaultListing(Struct, frozen=True):
    """What a vault holds, checked: secrets and bindings by name, and who can open them."""

    head: VaultHead
    me: str
    secrets: tuple[Entry, ...]
    recipients: tuple[Recipient, ...]
    rollback_checked: bool


class VerifiedVault(Struct, frozen=True):
    """A vault of which everything opens; ``entries`` is how many."""

    head: VaultHead
    me: str
    entries: int
    rollback_checked: bool


class VaultStatus(Struct, frozen=True):
    """How the vault is. ``contents`` is None where it cannot be read; ``trouble`` says why not.

    Without trouble ``me`` is the recipient that opens it here.
    """

    file: str
    holder: str
    contents: VaultContents | None
    me: str = ""
    rollback_checked: bool = False
    trouble: CactionsError | None = None


def create_vault(desk: VaultContext, recipient: str) -> WrittenVault:
    """A new vault with one recipient, whose key the holder keeps. Raises UsageError, StoreError.

    The key is kept first: a vault that nobody can open is never written.
    """
    validation.check_name(recipient, "recipient")
    with desk.file.change() as file:
        if file.before is not None:
            raise UsageError(
                f"{desk.file.name} is there already; nothing was written",
                hint="Seal into it with `cactions vault seal NAME`, or move it away first.",
            )
        head = VaultHead(desk.sealer.new_vault_id(), 1, 1)
        key = desk.sealer.new_key(recipient)
        desk.keys.keep(head.vault_id, key)
        data_key = desk.sealer.new_key("data key")
        before = VaultContents(replace(head, generation=0))
        vault = OpenVault(before, recipient, key, data_key, desk.sealer)
        me = Recipient(recipient, RecipientKind.KEY, "", desk.today(), UNSEALED)
        first = replace(before, recipients=(vault.wrapped(me, key),))
        return write_vault(desk, file, replace(vault, contents=first))


def seal_secret(
    desk: VaultContext,
    secret: Secret,
    hosts: Iterable[str],
    token_hosts: Iterable[str] | None = None,
) -> WrittenVault:
    """Seal a new secret for these hosts. Raises UsageError where the name is taken.

    ``secret`` comes from ``sealable.secret``. ``token_hosts`` are where a token may go that is
    fetched with it; without them nowhere.
    """
    places = {"hosts": validation.check_hosts(hosts)}
    if token_hosts is not None:
        places["token_hosts"] = validation.check_hosts(token_hosts, TOKEN_HOST)

    def edit(vault: OpenVault) -> OpenVault:
        _check_free(vault, secret.label)
        entry = Entry(Purpose.SECRET, secret.label, 1, build_meta(desk, vault, places), UNSEALED)
        return put_entry(vault, entry, secret.reveal().encode())

    return change_vault(desk, edit)


def rotate_secret(
    desk: VaultContext, secret: Secret, hosts: Iterable[str] | None = None
) -> WrittenVault:
    """Replace a secret's value; the old version goes. Hosts stay unless they are given."""
    places = {} if hosts is None else {"hosts": validation.check_hosts(hosts)}

    def edit(vault: OpenVault) -> OpenVault:
        old = find_entry(vault, secret.label)
        told = {**old.meta, **build_meta(desk, vault, places)}
        entry = replace(old, version=old.version + 1, meta=told)
        return put_entry(vault, entry, secret.reveal().encode())

    return change_vault(desk, edit)


def build_meta(desk: VaultContext, vault: OpenVault, places: Mapping[str, tuple[str, ...]]) -> Meta:
    """What is said of an entry that is sealed now, with its hosts of each kind."""
    return {"by": vault.me, "created": desk.today(), **places}


def put_entry(vault: OpenVault, entry: Entry, value: bytes) -> OpenVault:
    """The vault with this value sealed in the entry, instead of every version before."""
    kept = vault.contents.entries
    others = (one for one in kept if (one.purpose, one.name) != (entry.purpose, entry.name))
    entries = (*others, vault.sealed(entry, value))
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
        f'"{name}" is sealed already; nothing was written',
        hint=f"To replace its value: `{join_command(('vault', 'rotate'), name)}`.",
    )


def list_entries(desk: VaultContext) -> VaultListing:
    """What the vault holds; no value is opened. Raises VaultError."""
    vault = open_vault(desk)
    secrets, recipients = vault.contents.secrets, vault.contents.recipients
    return VaultListing(vault.head, vault.me, secrets, recipients, vault.rollback_checked)


def read_unverified(file: VaultFile) -> VaultContents:
    """What the file says, *unchecked*: for hints and counts where no key is at hand."""
    return file_format.parse_vault(file.read()).contents


def verify_vault(desk: VaultContext) -> VerifiedVault:
    """Check the whole file and open every entry. Raises the first VaultError."""
    vault = open_vault(desk)
    for entry in vault.contents.entries:
        vault.unseal(entry)
    return VerifiedVault(vault.head, vault.me, len(vault.contents.entries), vault.rollback_checked)


def get_status(desk: VaultContext) -> VaultStatus:
    """How the vault is, whatever it is; raises nothing of ours."""
    contents = None
    try:
        contents = read_unverified(desk.file)
        vault = open_vault(desk)
    except CactionsError as trouble:
        return VaultStatus(desk.file.name, desk.keys.name, contents, trouble=trouble)
    checked = vault.rollback_checked
    return VaultStatus(desk.file.name, desk.keys.name, vault.contents, vault.me, checked)


def accept_generation(desk: VaultContext, generation: int) -> VaultHead:
    """Take an older file for the newest one from now on, if it is of exactly this generation.

    Raises UsageError where it is of another one, VaultError where it is not whole.
    """
    vault = open_vault(desk, older=True)
    have = vault.head.generation
    if have != generation:
        raise UsageError(
            f"the vault is of generation {have}, not {generation}; nothing was accepted",
            hint=f"If this file is meant: `cactions vault accept-generation {have}`.",
        )
    desk.keys.remember_generation(vault.head.vault_id, have)
    return vault.head


def open_secret(vault: OpenVault, name: str, host: str, *, fetches: bool = False) -> Secret:
    """A secret of a vault that is open, for one request to this host.

    ``fetches``: the request fetches a token, and is not the request of an action. Raises
    UsageError where nothing is sealed under the name, DefinitionError where the secret may not go to
    the host, VaultError (ENTRY) where it was not sealed for its place.
    """
    entry = find_entry(vault, name)
    if entry.token_hosts and not fetches:
        raise _only_fetches(name)
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
        raise errors.entry(name) from None


def _only_fetches(name: str) -> DefinitionError:
    """An action that sends what fetches tokens could be answered with one, and map it onto people.

    A host cannot tell the two apart: many services make tokens where they answer other requests.
    """
    return DefinitionError(
        f'the secret "{name}" fetches tokens, so that an action may not send it itself; it was not'
        " opened",
        hint="Name the token that is fetched with it under `tokens` of the request. Where the"
        " service wants the secret too, seal it again under a name of its own.",
    )


def find_entry(vault: OpenVault, name: str) -> Entry:
    """The secret of that name. Raises UsageError."""
    entry = vault.find(Purpose.SECRET, name)
    if entry and entry.is_binding:
        bind = join_command(("vault", "bind"), name, options=("--user", "--token-host", "HOST"))
        raise UsageError(
            f'"{name}" binds the end user\'s token of that name, and holds no value;'
            " nothing was opened",
            hint=f"To change its hosts: `{bind}`. A secret needs another name.",
        )
    if entry is None:
        names = [one.name for one in vault.contents.secrets if not one.is_binding]
        near = suggest(name, names)
        raise UsageError(
            f'no secret "{name}" is in the vault; nothing was opened',
            hint=f"{near} Seal it with `{join_command(('vault', 'seal'), name)}`.".strip(),
        )
    return entry

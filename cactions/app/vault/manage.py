"""Keeps secrets: makes a vault, seals, rotates, lists, checks, opens. Prints and asks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from cactions.app.vault.open_vault import OpenVault, VaultDesk, Written, changed, opened, written
from cactions.app.vault.ports import VaultFile
from cactions.logic.shell import command_line
from cactions.logic.vault import errors, file_format, validation
from cactions.logic.yaml.diagnostics import nearest
from cactions.model import AuthorError, CactionsError, OperatorError
from cactions.model.secret import Secret
from cactions.model.vault import (
    Entry,
    Meta,
    Purpose,
    Recipient,
    RecipientKind,
    Sealed,
    VaultContents,
    VaultHead,
)

TOKEN_HOST: Final = "--token-host"  # noqa: S105 (a word, no password)
"""The option that names where tokens may go."""

UNSEALED = Sealed(b"", b"")
"""Stands in a noun until it is sealed."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a vault holds, checked: secrets and bindings by name, and who can open them."""

    head: VaultHead
    me: str
    secrets: tuple[Entry, ...]
    recipients: tuple[Recipient, ...]
    rollback_checked: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """A vault of which everything opens; ``entries`` is how many."""

    head: VaultHead
    me: str
    entries: int
    rollback_checked: bool


@dataclass(frozen=True, slots=True)
class Status:
    """How the vault is. ``contents`` is None where it cannot be read; ``trouble`` says why not.

    Without trouble ``me`` is the recipient that opens it here.
    """

    file: str
    holder: str
    contents: VaultContents | None
    me: str = ""
    rollback_checked: bool = False
    trouble: CactionsError | None = None


def init(desk: VaultDesk, recipient: str) -> Written:
    """A new vault with one recipient, whose key the holder keeps. Raises OperatorError, StoreError.

    The key is kept first: a vault that nobody can open is never written.
    """
    validation.check_name(recipient, "recipient")
    with desk.file.change() as file:
        if file.before is not None:
            raise OperatorError(
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
        return written(desk, file, replace(vault, contents=first))


def seal(
    desk: VaultDesk, secret: Secret, hosts: Iterable[str], token_hosts: Iterable[str] | None = None
) -> Written:
    """Seal a new secret for these hosts. Raises OperatorError where the name is taken.

    ``secret`` comes from ``sealable.secret``. ``token_hosts`` are where a token may go that is
    fetched with it; without them nowhere.
    """
    places = {"hosts": validation.hosts(hosts)}
    if token_hosts is not None:
        places["token_hosts"] = validation.hosts(token_hosts, TOKEN_HOST)

    def edit(vault: OpenVault) -> OpenVault:
        _check_free(vault, secret.label)
        entry = Entry(Purpose.SECRET, secret.label, 1, meta(desk, vault, places), UNSEALED)
        return put(vault, entry, secret.reveal().encode())

    return changed(desk, edit)


def rotate(desk: VaultDesk, secret: Secret, hosts: Iterable[str] | None = None) -> Written:
    """Replace a secret's value; the old version goes. Hosts stay unless they are given."""
    places = {} if hosts is None else {"hosts": validation.hosts(hosts)}

    def edit(vault: OpenVault) -> OpenVault:
        old = the_secret(vault, secret.label)
        told = {**old.meta, **meta(desk, vault, places)}
        entry = replace(old, version=old.version + 1, meta=told)
        return put(vault, entry, secret.reveal().encode())

    return changed(desk, edit)


def meta(desk: VaultDesk, vault: OpenVault, places: Mapping[str, tuple[str, ...]]) -> Meta:
    """What is said of an entry that is sealed now, with its hosts of each kind."""
    return {"by": vault.me, "created": desk.today(), **places}


def put(vault: OpenVault, entry: Entry, value: bytes) -> OpenVault:
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
        raise OperatorError(
            f'"{name}" binds the end user\'s token of that name; nothing was written',
            hint="Give the secret another name.",
        )
    raise OperatorError(
        f'"{name}" is sealed already; nothing was written',
        hint=f"To replace its value: `{command_line(('vault', 'rotate'), name)}`.",
    )


def listing(desk: VaultDesk) -> Listing:
    """What the vault holds; no value is opened. Raises VaultError."""
    vault = opened(desk)
    secrets, recipients = vault.contents.secrets, vault.contents.recipients
    return Listing(vault.head, vault.me, secrets, recipients, vault.rollback_checked)


def look(file: VaultFile) -> VaultContents:
    """What the file says, *unchecked*: for hints and counts where no key is at hand."""
    return file_format.read(file.read()).contents


def verify(desk: VaultDesk) -> Verified:
    """Check the whole file and open every entry. Raises the first VaultError."""
    vault = opened(desk)
    for entry in vault.contents.entries:
        vault.unseal(entry)
    return Verified(vault.head, vault.me, len(vault.contents.entries), vault.rollback_checked)


def status(desk: VaultDesk) -> Status:
    """How the vault is, whatever it is; raises nothing of ours."""
    contents = None
    try:
        contents = look(desk.file)
        vault = opened(desk)
    except CactionsError as trouble:
        return Status(desk.file.name, desk.keys.name, contents, trouble=trouble)
    checked = vault.rollback_checked
    return Status(desk.file.name, desk.keys.name, vault.contents, vault.me, checked)


def accept_generation(desk: VaultDesk, generation: int) -> VaultHead:
    """Take an older file for the newest one from now on, if it is of exactly this generation.

    Raises OperatorError where it is of another one, VaultError where it is not whole.
    """
    vault = opened(desk, older=True)
    have = vault.head.generation
    if have != generation:
        raise OperatorError(
            f"the vault is of generation {have}, not {generation}; nothing was accepted",
            hint=f"If this file is meant: `cactions vault accept-generation {have}`.",
        )
    desk.keys.remember_generation(vault.head.vault_id, have)
    return vault.head


def secret_for(vault: OpenVault, name: str, host: str, *, fetches: bool = False) -> Secret:
    """A secret of a vault that is open, for one request to this host.

    ``fetches``: the request fetches a token, and is not the request of an action. Raises
    OperatorError where nothing is sealed under the name, AuthorError where the secret may not go to
    the host, VaultError (ENTRY) where it was not sealed for its place.
    """
    entry = the_secret(vault, name)
    if entry.token_hosts and not fetches:
        raise _only_fetches(name)
    if host.lower() not in entry.hosts:
        rotate = command_line(("vault", "rotate"), name, options=("--host", host))
        raise AuthorError(
            f'the secret "{name}" may not be sent to {host}; it was not opened',
            hint=f"It is sealed for {', '.join(entry.hosts)}. To allow another host, "
            f"rotate it with every host: `{rotate} ...`",
        )
    try:
        return Secret(name, vault.unseal(entry).decode())
    except UnicodeDecodeError:
        raise errors.entry(name) from None


def _only_fetches(name: str) -> AuthorError:
    """An action that sends what fetches tokens could be answered with one, and map it onto people.

    A host cannot tell the two apart: many services make tokens where they answer other requests.
    """
    return AuthorError(
        f'the secret "{name}" fetches tokens, so that an action may not send it itself; it was not'
        " opened",
        hint="Name the token that is fetched with it under `tokens` of the request. Where the"
        " service wants the secret too, seal it again under a name of its own.",
    )


def the_secret(vault: OpenVault, name: str) -> Entry:
    """The secret of that name. Raises OperatorError."""
    entry = vault.find(Purpose.SECRET, name)
    if entry and entry.is_binding:
        bind = command_line(("vault", "bind"), name, options=("--user", "--token-host", "HOST"))
        raise OperatorError(
            f'"{name}" binds the end user\'s token of that name, and holds no value;'
            " nothing was opened",
            hint=f"To change its hosts: `{bind}`. A secret needs another name.",
        )
    if entry is None:
        names = [one.name for one in vault.contents.secrets if not one.is_binding]
        near = nearest(name, names)
        raise OperatorError(
            f'no secret "{name}" is in the vault; nothing was opened',
            hint=f"{near} Seal it with `{command_line(('vault', 'seal'), name)}`.".strip(),
        )
    return entry

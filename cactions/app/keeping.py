"""Keeps secrets: makes a vault, seals, rotates, lists, checks, opens. Prints and asks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cactions.app.opening import OpenVault, VaultDesk, Written, changed, opened, written
from cactions.app.vault_ports import VaultFile
from cactions.logic.faults import nearest
from cactions.logic.shell import command_line
from cactions.logic.vault import faults, lines, sealable
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

UNSEALED = Sealed(b"", b"")
"""Stands in a noun until it is sealed."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a vault holds, checked: secrets by name, and who can open them."""

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
    sealable.check_name(recipient, "recipient")
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


def seal(desk: VaultDesk, secret: Secret, hosts: Iterable[str]) -> Written:
    """Seal a new secret for these hosts. Raises OperatorError where the name is taken.

    ``secret`` comes from ``sealable.secret``.
    """
    allowed = sealable.hosts(hosts)

    def edit(vault: OpenVault) -> OpenVault:
        if vault.find(Purpose.SECRET, secret.label):
            raise OperatorError(
                f'"{secret.label}" is sealed already; nothing was written',
                hint=f"To replace its value: `{command_line(('vault', 'rotate'), secret.label)}`.",
            )
        return _put(vault, desk.today(), secret, 1, allowed)

    return changed(desk, edit)


def rotate(desk: VaultDesk, secret: Secret, hosts: Iterable[str] | None = None) -> Written:
    """Replace a secret's value; the old version goes. Hosts stay unless they are given."""
    allowed = None if hosts is None else sealable.hosts(hosts)

    def edit(vault: OpenVault) -> OpenVault:
        old = _the(vault, secret.label)
        new_hosts = old.hosts if allowed is None else allowed
        return _put(vault, desk.today(), secret, old.version + 1, new_hosts)

    return changed(desk, edit)


def _put(
    vault: OpenVault, today: str, secret: Secret, version: int, hosts: tuple[str, ...]
) -> OpenVault:
    meta: Meta = {"by": vault.me, "created": today, "hosts": hosts}
    entry = Entry(Purpose.SECRET, secret.label, version, meta, UNSEALED)
    sealed = vault.sealed(entry, secret.reveal().encode())
    others = tuple(
        one
        for one in vault.contents.entries
        if (one.purpose, one.name) != (Purpose.SECRET, secret.label)
    )
    return replace(vault, contents=replace(vault.contents, entries=(*others, sealed)))


def listing(desk: VaultDesk) -> Listing:
    """What the vault holds; no value is opened. Raises VaultError."""
    vault = opened(desk)
    secrets = tuple(one for one in vault.contents.entries if one.purpose is Purpose.SECRET)
    recipients = vault.contents.recipients
    return Listing(vault.head, vault.me, secrets, recipients, vault.rollback_checked)


def look(file: VaultFile) -> VaultContents:
    """What the file says, *unchecked*: for hints and counts where no key is at hand."""
    return lines.read(file.read()).contents


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


def secret_for(vault: OpenVault, name: str, host: str) -> Secret:
    """A secret of a vault that is open, for one request to this host.

    Raises OperatorError where nothing is sealed under the name, AuthorError where the secret may
    not go to the host, VaultError (ENTRY) where it was not sealed for its place.
    """
    entry = _the(vault, name)
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
        raise faults.entry(name) from None


def _the(vault: OpenVault, name: str) -> Entry:
    entry = vault.find(Purpose.SECRET, name)
    if entry is None:
        names = [one.name for one in vault.contents.entries if one.purpose is Purpose.SECRET]
        near = nearest(name, names)
        raise OperatorError(
            f'no secret "{name}" is in the vault; nothing was opened',
            hint=f"{near} Seal it with `{command_line(('vault', 'seal'), name)}`.".strip(),
        )
    return entry

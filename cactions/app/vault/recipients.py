"""Lets people and machines into a vault, through somebody who is in."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.vault.manage import UNSEALED
from cactions.app.vault.open_vault import (
    OpenVault,
    VaultContext,
    WrittenVault,
    change_vault,
    check_generation,
    compute_key_id,
    open_existing,
    open_vault,
    unlock,
    write_vault,
)
from cactions.logic.shell import join_command
from cactions.logic.vault import validation
from cactions.logic.vault.file_format import VaultText
from cactions.logic.vault.key_encoding import KeyTextError, decode_key, encode_key
from cactions.model import UsageError
from cactions.model.secret import Passphrase, Secret, VaultKey
from cactions.model.vault import (
    Recipient,
    RecipientKind,
    VaultError,
    VaultFault,
)

_TEXTS = {RecipientKind.INVITATION: "join", RecipientKind.MACHINE: "key"}


class OneTimeCode(Struct, frozen=True):
    """A text that a recipient must get by a safe channel; it is shown once and kept nowhere.

    An INVITATION's is a join code, for `cactions vault join`; a MACHINE's is its key.
    """

    name: str
    kind: RecipientKind
    text: Secret


class AddedRecipient(Struct, frozen=True):
    """Somebody who may come in."""

    handout: OneTimeCode
    written: WrittenVault


class JoinedVault(Struct, frozen=True):
    """Who came in; their key never travelled."""

    name: str
    written: WrittenVault


def list_recipients(desk: VaultContext) -> tuple[Recipient, ...]:
    """Everybody who can open the vault, or was invited. Raises VaultError."""
    return open_vault(desk).contents.recipients


def invite(desk: VaultContext, name: str) -> AddedRecipient:
    """Let a person in: a one-time join code. Raises UsageError where the name is taken.

    Whoever has not joined yet gets another code, and the old one is void: for a code that was
    never seen, because a command was cut off.
    """
    return _admit(desk, name, RecipientKind.INVITATION)


def add_machine(desk: VaultContext, name: str) -> AddedRecipient:
    """Let a CI system in: its key, which it holds from now on; a known one gets a new key."""
    return _admit(desk, name, RecipientKind.MACHINE)


def add_passphrase(desk: VaultContext, passphrase: Passphrase) -> WrittenVault:
    """Let in whoever knows the passphrase; it comes from ``sealable.passphrase``."""

    def edit(vault: OpenVault) -> OpenVault:
        _check_free(vault, passphrase.label, None)
        return _with(vault, derive_recipient_key(vault, passphrase, desk.today()))

    return change_vault(desk, edit)


def _admit(desk: VaultContext, name: str, kind: RecipientKind) -> AddedRecipient:
    validation.check_name(name, "recipient")
    handouts = []

    def edit(vault: OpenVault) -> OpenVault:
        _check_free(vault, name, kind)
        recipient, handout = new_recipient(vault, name, kind, desk.today())
        handouts.append(handout)
        return _with(vault, recipient)

    done = change_vault(desk, edit)
    return AddedRecipient(handouts[0], done)


def new_recipient(
    vault: OpenVault, name: str, kind: RecipientKind, today: str
) -> tuple[Recipient, OneTimeCode]:
    """A recipient with a key that nobody has seen, and the key as a text to hand over."""
    key = vault.sealer.new_key(name)
    recipient = vault.wrapped(Recipient(name, kind, "", today, UNSEALED), key)
    text = encode_key(key.reveal(), vault.head.vault_id, _TEXTS[kind])
    return recipient, OneTimeCode(name, kind, Secret(name, text))


def derive_recipient_key(vault: OpenVault, passphrase: Passphrase, today: str) -> Recipient:
    """A recipient with a passphrase that is theirs."""
    how = vault.sealer.new_scrypt_params()
    name = passphrase.label
    recipient = Recipient(name, RecipientKind.PASSPHRASE, "", today, UNSEALED, how)
    return vault.wrapped(recipient, vault.sealer.derive_from_passphrase(passphrase, how))


def join_vault(desk: VaultContext, code: str) -> JoinedVault:
    """Come in by a join code; on return this machine holds a key that never travelled.

    The new key is kept before the file is written: killed in between, the same code still works.
    """
    with desk.file.change() as file:
        text = open_existing(desk, file)
        _check_outside(desk, text)
        invited = unlock(text, _decoded(code, text), desk.sealer)
        me = next(one for one in text.contents.recipients if one.name == invited.me)
        if me.kind is not RecipientKind.INVITATION:
            raise UsageError(
                f'"{me.name}" has joined already; nothing was written', hint="Ask for a new code."
            )
        check_generation(desk, invited.head)
        key = desk.sealer.new_key(me.name)
        desk.keys.keep(invited.head.vault_id, key)
        joined = replace(me, kind=RecipientKind.KEY, created=desk.today())
        return JoinedVault(
            me.name, write_vault(desk, file, _with(invited, invited.wrapped(joined, key)))
        )


def _decoded(code: str, text: VaultText) -> VaultKey:
    try:
        return VaultKey("", decode_key(code, text.contents.head.vault_id, "join"))
    except KeyTextError as error:
        raise UsageError(f"{error}; nothing was written", hint=error.hint) from None


def _check_outside(desk: VaultContext, text: VaultText) -> None:
    """A key that opens the vault is never replaced by joining."""
    try:
        held = desk.keys.key(text.contents.head.vault_id)
    except VaultError as error:
        if error.fault is VaultFault.NO_KEY:
            return
        raise
    if isinstance(held, Passphrase):
        return
    mine = compute_key_id(desk.sealer, held, text.contents.head)
    inside = [one.name for one in text.contents.recipients if one.key_id == mine]
    if inside:
        raise UsageError(
            f'{desk.keys.name} holds the key of "{inside[0]}", who is in; nothing was written',
            hint="Join on the machine that the code was made for.",
        )


def _check_free(vault: OpenVault, name: str, renewed: RecipientKind | None) -> None:
    """Nobody has the name, or somebody of the kind that may be renewed, and who is not oneself."""
    same = [one for one in vault.contents.recipients if one.name == name]
    if any(one.kind is not renewed or one.name == vault.me for one in same):
        raise UsageError(
            f'"{name}" is a recipient already; nothing was written',
            hint="Take another name, or first"
            f" `{join_command(('vault', 'recipients', 'remove'), name)}`.",
        )


def _with(vault: OpenVault, recipient: Recipient) -> OpenVault:
    """The vault with this recipient, instead of one of the same name."""
    others = tuple(one for one in vault.contents.recipients if one.name != recipient.name)
    contents = replace(vault.contents, recipients=(*others, recipient))
    return replace(vault, contents=contents)

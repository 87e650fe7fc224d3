"""Adds people and machines to a vault; a recipient of the vault adds them."""

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
    unlock_vault,
    write_vault,
)
from cactions.logic.shell import join_command
from cactions.logic.vault import validation
from cactions.logic.vault.file_format import VaultText
from cactions.logic.vault.key_encoding import KeyTextError, decode_key, encode_key
from cactions.model import UsageError
from cactions.model.secret import Passphrase, Secret, VaultKey
from cactions.model.vault import Recipient, RecipientKind, VaultError, VaultFault

_TEXT_KINDS = {RecipientKind.INVITATION: "join", RecipientKind.MACHINE: "key"}


class OneTimeCode(Struct, frozen=True):
    """A join code, or a machine's key, to hand over by a safe channel; shown once, not stored."""

    name: str
    kind: RecipientKind
    text: Secret


class AddedRecipient(Struct, frozen=True):
    """A new recipient, and the text to hand over."""

    handout: OneTimeCode
    written: WrittenVault


class JoinedVault(Struct, frozen=True):
    """The recipient who joined; the new key never left this machine."""

    name: str
    written: WrittenVault


def list_recipients(context: VaultContext) -> tuple[Recipient, ...]:
    """List everyone who can open the vault or is invited. Raises VaultError."""
    return open_vault(context).contents.recipients


def invite_recipient(context: VaultContext, name: str) -> AddedRecipient:
    """Invite a person with a one-time join code. Raises UsageError if the name is taken.

    A person who has not joined yet gets a new code, and the old one becomes void. This helps when
    a command was interrupted before it showed the code.
    """
    return _add_recipient(context, name, RecipientKind.INVITATION)


def add_machine(context: VaultContext, name: str) -> AddedRecipient:
    """Add a machine, such as a CI system, with its key; a known machine gets a new key."""
    return _add_recipient(context, name, RecipientKind.MACHINE)


def add_passphrase(context: VaultContext, passphrase: Passphrase) -> WrittenVault:
    """Add a recipient who opens the vault with this passphrase."""

    def edit(vault: OpenVault) -> OpenVault:
        _check_free(vault, passphrase.label, None)
        return _put_recipient(vault, derive_recipient_key(vault, passphrase, context.get_today()))

    return change_vault(context, edit)


def _add_recipient(context: VaultContext, name: str, kind: RecipientKind) -> AddedRecipient:
    validation.check_name(name, "recipient")
    handouts = []

    def edit(vault: OpenVault) -> OpenVault:
        _check_free(vault, name, kind)
        recipient, handout = new_recipient(vault, name, kind, context.get_today())
        handouts.append(handout)
        return _put_recipient(vault, recipient)

    written = change_vault(context, edit)
    return AddedRecipient(handouts[0], written)


def new_recipient(
    vault: OpenVault, name: str, kind: RecipientKind, today: str
) -> tuple[Recipient, OneTimeCode]:
    """Make a recipient with a fresh key, and the key as a text to hand over."""
    key = vault.sealer.new_key(name)
    recipient = vault.wrap_key(Recipient(name, kind, "", today, UNSEALED), key)
    text = encode_key(key.reveal(), vault.head.vault_id, _TEXT_KINDS[kind])
    return recipient, OneTimeCode(name, kind, Secret(name, text))


def derive_recipient_key(vault: OpenVault, passphrase: Passphrase, today: str) -> Recipient:
    """Make a recipient whose key is derived from a passphrase."""
    params = vault.sealer.new_scrypt_params()
    name = passphrase.label
    recipient = Recipient(name, RecipientKind.PASSPHRASE, "", today, UNSEALED, params)
    return vault.wrap_key(recipient, vault.sealer.derive_from_passphrase(passphrase, params))


def join_vault(context: VaultContext, code: str) -> JoinedVault:
    """Join with a join code; on return this machine holds a new key of its own.

    The key is stored before the file is written: if the process is killed in between, the same code
    still works.
    """
    with context.file.lock_for_change() as file:
        text = open_existing(context, file)
        _check_not_inside(context, text)
        invited = unlock_vault(text, _decode_code(code, text), context.sealer)
        me = next(other for other in text.contents.recipients if other.name == invited.me)
        if me.kind is not RecipientKind.INVITATION:
            raise UsageError(
                f'"{me.name}" has already joined; nothing was written', hint="Ask for a new code."
            )
        check_generation(context, invited.head)
        key = context.sealer.new_key(me.name)
        context.keys.keep(invited.head.vault_id, key)
        joined = replace(me, kind=RecipientKind.KEY, created=context.get_today())
        return JoinedVault(
            me.name,
            write_vault(context, file, _put_recipient(invited, invited.wrap_key(joined, key))),
        )


def _decode_code(code: str, text: VaultText) -> VaultKey:
    try:
        return VaultKey("", decode_key(code, text.contents.head.vault_id, "join"))
    except KeyTextError as error:
        raise UsageError(f"{error}; nothing was written", hint=error.hint) from None


def _check_not_inside(context: VaultContext, text: VaultText) -> None:
    """A key that opens the vault is never replaced by joining."""
    try:
        local_key = context.keys.get_key(text.contents.head.vault_id)
    except VaultError as error:
        if error.fault is VaultFault.NO_KEY:
            return
        raise
    if isinstance(local_key, Passphrase):
        return
    local_key_id = compute_key_id(context.sealer, local_key, text.contents.head)
    inside = [
        recipient.name for recipient in text.contents.recipients if recipient.key_id == local_key_id
    ]
    if inside:
        raise UsageError(
            f'{context.keys.name} holds the key of "{inside[0]}", which is a recipient'
            " already; nothing was written",
            hint="Join on the machine that the code was made for.",
        )


def _check_free(vault: OpenVault, name: str, renewed: RecipientKind | None) -> None:
    """The name is free, or belongs to another recipient of the kind that may be renewed."""
    same = [other for other in vault.contents.recipients if other.name == name]
    if any(other.kind is not renewed or other.name == vault.me for other in same):
        raise UsageError(
            f'"{name}" is a recipient already; nothing was written',
            hint="Take another name, or first"
            f" `{join_command(('vault', 'recipients', 'remove'), name)}`.",
        )


def _put_recipient(vault: OpenVault, recipient: Recipient) -> OpenVault:
    """The vault with this recipient; it replaces one of the same name."""
    others = tuple(other for other in vault.contents.recipients if other.name != recipient.name)
    contents = replace(vault.contents, recipients=(*others, recipient))
    return replace(vault, contents=contents)

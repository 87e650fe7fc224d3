"""Vaults as JSON: ``cactions.vault/1``, ``cactions.recipients/1`` and ``cactions.vault-status/1``.

Written, never read back; no value and no key is ever in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from cactions.logic.documents.shapes.parts import shape_to_json
from cactions.logic.documents.shapes.vaults import (
    OneTimeCodeShape,
    VaultAct,
    VaultChangeDocument,
    VaultCheckDocument,
    VaultHeadShape,
)
from cactions.model import CactionsError, Json
from cactions.model.vault import (
    Entry,
    Recipient,
    RecipientKind,
    VaultContents,
    VaultError,
    VaultHead,
)


class VaultChangeReport(Struct, frozen=True):
    """What a command has changed in a vault.

    ``name`` is the secret or recipient; ``codes`` are to be handed over: to whom, of which kind,
    and the text. ``known`` are secrets that a removed recipient knew.
    """

    act: VaultAct
    file: str
    head: VaultHead
    name: str
    message: str
    notes: tuple[str, ...] = ()
    codes: tuple[tuple[str, RecipientKind, str], ...] = ()
    dropped: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def secrets_to_json(
    head: VaultHead, entries: Sequence[Entry], *, rollback_checked: bool
) -> dict[str, Json]:
    """What is sealed, by name, and where it may go; then which tokens of end users are bound."""
    return {
        "format": "cactions.vault/1",
        **_head_to_json(head),
        "rollback_checked": rollback_checked,
        "secrets": [
            {
                "name": entry.name,
                "version": entry.version,
                "hosts": list(entry.hosts),
                "token_hosts": list(entry.token_hosts),
                "created": str(entry.meta["created"]),
                "by": str(entry.meta["by"]),
            }
            for entry in entries
            if not entry.is_binding
        ],
        "user_tokens": [
            {
                "name": entry.name,
                "version": entry.version,
                "token_hosts": list(entry.token_hosts),
                "created": str(entry.meta["created"]),
                "by": str(entry.meta["by"]),
            }
            for entry in entries
            if entry.is_binding
        ],
    }


def recipients_to_json(recipients: Iterable[Recipient]) -> dict[str, Json]:
    """Who can open the vault, or was invited."""
    return {
        "format": "cactions.recipients/1",
        "recipients": [
            {"name": recipient.name, "kind": recipient.kind.value, "created": recipient.created}
            for recipient in recipients
        ],
    }


def status_to_json(
    file: str, holder: str, contents: VaultContents | None, trouble: CactionsError | None
) -> dict[str, Json]:
    """How the vault is; ``trouble`` says why it does not open."""
    fault = trouble.fault.value if isinstance(trouble, VaultError) else None
    return {
        "format": "cactions.vault-status/1",
        "file": file,
        "key": holder,
        "vault": _head_to_json(contents.head) if contents else None,
        "trouble": {"fault": fault, "message": str(trouble)} if trouble else None,
    }


def _head_to_json(head: VaultHead) -> dict[str, Json]:
    return {"id": head.vault_id, "epoch": head.epoch, "generation": head.generation}


def vault_change_to_json(change: VaultChangeReport) -> dict[str, Json]:
    """What changed a vault."""
    return shape_to_json(
        VaultChangeDocument(
            act=change.act,
            file=change.file,
            vault=build_vault_head(change.head),
            name=change.name,
            message=change.message,
            notes=[*change.notes],
            codes=[
                OneTimeCodeShape(recipient=name, kind=kind.value, code=code)
                for name, kind, code in change.codes
            ],
            dropped=[*change.dropped],
            rotate=[*change.known],
        )
    )


def vault_check_to_json(
    file: str, head: VaultHead, name: str, entries: int, *, rollback_checked: bool
) -> dict[str, Json]:
    """A vault that was checked, and is whole."""
    return shape_to_json(
        VaultCheckDocument(
            file=file,
            vault=build_vault_head(head),
            name=name,
            entries=entries,
            rollback_checked=rollback_checked,
        )
    )


def build_vault_head(head: VaultHead) -> VaultHeadShape:
    """Which vault it is, and which generation of it."""
    return VaultHeadShape(id=head.vault_id, epoch=head.epoch, generation=head.generation)

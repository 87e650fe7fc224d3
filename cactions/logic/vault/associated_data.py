"""What ties sealed bytes to their place: associated data, key labels, and padding."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from cactions.logic.vault.canonical_json import (
    FORMAT,
    dump_canonical,
    format_meta_json,
    format_recipient_json,
)
from cactions.model.vault import Entry, Purpose, Recipient, VaultHead

_BLOCK: Final = 64
_LENGTH: Final = 4


def join_fields(*items: bytes | str | int) -> bytes:
    """``L(…)``: each item after its length, so that no two lists give the same bytes."""
    parts = (item if isinstance(item, bytes) else str(item).encode() for item in items)
    return b"".join(len(part).to_bytes(_LENGTH, "big") + part for part in parts)


def build_entry_data(head: VaultHead, entry: Entry) -> bytes:
    """The associated data of an entry; its sealed bytes are not part of it."""
    place = (entry.purpose.value, entry.name, entry.version)
    return _bind_to_place(head, place, format_meta_json(entry.meta))


def build_recipient_data(head: VaultHead, recipient: Recipient) -> bytes:
    """The associated data of a recipient's wrapped data key."""
    return _bind_to_place(head, ("recipient", recipient.name, 1), format_recipient_json(recipient))


def _bind_to_place(
    head: VaultHead, place: tuple[str, str, int], meta: Mapping[str, object]
) -> bytes:
    digest = sha256(dump_canonical(meta)).digest()
    return join_fields(FORMAT, head.vault_id, head.epoch, *place, digest)


def build_mac_label(head: VaultHead) -> bytes:
    """HKDF's info for the MAC key."""
    return join_fields(FORMAT, "mac", head.vault_id, head.epoch)


def build_purpose_label(head: VaultHead, purpose: Purpose) -> bytes:
    """HKDF's info for the key of a purpose."""
    return join_fields(FORMAT, "purpose", head.vault_id, head.epoch, purpose.value)


def build_key_id_label(vault_id: str) -> bytes:
    """HKDF's info for a key's public name."""
    return join_fields(FORMAT, "key id", vault_id)


SEAL_LABEL: Final = join_fields(FORMAT, "seal")
"""HKDF's info for the single-use key and nonce of a sealing."""


def pad(plaintext: bytes) -> bytes:
    """Length, plaintext and zeros, to a multiple of 64 bytes."""
    framed = len(plaintext).to_bytes(_LENGTH, "big") + plaintext
    return framed + bytes(-len(framed) % _BLOCK)


def unpad(data: bytes) -> bytes:
    """The plaintext. Raises ValueError for anything that ``pad`` does not return."""
    size = int.from_bytes(data[:_LENGTH], "big")
    plaintext = data[_LENGTH : _LENGTH + size]
    if pad(plaintext) != data:
        raise ValueError("the padding is not ours")
    return plaintext

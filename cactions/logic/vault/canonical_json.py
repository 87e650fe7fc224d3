"""The parts of a vault as JSON objects, and JSON objects as canonical bytes."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from cactions.model.vault import Entry, Meta, Recipient, VaultHead

FORMAT: Final = "cactions-vault/1"


def dump_canonical(value: object) -> bytes:
    """Keys sorted, no blanks, ASCII. Every string must be printable ASCII without quotes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def format_recipient_json(recipient: Recipient) -> dict[str, object]:
    """A recipient line without the wrapped data key."""
    line: dict[str, object] = {
        "created": recipient.created,
        "key_id": recipient.key_id,
        "kind": recipient.kind.value,
        "name": recipient.name,
    }
    if recipient.stretching:
        s = recipient.stretching
        line["scrypt"] = {"n": s.n, "p": s.p, "r": s.r, "salt": encode_base64(s.salt)}
    return line


def format_meta_json(meta: Meta) -> dict[str, object]:
    """An entry's metadata."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in meta.items()}


def format_head_line(head: VaultHead) -> bytes:
    """The first line."""
    line = {"epoch": head.epoch, "format": FORMAT, "generation": head.generation}
    return dump_canonical({**line, "vault": head.vault_id}) + b"\n"


def format_recipient_line(recipient: Recipient) -> bytes:
    """One recipient."""
    wrapped = recipient.wrapped
    sealed = {"salt": encode_base64(wrapped.salt), "wrapped": encode_base64(wrapped.data)}
    return dump_canonical(format_recipient_json(recipient) | sealed) + b"\n"


def format_entry_line(entry: Entry) -> bytes:
    """One entry."""
    line: Mapping[str, object] = {
        "meta": format_meta_json(entry.meta),
        "name": entry.name,
        "purpose": entry.purpose.value,
        "salt": encode_base64(entry.sealed.salt),
        "sealed": encode_base64(entry.sealed.data),
        "version": entry.version,
    }
    return dump_canonical(line) + b"\n"


def end_line(mac: bytes) -> bytes:
    """The last line."""
    return dump_canonical({"mac": encode_base64(mac)}) + b"\n"


def encode_base64(data: bytes) -> str:
    """RFC 4648, section 4."""
    return b64encode(data).decode()

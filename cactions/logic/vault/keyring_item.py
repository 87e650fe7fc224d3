"""The texts of a vault's keyring items: this machine's key, and the highest generation seen."""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.strict_json import StrictJsonError, dump_json, parse_json
from cactions.logic.vault.key_encoding import KeyTextError, decode_key, encode_key
from cactions.model.secret import VaultKey

_FORMAT: Final = "cactions.key/1"
_MARK: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def format_key(key: VaultKey, vault_id: str) -> str:
    """The item of a key: its recipient, and the key with its checksum."""
    text = encode_key(key.reveal(), vault_id, "key")
    return dump_json({"format": _FORMAT, "recipient": key.label, "key": text})


def parse_key(text: str, vault_id: str) -> VaultKey | None:
    """The key of an item; None if the item is not a key of this vault."""
    try:
        item = parse_json(text)
    except StrictJsonError:
        return None
    if not isinstance(item, dict) or item.keys() != {"format", "recipient", "key"}:
        return None
    name, key = item["recipient"], item["key"]
    if item["format"] != _FORMAT or not isinstance(name, str) or not isinstance(key, str):
        return None
    try:
        return VaultKey(name, decode_key(key, vault_id, "key"))
    except KeyTextError:
        return None


def format_mark(generation: int) -> str:
    """The item of the highest generation seen."""
    return str(generation)


def parse_mark(text: str) -> int | None:
    """The generation of an item; None if it is invalid."""
    return int(text) if _MARK.fullmatch(text) else None

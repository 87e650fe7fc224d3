"""Parses one line of a vault; only exactly the form that is written is accepted."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Final, NamedTuple, TypeAlias, TypeVar

from cactions.logic import strict_json
from cactions.logic.vault.canonical_json import FORMAT, dump_canonical
from cactions.model import Json
from cactions.model.vault import (
    Ciphertext,
    Entry,
    Meta,
    Purpose,
    Recipient,
    RecipientKind,
    ScryptParams,
    VaultHead,
)

NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,127}")
HOST: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}")

_PLAIN: Final = re.compile(rb"[\x20-\x5b\x5d-\x7e]+")
_HEX: Final = re.compile(r"[0-9a-f]{32}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_META_KEY: Final = re.compile(r"[a-z_]{1,32}")
_MAX_INTEGER: Final = 2**53 - 1
_SALT_BYTES: Final = 32
_MAC_BYTES: Final = 32
_TAG_BYTES: Final = 16
_BLOCK_BYTES: Final = 64
_MAX_DEPTH: Final = 4

_HEAD_KEYS: Final = {"epoch", "format", "generation", "vault"}
_RECIPIENT_KEYS: Final = {"created", "key_id", "kind", "name", "salt", "wrapped"}
_ENTRY_KEYS: Final = {"meta", "name", "purpose", "salt", "sealed", "version"}
_META_KEYS: Final = {"by", "created", "hosts"}
_HOST_KEYS: Final = {"hosts", "token_hosts"}

Object: TypeAlias = "dict[str, Json]"
Head = VaultHead


class LineError(ValueError):
    """Why a line has the wrong form; quotes nothing from the line."""


class VaultLine(NamedTuple):
    """The content of a line, and its place: lines are in strictly rising order of places."""

    content: Head | Recipient | Entry | bytes
    place: tuple[int | str, ...]


def parse_line(text: bytes) -> VaultLine:
    """Parse a line without its LF. Raises LineError."""
    fields = _parse_object(text)
    if "format" in fields:
        return VaultLine(_read_head(fields), (0,))
    if "wrapped" in fields:
        recipient = _read_recipient(fields)
        return VaultLine(recipient, (1, recipient.name))
    if "sealed" in fields:
        entry = _read_entry(fields)
        return VaultLine(entry, (2, entry.purpose.value, entry.name, entry.version))
    _check_keys(fields, {"mac"})
    return VaultLine(_read_bytes(fields["mac"], _MAC_BYTES), (3,))


def _parse_object(text: bytes) -> Object:
    if not _PLAIN.fullmatch(text):
        raise LineError("it is empty, or has a character that is not allowed")
    try:
        fields = strict_json.parse_json(text, max_depth=_MAX_DEPTH)
    except strict_json.StrictJsonError as error:
        raise LineError(error.message) from None
    if not isinstance(fields, dict):
        raise LineError("it is no object")
    if dump_canonical(fields) != text:
        raise LineError("its keys or blanks are in another form")
    return fields


def _read_head(fields: Object) -> Head:
    _check_keys(fields, _HEAD_KEYS)
    if fields["format"] != FORMAT:
        raise LineError("it has another format")
    vault_id = _read_text(fields["vault"], _HEX)
    return Head(vault_id, _read_integer(fields["epoch"]), _read_integer(fields["generation"]))


def _read_recipient(fields: Object) -> Recipient:
    kind = _read_word(fields.get("kind"), RecipientKind)
    scrypt_key = {"scrypt"} if kind is RecipientKind.PASSPHRASE else set()
    _check_keys(fields, _RECIPIENT_KEYS | scrypt_key)
    return Recipient(
        _read_text(fields["name"], NAME),
        kind,
        _read_text(fields["key_id"], _HEX),
        _read_text(fields["created"], _DATE),
        Ciphertext(
            _read_bytes(fields["salt"], _SALT_BYTES),
            _read_bytes(fields["wrapped"], _BLOCK_BYTES + _TAG_BYTES),
        ),
        _read_scrypt(fields["scrypt"]) if scrypt_key else None,
    )


def _read_scrypt(fields: Json) -> ScryptParams:
    if not isinstance(fields, dict):
        raise LineError("scrypt is no object")
    _check_keys(fields, {"n", "p", "r", "salt"})
    n, r, p = (_read_integer(fields[key]) for key in ("n", "r", "p"))
    return ScryptParams(n, r, p, _read_bytes(fields["salt"], _SALT_BYTES))


def _read_entry(fields: Object) -> Entry:
    _check_keys(fields, _ENTRY_KEYS)
    data = _read_bytes(fields["sealed"])
    if len(data) % _BLOCK_BYTES != _TAG_BYTES or len(data) < _BLOCK_BYTES:
        raise LineError("its sealed bytes have an invalid length")
    return Entry(
        _read_word(fields["purpose"], Purpose),
        _read_text(fields["name"], NAME),
        _read_integer(fields["version"]),
        _read_meta(fields["meta"]),
        Ciphertext(_read_bytes(fields["salt"], _SALT_BYTES), data),
    )


def _read_meta(fields: Json) -> Meta:
    if not isinstance(fields, dict) or not fields.keys() >= _META_KEYS:
        raise LineError("its metadata is incomplete")
    if not all(_META_KEY.fullmatch(key) for key in fields):
        raise LineError("its metadata has an invalid key")
    _read_text(fields["by"], NAME)
    _read_text(fields["created"], _DATE)
    for key in _HOST_KEYS & fields.keys():
        _check_hosts(_read_texts(fields[key]))
    return {key: _read_meta_value(value) for key, value in fields.items()}


def _check_hosts(hosts: tuple[str, ...]) -> None:
    if list(hosts) != sorted(set(hosts)) or not all(HOST.fullmatch(host) for host in hosts):
        raise LineError("its hosts are not sorted host names")


def _read_meta_value(value: Json) -> str | int | tuple[str, ...]:
    if isinstance(value, str):
        return value
    return _read_texts(value) if isinstance(value, list) else _read_integer(value)


def _read_texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise LineError("a list is missing")
    texts = tuple(item for item in value if isinstance(item, str))
    if len(texts) != len(value):
        raise LineError("a list has an item that is not a string")
    return texts


def _check_keys(fields: Object, expected: set[str]) -> None:
    if fields.keys() != expected:
        raise LineError("it has other keys")


_Word = TypeVar("_Word", RecipientKind, Purpose)


def _read_word(value: Json, kind: type[_Word]) -> _Word:
    try:
        return kind(value)
    except ValueError:
        raise LineError("a word is unknown") from None


def _read_text(value: Json, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise LineError("a text has another form")
    return value


def _read_integer(value: Json) -> int:
    if type(value) is not int or not 1 <= value <= _MAX_INTEGER:
        raise LineError("a number is not 1 to 2^53-1")
    return value


def _read_bytes(value: Json, size: int | None = None) -> bytes:
    try:
        data = b64decode(value.encode(), validate=True) if isinstance(value, str) else None
    except Base64Error:
        data = None
    if data is None or b64encode(data).decode() != value:
        raise LineError("base64 is not in the canonical form")
    if size is not None and len(data) != size:
        raise LineError(f"{len(data)} bytes instead of {size}")
    return data

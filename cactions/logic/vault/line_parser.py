"""One line of a vault: the noun that it stands for, if it has exactly the form that we write."""

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
_HIGHEST: Final = 2**53 - 1
_SALT: Final = 32
_MAC: Final = 32
_TAG: Final = 16
_BLOCK: Final = 64
_DEPTH: Final = 4

_HEAD_KEYS: Final = {"epoch", "format", "generation", "vault"}
_RECIPIENT_KEYS: Final = {"created", "key_id", "kind", "name", "salt", "wrapped"}
_ENTRY_KEYS: Final = {"meta", "name", "purpose", "salt", "sealed", "version"}
_META_KEYS: Final = {"by", "created", "hosts"}
_HOST_KEYS: Final = {"hosts", "token_hosts"}

Object: TypeAlias = "dict[str, Json]"
Head = VaultHead


class LineError(ValueError):
    """What is wrong with the form of a line; quotes nothing of it."""


class VaultLine(NamedTuple):
    """What a line says, and its place: lines stand in strictly rising order of it."""

    content: Head | Recipient | Entry | bytes
    place: tuple[int | str, ...]


def parse_line(text: bytes) -> VaultLine:
    """The line (without LF) that these bytes are. Raises Misshapen."""
    found = _object(text)
    if "format" in found:
        return VaultLine(_head(found), (0,))
    if "wrapped" in found:
        recipient = _recipient(found)
        return VaultLine(recipient, (1, recipient.name))
    if "sealed" in found:
        entry = _entry(found)
        return VaultLine(entry, (2, entry.purpose.value, entry.name, entry.version))
    _check_keys(found, {"mac"})
    return VaultLine(_bytes(found["mac"], _MAC), (3,))


def _object(text: bytes) -> Object:
    if not _PLAIN.fullmatch(text):
        raise LineError("it is empty, or has a character that is not written there")
    try:
        found = strict_json.parse_json(text, max_depth=_DEPTH)
    except strict_json.StrictJsonError as error:
        raise LineError(error.message) from None
    if not isinstance(found, dict):
        raise LineError("it is no object")
    if dump_canonical(found) != text:
        raise LineError("its keys or blanks stand otherwise")
    return found


def _head(found: Object) -> Head:
    _check_keys(found, _HEAD_KEYS)
    if found["format"] != FORMAT:
        raise LineError("it has another format")
    vault_id = _text(found["vault"], _HEX)
    return Head(vault_id, _integer(found["epoch"]), _integer(found["generation"]))


def _recipient(found: Object) -> Recipient:
    kind = _word(found.get("kind"), RecipientKind)
    stretched = {"scrypt"} if kind is RecipientKind.PASSPHRASE else set()
    _check_keys(found, _RECIPIENT_KEYS | stretched)
    return Recipient(
        _text(found["name"], NAME),
        kind,
        _text(found["key_id"], _HEX),
        _text(found["created"], _DATE),
        Ciphertext(_bytes(found["salt"], _SALT), _bytes(found["wrapped"], _BLOCK + _TAG)),
        _stretching(found["scrypt"]) if stretched else None,
    )


def _stretching(found: Json) -> ScryptParams:
    if not isinstance(found, dict):
        raise LineError("scrypt is no object")
    _check_keys(found, {"n", "p", "r", "salt"})
    n, r, p = (_integer(found[key]) for key in ("n", "r", "p"))
    return ScryptParams(n, r, p, _bytes(found["salt"], _SALT))


def _entry(found: Object) -> Entry:
    _check_keys(found, _ENTRY_KEYS)
    data = _bytes(found["sealed"])
    if len(data) % _BLOCK != _TAG or len(data) < _BLOCK:
        raise LineError("its sealed bytes have a length that none of ours has")
    return Entry(
        _word(found["purpose"], Purpose),
        _text(found["name"], NAME),
        _integer(found["version"]),
        _meta(found["meta"]),
        Ciphertext(_bytes(found["salt"], _SALT), data),
    )


def _meta(found: Json) -> Meta:
    if not isinstance(found, dict) or not found.keys() >= _META_KEYS:
        raise LineError("its metadata is not whole")
    if not all(_META_KEY.fullmatch(key) for key in found):
        raise LineError("its metadata has a strange key")
    _text(found["by"], NAME)
    _text(found["created"], _DATE)
    for key in _HOST_KEYS & found.keys():
        _check_hosts(_texts(found[key]))
    return {key: _meta_value(value) for key, value in found.items()}


def _check_hosts(hosts: tuple[str, ...]) -> None:
    if list(hosts) != sorted(set(hosts)) or not all(HOST.fullmatch(host) for host in hosts):
        raise LineError("its hosts are not sorted names")


def _meta_value(value: Json) -> str | int | tuple[str, ...]:
    if isinstance(value, str):
        return value
    return _texts(value) if isinstance(value, list) else _integer(value)


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise LineError("a list is missing")
    texts = tuple(each for each in value if isinstance(each, str))
    if len(texts) != len(value):
        raise LineError("a list holds something else than text")
    return texts


def _check_keys(found: Object, wanted: set[str]) -> None:
    if found.keys() != wanted:
        raise LineError("it has other keys")


_Word = TypeVar("_Word", RecipientKind, Purpose)


def _word(value: Json, kind: type[_Word]) -> _Word:
    try:
        return kind(value)
    except ValueError:
        raise LineError("a word is none of ours") from None


def _text(value: Json, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise LineError("a text has another form")
    return value


def _integer(value: Json) -> int:
    if type(value) is not int or not 1 <= value <= _HIGHEST:
        raise LineError("a number is none of 1 to 2^53-1")
    return value


def _bytes(value: Json, size: int | None = None) -> bytes:
    try:
        data = b64decode(value.encode(), validate=True) if isinstance(value, str) else None
    except Base64Error:
        data = None
    if data is None or b64encode(data).decode() != value:
        raise LineError("base64 is not as it is written")
    if size is not None and len(data) != size:
        raise LineError(f"{len(data)} bytes stand where {size} must")
    return data

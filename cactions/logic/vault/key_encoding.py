"""A 32-byte key as a text that people copy, and that tells when it was copied badly.

``cactions-KIND-1:`` and eight groups of eight base32 letters (RFC 4648) with ``-`` between them:
the key, four bytes that name the vault, four bytes of checksum over all of it and the kind.

- Whoever reads ignores blanks, line breaks, hyphens and the case: a text survives a wrapped mail.
- A text of another kind or of another vault is never a key, and says which of the two it is.
- A message never repeats anything of what was given: it may be a key, or another secret.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from hashlib import sha256
from typing import Final

KEY_BYTES: Final = 32

KINDS: Final = {"key": "vault key", "join": "join code"}
"""Every kind of text, and what people call it. A kind is a word of small letters."""

_TAG: Final = 4
_LETTERS: Final = (KEY_BYTES + 2 * _TAG) * 8 // 5
"""40 bytes are 64 letters exactly: no letter has a bit to spare."""
_GROUP: Final = 8
_ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_IGNORED: Final = frozenset(" \t\r\n-")
_BEGIN: Final = re.compile(r"\n(?=[ \t]*cactions-[a-z]+-[0-9]+:)", re.IGNORECASE | re.ASCII)
"""Between two texts."""
_AGAIN: Final = "Copy it again, whole, from where it was shown."


class KeyTextError(ValueError):
    """What was given is not the key that was asked for; ``hint`` is the next step."""

    def __init__(self, message: str, *, hint: str = _AGAIN) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class OtherVaultError(KeyTextError):
    """A good key, of another vault."""


def encode_key(key: bytes, vault_id: str, kind: str) -> str:
    """The text of a key, for this vault only. Raises ValueError for a key of another length."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    tagged = key + _vault_tag(vault_id)
    letters = b32encode(tagged + _checksum(tagged, kind)).decode()
    groups = (letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))
    return _head(kind) + "-".join(groups)


def decode_key(text: str, vault_id: str, kind: str) -> bytes:
    """The key that the text stands for, of this vault and this kind. Raises KeyTextError."""
    data = b32decode(_letters(_body(text, kind), kind))
    tagged, checksum = data[:-_TAG], data[-_TAG:]
    if checksum != _checksum(tagged, kind):
        raise KeyTextError(f"the {KINDS[kind]} has a wrong checksum: a letter of it is not right")
    if tagged[KEY_BYTES:] != _vault_tag(vault_id):
        raise OtherVaultError(
            f"the {KINDS[kind]} belongs to another vault",
            hint="Give the one that was made for this vault.",
        )
    return tagged[:KEY_BYTES]


def find_key(text: str, vault_id: str, kind: str) -> bytes:
    """The key of this vault among texts that each begin a line; ``#`` begins a line of comment.

    Raises KeyTextError for the first text that is neither, or OtherVaultError at the end.
    """
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    others: OtherVaultError | None = None
    for one in _BEGIN.split("\n".join(lines).strip()):
        try:
            return decode_key(one, vault_id, kind)
        except OtherVaultError as error:
            others = error
    assert others, "splitting gives one text at least"
    raise others


def _head(kind: str) -> str:
    assert kind in KINDS, "a fault of the program"
    return f"cactions-{kind}-1:"


def _body(text: str, kind: str) -> str:
    """What follows the head. Raises KeyTextError where the head is not that of the kind."""
    if not text.strip():
        raise KeyTextError(f"the {KINDS[kind]} is empty")
    head, mark, body = text.partition(":")
    found = "".join(head.split()).lower() + mark if head.isascii() else ""
    if found == _head(kind):
        return body
    for other, words in KINDS.items():
        if found == _head(other):
            raise KeyTextError(
                f"this is a {words}, not a {KINDS[kind]}", hint=f"Give the {KINDS[kind]}."
            )
        if mark and found.startswith(f"cactions-{other}-") and found[-2:-1].isdigit():
            raise KeyTextError(
                f"this {words} is of another version of cactions",
                hint="Use that version, or a newer one.",
            )
    raise KeyTextError(f"this is no {KINDS[kind]}: those begin with {_head(kind)}")


def _letters(body: str, kind: str) -> str:
    """The letters, as many as there must be. Raises KeyTextError; tells places, not letters."""
    letters = body.upper() if body.isascii() else body
    strange = [at for at, c in enumerate(letters, 1) if c not in _ALPHABET and c not in _IGNORED]
    if strange:
        raise KeyTextError(
            f"the {KINDS[kind]} has a strange character in place {strange[0]} after the colon",
            hint="A key is made of the letters A to Z and the digits 2 to 7: "
            "what looks like 0, 1 or 8 is an O, an I and a B.",
        )
    kept = "".join(c for c in letters if c in _ALPHABET)
    if len(kept) < _LETTERS:
        raise KeyTextError(
            f"the {KINDS[kind]} is too short: it has {len(kept)} of {_LETTERS} letters"
        )
    if len(kept) > _LETTERS:
        raise KeyTextError(
            f"the {KINDS[kind]} is too long: it has {len(kept)} letters instead of {_LETTERS}"
        )
    return kept


def _vault_tag(vault_id: str) -> bytes:
    return sha256(b"cactions-vault-tag/1\0" + vault_id.encode()).digest()[:_TAG]


def _checksum(tagged: bytes, kind: str) -> bytes:
    return sha256(f"cactions-key-text/1\0{kind}\0".encode() + tagged).digest()[:_TAG]

"""A 32-byte key as a text for people to copy, with a checksum against copying errors.

``cactions-KIND-1:`` and eight groups of eight base32 letters (RFC 4648) with ``-`` between them:
the key, four bytes that name the vault, four bytes of checksum over all of it and the kind.

- Blanks, line breaks, hyphens and case are ignored: a text survives a wrapped mail.
- A text of another kind or of another vault is refused, and the error says which of the two it is.
- No message repeats any part of the text: it may be a key, or another secret.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from hashlib import sha256
from typing import Final

KEY_BYTES: Final = 32

KINDS: Final = {"key": "vault key", "join": "join code"}
"""Every kind of text, and its name for people. A kind is one lower-case word."""

_TAG_BYTES: Final = 4
_LETTER_COUNT: Final = (KEY_BYTES + 2 * _TAG_BYTES) * 8 // 5
"""40 bytes are 64 letters exactly: no letter has a bit to spare."""
_GROUP_LETTERS: Final = 8
_ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_IGNORED: Final = frozenset(" \t\r\n-")
_TEXT_BREAK: Final = re.compile(r"\n(?=[ \t]*cactions-[a-z]+-[0-9]+:)", re.IGNORECASE | re.ASCII)
"""Between two texts."""
_COPY_AGAIN: Final = "Copy it again, whole, from where it was shown."


class KeyTextError(ValueError):
    """The text is not the key that is needed; ``hint`` is the next step."""

    def __init__(self, message: str, *, hint: str = _COPY_AGAIN) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class OtherVaultError(KeyTextError):
    """A good key, of another vault."""


def encode_key(key: bytes, vault_id: str, kind: str) -> str:
    """The text of a key, for this vault only. Raises ValueError for a key of another length."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    tagged = key + _compute_vault_tag(vault_id)
    letters = b32encode(tagged + _compute_checksum(tagged, kind)).decode()
    groups = (letters[at : at + _GROUP_LETTERS] for at in range(0, _LETTER_COUNT, _GROUP_LETTERS))
    return _build_head(kind) + "-".join(groups)


def decode_key(text: str, vault_id: str, kind: str) -> bytes:
    """Decode the key of this vault and this kind. Raises KeyTextError."""
    data = b32decode(_extract_letters(_strip_head(text, kind), kind))
    tagged, checksum = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
    if checksum != _compute_checksum(tagged, kind):
        raise KeyTextError(f"the {KINDS[kind]} has a wrong checksum: at least one letter is wrong")
    if tagged[KEY_BYTES:] != _compute_vault_tag(vault_id):
        raise OtherVaultError(
            f"the {KINDS[kind]} belongs to another vault",
            hint="Use the one that was made for this vault; a new vault needs a key of its own,"
            " in a file that is not there yet.",
        )
    return tagged[:KEY_BYTES]


def find_key(text: str, vault_id: str, kind: str) -> bytes:
    """Find the key of this vault among texts that each begin a line; ``#`` begins a comment line.

    Raises KeyTextError for the first invalid text, or OtherVaultError at the end.
    """
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    others: OtherVaultError | None = None
    for part in _TEXT_BREAK.split("\n".join(lines).strip()):
        try:
            return decode_key(part, vault_id, kind)
        except OtherVaultError as error:
            others = error
    assert others, "splitting gives one text at least"
    raise others


def _build_head(kind: str) -> str:
    assert kind in KINDS, "an internal error"
    return f"cactions-{kind}-1:"


def _strip_head(text: str, kind: str) -> str:
    """The text after the head. Raises KeyTextError if the head is not that of the kind."""
    if not text.strip():
        raise KeyTextError(f"the {KINDS[kind]} is empty")
    head, mark, body = text.partition(":")
    given_head = "".join(head.split()).lower() + mark if head.isascii() else ""
    if given_head == _build_head(kind):
        return body
    for other, words in KINDS.items():
        if given_head == _build_head(other):
            raise KeyTextError(
                f"this is a {words}, not a {KINDS[kind]}", hint=f"Give the {KINDS[kind]}."
            )
        if mark and given_head.startswith(f"cactions-{other}-") and given_head[-2:-1].isdigit():
            raise KeyTextError(
                f"this {words} is from another version of cactions",
                hint="Use that version, or a newer one.",
            )
    raise KeyTextError(f"this is no {KINDS[kind]}: those begin with {_build_head(kind)}")


def _extract_letters(body: str, kind: str) -> str:
    """The letters, checked and counted. Raises KeyTextError, which gives positions, not letters."""
    letters = body.upper() if body.isascii() else body
    invalid = [at for at, c in enumerate(letters, 1) if c not in _ALPHABET and c not in _IGNORED]
    if invalid:
        raise KeyTextError(
            f"the {KINDS[kind]} has an invalid character at position {invalid[0]} after the colon",
            hint="A key has only the letters A to Z and the digits 2 to 7: "
            "what looks like 0, 1 or 8 is an O, an I and a B.",
        )
    kept = "".join(c for c in letters if c in _ALPHABET)
    if len(kept) < _LETTER_COUNT:
        raise KeyTextError(
            f"the {KINDS[kind]} is too short: it has {len(kept)} of {_LETTER_COUNT} letters"
        )
    if len(kept) > _LETTER_COUNT:
        raise KeyTextError(
            f"the {KINDS[kind]} is too long: it has {len(kept)} letters instead of {_LETTER_COUNT}"
        )
    return kept


def _compute_vault_tag(vault_id: str) -> bytes:
    return sha256(b"cactions-vault-tag/1\0" + vault_id.encode()).digest()[:_TAG_BYTES]


def _compute_checksum(tagged: bytes, kind: str) -> bytes:
    return sha256(f"cactions-key-text/1\0{kind}\0".encode() + tagged).digest()[:_TAG_BYTES]

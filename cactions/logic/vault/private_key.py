"""Private keys as people have them: PEM blocks (RFC 7468). No message repeats any part of one.

What they hold is checked by the edge that can read them; here it is only told what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cactions.logic.pem import COPIED_BREAK, LABELS, has_private_key, is_base64, write_block
from cactions.model import UsageError

_BEGIN: Final = "-----BEGIN "
_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_LABELS: Final = ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY")
_BESIDE: Final = "EC PARAMETERS"
"""What OpenSSL writes before a key of a curve; the key says the same again."""

_AGAIN: Final = (
    f"Copy the whole file again. It begins with a line such as {_BEGIN}{_LABELS[0]}-----."
)

_SHORTEST: Final = 8
"""A shorter line appears by chance; it is the end of a key."""


def is_private_key(value: str) -> bool:
    """Whether a sealed value is one, as ``find_private_key`` gives it."""
    return value.startswith(_BEGIN)


def find_private_key(text: str, name: str) -> str | None:
    """The one block of a private key, in the lines of its standard; None where no PEM is there.

    Raises UsageError for any other PEM, and for one that is cut off, damaged, encrypted or not
    alone.
    """
    if _BEGIN not in text:
        is_plain = "\n" not in text.strip() and "---" not in text  # as some services give keys
        if not is_plain and has_private_key(text):
            raise _refuse(name, "is a private key whose BEGIN line is missing or damaged", _AGAIN)
        return None
    if text.lstrip().startswith("{"):
        raise _refuse(
            name, "is a JSON file", "Take the key out of it: `jq -r .private_key FILE`, piped here."
        )
    text = re.sub(COPIED_BREAK, "\n", text)
    blocks = [match for match in _BLOCK.finditer(text) if match[1] != _BESIDE]
    if _BLOCK.sub("", text).strip():
        raise _refuse(
            name,
            "is not one PEM block: it is cut off, its BEGIN or END line is damaged, or something"
            " stands around it",
            "Give the whole file on stdin (`… < FILE`), from its BEGIN line to its END line, and"
            " nothing else.",
        )  # fmt: skip
    if len(blocks) != 1:
        raise _refuse(
            name, f"has {len(blocks)} PEM blocks", "Give the block of the private key alone."
        )
    label, body = blocks[0][1], blocks[0][2]
    _check_label(name, label, body)
    data = "".join(body.split())
    if not is_base64(data):
        raise _refuse(name, "is no PEM: its lines are no base64", "Copy the file again, whole.")
    return write_block(label, data)


def list_hidden_texts(value: str) -> Iterator[str]:
    """What must not be seen of a secret: all of it; of a private key also each of its lines."""
    yield value
    if is_private_key(value):
        lines = value.splitlines()[1:-1]
        yield "".join(lines)
        yield from (line for line in lines if len(line) >= _SHORTEST)


def _check_label(name: str, label: str, body: str) -> None:
    if label == "ENCRYPTED PRIVATE KEY" or "ENCRYPTED" in body[:80]:
        raise _refuse(
            name, "is a private key with a passphrase of its own",
            "Take that off, and seal the result: `openssl pkey -in FILE`, piped here. The vault"
            " encrypts it again.",
        )  # fmt: skip
    if label == "OPENSSH PRIVATE KEY":
        raise _refuse(
            name, "is a private key in OpenSSH's own format",
            "Make a copy in PEM: `ssh-keygen -p -m PKCS8 -f COPY`, and seal that.",
        )  # fmt: skip
    if label in LABELS:
        hint = "Seal the private key to it."
        raise _refuse(name, f"is a {label.lower()}, not a private key", hint)
    if label not in _LABELS:
        what = "is a private key" if has_private_key(body) else "is a PEM block"
        raise _refuse(name, f"{what} whose BEGIN line is damaged", _AGAIN)


def _refuse(name: str, what: str, hint: str) -> UsageError:
    return UsageError(f'the value for "{name}" {what}; nothing was sealed', hint=hint)

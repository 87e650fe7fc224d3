"""The texts of a request as bytes; what HTTP/1.1 cannot hold is refused. Nothing quotes a value."""

from __future__ import annotations

import re
from typing import Final

from cactions.edges.http.errors import NetworkFault, build_failure, build_unsendable
from cactions.logic.request.checks import HEADER_NAME
from cactions.model import MaskedText

_HEADER_VALUE: Final = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_RESERVED_HEADERS: Final = {
    "host", "content-length", "transfer-encoding", "connection", "upgrade", "expect",
}  # fmt: skip


def encode_header(name: str, value: str) -> tuple[bytes, bytes]:
    """Name and value as they are sent. Raises RequestFailed for what headers cannot hold."""
    if not HEADER_NAME.fullmatch(name) or name.lower() in _RESERVED_HEADERS:
        raise build_unsendable("a header of the request has a name that cactions does not send")
    if not _HEADER_VALUE.fullmatch(value):
        raise build_unsendable(
            f'the value of the header "{name}" holds a character that headers cannot hold',
            "Only visible ASCII, and spaces inside: no line breaks, no other letters.",
        )
    return name.encode(), value.encode()


def encode_body(body: str) -> bytes:
    """The body as it is sent. Raises RequestFailed."""
    try:
        return body.encode()
    except UnicodeEncodeError:
        raise build_unsendable("the request's body cannot be written as UTF-8") from None


def reveal_text(text: MaskedText) -> str:
    """The real text. Raises RequestFailed where a secret of it was not opened."""
    if text.is_unopened:
        raise build_failure(NetworkFault.SECRET_NOT_OPENED)
    return text.reveal()

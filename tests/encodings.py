"""A secret in the forty encodings of common software; independent of the code that searches it."""

from __future__ import annotations

import base64
import html
import json
import quopri
from collections.abc import Callable
from itertools import takewhile
from typing import Final
from urllib.parse import quote, quote_plus

Encoded = Callable[[str], bytes]


def _lower_percent(text: str) -> str:
    parts = quote(text, safe="").split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


def _aligned(text: str, before: int) -> bytes:
    """Base64 of text that contains the secret, without the letters that depend on other text."""
    whole = base64.b64encode(b"x" * before + text.encode() + b"yyy")
    start, stop = -(-before * 8 // 6), (before + len(text.encode())) * 8 // 6
    return whole[start:stop]


ENCODINGS: Final[dict[str, Encoded]] = {
    "raw": str.encode,
    "percent": lambda text: quote(text, safe="").encode(),
    "percent, small": lambda text: _lower_percent(text).encode(),
    "percent, path": lambda text: quote(text).encode(),
    "plus": lambda text: quote_plus(text).encode(),
    "percent twice": lambda text: quote(quote(text, safe=""), safe="").encode(),
    "JSON, ASCII": lambda text: json.dumps(text)[1:-1].encode(),
    "JSON, UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1].encode(),
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/").encode(),
    "HTML": lambda text: html.escape(text).encode(),
    "HTML, text": lambda text: html.escape(text, quote=False).encode(),
    "repr": lambda text: repr(text)[1:-1].encode(),
    "repr of bytes": lambda text: repr(text.encode())[2:-1].encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "hex, large": lambda text: text.encode().hex().upper().encode(),
    "base64": lambda text: _aligned(text, 0),
    "base64, moved by one, for URLs": lambda text: _aligned(text, 1).translate(
        bytes.maketrans(b"+/", b"-_")
    ),
    "base64, moved by two": lambda text: _aligned(text, 2),
    "base64, percent": lambda text: quote(_base64(text), safe="").encode(),
    "base64, percent, small": lambda text: _lower_percent(_base64(text)).encode(),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())),
    "base64, MIME": lambda text: base64.encodebytes(text.encode()).strip(),
    "base64, PEM": lambda text: b"\r\n".join(
        _base64(text)[at : at + 64].encode() for at in range(0, len(_base64(text)), 64)
    ),
    "base32": lambda text: base64.b32encode(text.encode()),
    "base32, small": lambda text: base64.b32encode(text.encode()).lower().rstrip(b"="),
    "capitals": lambda text: text.upper().encode(),
    "small letters": lambda text: text.lower().encode(),
    "name of a header": lambda text: "-".join(
        part[:1].upper() + part[1:].lower() for part in text.split("-")
    ).encode(),
    "hex, colons": lambda text: text.encode().hex(":").encode(),
    "hex, blanks, large": lambda text: text.encode().hex(" ").upper().encode(),
    "hex, dashes": lambda text: text.encode().hex("-").encode(),
    "hex, backslashes": lambda text: b"".join(b"\\x%02x" % byte for byte in text.encode()),
    "HTML, decimal": lambda text: "".join(f"&#{ord(sign)};" for sign in text).encode(),
    "HTML, hex": lambda text: "".join(f"&#x{ord(sign):X};" for sign in text).encode(),
    "HTML, padded": lambda text: "".join(f"&#x{ord(sign):04x};" for sign in text).encode(),
    "HTML, decimal, padded": lambda text: "".join(f"&#{ord(sign):03};" for sign in text).encode(),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).replace(b"=\n", b""),
    "quoted-printable, all": lambda text: b"".join(b"=%02X" % byte for byte in text.encode()),
    "UTF-16": lambda text: text.encode("utf-16-le"),
    "UTF-16, hex": lambda text: text.encode("utf-16-be").hex().encode(),
    "UTF-16, base64": lambda text: base64.b64encode(text.encode("utf-16-le")),
}

PRINTED: Final = {name: encode for name, encode in ENCODINGS.items() if name != "UTF-16"}
"""Those that are text."""

BEGINNING: Final = 12


def beginning(text: str, encode: Encoded) -> bytes:
    """The common beginning, in this encoding, of every cut secret of at least twelve characters."""
    both = zip(encode(text[:BEGINNING]), encode(text), strict=False)
    return bytes(ours for ours, _ in takewhile(lambda pair: pair[0] == pair[1], both))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()

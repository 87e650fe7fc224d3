r"""The forms that software gives a text when it writes a secret down, and their beginnings.

Looked for, each as a whole and by its beginning (12 characters or more: values are cut):

- the secret as it is, in capitals, in small letters, and as a header's name;
- percent-encoded once and twice, wholly or where needed; JSON once and twice; HTML and XML, with
  names or numbers (decimal, hexadecimal, padded to three or four digits); Python's ``repr``;
- quoted-printable; base32; hexadecimal, also with ``:``, a space, ``-`` or ``\x`` between bytes;
- base64 for MIME and for URLs at each of its three alignments, percent-encoded, in lines of 64 or
  76 characters, and base64 of base64;
- UTF-16 (both byte orders): its bytes, and their hexadecimal and base64.

Not looked for: compressed (gzip, deflate), reversed, rot13, ROT47, hashed or encrypted; base32 that
begins within something else; base64 more than twice; other mixtures of capitals and small letters;
charsets other than UTF-8 and UTF-16; quoted-printable that is broken within the secret; a part of a
secret that is not its beginning. A service that wants to can always write a secret in another way.

At most about 110 forms a secret, fewer where they are alike (a secret of letters and digits has
about 70); finding them reads some 70 MB a second, however many secrets there are.

A beginning counts from where it is the secret's own: what many secrets share, such as ``Bearer``,
the header of a JWT, the host of a URL or the address in a Basic pair, is public. To hide it would
put dots into the values of people that have nothing to do with the secret.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b32encode, b64encode
from binascii import b2a_qp
from bisect import bisect_left
from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus

LEAST: Final = 4
"""In bytes; shorter forms would be found everywhere by chance."""

BEGINNING: Final = 12
"""The shortest beginning of a form that is looked for, in characters of the form."""

_TELLING: Final = BEGINNING // 2
"""And in characters of the secret: two entities of HTML are twelve characters, too."""

_PUBLIC: Final = re.compile(
    r"(?:(?:Bearer|Basic|Token) )?"
    r"(?:https?://(?![^/?#]*@)[^/?#]*/?|eyJ[A-Za-z0-9_-]*\.|github_pat_|[^\s:@/]+@[^\s:@/]+:)?"
)
"""What a secret may begin with and other secrets, too."""


class EncodedForm(NamedTuple):
    """A form as bytes; its first ``least`` bytes already tell that it is a secret."""

    text: bytes
    least: int

    @property
    def stem(self) -> bytes:
        """The shortest beginning that is looked for."""
        return self.text[: self.least]


def list_encoded_forms(secret: str) -> frozenset[EncodedForm]:
    """Every form that is looked for; of a secret of less than 12 characters, none but the whole."""
    whole = [*_forms(secret)]
    if len(secret) < BEGINNING:
        return frozenset(EncodedForm(text, len(text)) for text in whole if len(text) >= LEAST)
    found = _PUBLIC.match(secret)
    shared = len(found[0]) if found else 0
    public = _forms(secret[:shared]) if shared else iter(lambda: b"", None)
    telling = _forms(secret[: shared + _TELLING])
    made = (
        EncodedForm(
            text,
            max(find_common_forms(text, head), _beginning(text, find_common_forms(text, start))),
        )
        for text, start, head in zip(whole, public, telling, strict=False)
    )
    return frozenset(form for form in made if len(form.text) >= LEAST)


def _beginning(text: bytes, public: int) -> int:
    """Twelve characters after the public ones, in bytes."""
    if b"\0" in text:  # UTF-16
        return min(len(text), public + 2 * BEGINNING)
    own = text[public:].decode("utf-8", "ignore")
    return min(len(text), public + len(own[:BEGINNING].encode()))


def find_common_forms(left: bytes, right: bytes) -> int:
    """The length of the longest common beginning."""
    most = min(len(left), len(right))
    if left[:most] == right[:most]:
        return most
    return bisect_left(range(most), x=True, key=lambda n: left[: n + 1] != right[: n + 1])


def _forms(secret: str) -> Iterator[bytes]:
    """Always as many, in the same order, so that those of two texts can be laid side by side."""
    data = secret.encode("utf-8", "replace")
    texts = (_cases, _percent, _json, _entities, _python)
    for text in (text for write in texts for text in write(secret)):
        yield text.encode("utf-8", "replace")
    yield from (_each(data, shape) for shape in _BETWEEN)
    for one in (data, secret.encode("utf-16-le", "replace"), secret.encode("utf-16-be", "replace")):
        yield from (one, one.hex().encode(), one.hex().upper().encode())
        yield from _base64(one)
    yield _each(data, "={:02X}")
    for kind in ({"quotetabs": False}, {"quotetabs": True}, {"header": True}):
        yield b2a_qp(data, **kind).replace(b"=\n", b"")
    for letters in (b32encode(data), b32encode(data).lower()):
        yield from (letters, letters.rstrip(b"="))
    yield from _base64(b64encode(data))
    yield from _base64(b64encode(data).rstrip(b"="))


def _cases(secret: str) -> Iterator[str]:
    yield from (secret, secret.lower(), secret.upper())
    yield "-".join(part.capitalize() for part in secret.split("-"))


def _percent(secret: str) -> Iterator[str]:
    for encode, safe in product((quote, quote_plus), ("", "/")):
        once = encode(secret, safe=safe)
        for text in (once, _small(once)):
            yield from (text, encode(text, safe=safe))
    every = "".join(f"%{byte:02X}" for byte in secret.encode("utf-8", "replace"))
    yield from (every, every.lower())


def _small(text: str) -> str:
    """With hexadecimal digits in small letters."""
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), text)


def _json(secret: str) -> Iterator[str]:
    for ascii_only in (True, False):
        text = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        again = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        for one in (text, again, _large(text)):
            yield from (one, one.replace("/", r"\/"))


def _large(text: str) -> str:
    return re.sub(r"(?<=\\u)[0-9a-f]{4}", lambda found: found[0].upper(), text)


def _entities(secret: str) -> Iterator[str]:
    for text in (html.escape(secret), html.escape(secret, quote=False)):
        for apostrophe, quotation in product(("&#x27;", "&#39;", "&apos;"), ("&quot;", "&#34;")):
            one = text.replace("&#x27;", apostrophe).replace("&quot;", quotation)
            yield from (one, one.encode("ascii", "xmlcharrefreplace").decode())
    for shape in ("&#{};", "&#{:03};", "&#x{:x};", "&#x{:X};", "&#x{:04x};", "&#x{:04X};"):
        yield "".join(shape.format(ord(sign)) for sign in secret)


def _python(secret: str) -> Iterator[str]:
    for text in (repr(secret), ascii(secret), repr(secret.encode("utf-8", "replace"))[1:]):
        yield text[1:-1]
        yield repr(text)[1:-1]
        yield repr(text[1:-1])[1:-1]


_BETWEEN: Final = tuple(
    f"{before}{{:{digits}}}{behind}"
    for before, behind in (("", ":"), ("", " "), ("", "-"), ("\\x", ""))
    for digits in ("02x", "02X")
)
"""How a byte is written where something stands between hexadecimal digits."""


def _each(data: bytes, shape: str) -> bytes:
    return "".join(map(shape.format, data)).rstrip(": -").encode()


def _base64(data: bytes) -> Iterator[bytes]:
    """The whole, and for each alignment the letters that are the secret's alone."""
    whole = b64encode(data)
    inner = [b64encode(bytes(before) + data) for before in range(3)]
    aligned = (
        letters[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        for before, letters in enumerate(inner)
    )
    for text in (whole, whole.rstrip(b"="), *aligned):
        percent = quote(text, safe="")
        yield from (text, text.translate(_FOR_URLS), percent.encode(), _small(percent).encode())
    for size, end in product((64, 76), (b"\n", b"\r\n")):
        yield end.join(whole[at : at + size] for at in range(0, len(whole), size))


_FOR_URLS: Final = bytes.maketrans(b"+/", b"-_")

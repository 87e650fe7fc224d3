r"""The encoded forms in which software may repeat a secret, and their beginnings.

Found as a whole and by their beginning (12 characters or more, because values may be cut):

- the secret itself, in upper case, in lower case, and as a header's name;
- percent-encoded once and twice, wholly or where needed; JSON once and twice; HTML and XML, with
  names or numbers (decimal, hexadecimal, padded to three or four digits); Python's ``repr``;
- quoted-printable; base32; hexadecimal, also with ``:``, a space, ``-`` or ``\x`` between bytes;
- base64 for MIME and for URLs at each of its three alignments, percent-encoded, in lines of 64 or
  76 characters, and base64 of base64;
- UTF-16 (both byte orders): its bytes, and their hexadecimal and base64.

Not found: compressed (gzip, deflate), reversed, rot13, ROT47, hashed or encrypted; base32 that
begins inside other data; base64 more than twice; other mixed cases;
charsets other than UTF-8 and UTF-16; quoted-printable that is broken inside the secret; a part of a
secret that is not its beginning. A malicious service can always encode a secret in another way.

A secret has at most about 110 forms, and about 70 if it consists of letters and digits. The search
reads about 70 MB per second, for any number of secrets.

A beginning is counted after the public part: what many secrets share, such as ``Bearer``, the
header of a JWT, the host of a URL or the address in a Basic pair, is public. Masking it would
mask values of people that have nothing to do with the secret.
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

MIN_FORM_BYTES: Final = 4
"""In bytes; shorter forms would be found by chance in any text."""

MIN_BEGINNING_CHARACTERS: Final = 12
"""The shortest beginning of a form that is searched, in characters of the form."""

_MIN_SECRET_CHARACTERS: Final = MIN_BEGINNING_CHARACTERS // 2
"""The same in characters of the secret: two HTML entities are twelve characters, too."""

_PUBLIC: Final = re.compile(
    r"(?:(?:Bearer|Basic|Token) )?"
    r"(?:https?://(?![^/?#]*@)[^/?#]*/?|eyJ[A-Za-z0-9_-]*\.|github_pat_|[^\s:@/]+@[^\s:@/]+:)?"
)
"""The beginnings that many secrets share."""


class EncodedForm(NamedTuple):
    """A form as bytes; its first ``least`` bytes already identify the secret."""

    text: bytes
    least: int

    @property
    def stem(self) -> bytes:
        """The shortest beginning that is searched."""
        return self.text[: self.least]


def list_encoded_forms(secret: str) -> frozenset[EncodedForm]:
    """Every form that is searched; a secret under 12 characters is only searched as a whole."""
    whole = [*_list_forms(secret)]
    if len(secret) < MIN_BEGINNING_CHARACTERS:
        return frozenset(
            EncodedForm(text, len(text)) for text in whole if len(text) >= MIN_FORM_BYTES
        )
    match = _PUBLIC.match(secret)
    shared = len(match[0]) if match else 0
    public = _list_forms(secret[:shared]) if shared else iter(lambda: b"", None)
    telling = _list_forms(secret[: shared + _MIN_SECRET_CHARACTERS])
    encoded = (
        EncodedForm(
            text,
            max(
                measure_common_prefix(text, head),
                _measure_beginning(text, measure_common_prefix(text, start)),
            ),
        )
        for text, start, head in zip(whole, public, telling, strict=False)
    )
    return frozenset(form for form in encoded if len(form.text) >= MIN_FORM_BYTES)


def _measure_beginning(text: bytes, public: int) -> int:
    """The length in bytes of the public part and twelve more characters."""
    if b"\0" in text:  # UTF-16
        return min(len(text), public + 2 * MIN_BEGINNING_CHARACTERS)
    own = text[public:].decode("utf-8", "ignore")
    return min(len(text), public + len(own[:MIN_BEGINNING_CHARACTERS].encode()))


def measure_common_prefix(left: bytes, right: bytes) -> int:
    """The length of the longest common beginning."""
    length = min(len(left), len(right))
    if left[:length] == right[:length]:
        return length
    return bisect_left(range(length), x=True, key=lambda n: left[: n + 1] != right[: n + 1])


def _list_forms(secret: str) -> Iterator[bytes]:
    """All forms, always in the same number and order, so that those of two texts correspond."""
    data = secret.encode("utf-8", "replace")
    texts = (
        _list_case_forms,
        _list_percent_forms,
        _list_json_forms,
        _list_entity_forms,
        _list_repr_forms,
    )
    for text in (text for write in texts for text in write(secret)):
        yield text.encode("utf-8", "replace")
    yield from (_format_bytes(data, shape) for shape in _HEX_FORMATS)
    for data_form in (
        data,
        secret.encode("utf-16-le", "replace"),
        secret.encode("utf-16-be", "replace"),
    ):
        yield from (data_form, data_form.hex().encode(), data_form.hex().upper().encode())
        yield from _list_base64_forms(data_form)
    yield _format_bytes(data, "={:02X}")
    for kind in ({"quotetabs": False}, {"quotetabs": True}, {"header": True}):
        yield b2a_qp(data, **kind).replace(b"=\n", b"")
    for letters in (b32encode(data), b32encode(data).lower()):
        yield from (letters, letters.rstrip(b"="))
    yield from _list_base64_forms(b64encode(data))
    yield from _list_base64_forms(b64encode(data).rstrip(b"="))


def _list_case_forms(secret: str) -> Iterator[str]:
    yield from (secret, secret.lower(), secret.upper())
    yield "-".join(part.capitalize() for part in secret.split("-"))


def _list_percent_forms(secret: str) -> Iterator[str]:
    for encode, safe in product((quote, quote_plus), ("", "/")):
        once = encode(secret, safe=safe)
        for text in (once, _lower_escapes(once)):
            yield from (text, encode(text, safe=safe))
    every = "".join(f"%{byte:02X}" for byte in secret.encode("utf-8", "replace"))
    yield from (every, every.lower())


def _lower_escapes(text: str) -> str:
    """With hexadecimal digits in small letters."""
    return re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text)


def _list_json_forms(secret: str) -> Iterator[str]:
    for ascii_only in (True, False):
        text = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        again = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        for data_form in (text, again, _upper_escapes(text)):
            yield from (data_form, data_form.replace("/", r"\/"))


def _upper_escapes(text: str) -> str:
    return re.sub(r"(?<=\\u)[0-9a-f]{4}", lambda match: match[0].upper(), text)


def _list_entity_forms(secret: str) -> Iterator[str]:
    for text in (html.escape(secret), html.escape(secret, quote=False)):
        for apostrophe, quotation in product(("&#x27;", "&#39;", "&apos;"), ("&quot;", "&#34;")):
            data_form = text.replace("&#x27;", apostrophe).replace("&quot;", quotation)
            yield from (data_form, data_form.encode("ascii", "xmlcharrefreplace").decode())
    for shape in ("&#{};", "&#{:03};", "&#x{:x};", "&#x{:X};", "&#x{:04x};", "&#x{:04X};"):
        yield "".join(shape.format(ord(sign)) for sign in secret)


def _list_repr_forms(secret: str) -> Iterator[str]:
    for text in (repr(secret), ascii(secret), repr(secret.encode("utf-8", "replace"))[1:]):
        yield text[1:-1]
        yield repr(text)[1:-1]
        yield repr(text[1:-1])[1:-1]


_HEX_FORMATS: Final = tuple(
    f"{before}{{:{digits}}}{behind}"
    for before, behind in (("", ":"), ("", " "), ("", "-"), ("\\x", ""))
    for digits in ("02x", "02X")
)
"""The formats of a byte in hexadecimal text with separators."""


def _format_bytes(data: bytes, shape: str) -> bytes:
    return "".join(map(shape.format, data)).rstrip(": -").encode()


def _list_base64_forms(data: bytes) -> Iterator[bytes]:
    """The whole in base64, and for each alignment the letters that depend on the secret only."""
    whole = b64encode(data)
    inner = [b64encode(bytes(before) + data) for before in range(3)]
    aligned = (
        letters[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        for before, letters in enumerate(inner)
    )
    for text in (whole, whole.rstrip(b"="), *aligned):
        percent = quote(text, safe="")
        yield from (
            text,
            text.translate(_URL_SAFE),
            percent.encode(),
            _lower_escapes(percent).encode(),
        )
    for size, end in product((64, 76), (b"\n", b"\r\n")):
        yield end.join(whole[at : at + size] for at in range(0, len(whole), size))


_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")

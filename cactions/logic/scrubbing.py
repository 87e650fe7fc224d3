"""Takes secrets out of bytes that are on their way out, in every form that software gives a text.

- Every byte that belongs to any form of a secret is replaced, also where forms overlap.
- A secret that is cut over several writes is still found: what may be the beginning of one waits.
- Two things show through, and cannot be helped: that something was hidden, and of base64 up to
  three bits at each end, where they share a letter with what stands beside the secret.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from itertools import product
from typing import Final
from urllib.parse import quote, quote_plus

from cactions.model.rendered import DOTS

_DOTS: Final = DOTS.encode()
_LEAST: Final = 4
"""In bytes; shorter forms would be found everywhere by chance."""


def forms(secret: str) -> frozenset[bytes]:
    """Every form that is looked for: raw, percent, JSON, HTML, Python, hex and base64."""
    texts = {secret, *_percent(secret), *_json(secret), *_html(secret), *_python(secret)}
    found = {text.encode("utf-8", "replace") for text in texts}
    found.update(_bytes(secret.encode("utf-8", "replace")))
    return frozenset(form for form in found if len(form) >= _LEAST)


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


def _html(secret: str) -> Iterator[str]:
    for text in (html.escape(secret), html.escape(secret, quote=False)):
        for apostrophe, quotation in product(("&#x27;", "&#39;", "&apos;"), ("&quot;", "&#34;")):
            one = text.replace("&#x27;", apostrophe).replace("&quot;", quotation)
            yield from (one, one.encode("ascii", "xmlcharrefreplace").decode())


def _python(secret: str) -> Iterator[str]:
    for text in (repr(secret), ascii(secret), repr(secret.encode("utf-8", "replace"))[1:]):
        yield text[1:-1]
        yield repr(text)[1:-1]
        yield repr(text[1:-1])[1:-1]


def _bytes(data: bytes) -> Iterator[bytes]:
    yield from (data.hex().encode(), data.hex().upper().encode())
    for text in _base64(data):
        yield text
        yield text.translate(bytes.maketrans(b"+/", b"-_"))


def _base64(data: bytes) -> Iterator[bytes]:
    """The whole, and for each alignment the letters that are the secret's alone."""
    whole = b64encode(data)
    yield from (whole, whole.rstrip(b"="))
    for before in range(3):
        letters = b64encode(bytes(before) + data)
        yield letters[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]


class Scrubber:
    """Bytes in, clean bytes out; ``held`` are those that wait for what comes next."""

    def __init__(self, known: Collection[bytes], *, held: bytes = b"") -> None:
        self.held = held
        self._forms = sorted(known, key=lambda form: (-len(form), form))
        self._pattern = re.compile(b"|".join(map(re.escape, self._forms)) or b"(?!)")

    def feed(self, data: bytes) -> bytes:
        """What can go out."""
        data = self.held + data
        spans = [*self._spans(data)]
        end = self._end(data)
        for start, stop in reversed(spans):
            end = start if start < end < stop else end
        self.held = data[end:]
        return _hidden(data[:end], [span for span in spans if span[1] <= end])

    def end(self) -> bytes:
        """The rest: nothing comes after it."""
        data, self.held = self.held, b""
        return _hidden(data, self._spans(data))

    def whole(self, data: bytes) -> bytes:
        """What is clean of bytes that nothing comes before or after."""
        return _hidden(data, self._spans(data))

    def _spans(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Where forms stand, in order and apart from one another."""
        start = stop = at = 0
        while found := self._pattern.search(data, at):
            at = found.start() + 1
            if stop and found.start() > stop:
                yield start, stop
            if not stop or found.start() > stop:
                start = found.start()
            stop = max(stop, found.end())
        if stop:
            yield start, stop

    def _end(self, data: bytes) -> int:
        """Where the longest end of the data begins that may become a form."""
        return min((_beginning(form, data) for form in self._forms), default=len(data))


def _beginning(form: bytes, data: bytes) -> int:
    """Where in the data a beginning of the form stands that goes on to the end of the data."""
    at = data.find(form[:1], max(0, len(data) - len(form) + 1))
    while at >= 0 and not form.startswith(data[at:]):
        at = data.find(form[:1], at + 1)
    return at if at >= 0 else len(data)


def _hidden(data: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    parts, at = [], 0
    for start, stop in spans:
        parts += [data[at:start], _DOTS]
        at = stop
    return b"".join([*parts, data[at:]])

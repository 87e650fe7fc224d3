"""Takes secrets out of bytes that are on their way out, in every form of ``secret_forms``.

- Every byte that belongs to any form of a secret is replaced, also where forms overlap, and where
  a form is cut off after its beginning.
- A secret that is cut over several writes is still found: what may be the beginning of one waits.
- Two things show through, and cannot be helped: that something was hidden, and of base64 up to
  three bits at each end, where they share a letter with what stands beside the secret.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from cactions.logic.secrets.encoded_forms import LEAST, EncodedForm, find_common_forms
from cactions.model.masked_text import MASK

_DOTS: Final = MASK.encode()
_CLOSING: Final = b"\"'\\&<>=%"
"""What may end, or be the start of, something else: behind a form that is cut off it is left."""


class Scrubber:
    """Bytes in, clean bytes out; ``held`` are those that wait for what comes next."""

    def __init__(self, known: Collection[EncodedForm], *, held: bytes = b"") -> None:
        self.held = held
        self._forms = sorted({form.text for form in known})
        self._longest = max(map(len, self._forms), default=0)
        self._pattern = re.compile(_any(_stems(known)))
        heads = sorted({form[:LEAST] for form in self._forms})
        self._heads = re.compile(b"(?=" + _any(heads) + b")")

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

    def finds(self, data: bytes) -> bool:
        """Whether there is anything to be hidden."""
        return bool(self._pattern.search(data))

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Where secrets stand in bytes that nothing comes before or after, in order."""
        return [*self._spans(data)]

    def _spans(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Where forms stand, in order and apart from one another."""
        start = stop = at = 0
        while found := self._pattern.search(data, at):
            at = found.start() + 1
            if stop and found.start() > stop:
                yield start, stop
            if not stop or found.start() > stop:
                start = found.start()
            stop = max(stop, self._stop(data, found))
        if stop:
            yield start, stop

    def _stop(self, data: bytes, found: re.Match[bytes]) -> int:
        """Where the longest form ends of which a beginning was found, or where it is cut off."""
        here = data[found.start() : found.start() + self._longest]
        at = bisect_left(self._forms, here)
        longest = 0
        for form in self._forms[max(0, at - 1) : at + 1]:
            shared = find_common_forms(form, here)
            longest = max(longest, shared if shared == len(form) else _cut(here, shared))
        return max(found.end(), found.start() + longest)

    def _end(self, data: bytes) -> int:
        """Where the longest end of the data begins that may become a form."""
        first = max(0, len(data) - self._longest + 1)
        for found in self._heads.finditer(data, first):
            if self._may_become(data[found.start() :]):
                return found.start()
        last = range(max(first, len(data) - LEAST + 1), len(data))
        return next((at for at in last if self._may_become(data[at:])), len(data))

    def _may_become(self, beginning: bytes) -> bool:
        at = bisect_left(self._forms, beginning)
        return at < len(self._forms) and self._forms[at].startswith(beginning)


def _stems(known: Iterable[EncodedForm]) -> list[bytes]:
    """What must be looked for to find every beginning: of two that begin alike, the shorter."""
    found: list[bytes] = []
    for stem in sorted({form.stem for form in known}):
        if not found or not stem.startswith(found[-1]):
            found.append(stem)
    return found


def _any(texts: Iterable[bytes]) -> bytes:
    """A pattern of any of them; those that begin alike stand together, which is twice as fast."""
    groups: dict[bytes, list[bytes]] = {}
    for text in texts:
        groups.setdefault(text[:1], []).append(re.escape(text[1:]))
    alike = (re.escape(first) + b"(?:" + b"|".join(rest) + b")" for first, rest in groups.items())
    return b"(?:" + (b"|".join(alike) or b"(?!)") + b")"


def _cut(data: bytes, end: int) -> int:
    """The end of a form that is cut off there: no half of a character, no mark that closes."""
    while end and data[end : end + 1] and data[end] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8
        end -= 1
    return len(data[:end].rstrip(_CLOSING))


def _hidden(data: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    parts, at = [], 0
    for start, stop in spans:
        parts += [data[at:start], _DOTS]
        at = stop
    return b"".join([*parts, data[at:]])

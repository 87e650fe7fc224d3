"""Masks secrets in a stream of output, in every form of ``encoded_forms``.

- Every byte of any form of a secret is masked, also where forms overlap or are cut off after their
  beginning.
- A secret that is split over several writes is still found: possible beginnings are held back.
- Two things stay visible: that something was masked, and in base64 up to three bits at each end,
  because they share a letter with the neighboring data.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from cactions.logic.secrets.encoded_forms import MIN_FORM_BYTES, EncodedForm, measure_common_prefix
from cactions.model.masked_text import MASK

_MASK_BYTES: Final = MASK.encode()
_CLOSING: Final = b"\"'\\&<>=%"
"""Closing characters that are kept after a form that is cut off."""


class Scrubber:
    """Bytes in, clean bytes out; ``held`` are bytes that wait for the next write."""

    def __init__(self, known: Collection[EncodedForm], *, held: bytes = b"") -> None:
        self.held = held
        self._forms = sorted({form.text for form in known})
        self._longest = max(map(len, self._forms), default=0)
        self._pattern = re.compile(_build_pattern(_list_stems(known)))
        heads = sorted({form[:MIN_FORM_BYTES] for form in self._forms})
        self._heads = re.compile(b"(?=" + _build_pattern(heads) + b")")

    def feed(self, data: bytes) -> bytes:
        """The clean bytes that can be written now."""
        data = self.held + data
        spans = [*self._find_spans(data)]
        end = self._end(data)
        for start, stop in reversed(spans):
            end = start if start < end < stop else end
        self.held = data[end:]
        return _mask_spans(data[:end], [span for span in spans if span[1] <= end])

    def end(self) -> bytes:
        """The remaining clean bytes at the end of the stream."""
        data, self.held = self.held, b""
        return _mask_spans(data, self._find_spans(data))

    def scrub(self, data: bytes) -> bytes:
        """The clean bytes of complete data."""
        return _mask_spans(data, self._find_spans(data))

    def finds(self, data: bytes) -> bool:
        """Whether the data contains a secret."""
        return bool(self._pattern.search(data))

    def find_spans(self, data: bytes) -> list[tuple[int, int]]:
        """The positions of secrets in complete data, in order."""
        return [*self._find_spans(data)]

    def _find_spans(self, data: bytes) -> Iterator[tuple[int, int]]:
        """The positions of forms, in order and without overlap."""
        start = stop = at = 0
        while match := self._pattern.search(data, at):
            at = match.start() + 1
            if stop and match.start() > stop:
                yield start, stop
            if not stop or match.start() > stop:
                start = match.start()
            stop = max(stop, self._stop(data, match))
        if stop:
            yield start, stop

    def _stop(self, data: bytes, match: re.Match[bytes]) -> int:
        """The end of the longest form whose beginning was found, or where it is cut off."""
        here = data[match.start() : match.start() + self._longest]
        at = bisect_left(self._forms, here)
        longest = 0
        for form in self._forms[max(0, at - 1) : at + 1]:
            shared = measure_common_prefix(form, here)
            longest = max(longest, shared if shared == len(form) else _trim_end(here, shared))
        return max(match.end(), match.start() + longest)

    def _end(self, data: bytes) -> int:
        """The start of the longest end of the data that may become a form."""
        first = max(0, len(data) - self._longest + 1)
        for match in self._heads.finditer(data, first):
            if self._may_become(data[match.start() :]):
                return match.start()
        last = range(max(first, len(data) - MIN_FORM_BYTES + 1), len(data))
        return next((at for at in last if self._may_become(data[at:])), len(data))

    def _may_become(self, beginning: bytes) -> bool:
        at = bisect_left(self._forms, beginning)
        return at < len(self._forms) and self._forms[at].startswith(beginning)


def _list_stems(known: Iterable[EncodedForm]) -> list[bytes]:
    """The beginnings to search: of two with the same start, the shorter."""
    match: list[bytes] = []
    for stem in sorted({form.stem for form in known}):
        if not match or not stem.startswith(match[-1]):
            match.append(stem)
    return match


def _build_pattern(texts: Iterable[bytes]) -> bytes:
    """A pattern for any of the texts; grouping by first byte makes it twice as fast."""
    groups: dict[bytes, list[bytes]] = {}
    for text in texts:
        groups.setdefault(text[:1], []).append(re.escape(text[1:]))
    alike = (re.escape(first) + b"(?:" + b"|".join(tails) + b")" for first, tails in groups.items())
    return b"(?:" + (b"|".join(alike) or b"(?!)") + b")"


def _trim_end(data: bytes, end: int) -> int:
    """The end of a form that is cut off: no half character, no closing character."""
    while end and data[end : end + 1] and data[end] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8
        end -= 1
    return len(data[:end].rstrip(_CLOSING))


def _mask_spans(data: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    parts, at = [], 0
    for start, stop in spans:
        parts += [data[at:start], _MASK_BYTES]
        at = stop
    return b"".join([*parts, data[at:]])

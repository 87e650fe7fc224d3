"""An error inside a short text that the author wrote: a template, a reference, a response path."""

from __future__ import annotations


class SpanError(ValueError):
    """What is wrong, what to write instead, and the offending characters of the text.

    ``start`` and ``end`` are offsets in characters from 0, the end exclusive.
    """

    def __init__(self, message: str, hint: str, start: int, end: int) -> None:
        super().__init__(message, hint, start, end)
        self.message = message
        self.hint = hint
        self.start = start
        self.end = end

    def __str__(self) -> str:
        return self.message

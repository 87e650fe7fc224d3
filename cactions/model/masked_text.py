"""A text that may hold secrets and redacted values, and what is shown instead.

Every text of a request exists as it is sent and as it may be shown. ``str`` and ``repr`` give the
shown one; only the sender asks for the real one. Recordings are compared with a third, in which
secrets are masked and redacted values are real: requests of two people always differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

MASK: Final = "••••••"
"""Stands for a secret or a redacted value wherever a text is shown. Its length says nothing."""


class MaskedText:
    """A text with its showable twin; ``real`` is None where a secret in it was not opened."""

    __slots__ = ("__compared", "__real", "masked")

    def __init__(self, shown: str, real: str | None, compared: str | None = None) -> None:
        self.masked = shown
        self.__real = real
        self.__compared = shown if compared is None else compared

    @classmethod
    def of_plain(cls, text: str) -> MaskedText:
        """A text without secrets."""
        return cls(text, text)

    @classmethod
    def of_redacted(cls, text: str, shown: str = MASK) -> MaskedText:
        """A text that is sent and compared, and never shown."""
        return cls(shown, text, text)

    @property
    def is_masked(self) -> bool:
        """Whether anything in it is hidden where it is shown."""
        return self.masked != self.__real

    @property
    def is_unopened(self) -> bool:
        """Whether a secret in it is still closed, so that it can be shown but not sent."""
        return self.__real is None

    def reveal(self) -> str:
        """The real text, for the sender alone. Raises ValueError where a secret is closed."""
        if self.__real is None:
            raise ValueError("a secret of this request was not opened")
        return self.__real

    def to_matching_text(self) -> str:
        """With redacted values and without secrets, for comparing alone."""
        return self.__compared

    @classmethod
    def join(cls, texts: Sequence[MaskedText], separator: str = "") -> MaskedText:
        """The texts joined; unopened where one of them is unopened."""
        shown = separator.join([text.masked for text in texts])
        if not any(text.is_masked for text in texts):
            return cls(shown, shown)
        is_unopened = any(text.is_unopened for text in texts)
        return cls(
            shown,
            None if is_unopened else separator.join([text.reveal() for text in texts]),
            separator.join([text.to_matching_text() for text in texts]),
        )

    def map(self, write: Callable[[str], str]) -> MaskedText:
        """Every text of it, written for another place; dots stay dots."""
        real = None if self.__real is None else write(self.__real)
        dots = write(MASK)
        shown, compared = (
            write(text).replace(dots, MASK) if MASK in text else write(text)
            for text in (self.masked, self.__compared)
        )
        return MaskedText(shown, real, compared)

    def __add__(self, other: MaskedText) -> MaskedText:
        return MaskedText.join((self, other))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MaskedText):
            return NotImplemented
        return (self.masked, self.__real, self.__compared) == (
            other.masked,
            other.__real,
            other.__compared,
        )

    def __hash__(self) -> int:
        return hash(self.masked)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"MaskedText({self.masked!r})"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a MaskedText text may hold a secret and is never pickled")

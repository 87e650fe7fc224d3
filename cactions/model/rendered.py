"""A text that may hold secrets, and what is shown instead.

Every text of a request exists twice: as it is sent and as it may be shown. ``str`` and ``repr``
give the shown one; only the sender asks for the real one.
"""

from __future__ import annotations

from typing import Final

DOTS: Final = "••••••"
"""Stands for a secret wherever a text is shown. Its length says nothing."""


class Rendered:
    """A text with its showable twin; ``real`` is None where a secret in it was not opened."""

    __slots__ = ("__real", "shown")

    def __init__(self, shown: str, real: str | None) -> None:
        self.shown = shown
        self.__real = real

    @classmethod
    def plain(cls, text: str) -> Rendered:
        """A text without secrets."""
        return cls(text, text)

    @property
    def sealed(self) -> bool:
        """Whether a secret in it is still closed, so that it can be shown but not sent."""
        return self.__real is None

    def reveal(self) -> str:
        """The real text, for the sender alone. Raises ValueError where a secret is closed."""
        if self.__real is None:
            raise ValueError("a secret of this request was not opened")
        return self.__real

    def __add__(self, other: Rendered) -> Rendered:
        both = None if self.sealed or other.sealed else self.reveal() + other.reveal()
        return Rendered(self.shown + other.shown, both)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rendered):
            return NotImplemented
        return self.shown == other.shown and self.__real == other.__real

    def __hash__(self) -> int:
        return hash(self.shown)

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"Rendered({self.shown!r})"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Rendered text may hold a secret and is never pickled")

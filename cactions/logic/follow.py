"""How work on many things lets its caller say how far it has come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Follow(Protocol):
    """Gives the same items in their order, and sees when the next one is asked for."""

    def __call__(self, items: Iterable[T], label: str, unit: str, total: int = 0) -> Iterable[T]:
        """``unit`` is the noun of the items in the plural; ``total`` 0: not known."""
        ...


def follow_silently(
    items: Iterable[T],
    label: str,  # noqa: ARG001 - nothing is said
    unit: str,  # noqa: ARG001
    total: int = 0,  # noqa: ARG001
) -> Iterable[T]:
    """The items alone."""
    return items

"""What is worked out once for an action, and not again for each of its people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from cactions.model import Action

T = TypeVar("T")

_MOST: Final = 50


class ActionCache(Generic[T]):
    """Keeps what ``build`` gives for the same object; for many threads, and for few actions."""

    def __init__(self, build: Callable[[Action], T]) -> None:
        self._build = build
        self._kept: dict[int, tuple[Action, T]] = {}

    def get(self, action: Action) -> T:
        """What ``build`` gives for this action."""
        kept = self._kept.get(id(action))
        if kept is not None and kept[0] is action:
            return kept[1]
        if len(self._kept) >= _MOST:
            self._kept.clear()
        built = self._build(action)
        self._kept[id(action)] = action, built
        return built

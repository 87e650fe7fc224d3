"""Observes every connection and DNS look-up that Python is about to make, and blocks them.

An audit hook of the interpreter: none of our code is replaced, and nothing can bypass it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Trap:
    """``tried``: the addresses, including loopback; ``asked``: the names."""

    tried: list[tuple[str, int]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


_set: list[Trap] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not _set:
        return
    if event == "socket.connect":
        address = arguments[1]
        _set[-1].tried.append((address[0], address[1]))
        if address[0] != "127.0.0.1":
            raise ConnectionRefusedError
    elif event == "socket.getaddrinfo":
        _set[-1].asked.append(arguments[0])
        raise OSError


@contextmanager
def trapped() -> Iterator[Trap]:
    """Only loopback can be reached, and no name server."""
    if not hasattr(sys, "_cactions_trap"):
        sys.addaudithook(_watch)
        sys._cactions_trap = True  # type: ignore[attr-defined]
    trap = Trap()
    _set.append(trap)
    try:
        yield trap
    finally:
        _set.remove(trap)

"""Looks up addresses with the system's resolver, which may take longer than the caller can wait.

A look-up cannot be stopped. It goes on in a daemon thread, and other requests for the same name
wait for the same result: a name server that hangs costs one thread for each name.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread
from typing import TypeAlias

Resolve: TypeAlias = Callable[[str, int, float], Sequence[str]]
"""From host, port and seconds to all addresses of the host.

Raises TimeoutError where that takes longer, socket.gaierror where there is none.
"""


class SystemResolver:
    """A Resolve that uses the system's resolver; ``query`` blocks, and may raise OSError."""

    def __init__(self, query: Callable[[str, int], Sequence[str]] | None = None) -> None:
        self._query = query or _query_system
        self._lock = Lock()
        self._pending: dict[tuple[str, int], _Lookup] = {}

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """All addresses, in the system's order."""
        with self._lock:
            lookup = self._pending.get((host, port))
            if lookup is None:
                lookup = _Lookup()
                Thread(target=self._run, args=(lookup, host, port), daemon=True).start()
                self._pending[host, port] = lookup  # its thread removes it under this lock
        if not lookup.done.wait(seconds):
            raise TimeoutError
        if lookup.error is not None:
            raise socket.gaierror(lookup.error, "")
        return lookup.addresses

    def _run(self, lookup: _Lookup, host: str, port: int) -> None:
        try:
            lookup.addresses = self._query(host, port)
        except OSError as error:
            lookup.error = error.errno or socket.EAI_FAIL
        except UnicodeError:  # not a valid name
            lookup.error = socket.EAI_NONAME
        finally:
            with self._lock:
                del self._pending[host, port]
            lookup.done.set()


class _Lookup:
    """A look-up that is going on."""

    def __init__(self) -> None:
        self.done = Event()
        self.addresses: Sequence[str] = ()
        self.error: int | None = None


def _query_system(host: str, port: int) -> Sequence[str]:
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in entries))

"""Looks up addresses at the system's name servers, which may take longer than anybody waits.

A look-up cannot be stopped. It goes on in a daemon thread, and whoever asks for the same name
meanwhile waits for the same answer: a name server that hangs costs one thread a name.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread
from typing import TypeAlias

Resolve: TypeAlias = Callable[[str, int, float], Sequence[str]]
"""Host, port and seconds; gives all addresses of the host.

Raises TimeoutError where that takes longer, socket.gaierror where there is none.
"""


class SystemResolver:
    """A Resolve that asks the system; ``ask`` gives its answer, or raises OSError."""

    def __init__(self, ask: Callable[[str, int], Sequence[str]] | None = None) -> None:
        self._ask = ask or _asked
        self._lock = Lock()
        self._going: dict[tuple[str, int], _Lookup] = {}

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """All addresses, in the system's order."""
        with self._lock:
            lookup = self._going.get((host, port))
            if lookup is None:
                lookup = _Lookup()
                Thread(target=self._run, args=(lookup, host, port), daemon=True).start()
                self._going[host, port] = lookup  # its thread takes it away under this lock
        if not lookup.done.wait(seconds):
            raise TimeoutError
        if lookup.error is not None:
            raise socket.gaierror(lookup.error, "")
        return lookup.addresses

    def _run(self, lookup: _Lookup, host: str, port: int) -> None:
        try:
            lookup.addresses = self._ask(host, port)
        except OSError as error:
            lookup.error = error.errno or socket.EAI_FAIL
        except UnicodeError:  # a name that cannot be asked for
            lookup.error = socket.EAI_NONAME
        finally:
            with self._lock:
                del self._going[host, port]
            lookup.done.set()


class _Lookup:
    """One that is going on."""

    def __init__(self) -> None:
        self.done = Event()
        self.addresses: Sequence[str] = ()
        self.error: int | None = None


def _asked(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))

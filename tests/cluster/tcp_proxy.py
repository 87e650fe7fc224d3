"""A way to a server that can stop to forward, without a connection being closed: a partition."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Event, Thread
from typing import Self


class TcpProxy:
    """Forwards from a port of its own; within ``with``."""

    def __init__(self, port: int) -> None:
        """``port`` is that of the server."""
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._opened: list[socket.socket] = []
        self._flows = Event()
        self._flows.set()

    def __enter__(self) -> Self:
        self._accepting = Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._flows.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # or the thread waits for one more client
        self._accepting.join()
        for each in (self._listener, *self._opened):
            with suppress(OSError):
                each.close()

    def freeze(self) -> None:
        """Forward nothing more; what is sent waits."""
        self._flows.clear()

    def thaw(self) -> None:
        """Go on, with all that was sent meanwhile."""
        self._flows.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._opened.append(client)
                Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        self._flows.wait()
        with suppress(OSError):
            server = socket.create_connection(("127.0.0.1", self._target))
            self._opened.append(server)
            Thread(target=self._pump, args=(client, server), daemon=True).start()
            self._pump(server, client)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

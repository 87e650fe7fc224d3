"""The workspace server as tests use it."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

from msgspec import convert

from tests.servers import HERE, authority, tls_for
from tests.workspace.application import Application
from tests.workspace.control import Controller
from tests.workspace.faults import Fault
from tests.workspace.http_server import SocketServer
from tests.workspace.ledger import Clock
from tests.workspace.messages import AppliedWrite, LoggedRequest
from tests.workspace.settings import Settings
from tests.workspace.storage import Storage
from tests.workspace.teammate import Teammate
from tests.workspace.workspace import Workspace

HOSTS = {
    "US": "api.intercom.test",
    "EU": "api.eu.intercom.test",
    "AU": "api.au.intercom.test",
}
"""The names in the certificate. Every region serves the calls of the others, as on the platform."""


class WorkspaceServer(Teammate):
    """A workspace on a free port of 127.0.0.1, from the beginning of ``with`` to its end.

    ``Teammate`` has the methods that add and change contacts, attributes and connectors.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        tls: bool = False,
        port: int = 0,
        path: Path | None = None,
        clock: Clock = time.time,
    ) -> None:
        self.settings = settings or Settings()
        self.clock = clock
        self._storage = Storage(path)
        workspace = Workspace(self.settings, self._storage, self._read_clock)
        super().__init__(Application(workspace))
        self._tls = tls
        self._sockets = SocketServer(
            (HERE, port),
            self._application,
            tls_for(*HOSTS.values(), "localhost", HERE) if tls else None,
            self._build_controller() if self.settings.control else None,
        )
        self._thread = Thread(target=self._sockets.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening, close every connection, and close the file."""
        self._sockets.shutdown()
        self._thread.join()
        self._sockets.close_all()
        self._sockets.server_close()
        self._storage.close()

    @property
    def url(self) -> str:
        """The address of the API, without a slash at its end."""
        return f"https://{HOSTS['US']}:{self.port}" if self._tls else f"http://{HERE}:{self.port}"

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return self._sockets.port

    @property
    def ca_file(self) -> Path:
        """The CA file that a client must trust."""
        return authority().ca_file

    @property
    def token(self) -> str:
        """The accepted bearer token."""
        return self.settings.token

    @property
    def log(self) -> list[LoggedRequest]:
        """Every request, in the order of its answer."""
        with self._application.lock:
            return list(self._application.log)

    @property
    def writes(self) -> list[AppliedWrite]:
        """Every change of stored data, by calls and by methods."""
        with self._application.lock:
            return self._storage.read_writes()

    @property
    def connections(self) -> int:
        """How many connections were opened."""
        return self._sockets.connections

    # Faults and calls of others

    def fail(self, method: str = "*", path: str = "*", **fault: Any) -> None:
        """Ask for a fault; ``Fault`` has the arguments. Paths and methods may hold ``*``."""
        asked = convert({"method": method, "path": path, **fault}, Fault)
        with self._application.lock:
            self._application.faults.add(asked)

    def clear_faults(self) -> None:
        """Forget every fault that has not happened."""
        with self._application.lock:
            self._application.faults.clear()

    def spend_calls(self, count: int, token: str | None = None) -> None:
        """Other clients of the app make this many calls now."""
        with self._application.lock:
            self._application.limits.spend(token or self.token, self.clock(), count)

    def _read_clock(self) -> float:
        """The time, by the clock that is set now."""
        return self.clock()

    def _build_controller(self) -> Controller:
        methods = {name: getattr(self, name) for name in CONTROLLED}
        return Controller({**methods, "log": lambda: self.log}, self.settings.tokens)


CONTROLLED = (
    "add_attribute",
    "add_connector",
    "add_contact",
    "add_execution",
    "archive_contact",
    "clear_faults",
    "delete_contact",
    "edit_attribute",
    "edit_connector",
    "fail",
    "get_connector",
    "get_contact",
    "get_state",
    "get_execution",
    "merge_contacts",
    "remove_connector",
    "spend_calls",
    "update_contact",
)

"""The workspace server as tests use it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

from msgspec import convert

from tests.servers import HERE, authority, tls_for
from tests.workspace.application import Application
from tests.workspace.attributes import build_attribute
from tests.workspace.contact_shape import shape_contact
from tests.workspace.control import Controller
from tests.workspace.faults import Fault
from tests.workspace.http_server import SocketServer
from tests.workspace.ledger import Clock
from tests.workspace.messages import AppliedWrite, Document, LoggedRequest
from tests.workspace.settings import Settings
from tests.workspace.storage import Storage
from tests.workspace.workspace import Workspace

HOSTS = {
    "US": "api.intercom.test",
    "EU": "api.eu.intercom.test",
    "AU": "api.au.intercom.test",
}
"""The names in the certificate. Every region serves the calls of the others, as on the platform."""


class WorkspaceServer:
    """A workspace on a free port of 127.0.0.1, from the beginning of ``with`` to its end.

    Its methods are what teammates do in the web page: they are no calls, and count as none.
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
        self._workspace = Workspace(self.settings, self._storage, self._read_clock)
        self._application = Application(self._workspace)
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

    # Contacts

    def add_contact(
        self,
        *,
        custom_attributes: Document | None = None,
        indexed: bool = True,
        **fields: Any,
    ) -> str:
        """A contact, found by searches at once unless ``indexed`` is false; its id.

        Custom attributes must exist, as for everybody; objects are taken as they are.
        """
        custom = custom_attributes or {}

        def create(workspace: Workspace) -> str:
            missing = [name for name in custom if not workspace.attributes.find(name)]
            if missing:
                raise ValueError(f"no attributes {missing}: add_attribute() first")
            found = {**fields, "custom_attributes": custom}
            return workspace.contacts.create(found, indexed=indexed).key

        return str(self._do(create))

    def get_contact(self, key: str) -> Document:
        """The true contact in any state, as a GET shows an active one; KeyError if unknown."""
        record = self._do(lambda workspace: workspace.contacts.find(key))
        if record is None:
            raise KeyError(key)
        return shape_contact(record.document, self.settings, self.settings.default_version)

    def get_state(self, key: str) -> str:
        """``active``, ``archived``, ``deleted`` or ``merged``."""
        return str(self._do(lambda workspace: workspace.contacts.find(key)).state)

    def update_contact(self, key: str, **changes: Any) -> None:
        """A write by a teammate; custom attributes that are not named are kept."""

        def change(workspace: Workspace) -> None:
            record = workspace.contacts.find(key)
            if record is None:
                raise KeyError(key)
            held = record.document["custom_attributes"]
            custom = {**held, **changes.get("custom_attributes", {})}
            workspace.contacts.change(record, {**changes, "custom_attributes": custom})

        self._do(change)

    def archive_contact(self, key: str) -> None:
        """Archive a contact."""
        self._do(lambda w: w.contacts.set_state(w.contacts.read(key), "archived"))

    def delete_contact(self, key: str) -> None:
        """Delete a contact."""
        self._do(lambda w: w.contacts.set_state(w.contacts.read(key), "deleted"))

    def merge_contacts(self, source: str, target: str) -> None:
        """Merge the source into the target, whatever their roles are."""
        self._do(lambda w: w.contacts.merge(w.contacts.read(source), w.contacts.read(target)))

    # Attributes

    def add_attribute(  # noqa: PLR0913
        self,
        name: str,
        data_type: str = "string",
        options: Sequence[str] = (),
        *,
        messenger_writable: bool | None = False,
        custom: bool = True,
        archived: bool = False,
        api_writable: bool = True,
        **others: Any,
    ) -> int | None:
        """An attribute of contacts, also of a data type that is not described; its id.

        ``messenger_writable`` of null leaves the key out of every answer.
        """
        fields = build_attribute(
            name,
            data_type=data_type,
            now=self.clock(),
            admin=self.settings.admins[0],
            custom=custom,
            **({"options": list(options)} if options else {}),
            messenger_writable=messenger_writable,
            archived=archived,
            api_writable=api_writable,
            **others,
        )
        return self._do(lambda workspace: workspace.attributes.add(fields)).get("id")

    def edit_attribute(self, key: int, **changes: Any) -> None:
        """Change an attribute, also what the API cannot change."""
        self._do(lambda workspace: workspace.attributes.edit(key, changes))

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

    def _do(self, function: Callable[[Workspace], Any]) -> Any:
        return self._application.call(function)

    def _build_controller(self) -> Controller:
        methods = {name: getattr(self, name) for name in CONTROLLED}
        return Controller({**methods, "log": lambda: self.log}, self.settings.tokens)


CONTROLLED = (
    "add_attribute",
    "add_contact",
    "archive_contact",
    "clear_faults",
    "delete_contact",
    "edit_attribute",
    "fail",
    "get_contact",
    "get_state",
    "merge_contacts",
    "spend_calls",
    "update_contact",
)

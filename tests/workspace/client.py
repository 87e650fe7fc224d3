"""A plain client for the tests of the workspace server: one connection, JSON in and out."""

from __future__ import annotations

import http.client
import json
import ssl
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from tests.servers import HERE
from tests.workspace.server import HOSTS, WorkspaceServer


class Got:
    """One answer; ``content`` is read as JSON, null where the body is empty."""

    def __init__(self, found: http.client.HTTPResponse) -> None:
        self.status = found.status
        self.headers = found.headers
        self.body = found.read()

    @property
    def content(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body) if self.body else None

    @property
    def error(self) -> tuple[int, str, str | None]:
        """Status, code and message of a refusal."""
        entry = self.content["errors"][0]
        return self.status, entry["code"], entry.get("message")


class Client(AbstractContextManager["Client"]):
    """Sends the server's token, unless other headers say otherwise."""

    def __init__(self, server: WorkspaceServer, host: str = HOSTS["US"], **headers: str) -> None:
        self.headers = {"Authorization": f"Bearer {server.token}", **headers}
        if server.url.startswith("https:"):
            context = ssl.create_default_context(cafile=server.ca_file)
            self.connection: http.client.HTTPConnection = _Pinned(host, server.port, context)
        else:
            self.connection = http.client.HTTPConnection(HERE, server.port, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Got:
        """The answer to a call; header names are written with ``_`` for ``-``."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, data, {**self.headers, **named})
        return Got(self.connection.getresponse())

    def get(self, path: str, **headers: str) -> Got:
        """A GET."""
        return self.call("GET", path, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Got:
        """A PUT."""
        return self.call("PUT", path, body, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Got:
        """A POST."""
        return self.call("POST", path, body, **headers)

    def search(self, *filters: tuple[str, str, Any], **others: Any) -> Got:
        """A search for contacts that pass every filter."""
        values = [dict(zip(("field", "operator", "value"), item, strict=True)) for item in filters]
        query = {"operator": "AND", "value": values}
        return self.post("/contacts/search", {"query": query, **others})

    def find(self, *filters: tuple[str, str, Any]) -> list[str]:
        """The ids that such a search finds, in the order of their creation."""
        found = self.search(*filters, sort={"field": "created_at", "order": "ascending"})
        return [contact["id"] for contact in found.content["data"]]


class _Pinned(http.client.HTTPSConnection):
    """Connects to this machine, whatever the name of the host."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=60, context=context)
        self._tls = context

    def connect(self) -> None:
        """Open the connection."""
        plain = http.client.HTTPConnection(HERE, self.port, timeout=60)
        plain.connect()
        assert plain.sock is not None
        self.sock = self._tls.wrap_socket(plain.sock, server_hostname=self.host)

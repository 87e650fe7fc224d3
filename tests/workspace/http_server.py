"""HTTP/1.1 over sockets: connections that stay open, chunks, compression, TLS."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import sys
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.workspace.application import Application, Reply, describe_status
from tests.workspace.control import CONTROL, Controller
from tests.workspace.messages import Request

CHUNK = 16384
TEXT = "iso-8859-1"
GARBAGE = b"\x16\x03\x01 this is no HTTP answer\r\n\r\n"


class WorkspaceHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: SocketServer
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Count the connection; the TLS handshake happens here, not where others wait."""
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()
        self._calls = 0

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            path=path,
            query_text=query,
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._read_body(),
        )
        self._calls += 1
        if path.startswith(CONTROL) and self.server.controller is not None:
            self._send(self.server.controller.answer(unquote(path), request))
            return
        self._send(self.server.application.answer(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_all(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            parts.append(self._read_all(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _read_all(self, size: int) -> bytes:
        """So many bytes; a client that ends before them has sent no request."""
        data = self.rfile.read(size)
        if len(data) < size:
            raise ConnectionAbortedError("the client ended within the body")
        return data

    def _send(self, reply: Reply) -> None:
        fault = reply.fault
        settings = self.server.application.workspace.settings
        if fault is not None and (fault.drop or fault.garbage):
            self._end(GARBAGE if fault.garbage else b"", reset=fault.reset)
            return
        if settings.calls_per_connection and self._calls >= settings.calls_per_connection:
            reply.headers["Connection"] = "close"
            self.close_connection = True
        payload, added = self._compress(reply.payload)
        body, length = self._frame(payload)
        now = self.server.application.workspace.ledger.now() + settings.skew
        lines = [
            f"HTTP/1.1 {describe_status(reply.status)}",
            f"Date: {formatdate(now, usegmt=True)}",
            f"Status: {describe_status(reply.status)}",
            *(f"{name}: {value}" for name, value in {**reply.headers, **added, **length}.items()),
        ]
        head = "\r\n".join([*lines, "", ""]).encode(TEXT)
        if fault is not None and fault.truncate:
            self._end(head + body[: len(body) // 2])
            return
        self.wfile.write(head if self.command == "HEAD" else head + body)

    def _compress(self, payload: bytes) -> tuple[bytes, dict[str, str]]:
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not accepted or not self.server.application.workspace.settings.gzip or not payload:
            return payload, {}
        return gzip.compress(payload, 1), {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}

    def _frame(self, payload: bytes) -> tuple[bytes, dict[str, str]]:
        if not self.server.application.workspace.settings.chunked:
            return payload, {"Content-Length": str(len(payload))}
        parts = [payload[start : start + CHUNK] for start in range(0, len(payload), CHUNK)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
        return body + b"0\r\n\r\n", {"Transfer-Encoding": "chunked"}

    def _end(self, data: bytes, *, reset: bool = False) -> None:
        """Send the bytes and close the connection."""
        self.close_connection = True
        if data:
            self.wfile.write(data)
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Write nothing: the workspace has a log of its own."""


class SocketServer(ThreadingMixIn, TCPServer):
    """Accepts connections, each with a thread of its own, and closes all of them at the end."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        application: Application,
        context: ssl.SSLContext | None,
        controller: Controller | None,
    ) -> None:
        super().__init__(address, WorkspaceHandler)
        self.application = application
        self.controller = controller
        self.connections = 0
        self._context = context
        self._open: dict[socket.socket, Thread] = {}
        self._guard = Lock()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.socket.getsockname()[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        """The next connection, wrapped in TLS whose handshake is still to come."""
        found, address = self.socket.accept()
        if self._context is not None:
            found = self._context.wrap_socket(
                found, server_side=True, do_handshake_on_connect=False
            )
        return found, address

    def shutdown_request(self, request: Any) -> None:
        """End one connection."""
        with suppress(OSError, ValueError):
            if isinstance(request, ssl.SSLSocket) and request.fileno() >= 0:
                request.settimeout(1)
                request.unwrap()
        super().shutdown_request(request)
        with self._guard:
            self._open.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that closes early is no error: many tests do so on purpose."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer the connection in a thread of its own."""
        thread = Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        with self._guard:
            self.connections += 1
            self._open[request] = thread
        thread.start()

    def close_all(self) -> None:
        """End every connection that is still open, and wait for its thread."""
        self.application.stopping.set()
        with self._guard:
            held = dict(self._open)
        for connection in held:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in held.values():
            thread.join()

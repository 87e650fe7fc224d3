"""A server that counts calls in windows, as a workspace does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.logic.rate_limit.simulation import Service


class _Counter(BaseHTTPRequestHandler):
    """Counts calls in the windows of a service, from the first call on."""

    service: Service
    begins: list[float]
    lock: threading.Lock
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with suppress(ConnectionError):  # a process was ended
            super().handle()

    def do_GET(self) -> None:
        time.sleep(0.03)
        with self.lock:
            self.begins.append(time.monotonic())
            status, headers = self.service.call(self.begins[-1] - self.begins[0])
        time.sleep(0.03)
        self.send_response_only(status)
        for name, value in (*headers, ("Content-Length", "0")):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def counting(service: Service) -> Iterator[tuple[Service, int]]:
    """The service behind a server, and its port."""
    parts = {"service": service, "begins": [], "lock": threading.Lock()}
    handler = type("Handler", (_Counter,), parts)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield service, server.server_address[1]
        server.shutdown()
        thread.join()

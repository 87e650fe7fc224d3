"""Shows one page to one browser of this machine, at an address that opens once.

Laws: only loopback is listened on, and only requests for its own address are answered (a page of
another site, whose name was made to lead here, sends another Host). The address that is told opens
once, and leads to one that only this browser has been told; nothing may be kept by a cache.
"""

from __future__ import annotations

import secrets
import time
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Final

LOOPBACK: Final = "127.0.0.1"

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_USED: Final = (
    b"This address was opened before. If it was not you, end cactions and start it again.\n"
)
_SECONDS: Final = 10
"""A connection that says nothing for so long is closed."""
_TICK: Final = 0.5
_PIECE: Final = 16 * 1024


class PageServer(ThreadingHTTPServer):
    """Serves ``page``, HTML that is compressed by gzip, on a port of loopback; 0 takes a free one.

    Raises OSError where the port is taken.
    """

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, page: bytes, port: int = 0) -> None:
        self.page = page
        self._first, self._second = (f"/{secrets.token_urlsafe(32)}" for _ in range(2))
        self._lock = Lock()
        self._is_used = False
        super().__init__((LOOPBACK, port), _PageHandler)

    @property
    def host(self) -> str:
        """What a browser sends as the host."""
        return f"{LOOPBACK}:{self.server_port}"

    @property
    def address(self) -> str:
        """What opens once."""
        return f"http://{self.host}{self._first}"

    @property
    def is_used(self) -> bool:
        """Whether it was opened."""
        return self._is_used

    def serve_for(self, seconds: float) -> None:
        """Answer requests until the time is over."""
        end = time.monotonic() + seconds
        self.timeout = _TICK
        while time.monotonic() < end:
            self.handle_request()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away is no event; the standard library would print a traceback."""

    def find_answer(self, path: str) -> tuple[HTTPStatus, str]:
        """The status for a path, and where it leads."""
        if compare_digest(path.encode(), self._second.encode()):
            return HTTPStatus.OK, ""
        if not compare_digest(path.encode(), self._first.encode()):
            return HTTPStatus.NOT_FOUND, ""
        with self._lock:
            was_used, self._is_used = self._is_used, True
        return (HTTPStatus.GONE, "") if was_used else (HTTPStatus.SEE_OTHER, self._second)


class _PageHandler(BaseHTTPRequestHandler):
    server: PageServer
    timeout = _SECONDS
    server_version = "cactions"
    sys_version = ""

    def _answer_request(self) -> None:
        if self.headers.get_all("Host") != [self.server.host]:
            self._answer(HTTPStatus.FORBIDDEN, {}, b"")
            return
        status, location = self.server.find_answer(self.path)
        if status is HTTPStatus.OK:
            kind = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"}
            self._answer(status, kind, self.server.page)
        elif location:
            self._answer(status, {"Location": location}, b"")
        else:
            body = _USED if status is HTTPStatus.GONE else b""
            self._answer(status, {"Content-Type": "text/plain; charset=utf-8"}, body)

    def _answer(self, status: HTTPStatus, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, text in {**_HEADERS, **headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, text)
        self.end_headers()
        for start in range(0, len(body), _PIECE):  # a timeout is for one piece, not for the page
            self.wfile.write(body[start : start + _PIECE])

    do_GET = _answer_request  # noqa: N815 - the name that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing: the address is a secret."""

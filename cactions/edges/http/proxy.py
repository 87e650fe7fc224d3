"""Opens a tunnel through a proxy to one host (HTTP CONNECT, RFC 9110, 9.3.6)."""

from __future__ import annotations

import re
import socket
from typing import Final

from cactions.edges.http.budget import ExchangeBudget
from cactions.edges.http.errors import NetworkFault, Phase, build_failure

_MAX_HEAD_BYTES: Final = 16 * 1024
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3})[ \r]")
_SUCCESS: Final = range(200, 300)


def connect_through(sock: socket.socket, host: str, port: int, budget: ExchangeBudget) -> None:
    """Ask the proxy for the tunnel. Raises RequestFailed where it does not open one."""
    budget.phase = Phase.OPENING_TUNNEL
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        sock.settimeout(budget.require_seconds())
        sock.sendall(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
        status = _read_status(sock, budget)
    except TimeoutError:
        raise budget.build_timeout() from None
    except OSError:
        raise build_failure(NetworkFault.NOT_A_PROXY, budget.host) from None
    if status is None:
        raise build_failure(NetworkFault.NOT_A_PROXY, budget.host)
    if status not in _SUCCESS:
        raise build_failure(NetworkFault.PROXY_DENIED, budget.host, status=status)


def _read_status(sock: socket.socket, budget: ExchangeBudget) -> int | None:
    """The status; None where this is not HTTP. Bytes after the head belong to the service."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        sock.settimeout(budget.require_seconds())
        byte = sock.recv(1)  # one by one: bytes after the head must stay unread
        budget.count_wire_bytes(len(byte))
        head += byte
        if not byte or len(head) > _MAX_HEAD_BYTES:
            return None
    match = _STATUS.match(head)
    return int(match[1]) if match else None

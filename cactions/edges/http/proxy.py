"""A way through a proxy to one host (HTTP CONNECT, RFC 9110, 9.3.6)."""

from __future__ import annotations

import re
import socket
from typing import Final

from cactions.edges.http import errors
from cactions.edges.http.budget import ExchangeBudget

_LONGEST_HEAD: Final = 16 * 1024
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3})[ \r]")
_OPEN: Final = range(200, 300)


def connect_through(sock: socket.socket, host: str, port: int, allowance: ExchangeBudget) -> None:
    """Have the proxy connect us. Raises RequestFailed where it does not."""
    allowance.doing = errors.TUNNELLING
    named = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        sock.settimeout(allowance.seconds())
        sock.sendall(f"CONNECT {named} HTTP/1.1\r\nHost: {named}\r\n\r\n".encode())
        status = _answered(sock, allowance)
    except TimeoutError:
        raise allowance.late() from None
    except OSError:
        raise errors.no_tunnel(allowance.host, None) from None
    if status not in _OPEN:
        raise errors.no_tunnel(allowance.host, status)


def _answered(sock: socket.socket, allowance: ExchangeBudget) -> int | None:
    """The status; None where it is no proxy. What follows the head is the server's."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        sock.settimeout(allowance.seconds())
        byte = sock.recv(1)  # one by one: the head's end is nowhere announced
        allowance.receive(len(byte))
        head += byte
        if not byte or len(head) > _LONGEST_HEAD:
            return None
    found = _STATUS.match(head)
    return int(found[1]) if found else None

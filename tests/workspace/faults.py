"""Faults that a test asks for: wrong answers, closed connections, and delays."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct, field

from tests.workspace.messages import Request


class Fault(Struct, kw_only=True, forbid_unknown_fields=True):
    """What happens to the calls that match, after ``after`` of them and ``times`` times.

    Without ``status`` the call is answered as usual, except for what the other fields say.
    With ``status``, or with ``drop``, the write is applied only if ``apply`` is true.
    """

    method: str = "*"
    path: str = "*"
    containing: str = ""
    """A text that the path, query or body must hold."""
    after: int = 0
    times: int | None = 1
    """None for every call."""

    status: int | None = None
    body: Any = None
    """Bytes are sent as they are, a text as plain text, and anything else as JSON."""
    headers: dict[str, str] = field(default_factory=dict)
    apply: bool = False
    drop: bool = False
    """Close the connection in place of an answer."""
    reset: bool = False
    """With ``drop``, end the connection with a RST."""
    delay: float = 0
    """Seconds between the write and the answer."""
    truncate: bool = False
    """Send half of the body, then close the connection."""
    garbage: bool = False
    """Send bytes that are no HTTP answer, then close the connection."""

    @property
    def applies(self) -> bool:
        """Whether the call itself is carried out."""
        return self.apply or (self.status is None and not self.drop)

    def matches(self, request: Request) -> bool:
        """Whether this call is meant."""
        if not fnmatchcase(request.method, self.method) or not fnmatchcase(request.path, self.path):
            return False
        text = f"{request.path}?{request.query_text}\n".encode() + request.body
        return self.containing.encode() in text

    def build_body(self) -> tuple[str, bytes]:
        """Media type and bytes of ``body``."""
        if isinstance(self.body, bytes):
            return "application/json; charset=utf-8", self.body
        if isinstance(self.body, str):
            return "text/plain", self.body.encode()
        return "application/json; charset=utf-8", json.dumps(self.body).encode()


class Faults:
    """The faults that are still to come, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Ask for a fault."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget every fault."""
        self._waiting.clear()

    def take(self, request: Request) -> Fault | None:
        """The fault for this call. Each fault that matches counts it, and the oldest acts."""
        acting = None
        for fault in [fault for fault in self._waiting if fault.matches(request)]:
            if fault.after > 0:
                fault.after -= 1
            elif acting is None:
                acting = fault
        if acting is not None and acting.times is not None:
            acting.times -= 1
            if acting.times <= 0:
                self._waiting.remove(acting)
        return acting

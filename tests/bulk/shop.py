"""A third party on loopback, which knows some people, may lose its answers, and logs everything."""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock

from tests.servers import Server, Talk, serving

LOST, BUSY, BROKEN, SLOW = "lost", "busy", "broken", "slow"


LONGEST = 8
"""Characters of the user ids that it knows; the random one of a probe is longer."""


@dataclass
class Shop:
    """``faults`` are used up, one for each request about the user.

    A slow one makes the file ``hangs``, and is answered when it is ``released``.
    ``asked`` counts the requests about each user, and ``keys`` has their idempotency keys.
    """

    server: Server | None = None
    faults: dict[str, list[str]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    keys: dict[str, set[str]] = field(default_factory=dict)
    delay: float = 0
    lock: Lock = field(default_factory=Lock)
    released: Event = field(default_factory=Event)
    hangs: Path = Path(os.devnull)

    def forget(self) -> None:
        """Begin a new case."""
        self.released.set()
        with self.lock:
            self.released = Event()
            self.faults, self.asked, self.keys, self.delay = {}, Counter(), {}, 0
            self.hangs = Path(os.devnull)

    def behave(self, talk: Talk) -> None:
        while request := talk.request():
            status, body = self._answer(request)
            if status == LOST:
                return
            talk.send(
                b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)
            )

    def _answer(self, request: bytes) -> tuple[str, bytes]:
        found = re.search(rb"(u-\w+) HTTP", request)
        user = found[1].decode() if found else ""
        key = re.search(rb"(?i)\r\nidempotency-key: (.*?)\r\n", request)
        with self.lock:
            self.asked[user] += 1
            self.keys.setdefault(user, set()).add(key[1].decode() if key else "")
            waiting = self.faults.get(user)
            fault = waiting.pop(0) if waiting else ""
        if fault == SLOW:
            self.hangs.touch()
            self.released.wait(60)
        time.sleep(self.delay)
        match fault:
            case "lost":
                return LOST, b""
            case "busy":
                return "429 Too Many Requests", b"{}"
            case "broken":
                return "500 Internal Server Error", b"{}"
        if not user[2:].isdigit() or user == "u-7" or len(user) > LONGEST:
            return "404 Not Found", b"{}"
        return "200 OK", json.dumps(get_record(int(user[2:]))).encode()


def get_record(number: int) -> dict[str, object]:
    """What the shop has about a person."""
    tier = "much too long a name for a tier" if number == 8 else "gold"
    return {
        "id": f"c-{number}-{number * 7919}",
        "email": f"p{number}@example.com",
        "tier": tier,
        "points": number,
        "coupon": None,
    }


@contextmanager
def open_shop() -> Iterator[Shop]:
    """A shop that serves until the end of the block."""
    shop = Shop()
    with serving(shop.behave) as shop.server:
        yield shop
        shop.released.set()

"""The cost of the address guard: a guarded request against a bare httpx.Client, in client CPU.

Both call the same TLS server on loopback, in another process, over kept connections; with 1 and
with 16 requests in flight, with one client per thread on both sides.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.model import AllowedAddress, MaskedText, Request
from tests.bench.apart import serve_apart
from tests.bench.measuring import Reading, medians

HOST: Final = "api.test"
IN_FLIGHT: Final = (1, 16)
REQUESTS: Final = 128
LIMIT: Final = 1.25
TOKEN: Final = "x" * 40

SERVER: Final = """
import sys
from tests.servers import answering, serving
body = b'{"email": "ada@example.com", "tier": "gold", "points": 1234}'
with serving(answering(body, headers=["Content-Type: application/json"])) as server:
    print(server.port, server.ca_file, flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class Place:
    """The address of the server."""

    port: int
    ca_file: Path

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/v1/customers/u-1?fields=tier,points"


@contextmanager
def served() -> Iterator[Place]:
    """The server, in its own process."""
    with serve_apart(SERVER) as found:
        port, ca_file = found
        yield Place(int(port), Path(ca_file))


@contextmanager
def guarded(place: Place) -> Iterator[Callable[[], bytes]]:
    """A request of ours: its answer's body."""
    allowed = AllowedAddress(HOST, "127.0.0.1", place.port, "the bench")
    live = HttpSender(NetworkRules((allowed,), ca_file=place.ca_file))
    token = (
        ("X-Token", MaskedText("••", TOKEN)),
        ("Accept", MaskedText.of_plain("application/json")),
    )
    request = Request("GET", MaskedText.of_plain(place.url), token)
    yield lambda: live.send(request).body
    live.close()


@contextmanager
def bare(place: Place) -> Iterator[Callable[[], bytes]]:
    """The same with httpx alone, which gets the address and the server's name."""
    context = ssl.create_default_context(cafile=place.ca_file)
    mine = threading.local()
    clients: list[httpx.Client] = []
    url = place.url.replace(HOST, "127.0.0.1")
    headers = {"X-Token": TOKEN, "Accept": "application/json", "Host": f"{HOST}:{place.port}"}

    def ask() -> bytes:
        if not hasattr(mine, "client"):
            mine.client = httpx.Client(verify=context, trust_env=False)
            clients.append(mine.client)
        named = {"sni_hostname": HOST}
        answer: httpx.Response = mine.client.get(url, headers=headers, extensions=named)
        return answer.content

    yield ask
    for client in clients:
        client.close()


def readings(rounds: int) -> Iterator[Reading]:
    """One line for each number in flight."""
    with served() as place, guarded(place) as ours, bare(place) as theirs:
        for number in IN_FLIGHT:
            with ThreadPoolExecutor(number) as pool:
                works = {
                    "ours": partial(spent, ours, pool, number),
                    "theirs": partial(spent, theirs, pool, number),
                }
                taken = medians(works, rounds)
            what = f"send: a guarded request, {number} in flight"
            yield Reading(what, taken["ours"] / taken["theirs"], LIMIT, "x httpx alone")


def spent(ask: Callable[[], bytes], pool: ThreadPoolExecutor, in_flight: int) -> float:
    """CPU seconds of this process for one of REQUESTS, with this number at a time."""

    def several(_: int) -> None:
        for _ in range(REQUESTS // in_flight):
            ask()

    start = time.process_time()
    list(pool.map(several, range(in_flight)))
    return (time.process_time() - start) / REQUESTS

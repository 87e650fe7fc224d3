"""Processes that share a limit through a database and call a server which counts windows.

with counting(Service(83, phase=1.5)) as (service, port), pacing(address, port, [4, 4]) as running:
    wait_for(lambda: service.own[0] >= 80)
    figures = finish(running)
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from subprocess import Popen
from typing import Any

import psycopg

from cactions.edges.postgres.address import SCHEMA
from cactions.edges.postgres.shared_limit import LIMIT_TABLES
from tests.edges.processes import running, said, tell

_PACED = """
import http.client, json, resource, sys, threading, time
from cactions.edges.clock import SystemSleeper
from cactions.edges.intercom.lease_pacer import LeasePacer
from cactions.edges.intercom.pacer import MonotonicClock
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.shared_limit import PostgresSharedLimit

class Counted(PostgresSharedLimit):
    changes = 0
    def update(self, clock, change):
        self.changes += 1
        return super().update(clock, change)

address, port, workers, think = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
shared = Counted(PostgresDatabase(address), "app")
pacer = LeasePacer(MonotonicClock(), SystemSleeper(), shared)

def work():
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while True:
        permit = pacer.acquire()
        connection.request("GET", "/")
        response = connection.getresponse()
        response.read()
        pacer.observe(permit, response.status, response.getheaders())
        time.sleep(think)

for _ in range(workers):
    threading.Thread(target=work, daemon=True).start()
print("began", flush=True)
sys.stdin.readline()
figures = pacer.get_figures()
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "shared": figures.shared, "error": figures.shared_error, "calls": figures.calls,
    "refused": figures.refused, "changes": shared.changes, "cpu": used.ru_utime + used.ru_stime,
}), flush=True)
"""


def make_tables(address: str) -> str:
    """The address, when its database has what the shared limit needs."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {SCHEMA}".encode())
        for statement in LIMIT_TABLES:
            connection.execute(statement.encode())
    return address


@contextmanager
def pacing(
    address: str, port: int, workers: Sequence[tuple[int, float]]
) -> Iterator[list[Popen[str]]]:
    """A process for each pair: its workers, and the seconds that each waits after a call."""
    with ExitStack() as stack:
        found = [
            stack.enter_context(running(_PACED, address, port, number, think))
            for number, think in workers
        ]
        assert {"began"} == {said(process) for process in found}
        yield found


def finish(processes: Sequence[Popen[str]]) -> list[dict[str, Any]]:
    """What each process tells of itself at its end."""
    for process in processes:
        tell(process, "end")
    return [json.loads(said(process)) for process in processes]


def wait_for(is_reached: Callable[[], bool], seconds: float = 60) -> None:
    """Until it is so, or the seconds have passed."""
    until = time.monotonic() + seconds
    while not is_reached() and time.monotonic() < until:
        time.sleep(0.05)

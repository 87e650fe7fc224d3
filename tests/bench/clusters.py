"""Runs that workers share: people a second beside one machine, and the size of the database.

Each of them is a process of its own, without a network to Intercom: the service takes 20 ms for an
answer, as a near one does, and the people are in memory. The database is a real one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from math import inf
from pathlib import Path
from statistics import median
from typing import Final

from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.schema import make_tables
from tests.bench.apart import ROOT
from tests.bench.measuring import Reading
from tests.bulk.scene import build_document
from tests.bulk.shop import Shop, open_shop
from tests.postgres_server import PostgresServer, find_postgres

PEOPLE: Final = 3_000
TABLES: Final = ["run", "waiting", "entry", "plan", "mark", "evidence", "part"]
DELAY: Final = 0.02
OF_ONE: Final = 1 / 0.8
"""How much longer a single worker may take than one machine without a database."""
OF_TWO: Final = 1 / 1.4
_MILLION: Final = 1e6
_GB: Final = 1e9


def readings(folder: Path, rounds: int) -> Iterator[Reading]:
    """One line for each promise about the cluster; none where there is no PostgreSQL."""
    found = find_postgres()
    if isinstance(found, str):
        return
    with PostgresServer(found) as server, open_shop() as shop:
        homes = (make_home(folder / f"cluster_{n}", shop) for n in range(1_000_000))
        taken: dict[int, list[float]] = {0: [], 1: [], 2: []}
        size = 0
        for _ in range(max(1, rounds // 8)):
            taken[0].append(measure_alone(next(homes), DELAY))
            for workers in (1, 2):
                address = server.create_database()
                taken[workers].append(measure_cluster(homes, address, workers, DELAY))
                size = read_size(address)
        alone, one, two = (median(taken[workers]) for workers in (0, 1, 2))
        yield Reading("cluster: one machine without it", PEOPLE / alone, inf, "people/s")
        yield Reading("cluster: one worker beside one machine", one / alone, OF_ONE, "x")
        yield Reading("cluster: two workers beside one machine", two / alone, OF_TWO, "x")
        yield Reading(
            "cluster: a million people who change, in the database",
            size / PEOPLE * _MILLION / _GB, inf, "GB",
        )  # fmt: skip
        bare = measure_alone(next(homes), 0.0)
        for workers in (1, 2):
            ratio = measure_cluster(homes, server.create_database(), workers, 0.0) / bare
            name = f"cluster: {workers} on two cores, a service that takes no time"
            yield Reading(name, ratio, inf, "x")


def make_home(home: Path, shop: Shop) -> Path:
    """The action of the scene, and a row for each person."""
    home.mkdir()
    (home / "actions.yaml").write_text(json.dumps(build_document(shop, 0)))
    rows = [f"u-{number}" for number in range(PEOPLE)]
    (home / "people.csv").write_text("\n".join(["user_id", *rows, ""]))
    return home


def measure_alone(home: Path, delay: float) -> float:
    """Seconds of a run of one machine."""
    with start("alone", home, delay, "-") as process:
        return float(process.communicate()[0])


def measure_cluster(homes: Iterator[Path], address: str, workers: int, delay: float) -> float:
    """Seconds of a run that so many workers carry out; they are there before."""
    with closing(PostgresDatabase(address)) as database:
        make_tables(database)
    begun = [start("worker", next(homes), delay, address) for _ in range(workers)]
    try:
        for worker in begun:
            assert worker.stdout
            assert "ready\n" == worker.stdout.readline()
        with start("driver", next(homes), delay, address) as driver:
            return float(driver.communicate()[0])
    finally:
        for worker in begun:
            worker.communicate()


def read_size(address: str) -> int:
    """Bytes of the tables and indexes of runs."""
    with closing(PostgresDatabase(address)) as database:
        rows = database.query_rows(
            "SELECT pg_total_relation_size(c) FROM unnest(%s::text[]) AS c", TABLES
        )
    return sum(int(size) for (size,) in rows)


def start(role: str, home: Path, delay: float, address: str) -> subprocess.Popen[str]:
    words = [role, str(home), str(PEOPLE), str(delay), address]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.cluster_child", *words], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip

"""Nothing of a person and no secret is readable in the database, its log, or what workers print."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.bulk.scene import get_after, get_before
from tests.cluster.scene import RUN, open_cluster, wait_until
from tests.postgres_server import PostgresServer
from tests.run_report import REPORT

PEOPLE = 60


def read_tables(address: str) -> dict[str, bytes]:
    """Every cell of every table of the schema, as bytes."""
    found: dict[str, bytes] = {}
    with psycopg.connect(address, options="-c search_path=cactions") as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'cactions' ORDER BY 1"
        ).fetchall()
        for (name,) in names:
            rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()  # type: ignore[arg-type]
            cells = (cell for row in rows for cell in row)
            found[name] = b"\n".join(
                cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells
            )
    return found


def list_canaries(token: str, people: int) -> list[str]:
    """Values and keys of people, and the token; each is written or read in the run."""
    values = {
        str(value)
        for number in range(people)
        for held in (get_before(number), get_after(number))
        for value in held.values()
        if isinstance(value, str)
    }
    keys = [f"p{number}@example.com" for number in range(people)]
    return [token, *values, *keys, "u-59", "u-nine"]


@pytest.mark.parametrize("moment", ["planned", "finished"])
def test_no_value_and_no_secret_is_readable(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    postgres_server: PostgresServer,
    moment: str,
) -> None:
    """Also while the run waits for an answer, when evidence and rows have been stored."""
    address = postgres_server.create_database()
    with open_cluster(tmp_path, monkeypatch, address, PEOPLE) as cluster:
        driver = cluster.start(*RUN)
        if moment == "planned":  # the driver is killed before it judges: evidence stays
            wait_until(lambda: b"plan" in read_tables(address)["part"])
            driver.kill()
        cluster.start_worker()
        if moment == "planned":
            wait_until(lambda: b"cactions-sealed/" in read_tables(address)["evidence"])
        shown = driver.communicate(timeout=60)[0]  # the preview has values, and no secret
        printed = cluster.stop_workers()
        tables = read_tables(address)
        assert {"entry", "plan", "part", "procrastinate_jobs"} <= tables.keys()
        assert b"cactions-sealed/" in tables["plan"]
        log = (postgres_server.folder / "log").read_text()
        canaries = list_canaries(cluster.remote.intercom.token, PEOPLE)
        for canary in canaries:
            found = [name for name, data in tables.items() if canary.encode() in data]
            assert [] == found, canary
            assert canary not in printed
            assert canary not in log
        for secret in (postgres_server.password, cluster.remote.intercom.token):
            assert secret not in printed + shown
        REPORT.append(f"canaries in a database: {len(canaries)} in {len(tables)} tables, 0 found")

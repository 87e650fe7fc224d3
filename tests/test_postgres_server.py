"""The PostgreSQL that tests use: private, durable, and gone with the process that started it."""

from __future__ import annotations

import os
import pwd
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests import postgres_server
from tests.edges.processes import finished, running, said
from tests.postgres_server import PostgresServer, find_postgres

FOUND = find_postgres()
PROGRAM = """
import os, sys
from tests.postgres_server import PostgresServer, find_postgres
if sys.argv[1:]:
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[1]))
with PostgresServer(find_postgres()) as server:
    print(server.pid, server.port, server.folder, server.create_database(), flush=True)
    sys.argv[1:] or sys.stdin.readline()
"""

needs_postgres = pytest.mark.skipif(isinstance(FOUND, str), reason=str(FOUND))


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    assert isinstance(FOUND, Path)
    with PostgresServer(FOUND) as server:
        yield server


def show(address: str, name: str) -> str:
    with psycopg.connect(address) as connection:
        [[value]] = connection.execute(f"SHOW {name}").fetchall()
    return str(value)


def wait_for(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@needs_postgres
def test_it_is_durable_and_reached_with_its_password_alone(server: PostgresServer) -> None:
    """On this machine alone, and by no socket of a folder."""
    assert ["on", "127.0.0.1", ""] == [
        show(server.address, name)
        for name in ("fsync", "listen_addresses", "unix_socket_directories")
    ]
    wrong = server.address.replace(server.password, "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert Path(f"/proc/{server.pid}").stat().st_uid or sys.platform != "linux"


@needs_postgres
def test_a_restart_keeps_what_was_committed(server: PostgresServer) -> None:
    """And nothing else; the address stays."""
    address = server.create_database()
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE kept (number int)")
    with psycopg.connect(address) as lost:
        lost.execute("INSERT INTO kept VALUES (1)")
        server.restart()
        with pytest.raises(psycopg.OperationalError):
            lost.execute("SELECT 1")
    with psycopg.connect(address) as connection:
        assert [] == connection.execute("SELECT * FROM kept").fetchall()


@needs_postgres
def test_another_port_is_taken_where_the_first_one_is_not_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the choice of a port and its use, another process may take it."""
    assert isinstance(FOUND, Path)
    create = socket.create_server
    taken: list[socket.socket] = []

    def create_server(address: tuple[str, int]) -> socket.socket:
        made = create(address)
        if not taken:
            taken.append(made.dup())
        return made

    monkeypatch.setattr(postgres_server.socket, "create_server", create_server)
    with PostgresServer(FOUND, fsync=False) as server:
        assert taken[0].getsockname()[1] != server.port
        assert "off" == show(server.address, "fsync")
    taken[0].close()


@needs_postgres
@pytest.mark.parametrize("end", ["kill", "stop"])
def test_no_server_outlives_its_process(end: str) -> None:
    """Neither the server nor its folder, with what a client still does."""
    with running(PROGRAM) as process:
        _, port, folder, address = said(process).split()
        client = psycopg.connect(address)
        assert listens(int(port))
        if end == "kill":
            process.kill()
        else:
            process.communicate("\n", timeout=60)
            assert not Path(folder).exists()
        wait_for(lambda: not listens(int(port)) and not Path(folder).exists())
        with pytest.raises(psycopg.OperationalError):
            client.execute("SELECT 1")
        client.close()


@needs_postgres
@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts programs as another user")
def test_it_starts_for_a_user_who_is_not_root() -> None:
    """Then it is that user's own process."""
    user = pwd.getpwnam("nobody")
    done = finished(PROGRAM, user.pw_uid, user.pw_gid)
    assert (0, "") == (done.returncode, done.stderr)
    assert "postgresql://" in done.stdout


def test_without_the_programs_the_reason_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Tests are then skipped with it; else the newest version of a package is taken."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres_server, "PACKAGES", (f"{tmp_path}/*/bin",))
    assert "apt-get install postgresql" in str(find_postgres())
    for version in ("9.6", "16", "15", "17"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (folder / name).touch(0o755 if version != "17" else 0o644)
    assert tmp_path / "16" / "bin" == find_postgres()

"""A private PostgreSQL for tests: in a folder of its own, on 127.0.0.1, with a random password.

- It is durable (``fsync``) unless a test of SQL alone asks for speed.
- PostgreSQL refuses to run as root; it then runs as the user postgres, or nobody.
- It does not outlive the process that started it, however that ends, and neither does its folder.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Self

import psycopg

PROGRAMS = ("initdb", "postgres")
PACKAGES = (
    "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",  # Debian, and the packages of PostgreSQL
    "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
)  # fmt: skip
MISSING = "PostgreSQL is not installed: apt-get install postgresql"
USER = "cactions"
SECONDS = 120
"""The longest start; the machine may be busy with other tests."""

_TRIES = 8
_OPTIONS = ("--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256")
_SETTINGS = (
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "lc_messages=C",
    "shared_buffers=16MB", "max_wal_size=256MB",
)  # fmt: skip
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")

_LAUNCH = """
folder=$1
shift
({
  read -r _ && exit
  trap '' QUIT
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -QUIT -$$ && kill -0 $$ || break
    sleep 0.2
  done
  kill -KILL $$
  rm -rf "$folder"
} <&3 >/dev/null 2>&1 &) 3<&0
exec "$@" </dev/null
"""
"""Becomes the server. What stays beside it ends both where stdin is closed without a line before.

No other process is given this id: the one beside is in the group of this id.
"""


def find_postgres() -> Path | str:
    """The folder of the programs, of the path or else the newest; without one, the reason."""
    return next(filter(_has_programs, _list_folders()), MISSING)


def _list_folders() -> Iterator[Path]:
    if program := shutil.which("initdb"):
        yield Path(program).resolve().parent
    found = (path for pattern in PACKAGES for path in Path("/").glob(pattern[1:]))
    yield from sorted(found, key=_get_version, reverse=True)


def _get_version(folder: Path) -> float:
    number = re.search(r"\d+(\.\d+)?", folder.parent.name)
    return float(number[0]) if number else 0


def _has_programs(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in PROGRAMS)


def _choose_user() -> dict[str, Any]:
    """What a subprocess is started with, so that it does not run as root."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("there is no user postgres or nobody, and the server does not run as root")


class PostgresServer:
    """A server with its own data; it runs within ``with``."""

    def __init__(self, programs: Path, *, fsync: bool = True) -> None:
        self.password = secrets.token_hex(16)
        self.port = 0
        self.folder = Path()
        self._programs, self._fsync, self._user = programs, fsync, _choose_user()
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="cactions-postgres-"))
        try:
            if self._user:
                os.chown(self.folder, self._user["user"], self._user["group"])
            self._make_data()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    @property
    def address(self) -> str:
        """That of the first database, with the password."""
        return self._build_address("postgres")

    @property
    def pid(self) -> int:
        """The process that all others of the server are children of; 0 where it is stopped."""
        return self._process.pid if self._process else 0

    def create_database(self) -> str:
        """The address of a new and empty database."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self._build_address(name)

    def start(self) -> None:
        """Start it, at the same port as before; returns when it takes connections."""
        is_new = not self.port
        for _ in range(_TRIES):
            if is_new:
                with socket.create_server(("127.0.0.1", 0)) as free:
                    self.port = free.getsockname()[1]
            if self._launch():
                return
        raise RuntimeError(f"PostgreSQL found no free port: {self._read_log()}")

    def stop(self) -> None:
        """End it at once, as a crash does: without a checkpoint, and whatever its clients do."""
        if not self._process:
            return
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._forget()

    def restart(self) -> None:
        """As after a crash: every connection is lost, and what was not committed."""
        self.stop()
        self.start()

    def _build_address(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def _make_data(self) -> None:
        secret = self.folder / "password"
        secret.touch(0o600)
        secret.write_text(self.password)
        if self._user:
            os.chown(secret, self._user["user"], self._user["group"])
        words = (*_OPTIONS, f"--username={USER}", f"--pwfile={secret}", f"--pgdata={self._data}")
        done = subprocess.run(
            [self._programs / "initdb", *words], **self._shared,
            stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        secret.unlink()
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr.decode(errors='replace')}")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _shared(self) -> dict[str, Any]:
        """Neither the folder nor the variables of the tests, which the other user may not read."""
        variables = {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self.folder)}
        return {**self._user, "cwd": self.folder, "env": variables}

    def _launch(self) -> bool:
        """Whether it runs; False where its port is taken by now."""
        settings = (f"port={self.port}", *_SETTINGS, *(() if self._fsync else _FAST))
        words = [word for setting in settings for word in ("-c", setting)]
        server = [self._programs / "postgres", "-D", self._data, *words]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _LAUNCH, "sh", self.folder, *server], **self._shared,
                stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        ends = time.monotonic() + SECONDS
        while self._process.poll() is None and time.monotonic() < ends:
            with (
                suppress(psycopg.OperationalError),
                psycopg.connect(self.address, connect_timeout=2),
            ):
                return True
            time.sleep(0.02)
        self.stop()
        if "could not bind" in self._read_log():
            time.sleep(0.2)
            return False
        raise RuntimeError(f"PostgreSQL does not start: {self._read_log()}")

    def _forget(self) -> None:
        """The server has ended, and what is beside it ends without deleting the folder."""
        assert self._process
        assert self._process.stdin
        with suppress(BrokenPipeError), self._process.stdin as pipe:
            pipe.write(b"\n")
        self._process.wait()
        self._process = None

    def _read_log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

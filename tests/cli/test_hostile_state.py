"""Two hundred state folders made by attackers, each used by the commands that read it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
import time
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.case_counts import COUNTS
from tests.cli.conftest import Cli
from tests.edges.hot_journals import hot_journal
from tests.run_report import REPORT

FOLDERS = 200
SECONDS = 5.0
"""CPU seconds for one command; where others use the cores, it takes several times the usual."""

CANARY = "canary-3f9a-never-printed"
IS_ROOT = os.geteuid() == 0
REPLAY = ("loyalty", "--person", "u-1", "--replay")
COMMANDS = (
    ("diff", *REPLAY),
    ("people", "list"),
    ("runs", "list"),
    ("runs", "undo", "last", "--yes"),
    ("run", *REPLAY, "--yes"),
)
ENDS = {Exit.CLEAN, Exit.FINDINGS, Exit.MISUSE, Exit.NOTHING_DONE}
LOCK = "local.loyalty.lock"
PLACES = (
    ".",
    "runs",
    LOCK,
    "INDEX.db",
    "INDEX.db-journal",
    *(f"people.db{end}" for end in ("", "-wal", "-shm", "-journal")),
    *(f"runs/RUN.db{end}" for end in ("", "-wal", "-shm", "-journal")),
)

Plant = Callable[[Path, Path], None]
"""Puts something at a path; it also gets the folder of the canaries."""


def cleared(path: Path) -> Path:
    """The path, after deleting what was there."""
    if path.is_dir() and not path.is_symlink():
        path.chmod(0o700)
        for inner in path.iterdir():
            if inner.is_dir() and not inner.is_symlink():
                inner.chmod(0o700)
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    return path


def linked(path: Path, canaries: Path) -> None:
    target = canaries if path.is_dir() else canaries / "people.db"
    cleared(path).symlink_to(target)


def dangling(path: Path, canaries: Path) -> None:
    cleared(path).symlink_to(canaries / "new")


def hard_linked(path: Path, canaries: Path) -> None:
    """A hard link to another user's database, or to any file of the user."""
    name = "people.db" if path.suffix == ".db" else "text"
    cleared(path).hardlink_to(canaries / name)


def piped(path: Path, _canaries: Path) -> None:
    os.mkfifo(cleared(path))


def device(path: Path, canaries: Path) -> None:
    """A device that never ends."""
    if not IS_ROOT:
        return piped(path, canaries)
    return os.mknod(cleared(path), 0o600 | stat.S_IFCHR, os.makedev(1, 5))


def folder(path: Path, _canaries: Path) -> None:
    cleared(path).mkdir()


def journalled(path: Path, canaries: Path) -> None:
    """SQLite deletes a file that is named as a super-journal."""
    if path.is_dir():
        path = path / "people.db"
    base = path.with_name(path.name.partition(".db")[0] + ".db")
    Path(f"{cleared(base.with_name(base.name + '-journal'))}").write_bytes(
        hot_journal(canaries / "text", 5)
    )


def legacy(path: Path, canaries: Path) -> None:
    """A database that SQLite writes with journals, and a journal beside it."""
    if path.suffix != ".db":
        return journalled(path, canaries)
    with path.open("r+b") as file:
        file.seek(18)
        file.write(b"\1\1")
    return journalled(path, canaries)


def owned(path: Path, canaries: Path) -> None:
    if not IS_ROOT:
        return linked(path, canaries)
    if not path.exists():
        path.touch()
    return os.chown(path, 4321, 4321)


def tracked(path: Path, _canaries: Path) -> None:
    """A git index, version 2, with this one file."""
    home = next(each for each in path.parents if (each / "actions.yaml").exists())
    name = os.fsencode(path.relative_to(home) / "x" if path.is_dir() else path.relative_to(home))
    entry = bytes(60) + len(name).to_bytes(2, "big") + name
    index = b"DIRC\0\0\0\2\0\0\0\1" + entry.ljust((len(entry) + 8) // 8 * 8, b"\0") + bytes(20)
    (home / ".git").mkdir(exist_ok=True)
    (home / ".git" / "index").write_bytes(index)


def garbage(path: Path, _canaries: Path) -> None:
    cleared(path).write_bytes(random.Random(path.name).randbytes(20_000))


def sparse(path: Path, _canaries: Path) -> None:
    """A sparse terabyte behind the head of a database."""
    head = b""
    if path.is_file():
        head = path.read_bytes()[:4096]
    cleared(path).write_bytes(head)
    os.truncate(path, 1 << 40)


def unreadable(path: Path, _canaries: Path) -> None:
    if not path.exists():
        path.touch()
    path.chmod(0)


def sql(path: Path, *statements: str) -> None:
    """Run the statements in the database that the path belongs to."""
    name = path.name.partition(".db")[0] + ".db"
    base = path.with_name(name) if ".db" in path.name else path / "people.db"
    with suppress(sqlite3.Error), closing(sqlite3.connect(base)) as database, database:
        database.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            database.execute(statement)


def misspelt(path: Path, _canaries: Path) -> None:
    sql(path, "UPDATE sqlite_schema SET sql = CAST(x'fffe' AS TEXT)")


def triggered(path: Path, _canaries: Path) -> None:
    sql(
        path,
        "CREATE VIEW spy AS SELECT load_extension('/tmp/x')",
        "CREATE TRIGGER spy AFTER UPDATE ON person BEGIN DELETE FROM person; END",
    )


def forged_log(path: Path, _canaries: Path) -> None:
    """A write-ahead log with a valid header and garbage frames."""
    name = path.name.partition(".db")[0] + ".db-wal"
    base = path.with_name(name) if ".db" in path.name else path / "people.db-wal"
    head = bytes.fromhex("377f0682002de218") + (4096).to_bytes(4, "big") + bytes(12)
    sums = [0, 0]
    for place in range(0, 24, 8):
        one, two = (int.from_bytes(head[p : p + 4], "little") for p in (place, place + 4))
        sums[0] = (sums[0] + one + sums[1]) % 2**32
        sums[1] = (sums[1] + two + sums[0]) % 2**32
    tail = b"".join(each.to_bytes(4, "big") for each in sums)
    if base.parent.is_dir():
        cleared(base).write_bytes(head + tail + bytes(3 * 4120))


PLANTS: tuple[Plant, ...] = (
    linked, dangling, hard_linked, piped, device, folder, journalled, legacy, owned, tracked,
    garbage, sparse, unreadable, misspelt, triggered, forged_log,
)  # fmt: skip


@pytest.fixture
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files outside of the project."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "text").write_text(CANARY)
    (outside / "text").chmod(0o644)
    with closing(sqlite3.connect(outside / "people.db")) as database, database:
        database.execute("CREATE TABLE person (id)")
        database.execute("INSERT INTO person VALUES (?)", [CANARY])
    (outside / "folder").mkdir(0o755)
    return outside


def snapshot(outside: Path) -> list[object]:
    """Names, kinds, modes, bytes and times of everything outside."""
    found = []
    for path in [outside, *sorted(outside.rglob("*"))]:
        at = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        found.append((str(path), stat.filemode(at.st_mode), at.st_mtime_ns, at.st_uid, data))
    return found


def indexed(state: Path) -> str:
    """The name of an index with a valid checksum, so that it is opened."""
    data = (state / "people.db").read_bytes()
    (state / f"applied-{zlib.crc32(data):08x}.db").write_bytes(data)
    return f"applied-{zlib.crc32(data):08x}"


def cases(number: int) -> list[tuple[Plant, str]]:
    """Every trap at every place, in random order; then the same again."""
    every = [(plant, place) for plant in PLANTS for place in PLACES]
    random.Random(7).shuffle(every)
    return (every * (number // len(every) + 1))[:number]


@pytest.mark.hostile
def test_hostile_state_has_no_effect_outside_its_folder(
    cli: Cli, home: Path, canaries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing outside is read out, written, deleted or changed, and every command ends soon."""
    assert Exit.CLEAN == cli("run", *REPLAY, "--yes").code
    state, good = home / ".cactions", home.parent / "good"
    shutil.copytree(state, good)
    index = indexed(good)
    [run] = (good / "runs").glob("*.db")
    before, counts, slowest = snapshot(canaries), Counter[str](), 0.0
    todo = cases(FOLDERS * min(COUNTS.factor, 5))
    for number, (plant, place) in enumerate(todo):
        for rest in (state, home / ".git"):
            cleared(rest)
        shutil.copytree(good, state)
        with suppress(IsADirectoryError):
            plant(state / place.replace("RUN", run.stem).replace("INDEX", index), canaries)
        for words in (COMMANDS[number % 2], COMMANDS[2 + number % 3]):
            start = time.process_time()
            done = cli(*words)
            slowest = max(slowest, time.process_time() - start)
            assert slowest < SECONDS, (plant.__name__, place, words)
            output = done.out + done.err
            assert done.code in ENDS, (plant.__name__, place, words, output)
            assert CANARY not in output
            assert before == snapshot(canaries), (plant.__name__, place, words)
            counts[f"exit {done.code}"] += 1
    REPORT.append(
        f"hostile state: {len(todo)} folders, {counts.total()} commands, 0 reached outside;"
        f" {dict(sorted(counts.items()))}, the slowest took {slowest:.2f} s"
    )

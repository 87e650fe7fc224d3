"""A database is created completely, is private, keeps committed data, and has clear errors."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cactions.edges.store import query_timeout
from cactions.edges.store import sqlite as sqlite_file
from cactions.edges.store.sqlite import BUSY_SECONDS, Database, Schema
from cactions.edges.store.sqlite_access import choose_reading
from cactions.edges.store.sqlite_errors import Code, describe_error, is_unwritable
from cactions.model import StoreError
from tests.edges.hot_journals import hot_journal
from tests.edges.processes import finished
from tests.interrupts import interrupt
from tests.run_report import REPORT

LAYOUT = Schema("the box", 1, ("CREATE TABLE thing (name TEXT NOT NULL)",))
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n"
PUT = "INSERT INTO thing VALUES (?)"


def box(folder: Path, *names: str) -> Database:
    """An open database with these values in it."""
    path = folder / "box.db"
    Database.create(path, LAYOUT, lambda database: [database.execute(PUT, name) for name in names])
    return reopened(path)


def reopened(path: Path) -> Database:
    database = Database.existing(path, LAYOUT)
    assert database
    return database


def put(database: Database, *names: str) -> None:
    with database.open_for_writing():
        for name in names:
            database.execute(PUT, name)


def names(database: Database) -> list[object]:
    return [name for (name,) in database.query_rows("SELECT name FROM thing ORDER BY rowid")]


def test_reading_creates_no_database(tmp_path: Path) -> None:
    """No file is created."""
    assert Database.existing(tmp_path / "box.db", LAYOUT) is None
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_a_database_and_its_log_are_private(tmp_path: Path, umask: int) -> None:
    """SQLite gives the files beside it the mode of the database."""
    before = os.umask(umask)
    try:
        database = box(tmp_path)
        put(database, "a")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert dict.fromkeys(("box.db", "box.db-wal", "box.db-shm"), 0o600) == modes


def test_closing_a_database_leaves_one_file(tmp_path: Path) -> None:
    """Drafts and logs are deleted; releasing a database closes it."""
    database = box(tmp_path, "a")
    names(database)
    del database
    assert ["box.db"] == [path.name for path in tmp_path.iterdir()]


def test_commits_use_a_synced_write_ahead_log(tmp_path: Path) -> None:
    """WAL with FULL, unless a transaction requests less; the next one uses FULL again."""
    database = box(tmp_path)
    assert [("wal",)] == database.query_rows("PRAGMA journal_mode")
    for durable, level in ((True, 2), (False, 1), (True, 2)):
        with database.open_for_writing(durable=durable):
            assert [(level,)] == database.query_rows("PRAGMA synchronous")
    assert [(BUSY_SECONDS * 1000,)] == database.query_rows("PRAGMA busy_timeout")


SAFE = {
    "journal_mode": "wal",
    "synchronous": 2,
    "fullfsync": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
}


@pytest.mark.parametrize("kind", ["created", "existing", "settled", "scrubbed"])
def test_every_connection_is_durable_from_its_start(tmp_path: Path, kind: str) -> None:
    """Whatever SQLite was built with, and also right after a transaction that is not durable."""
    database = box(tmp_path, "a")
    if kind in ("settled", "scrubbed"):
        with database.open_for_writing(durable=False):
            database.execute(PUT, "b")
        (database.settle if kind == "settled" else database.scrub)()
        with database.open_for_writing():
            assert {"synchronous": 2} == read_pragmas(database, "synchronous")
    elif kind == "existing":
        database.close()
        database = reopened(tmp_path / "box.db")
    assert SAFE == read_pragmas(database, *SAFE)


def read_pragmas(database: Database, *names: str) -> dict[str, object]:
    return {name: database.query_rows(f"PRAGMA {name}")[0][0] for name in names}


def test_an_existing_database_is_not_created_again(tmp_path: Path) -> None:
    """The second creator gets FileExistsError and changes nothing."""
    database = box(tmp_path, "a")
    with pytest.raises(FileExistsError):
        box(tmp_path, "b")
    assert ["a"] == names(database)


def test_a_database_is_not_created_if_filling_it_fails(tmp_path: Path) -> None:
    """No half-made file, and no draft of one."""
    with pytest.raises(StoreError):
        Database.create(tmp_path / "box.db", LAYOUT, lambda database: database.execute("nonsense"))
    assert [] == list(tmp_path.iterdir())


def test_an_exception_rolls_the_transaction_back(tmp_path: Path) -> None:
    """Also one that is unrelated to the database."""
    database = box(tmp_path, "a")
    with pytest.raises(ZeroDivisionError), database.open_for_writing():
        database.execute(PUT, str(database.execute(PUT, "b") / 0))
    put(database, "c")
    assert ["a", "c"] == names(database)


def test_an_interrupt_at_any_line_leaves_no_transaction_open(tmp_path: Path) -> None:
    """The next transaction works, and has all of an earlier one or nothing."""
    tried = 0
    for line in range(1, 100):
        folder = tmp_path / str(line)
        folder.mkdir()
        database = box(folder, "first")
        if not interrupt(lambda: put(database, "second", "third"), line, sqlite_file):  # noqa: B023
            break
        tried += 1
        put(database, "last")
        assert names(database) in (["first", "last"], ["first", "second", "third", "last"])
        database.close()
    REPORT.append(f"a transaction interrupted at each of {tried} lines: none was left open")
    assert 10 <= tried < 99


def test_a_reader_sees_a_consistent_snapshot(tmp_path: Path) -> None:
    """Later commits of another connection are seen afterwards."""
    reader = box(tmp_path, "a")
    writer = reopened(reader.path)
    with reader.open_for_reading():
        assert ["a"] == names(reader)
        put(writer, "b")
        assert ["a"] == names(reader)
    assert ["a", "b"] == names(reader)


def test_threads_may_share_a_database(tmp_path: Path) -> None:
    """Their transactions run one after the other."""
    database = box(tmp_path)

    def fill(name: str) -> None:
        for number in range(20):
            put(database, f"{name}{number}")

    threads = [threading.Thread(target=fill, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 80 == len(set(names(database)))


def test_a_text_with_lone_surrogates_is_a_store_error(tmp_path: Path) -> None:
    """Bytes of a command line may become lone surrogates."""
    database = box(tmp_path)
    with pytest.raises(StoreError, match="not valid Unicode"):
        put(database, "a", "\udcff")
    assert [] == names(database)


# Invalid files


def _replaced(path: Path) -> None:
    other = path.with_name("other.db")
    Database.create(other, LAYOUT)
    other.rename(path)


@pytest.mark.parametrize("change", [Path.unlink, _replaced])
def test_a_database_deleted_while_open_is_not_used(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    """Data written to a deleted file is lost silently."""
    database = box(tmp_path)
    change(database.path)
    with pytest.raises(StoreError, match=r"was replaced|no such file"):
        put(database, "a")
    with pytest.raises(StoreError), database.open_for_reading():
        names(database)


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_a_log_without_its_database_is_refused(tmp_path: Path, suffix: str) -> None:
    """SQLite would replay the old log into the new database."""
    (tmp_path / f"box.db{suffix}").touch()
    with pytest.raises(StoreError, match=r"orphaned .*the box is missing"):
        box(tmp_path)


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_the_files_of_a_database_must_not_be_links(tmp_path: Path, suffix: str) -> None:
    """Neither the database nor the files that SQLite writes beside it."""
    path = box(tmp_path).path
    target = tmp_path / "elsewhere"
    if suffix:
        target.touch()
    else:
        path.rename(target)
    path.with_name(path.name + suffix).symlink_to(target)
    with pytest.raises(StoreError, match="is a symbolic link"):
        reopened(path)


def _truncate_to(size: int) -> Callable[[Path], object]:
    return lambda path: os.truncate(path, size)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_truncate_to(0), "is damaged: it is empty, or the database of another program"),
        (_truncate_to(100), "is (damaged|not a database)"),
        (_truncate_to(5000), "is damaged"),
        (lambda path: path.write_text("people:\n" * 1000), "is not a database"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 9000), "is (damaged|not)"),
    ],
)
def test_a_damaged_file_is_reported_as_damaged(
    tmp_path: Path, damage: Callable[[Path], object], words: str
) -> None:
    """Cut off, overwritten, or never a database; the hint says what to do with it."""
    path = box(tmp_path, *("x" * 900 for _ in range(40))).path
    damage(path)
    with pytest.raises(StoreError, match=words) as caught:
        names(reopened(path))
    assert "backup" in caught.value.hint


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("PRAGMA user_version = 2", r"newer cactions \(format 2; this one knows 1\)"),
        ("PRAGMA user_version = 0", "of another program"),
        ("DROP TABLE thing", 'is damaged: "thing" in it is not as cactions made it'),
        ("ALTER TABLE thing ADD COLUMN more", '"thing" in it'),
        ("CREATE TABLE other (name)", '"other" in it'),
        ("CREATE UNIQUE INDEX once ON thing (name)", '"once" in it'),
        ("CREATE VIEW two AS SELECT * FROM thing", '"two" in it'),
        ("CREATE TRIGGER spy AFTER INSERT ON thing BEGIN DELETE FROM thing; END", '"spy" in it'),
        ("CREATE TABLE 'a\x1b[2J' (name)", r'"a\\x1b\[2J" in it'),
        ("ANALYZE; DELETE FROM sqlite_stat1", '"sqlite_stat1" in it'),
        (f"DROP TABLE thing; CREATE VIEW thing AS {ENDLESS}", '"thing" in it'),
        ("UPDATE thing SET name = CAST(x'ff' AS TEXT)", "is damaged: Could not decode"),
        (
            (
                "CREATE TABLE 'spy' (name); PRAGMA writable_schema = ON; UPDATE sqlite_schema SET"
                " name = CAST(x'ff' AS TEXT), sql = CAST(x'ff' AS TEXT) WHERE name = 'spy'"
            ),
            "is damaged",
        ),
    ],
)
def test_a_foreign_database_is_refused(tmp_path: Path, statement: str, words: str) -> None:
    """A newer version is not guessed, tables of another program are not used."""
    path = box(tmp_path, "a").path
    other = sqlite3.connect(path)
    other.executescript(statement)
    other.close()
    with pytest.raises(StoreError, match=words):
        names(reopened(path))


@pytest.mark.parametrize("access", ["existing", "sealed"])
@pytest.mark.parametrize("header", [b"\2\2", b"\1\1"])
def test_a_prepared_journal_deletes_no_file(tmp_path: Path, access: str, header: bytes) -> None:
    """The last record of a rollback journal can name any file, which SQLite would delete."""
    path, canary = box(tmp_path).path, tmp_path / "canary"
    canary.write_text("canary")
    with path.open("r+b") as file:
        file.seek(18)
        file.write(header)
    journal = path.with_name("box.db-journal")
    journal.write_bytes(hot_journal(canary, path.stat().st_size // 4096))
    with pytest.raises(StoreError, match="was not made by cactions") as caught:
        getattr(Database, access)(path, LAYOUT)
    assert "was not opened" in caught.value.hint
    assert canary.exists()
    assert journal.exists()


@pytest.mark.parametrize("header", [b"\1\1", b"\1\2", b"\2\1", b"\0\0", b"\3\3"])
def test_a_database_without_a_write_ahead_log_is_not_opened(tmp_path: Path, header: bytes) -> None:
    """With such a header SQLite would create journals itself."""
    path = box(tmp_path).path
    with path.open("r+b") as file:
        file.seek(18)
        file.write(header)
    with pytest.raises(StoreError, match="not a database with a write-ahead log"):
        reopened(path)


def test_opening_a_database_twice_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    """A process that closes any descriptor of a file loses all its locks on the file."""
    first = box(tmp_path, "a")
    names(first)
    reopened(first.path).close()
    other = (
        "import sqlite3, sys\n"
        "other = sqlite3.connect(sys.argv[1], timeout=0)\n"
        "print(*other.execute('PRAGMA locking_mode=EXCLUSIVE').fetchone())\n"
        "try: other.execute('BEGIN EXCLUSIVE'), print('alone')\n"
        "except sqlite3.OperationalError as error: print(error)\n"
    )
    assert "exclusive\ndatabase is locked\n" == finished(other, first.path).stdout


def test_a_view_in_place_of_a_table_runs_no_code(tmp_path: Path) -> None:
    """A foreign schema is not trusted with functions that have side effects."""
    path = box(tmp_path).path
    assert [(0,)] == reopened(path).query_rows("PRAGMA trusted_schema")


def test_a_query_that_never_ends_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prepared file can make a query run forever."""
    monkeypatch.setattr(query_timeout, "QUERY_SECONDS", 0.1)
    database = box(tmp_path, "a")
    with pytest.raises(StoreError, match="a query did not end"):
        database.query_rows(ENDLESS)
    assert ["a"] == names(database)


def test_a_signal_stops_a_query(tmp_path: Path) -> None:
    """The operator can stop it; a shell that runs tests in the background ignores the signal."""
    database = box(tmp_path)
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            database.query_rows(ENDLESS)
    finally:
        signal.signal(signal.SIGINT, inherited)


def test_a_writer_waits_and_then_reports_the_lock(tmp_path: Path) -> None:
    """A database locked by another process causes no crash."""
    holder, waiter = box(tmp_path), reopened(tmp_path / "box.db")
    waiter.query_rows("PRAGMA busy_timeout = 50")
    with (
        holder.open_for_writing(),
        pytest.raises(StoreError, match="in use by another process") as caught,
        waiter.open_for_writing(),
    ):
        raise AssertionError("two writers")
    assert caught.value.hint
    put(waiter, "later")


def test_a_full_database_is_reported_and_keeps_its_data(tmp_path: Path) -> None:
    """The transaction that does not fit is rolled back completely."""
    database = box(tmp_path, "a")
    database.query_rows("PRAGMA max_page_count = 4")
    with pytest.raises(StoreError, match="the disk is full"):
        put(database, *("x" * 900 for _ in range(100)))
    assert ["a"] == names(database)


OUT_OF_SPACE = """
import resource, sys
from pathlib import Path
from cactions.model import StoreError
from tests.edges.store.test_sqlite import box, names, put
database = box(Path(sys.argv[1]), "a")
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    while True:
        put(database, "x" * 9000)
        count = len(names(database))
except StoreError as error:
    print(count, error, error.hint, sep="|")
"""


def test_a_full_disk_is_an_error_and_loses_no_data(tmp_path: Path) -> None:
    """Everything committed before the error can be read by the next process."""
    done = finished(OUT_OF_SPACE, tmp_path)
    count, words, hint = done.stdout.strip().split("|")
    assert "" == done.stderr
    assert "had a disk error" in words or "the disk is full" in words
    assert "room" in hint
    kept = len(names(reopened(tmp_path / "box.db")))
    assert kept == int(count) > 5


@pytest.mark.parametrize("code", sorted(Code))
def test_only_what_keeps_a_log_from_being_made_allows_reading_without_one(code: Code) -> None:
    """Also with the details that SQLite adds above the first byte of a code."""
    unwritable = code in (Code.FULL, Code.IOERR, Code.CANTOPEN, Code.READONLY)
    for detail in (0, 1, 13):
        cause = sqlite3.OperationalError("no")
        cause.sqlite_errorcode = code | detail << 8
        error = describe_error(cause.sqlite_errorcode, "the box")
        error.__cause__ = cause
        assert unwritable is is_unwritable(error)
    assert not is_unwritable(StoreError("the box is gone"))


def test_a_database_at_rest_is_read_as_it_is(tmp_path: Path) -> None:
    """No file is made beside it; one that was written meanwhile is not believed."""
    box(tmp_path, "first").close()
    path = tmp_path / "box.db"
    database = Database(path, LAYOUT, access=choose_reading(path))
    assert ["first"] == names(database)
    assert ["box.db"] == [each.name for each in tmp_path.iterdir()]
    other = reopened(path)
    put(other, "second")
    other.settle()
    with pytest.raises(StoreError, match="in use by another process"):
        names(database)


def test_nothing_stays_open_after_the_bytes_are_removed(tmp_path: Path) -> None:
    """However often that is asked for."""
    database = box(tmp_path, "first")
    put(database, "second")
    database.scrub()
    before = len([*Path("/dev/fd").iterdir()])
    for _ in range(5):
        database.scrub()
    assert before == len([*Path("/dev/fd").iterdir()])

"""Truncated, bit-flipped or overwritten state is read, or raises a StoreError."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.people import LocalPeopleStore
from cactions.model import (
    CactionsError,
    Change,
    Outcome,
    Person,
    PersonQuery,
    Plan,
    Receipt,
    RunHead,
    RunKind,
    SentCall,
    Subject,
)
from tests.case_counts import COUNTS
from tests.run_report import REPORT

CASES = 300
WRITING = 10
"""One in so many folders is also written to: each write waits for the disk."""
SECONDS = 1.0
"""CPU seconds for reading all of one damaged folder."""

PEOPLE = [Person(f"p{n:02}", {"user_id": f"u-{n}", "name": "é" * 50}, {}) for n in range(60)]
Files = dict[str, bytes]


def kept(folder: Path) -> Files:
    """A store and a run with their logs, as left by a killed process."""
    people, journal = LocalPeopleStore(folder), LocalJournal(folder)
    people.import_people(PEOPLE[:30])
    journal.create_run(RunHead("run-1", RunKind.APPLY, "loyalty", 1.0, "ada@desk"))
    changes = (Change("tier", "silver", "gold" * 300),)
    plans = [
        Plan("loyalty", Subject(each.id, PersonQuery("id", each.id)), SentCall(""), changes)
        for each in PEOPLE[:20]
    ]
    for number in journal.record_plans("run-1", plans):
        journal.record_outcomes("run-1", [(number, Receipt(f"p{number - 1:02}", Outcome.APPLIED))])
    people.import_people(PEOPLE[30:])
    found = [*folder.glob("people.db*"), *(folder / "runs").iterdir()]
    files = {str(path.relative_to(folder)): path.read_bytes() for path in found}
    people.close()
    journal.close()
    return files


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return kept(tmp_path_factory.mktemp("kept") / "state")


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def flip(data: bytearray, chance: random.Random) -> None:
    """Single bits, half of them in headers."""
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data) if chance.random() < 0.5 else min(200, len(data)))
        data[place] ^= 1 << chance.randrange(8)


def fill(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 4, 100, 5000)))
    data[start:end] = bytes([chance.choice((0, 1, 0x7F, 0xFF))]) * (end - start)


def mix(data: bytearray, chance: random.Random) -> None:
    """A block is moved, as if pages were written in the wrong order."""
    size = min(chance.choice((8, 512, 4096)), len(data))
    start, end = (chance.randrange(len(data) - size + 1) for _ in range(2))
    data[end : end + size] = data[start : start + size]


def misspell(data: bytearray, chance: random.Random) -> None:
    """Invalid UTF-8 in a text of the schema or of a row."""
    for word in chance.sample((b"person", b"TEXT", b"entry", b"head", b"u-1", b"loyalty"), 3):
        data[:] = data.replace(word, b"\xff\xfe" + word[2:], chance.choice((1, -1)))


def lengthen(data: bytearray, chance: random.Random) -> None:
    data += chance.randbytes(chance.choice((1, 100, 9000)))


DAMAGES = (cut, flip, flip, fill, mix, misspell, lengthen)


def damaged(files: Files, chance: random.Random) -> Files:
    """One to three damages in one or two files; a log may be missing as well."""
    found = {name: bytearray(data) for name, data in files.items()}
    for name in chance.sample(sorted(found), chance.randint(1, 2)):
        for _ in range(chance.randint(1, 3)):
            if found[name]:
                chance.choice(DAMAGES)(found[name], chance)
    if chance.random() < 0.3:
        found.pop(chance.choice([name for name in found if not name.endswith(".db")]))
    return {name: bytes(data) for name, data in found.items()}


def used(folder: Path, *, writes: bool) -> Iterator[Callable[[], object]]:
    """All uses of state by commands."""
    people, journal = LocalPeopleStore(folder, PEOPLE[:1]), LocalJournal(folder)
    yield lambda: list(people.list())
    yield lambda: people.find(PersonQuery("user_id", "u-7"))
    yield lambda: people.find(PersonQuery("id", "p0"))
    yield lambda: journal.read("run-1")
    yield lambda: [list(journal.list_runs()), journal.list_damaged(), journal.list_locked()]
    yield lambda: journal.get_last_applied("p03")
    if writes:
        yield lambda: people.import_people([Person("new", {"user_id": "new"}, {})])
        yield lambda: journal.reopen("run-1")
        yield lambda: journal.mark_undone("run-1", ["p03"], "undo-1")
        yield lambda: journal.forget("p04")
    people.close()
    journal.close()


def outcomes(folder: Path, files: Files, *, writes: bool) -> Counter[str]:
    """The result of each use: no exceptions but our own."""
    (folder / "runs").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    counts: Counter[str] = Counter()
    for use in used(folder, writes=writes):
        try:
            use()
        except CactionsError:
            counts["errors"] += 1
        else:
            counts["answers"] += 1
    return counts


@pytest.mark.hostile
def test_damaged_state_is_read_or_refused(tmp_path: Path, files: Files) -> None:
    """Any bytes give an answer or an error with a next step, and quickly."""
    counts: Counter[str] = Counter()
    slowest = 0.0
    number = CASES * COUNTS.factor
    canary = tmp_path / "canary"
    canary.write_text("canary")
    for seed in range(number):
        folder = tmp_path / "state"
        before = time.process_time()
        counts += outcomes(folder, damaged(files, random.Random(seed)), writes=not seed % WRITING)
        slowest = max(slowest, time.process_time() - before)
        shutil.rmtree(folder)
    assert [canary] == list(tmp_path.iterdir())
    assert slowest < SECONDS
    assert min(counts["errors"], counts["answers"]) > number
    REPORT.append(
        f"damaged state: {number:,} folders, {counts['answers']:,} answers,"
        f" {counts['errors']:,} errors, 0 others; the slowest took {slowest:.2f} s"
    )


def test_undamaged_state_is_read(tmp_path: Path, files: Files) -> None:
    """Control test; one use asks for a person who does not exist."""
    assert Counter(answers=9, errors=1) == outcomes(tmp_path / "state", files, writes=True)


NOT_UTF_8 = "CAST(x'666f6fff' AS TEXT)"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE sqlite_schema SET sql = replace(sql, 'role', {NOT_UTF_8})",
        f"UPDATE sqlite_schema SET name = {NOT_UTF_8} WHERE type = 'index'",
        f"UPDATE sqlite_schema SET tbl_name = {NOT_UTF_8} WHERE type = 'index'",
        f"UPDATE sqlite_schema SET type = {NOT_UTF_8} WHERE type = 'index'",
        f"UPDATE person SET id = {NOT_UTF_8} WHERE id = 'p03'",
        f"UPDATE person SET fields = {NOT_UTF_8}",
        f"UPDATE person SET attributes = {NOT_UTF_8}",
        f"INSERT INTO sqlite_schema VALUES ('table', {NOT_UTF_8}, {NOT_UTF_8}, 0, {NOT_UTF_8})",
        f"INSERT INTO sqlite_schema VALUES ('view', {NOT_UTF_8}, {NOT_UTF_8}, 0, 'CREATE VIEW')",
    ],
)
def test_texts_that_are_not_utf_8_are_an_error(tmp_path: Path, statement: str) -> None:
    """In the schema, where SQLite reports them, and in rows."""
    folder = tmp_path / "state"
    store = LocalPeopleStore(folder)
    store.import_people(PEOPLE)
    store.close()
    with closing(sqlite3.connect(folder / "people.db")) as database, database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute(statement)
    with pytest.raises(CactionsError) as caught:
        list(LocalPeopleStore(folder).list())
    assert caught.value.hint

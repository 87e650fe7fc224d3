"""The tables of a run's file, and the statements that read and write them.

The ``application_id`` of a file counts the runs of its folder; it is 0 in those of before it did.

Version 3 has the states of entries and the phase of the run; version 2 has ``seal``: where there is
a vault, a sealed cell that ties the head to the run. A layout that changes gets a new number: a
file of each is in ``tests/stored``.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from cactions.edges.store.sqlite import Schema

_PERSON_INDEX: Final = "CREATE INDEX entry_person ON entry (person_id)"
_OLD_ENTRY: Final = (
    """CREATE TABLE entry (
            number INTEGER PRIMARY KEY, person_id TEXT NOT NULL, plan TEXT NOT NULL,
            receipt TEXT, undone_by TEXT NOT NULL
        )""",
    _PERSON_INDEX,
)

_RUN: Final = """CREATE TABLE run (
            head TEXT NOT NULL, finished INTEGER NOT NULL, seal BLOB, phase TEXT NOT NULL,
            summary TEXT
        )"""
_WAITING: Final = "CREATE TABLE waiting (number INTEGER PRIMARY KEY, row TEXT NOT NULL)"
"""Rows that have no plan yet; a separate table, so that entries never grow into their place."""
_ENTRY: Final = (
    """CREATE TABLE entry (
            number INTEGER PRIMARY KEY, person_id TEXT NOT NULL, plan TEXT NOT NULL,
            receipt TEXT, undone_by TEXT NOT NULL, state TEXT NOT NULL
        )""",
    _PERSON_INDEX,
)
_STATE_INDEX: Final = """CREATE INDEX entry_state ON entry
            (state, number, undone_by = '' AND person_id != '', undone_by = '')"""
_MARK: Final = """CREATE TABLE mark (
            value TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (value, number)
        ) WITHOUT ROWID"""
"""Pseudonyms of what must not repeat, until everyone is planned."""
_EVIDENCE: Final = "CREATE TABLE evidence (number INTEGER PRIMARY KEY, shown TEXT NOT NULL)"
"""What the calls have shown, until everyone is planned, in blocks of entries."""

LAYOUT: Final = Schema("the journal", 3, (_RUN, _WAITING, *_ENTRY, _STATE_INDEX, _MARK, _EVIDENCE))
BARE_LAYOUT: Final = Schema(
    "the journal", 3, (_RUN, _WAITING, *_ENTRY, _STATE_INDEX, _MARK), (_EVIDENCE,), LAYOUT
)
"""Version 3 of 28 November 2026."""
FIRST_LAYOUT: Final = Schema(
    "the journal",
    3,
    (
        _RUN,
        *_ENTRY,
        """CREATE INDEX entry_state ON entry
            (state, undone_by = '' AND person_id != '', undone_by = '')""",
        _MARK,
    ),
    ("DROP INDEX entry_state", _STATE_INDEX, _WAITING, _EVIDENCE),
    LAYOUT,
)
"""Version 3 of a few hours before."""
SEALED_LAYOUT: Final = Schema(
    "the journal",
    2,
    ("CREATE TABLE run (head TEXT NOT NULL, finished INTEGER NOT NULL, seal BLOB)", *_OLD_ENTRY),
)
OLD_LAYOUT: Final = Schema(
    "the journal",
    1,
    ("CREATE TABLE run (head TEXT NOT NULL, finished INTEGER NOT NULL)", *_OLD_ENTRY),
)
LAYOUTS: Final = (LAYOUT, BARE_LAYOUT, FIRST_LAYOUT, SEALED_LAYOUT, OLD_LAYOUT)


PERSON: Final = "person_id IN (SELECT value FROM json_each(?))"

BEGIN: Final = "INSERT INTO run VALUES (?, 0, ?, ?, NULL)"
SET_NUMBER: Final = "PRAGMA application_id = {:d}"
SET_PHASE: Final = "UPDATE run SET phase = ?, summary = ?"
ADD: Final = "INSERT INTO entry VALUES (?, ?, ?, ?, '', ?)"
PLACE: Final = "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, '', ?)"
WAIT: Final = "INSERT INTO waiting VALUES (?, ?)"
END_WAIT: Final = "DELETE FROM waiting WHERE number IN (SELECT value FROM json_each(?))"
WITHDRAW: Final = "DELETE FROM entry WHERE number = ? AND state = 'calling'"
START: Final = """UPDATE entry SET state = 'started'
    WHERE number IN (SELECT value FROM json_each(?)) AND state IN ('planned', 'started')"""
NOT_STARTED: Final = """SELECT value FROM json_each(?)
    WHERE value NOT IN (SELECT number FROM entry WHERE state = 'started')"""
NO_ENTRY: Final = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT number FROM entry)"
COUNT_ENTRIES: Final = """SELECT state, undone_by = '' AND person_id != '', undone_by = '', count(*)
    FROM entry GROUP BY 1, 2, 3"""
COUNT: Final = COUNT_ENTRIES + " UNION ALL SELECT 'waiting', 0, 1, count(*) FROM waiting"  # noqa: S608 - both are ours
WAITING: Final = "SELECT number, row FROM waiting WHERE number > ? ORDER BY number LIMIT ?"
IN_STATE: Final = "state = ? AND number > ? ORDER BY number LIMIT ?"
ADD_MARK: Final = "INSERT OR IGNORE INTO mark VALUES (?, ?)"
REPEATED: Final = """SELECT value FROM mark WHERE value > ? AND value < ?
    GROUP BY value HAVING count(*) > 1 ORDER BY value LIMIT ?"""
NUMBERS: Final = """SELECT value, number FROM mark
    WHERE value IN (SELECT value FROM json_each(?)) ORDER BY value, number"""
DROP_MARKS: Final = "DELETE FROM mark"
ADD_EVIDENCE: Final = "INSERT OR REPLACE INTO evidence VALUES (?, ?)"
EVIDENCE: Final = "SELECT number, shown FROM evidence WHERE number > ? ORDER BY number LIMIT ?"
EVIDENCE_BLOCKS: Final = """SELECT number, shown FROM evidence
    WHERE number IN (SELECT value FROM json_each(?))"""
DROP_EVIDENCE: Final = "DELETE FROM evidence"

UNDONE: Final = "UPDATE entry SET undone_by = ? WHERE person_id IN (SELECT value FROM json_each(?))"
RANGE: Final = "number BETWEEN ? AND ? ORDER BY number"
PAGE: Final = "number > ? ORDER BY number LIMIT ?"
_STANDS: Final = "state IN ('started', 'applied') AND undone_by = ''"
STANDING: Final = f"{PERSON} AND {_STANDS} ORDER BY number DESC"
WRITTEN: Final = f"{_STANDS} AND number > ? ORDER BY number LIMIT ?"
BY_PERSON: Final = (
    f"{_STANDS} AND person_id != '' AND (person_id, number) > (?, ?)"
    " ORDER BY person_id, number LIMIT ?"
)
OF_PERSON: Final = (
    "SELECT number, plan, receipt FROM entry WHERE person_id IN (SELECT value FROM json_each(?))"
)
FORGET: Final = "UPDATE entry SET person_id = '', plan = ?, receipt = ? WHERE number = ?"

PLAIN_CELLS: Final = (
    "SELECT number FROM entry"
    " WHERE typeof(plan) != 'blob' OR typeof(receipt) NOT IN ('blob', 'null') LIMIT 1"
)
EMPTY_WAITING: Final = "UPDATE waiting SET row = x''"
"""An entry that is not sealed, or not wholly."""
PLAIN_SUMMARY: Final = "SELECT 1 FROM run WHERE typeof(summary) NOT IN ('blob', 'null')"
DROP_SUMMARY: Final = "UPDATE run SET summary = NULL"


class Statements(Struct, frozen=True):
    """What differs between the layouts; a run of an older one has only entries with a plan."""

    head: str
    columns: str
    add_plan: str
    answer: str
    settle: str


NEW: Final = Statements(
    head="SELECT head, finished, phase FROM run",
    columns="SELECT number, person_id, plan, receipt, undone_by, state FROM entry WHERE",
    add_plan=ADD,
    answer="UPDATE entry SET plan = ?, state = 'started' WHERE number = ? AND person_id = ?",
    settle="UPDATE entry SET receipt = ?, state = ? WHERE number = ?",
)
OLD: Final = Statements(
    head="SELECT head, finished, 'running' FROM run",
    columns="SELECT number, person_id, plan, receipt, undone_by, state FROM"
    " (SELECT *, 'started' AS state FROM entry) WHERE",
    add_plan="INSERT INTO entry SELECT ?, ?, ?, ?, '' WHERE ? IS NOT NULL",
    answer="UPDATE entry SET plan = ? WHERE number = ? AND person_id = ?",
    settle="UPDATE entry SET receipt = ? WHERE ? IS NOT NULL AND number = ?",
)

"""The tables of a run's file, and the statements that read and write them.

Version 3 has the states of entries and the phase of the run; version 2 has ``seal``: where there is
a vault, a sealed cell that ties the head to the run.
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

LAYOUT: Final = Schema(
    "the journal",
    3,
    (
        """CREATE TABLE run (
            head TEXT NOT NULL, finished INTEGER NOT NULL, seal BLOB, phase TEXT NOT NULL,
            summary TEXT
        )""",
        # rows that have no plan yet; a separate table, so that entries never grow into their place
        "CREATE TABLE waiting (number INTEGER PRIMARY KEY, row TEXT NOT NULL)",
        """CREATE TABLE entry (
            number INTEGER PRIMARY KEY, person_id TEXT NOT NULL, plan TEXT NOT NULL,
            receipt TEXT, undone_by TEXT NOT NULL, state TEXT NOT NULL
        )""",
        _PERSON_INDEX,
        """CREATE INDEX entry_state ON entry
            (state, number, undone_by = '' AND person_id != '', undone_by = '')""",
        # pseudonyms of what must not repeat, until everyone is planned
        """CREATE TABLE mark (
            value TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (value, number)
        ) WITHOUT ROWID""",
        # what the calls have shown, until everyone is planned, in blocks of entries
        "CREATE TABLE evidence (number INTEGER PRIMARY KEY, shown TEXT NOT NULL)",
    ),
)
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


PERSON: Final = "person_id IN (SELECT value FROM json_each(?))"

BEGIN: Final = "INSERT INTO run VALUES (?, 0, ?, ?, NULL)"
SET_PHASE: Final = "UPDATE run SET phase = ?, summary = ?"
ADD: Final = "INSERT INTO entry VALUES (?, ?, ?, ?, '', ?)"
PLACE: Final = "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, '', ?)"
WAIT: Final = "INSERT INTO waiting VALUES (?, ?)"
END_WAIT: Final = "DELETE FROM waiting WHERE number = ?"
WITHDRAW: Final = "DELETE FROM entry WHERE number = ? AND state = 'calling'"
START: Final = """UPDATE entry SET state = 'started'
    WHERE number IN (SELECT value FROM json_each(?)) AND state IN ('planned', 'started')"""
NOT_STARTED: Final = """SELECT value FROM json_each(?)
    WHERE value NOT IN (SELECT number FROM entry WHERE state = 'started')"""
NO_ENTRY: Final = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT number FROM entry)"
COUNT: Final = """SELECT state, undone_by = '' AND person_id != '', undone_by = '', count(*)
    FROM entry GROUP BY 1, 2, 3
    UNION ALL SELECT 'waiting', 0, 1, count(*) FROM waiting"""
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

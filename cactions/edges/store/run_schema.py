"""The tables of a run's file, and the statements that read and write them.

Version 2 has ``seal``: where there is a vault, a sealed cell that ties the head to the run.
"""

from __future__ import annotations

from typing import Final

from cactions.edges.store.sqlite import Schema

_ENTRY: Final = (
    """CREATE TABLE entry (
            number INTEGER PRIMARY KEY, person_id TEXT NOT NULL, plan TEXT NOT NULL,
            receipt TEXT, undone_by TEXT NOT NULL
        )""",
    "CREATE INDEX entry_person ON entry (person_id)",
)

LAYOUT: Final = Schema(
    "the journal",
    2,
    ("CREATE TABLE run (head TEXT NOT NULL, finished INTEGER NOT NULL, seal BLOB)", *_ENTRY),
)
OLD_LAYOUT: Final = Schema(
    "the journal", 1, ("CREATE TABLE run (head TEXT NOT NULL, finished INTEGER NOT NULL)", *_ENTRY)
)

BEGIN: Final = "INSERT INTO run VALUES (?, 0, ?)"
INTEND: Final = "INSERT INTO entry (number, person_id, plan, undone_by) VALUES (?, ?, ?, '')"
ANSWER: Final = "UPDATE entry SET plan = ? WHERE number = ? AND person_id = ?"
SETTLE: Final = "UPDATE entry SET receipt = ? WHERE number = ?"
MARKED: Final = "person_id IN (SELECT value FROM json_each(?))"
MARK: Final = "UPDATE entry SET undone_by = ? WHERE person_id IN (SELECT value FROM json_each(?))"
COLUMNS: Final = "SELECT number, person_id, plan, receipt, undone_by FROM entry"
ENTRIES: Final = f"{COLUMNS} ORDER BY number"
STANDING: Final = f"{COLUMNS} WHERE {MARKED} AND undone_by = '' ORDER BY number DESC"

ALL_STANDING: Final = f"{COLUMNS} WHERE undone_by = '' ORDER BY number DESC"
OF_PERSON: Final = (
    "SELECT number, plan, receipt FROM entry WHERE person_id IN (SELECT value FROM json_each(?))"
)
FORGET: Final = "UPDATE entry SET person_id = '', plan = ?, receipt = ? WHERE number = ?"

PLAIN_CELLS: Final = (
    "SELECT number FROM entry"
    " WHERE typeof(plan) != 'blob' OR typeof(receipt) NOT IN ('blob', 'null') LIMIT 1"
)
"""An entry that is not sealed, or not wholly."""

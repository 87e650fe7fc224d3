"""Erases a person from a run in the database: only the outcomes are left."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from cactions.edges.postgres.connection import Row
from cactions.edges.postgres.run_rows import PostgresRows
from cactions.edges.postgres.run_store import PLACE_PLANS, PostgresRun
from cactions.logic.people.lookup import is_any_key
from cactions.model import PersonQuery

_OF_PEOPLE: Final = """SELECT number, plan, receipt FROM entry JOIN plan USING (run, number)
    WHERE run = %s AND person = ANY(%s) ORDER BY number"""

_FORGET: Final = "UPDATE entry SET person = '', receipt = %s WHERE run = %s AND number = %s"


def erase_person(run: PostgresRun, person_id: str, keys: Collection[PersonQuery] = ()) -> int:
    """Erase the person except for the outcomes; returns the number of entries.

    ``keys``: rows of a file without a person are about this one, if they have such a key. The
    database keeps the sealed bytes until it cleans its tables, and in its log and its backups.
    Raises StoreError: then nothing was erased.
    """
    cells = run.cells
    with run.open_for_writing():
        found = cells.list_pseudonyms(*([person_id] if person_id else ()))
        entries = [*run.database.query_rows(_OF_PEOPLE, run.key, found), *_list_rows_of(run, keys)]
        for number, _, receipt in entries:
            reduced = cells.minimize_receipt(number, receipt, seals=True)
            run.database.execute(_FORGET, reduced, run.key, number)
            empty = cells.write_empty_plan(number, seals=True)
            run.database.execute_all(PLACE_PLANS, [(number, empty)], run.key)
        if entries:  # the summary has samples of the plans
            PostgresRows(run).forget_evidence(number for number, *_ in entries)
            run.database.execute("UPDATE run SET summary = NULL WHERE number = %s", run.key)
    return len(entries)


def _list_rows_of(run: PostgresRun, keys: Collection[PersonQuery]) -> Iterator[Row]:
    """The entries without a person whose row has one of these keys."""
    rows = run.database.query_rows(_OF_PEOPLE, run.key, [""]) if keys else ()
    for row in rows:
        if is_any_key(run.cells.read_plan(row[0], row[1]).subject.matched, keys):
            yield row

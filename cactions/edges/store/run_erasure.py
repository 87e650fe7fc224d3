"""Erases a person from the file of a run: only the outcomes are left."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from cactions.edges.store import run_schema
from cactions.edges.store.run_evidence import RunEvidence
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.sqlite import Row
from cactions.logic.people.lookup import is_any_key
from cactions.model import PersonQuery

_NO_PERSON: Final = '[""]'
"""Rows of a file for which no person was looked up or found, and people who were forgotten."""


def erase_person(run: RunDatabase, person_id: str, keys: Collection[PersonQuery] = ()) -> int:
    """Erase the person except for the outcomes; returns the number of entries.

    ``keys``: rows of a file without a person are about this one, if they have such a key. Without
    an id, only these are erased. Raises StoreError: then nothing was.
    """
    database, cells = run.database, run.cells
    evidence = RunEvidence(database, cells)
    with database.open_for_writing():
        pseudonyms = cells.dump_pseudonyms(*([person_id] if person_id else ()))
        entries = [
            *database.query_rows(run_schema.OF_PERSON, pseudonyms),
            *_list_rows_of(run, keys),
        ]
        for number, plan, receipt in entries:
            assert isinstance(number, int), "an entry's number is a whole number"
            seals = isinstance(plan, bytes)
            empty = cells.write_empty_plan(number, seals=seals)
            reduced = cells.minimize_receipt(number, receipt, seals=seals)
            database.execute(run_schema.FORGET, empty, reduced, number)
            if run.sql is run_schema.NEW:
                evidence.forget(number)
        if entries and run.sql is run_schema.NEW:  # it has samples of the plans
            database.execute(run_schema.DROP_SUMMARY)
    return len(entries)


def scrub_erased(run: RunDatabase) -> None:
    """Remove every byte of those who were erased, now or before. Raises StoreError."""
    if run.database.query_rows(run_schema.OF_PERSON, _NO_PERSON):
        run.database.scrub()


def _list_rows_of(run: RunDatabase, keys: Collection[PersonQuery]) -> Iterator[Row]:
    """The entries without a person whose row has one of these keys."""
    for row in run.database.query_rows(run_schema.OF_PERSON, _NO_PERSON) if keys else ():
        if is_any_key(run.cells.read_plan(row[0], row[1]).subject.matched, keys):
            yield row

"""The seals of a run's file: that of its head, and whether everything has one."""

from __future__ import annotations

from typing import Final

from cactions.edges.store import run_schema
from cactions.edges.store.row_encryption import RowCipher, StoredText
from cactions.edges.store.run_cells import RunCells
from cactions.edges.store.sqlite import Database

HEAD: Final = "head"


def seal_head(cipher: RowCipher, run_id: str, text: str) -> StoredText:
    """What ties the text of the head to the run. Raises VaultLocked."""
    return cipher.seal("", (run_id, HEAD, text))


def has_all_seals(database: Database, cells: RunCells, run_id: str) -> bool:
    """Whether head, summary, plans and receipts are sealed. Raises StoreError for a wrong seal."""
    if database.layout is run_schema.OLD_LAYOUT:
        return False
    [(text, seal)] = database.query_rows("SELECT head, seal FROM run")
    if seal is None or database.query_rows(run_schema.PLAIN_CELLS):
        return False
    has_summary = database.layout.version == run_schema.LAYOUT.version
    if has_summary and database.query_rows(run_schema.PLAIN_SUMMARY):
        return False
    if not isinstance(seal, bytes):
        raise database.build_damaged_error("the seal of its head is none")
    cells.unseal(seal, (run_id, HEAD, str(text)))
    return True

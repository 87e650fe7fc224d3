"""What the calls of a run have shown, while it is planned: kept in blocks of people.

It is read again only where the planning was cut off. A block is one cell, so that a person costs
no row and no sealing of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cactions.edges.store import run_schema
from cactions.edges.store.run_cells import RunCells
from cactions.edges.store.sqlite import Database
from cactions.logic import strict_json
from cactions.model import Json, PlannedEntry

_BLOCK: Final = 32
"""Entries of one block; its number in the file is that of its first one."""

_PAGE: Final = 20
"""Blocks that are read at once."""


class RunEvidence:
    """The evidence of one run. Every method raises StoreError."""

    def __init__(self, database: Database, cells: RunCells) -> None:
        self._database, self._cells = database, cells

    def add(self, entries: Iterable[PlannedEntry]) -> None:
        """Store the evidence of these, in the place of an earlier one of them."""
        blocks: dict[int, dict[int, Json]] = {}
        for entry in entries:
            if entry.evidence is not None:
                blocks.setdefault(_find_block(entry.number), {})[entry.number] = entry.evidence
        for first, known in self._read_blocks(blocks):
            blocks[first] = known | blocks[first]
        self._write_blocks(blocks)

    def forget(self, number: int) -> None:
        """Erase the evidence of an entry."""
        for first, known in self._read_blocks([_find_block(number)]):
            known.pop(number, None)
            self._write_blocks({first: known})

    def list_all(self) -> Iterator[tuple[int, Json]]:
        """The evidence of each entry that has some, by its number, in order."""
        if self._database.layout is not run_schema.LAYOUT:
            return
        last = 0
        while rows := self._database.query_rows(run_schema.EVIDENCE, last, _PAGE):
            for number, stored in rows:
                last = int(number or 0)
                yield from sorted(self._cells.read_evidence(last, stored).items())

    def _read_blocks(self, numbers: Iterable[int]) -> list[tuple[int, dict[int, Json]]]:
        """Those of these blocks that are there."""
        rows = self._database.query_rows(
            run_schema.EVIDENCE_BLOCKS, strict_json.dump_json([*numbers])
        )
        return [
            (int(number or 0), self._cells.read_evidence(int(number or 0), stored))
            for number, stored in rows
        ]

    def _write_blocks(self, blocks: Mapping[int, Mapping[int, Json]]) -> None:
        cells = ((n, self._cells.write_evidence(n, shown)) for n, shown in blocks.items())
        self._database.execute_all(run_schema.ADD_EVIDENCE, cells)


def _find_block(number: int) -> int:
    """The first number of the block of an entry."""
    return (number - 1) // _BLOCK * _BLOCK + 1

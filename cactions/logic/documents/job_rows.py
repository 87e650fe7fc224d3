"""Rows of a file of people as JSON, while they wait for their plans: ``cactions.row/1``."""

from __future__ import annotations

from typing import Any, Final

from cactions.logic import strict_json
from cactions.logic.documents.cell_format import CellFormat, StoredInputs, read_cell
from cactions.logic.documents.plans import precondition_to_json, read_precondition
from cactions.logic.documents.strict_reader import read_document
from cactions.model import JobRow, Json, PersonQuery, Role

ROW: Final = "cactions.row/1"


class _RowCell(CellFormat):
    """A row."""

    format: str
    line: int
    field: str
    value: str
    inputs: StoredInputs
    role: Role | None = None
    premises: tuple[dict[str, Any], ...] = ()
    key: str = ""


def write_row(row: JobRow) -> str:
    """Whom a row is about, and its data inputs."""
    query = row.query
    return strict_json.dump_struct(
        _RowCell(
            format=ROW,
            line=row.line,
            field=query.field,
            value=query.value,
            inputs=dict(row.inputs),
            role=query.role,
            premises=tuple([precondition_to_json(premise) for premise in row.premises]),
            key=row.key,
        )
    )


def row_from_json(document: Json) -> JobRow:
    """The row. Raises StoreError for another format, and for anything that does not fit."""
    cell = read_cell(document, _RowCell, "row", ROW)
    premises = (
        read_document(premise, read_precondition, f"row.premises[{number}]")
        for number, premise in enumerate(cell.premises)
    )
    query = PersonQuery(cell.field, cell.value, cell.role)
    return JobRow(cell.line, query, cell.inputs, tuple(premises), cell.key)

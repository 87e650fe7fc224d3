"""Rows of a file of people as JSON, while they wait for their plans: ``cactions.row/1``."""

from __future__ import annotations

from typing import Final

from cactions.logic.documents.plans import precondition_to_json, read_inputs, read_precondition
from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.model import JobRow, Json, PersonQuery, Role

ROW: Final = "cactions.row/1"


def row_to_json(row: JobRow) -> dict[str, Json]:
    """Whom a row is about, and its data inputs."""
    query = row.query
    return {
        "format": ROW,
        "line": row.line,
        "field": query.field,
        "value": query.value,
        **({"role": query.role.value} if query.role else {}),
        "inputs": dict(row.inputs),
        **({"premises": [*map(precondition_to_json, row.premises)]} if row.premises else {}),
        **({"key": row.key} if row.key else {}),
    }


def row_from_json(document: Json) -> JobRow:
    """The row. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, _read_row, "row")


def _read_row(fields: StrictReader) -> JobRow:
    fields.format(ROW)
    query = PersonQuery(
        fields.read_text("field"),
        fields.read_text("value"),
        fields.read_word("role", Role) if fields.has("role") else None,
    )
    return JobRow(
        fields.read_integer("line"),
        query,
        fields.read_object("inputs", read_inputs),
        fields.read_each("premises", read_precondition) if fields.has("premises") else (),
        fields.read_text("key", missing=""),
    )

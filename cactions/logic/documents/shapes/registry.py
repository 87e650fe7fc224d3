"""The shapes of all documents, and the JSON Schemas that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.json import schema_components

from cactions.logic.documents.shapes import (
    cluster,
    commands,
    connectors,
    definitions,
    drafts,
    plans,
    reports,
    runs,
    vaults,
)
from cactions.logic.documents.shapes.parts import Document, Part
from cactions.model import Json

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_MODULES: Final = (cluster, commands, connectors, definitions, drafts, plans, reports, runs, vaults)
_REFERENCE: Final = "#/$defs/{name}"


def list_shapes() -> Mapping[str, type[Part]]:
    """The shape of each document by its name, and those of lines that are no documents."""
    found: dict[str, type[Part]] = {
        "execution": connectors.ExecutionShape,
        "export-entry": runs.ExportEntryShape,
    }
    for module in _MODULES:
        for shape in vars(module).values():
            if isinstance(shape, type) and issubclass(shape, Document) and shape is not Document:
                found[get_format(shape).removeprefix("cactions.").partition("/")[0]] = shape
    return dict(sorted(found.items()))


def get_format(shape: type[Part]) -> str:
    """What stands in ``format``; empty for a line that has none."""
    return str(shape.__struct_config__.tag or "")


def build_document_schema(name: str) -> dict[str, Json]:
    """The JSON Schema of a document, which allows no other members. Raises KeyError."""
    shape = list_shapes()[name]
    [found], parts = schema_components([shape], ref_template=_REFERENCE)
    return {
        "$schema": DIALECT,
        "title": get_format(shape) or name,
        **found,
        "$defs": parts,
    }

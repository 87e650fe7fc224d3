"""The snapshot of a workspace's attributes as JSON: ``cactions.attributes/1``."""

from __future__ import annotations

from typing import Final

from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.model import Attribute, DataType, Json, Snapshot

ATTRIBUTES: Final = "cactions.attributes/1"


def snapshot_to_json(snapshot: Snapshot) -> dict[str, Json]:
    """What was known, and when; null stands for what was not."""
    return {
        "format": ATTRIBUTES,
        "taken": snapshot.taken,
        "identity_verification": snapshot.identity_verification,
        "attributes": [
            {
                "name": attribute.name,
                "data_type": attribute.data_type.value,
                "options": list(attribute.options),
                "messenger_writable": attribute.messenger_writable,
            }
            for attribute in snapshot.attributes.values()
        ],
    }


def snapshot_from_json(document: Json, file: str) -> Snapshot:
    """The snapshot that stands in a file. Raises StoreError for what does not fit exactly."""

    def build(fields: StrictReader) -> Snapshot:
        fields.format(ATTRIBUTES)
        return Snapshot(
            file,
            fields.read_seconds("taken"),
            {
                attribute.name: attribute
                for attribute in fields.read_each("attributes", _read_attribute)
            },
            _read_unknown_flag(fields, "identity_verification"),
        )

    return read_document(document, build, file)


def _read_attribute(fields: StrictReader) -> Attribute:
    return Attribute(
        fields.read_text("name"),
        fields.read_word("data_type", DataType),
        fields.read_scalars("options"),
        _read_unknown_flag(fields, "messenger_writable"),
    )


def _read_unknown_flag(fields: StrictReader, key: str) -> bool | None:
    if fields.is_all_null(key):
        return None
    return fields.read_flag(key)

"""The snapshot of a workspace's attributes as JSON: ``cactions.attributes/1``.

Older snapshots do not name their workspace, and do not say which attributes are archived.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.logic.intercom.attribute_diff import AttributeDifference
from cactions.model import Attribute, DataType, Json, Snapshot, WorkspaceIdentity

ATTRIBUTES: Final = "cactions.attributes/1"


def snapshot_to_json(snapshot: Snapshot) -> dict[str, Json]:
    """What was known, and when; null, or a key that is left out, stands for what was not."""
    identity = snapshot.workspace
    return {
        "format": ATTRIBUTES,
        "taken": snapshot.taken,
        **({"workspace": _identity_to_json(identity)} if identity else {}),
        "identity_verification": snapshot.identity_verification,
        **({"unknown_types": list(snapshot.unknown_types)} if snapshot.unknown_types else {}),
        "attributes": [*map(_attribute_to_json, snapshot.attributes.values())],
    }


def _attribute_to_json(attribute: Attribute) -> dict[str, Json]:
    known = attribute.api_writable
    return {
        "name": attribute.name,
        "data_type": attribute.data_type.value,
        "options": list(attribute.options),
        "messenger_writable": attribute.messenger_writable,
        **({} if known is None else {"api_writable": known}),
        **({"archived": True} if attribute.archived else {}),
    }


def attribute_differences_to_json(found: Iterable[AttributeDifference]) -> dict[str, Json]:
    """Every difference between the snapshot and the workspace; written, never read back."""
    return {
        "format": "cactions.attribute-diff/1",
        "differences": [
            {
                "attribute": difference.attribute,
                "what": difference.what,
                "before": difference.before,
                "after": difference.after,
                "risk": difference.is_risk,
            }
            for difference in found
        ],
    }


def snapshot_from_json(document: Json, file: str) -> Snapshot:
    """The snapshot that stands in a file. Raises StoreError for what does not fit exactly."""
    return read_document(document, partial(read_snapshot, file=file), file)


def read_snapshot(fields: StrictReader, file: str) -> Snapshot:
    """The snapshot of ``snapshot_to_json``, wherever it stands; ``file`` is its name."""
    fields.format(ATTRIBUTES)
    return Snapshot(
        file,
        fields.read_seconds("taken"),
        {each.name: each for each in fields.read_each("attributes", _read_attribute)},
        _read_unknown_flag(fields, "identity_verification"),
        fields.read_optional("workspace", _read_identity) if fields.has("workspace") else None,
        fields.read_texts("unknown_types") if fields.has("unknown_types") else (),
    )


def _identity_to_json(identity: WorkspaceIdentity) -> dict[str, Json]:
    return {
        "app_id": identity.app_id,
        "name": identity.name,
        "region": identity.region,
        "timezone": identity.timezone,
        "version": identity.version,
    }


def _read_identity(fields: StrictReader) -> WorkspaceIdentity:
    return WorkspaceIdentity(
        fields.read_text("app_id"),
        fields.read_text("name"),
        fields.read_text("region"),
        fields.read_text("timezone"),
        version=fields.read_text("version"),
    )


def _read_attribute(fields: StrictReader) -> Attribute:
    return Attribute(
        fields.read_text("name"),
        fields.read_word("data_type", DataType),
        fields.read_scalars("options"),
        _read_unknown_flag(fields, "messenger_writable"),
        archived=fields.has("archived") and fields.read_flag("archived"),
        api_writable=_read_unknown_flag(fields, "api_writable")
        if fields.has("api_writable")
        else None,
    )


def _read_unknown_flag(fields: StrictReader, key: str) -> bool | None:
    if fields.is_all_null(key):
        return None
    return fields.read_flag(key)

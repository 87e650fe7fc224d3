"""The part of the file format that says where people live: the local store or Intercom."""

from __future__ import annotations

from typing import Final

from cactions.logic.project.request_schema import SECRET
from cactions.logic.yaml.schema import (
    BooleanSchema,
    EitherSchema,
    FieldSchema,
    ListSchema,
    MapSchema,
    RecordSchema,
    ScalarSchema,
    Schema,
    TextSchema,
)
from cactions.model import CONTACT_FIELDS, MATCH_FIELDS, DataType, Region

_CONTACT: Final[dict[DataType, Schema]] = {
    DataType.STRING: TextSchema(),
    DataType.BOOLEAN: BooleanSchema(),
    DataType.DATE: ScalarSchema(),
}

PERSON: Final = RecordSchema(
    {
        **{
            name: FieldSchema(
                TextSchema(words=("user", "lead")) if name == "role" else _CONTACT[kind]
            )
            for name, kind in CONTACT_FIELDS.items()
        },
        "test": FieldSchema(BooleanSchema(), "may be used for recordings and drafts"),
        "attributes": FieldSchema(MapSchema(ScalarSchema()), "custom attributes by name"),
    }
)

LOCAL_KEYS: Final = ("people",)
"""The keys of a workspace that only a local one has."""

INTERCOM_KEYS: Final = ("region", "url", "token", "api_version", "test_people", "limits")
"""The keys that only a workspace at Intercom has."""

WORKSPACE: Final = RecordSchema(
    {
        "kind": FieldSchema(
            TextSchema(words=("local", "intercom")),
            "where people live: local (default), a store beside the files; or intercom",
        ),
        "identity_verification": FieldSchema(
            TextSchema(words=("off", "user_id", "email", "jwt", "true", "false")),
            "what Intercom verifies: off, user_id, email or jwt (both); true is the same as jwt"
            " where an action needs both",
        ),
        "people": FieldSchema(
            EitherSchema(TextSchema(), ListSchema(PERSON)),
            "people in place, or a CSV, JSON or JSONL file",
        ),
        "region": FieldSchema(
            TextSchema(words=tuple(region.value for region in Region)),
            "where Intercom hosts the workspace: us (default), eu or au",
        ),
        "url": FieldSchema(
            TextSchema(), "the API of a test server, https://host:port, instead of a region"
        ),
        "token": FieldSchema(SECRET, "the sealed access token: {secret: NAME}"),
        "api_version": FieldSchema(
            TextSchema(), "the Intercom-Version of every request; default 2.16"
        ),
        "test_people": FieldSchema(
            ListSchema(RecordSchema({name: FieldSchema(TextSchema()) for name in MATCH_FIELDS})),
            "who may be used for recordings and drafts: {email: …}, {user_id: …} or {id: …}",
        ),
        "limits": FieldSchema(
            RecordSchema(
                {
                    "share": FieldSchema(
                        ScalarSchema(), "the part of the rate limit to use: above 0, at most 1"
                    )
                }
            ),
            "how much of the workspace's rate limit to use",
        ),
    }
)

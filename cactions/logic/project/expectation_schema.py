"""The keys of ``tests:``: whom a test is about, and what must come out."""

from __future__ import annotations

from typing import Final

from cactions.logic.name_grammar import NAME
from cactions.logic.project.request_schema import METHODS, STATUS
from cactions.logic.yaml.schema import (
    AnyJsonSchema,
    EitherSchema,
    FieldSchema,
    ListSchema,
    MapSchema,
    RecordSchema,
    ScalarSchema,
    TextSchema,
)
from cactions.model import MATCH_FIELDS, ExpectedKind, FailureReason, KeepReason

KEEP_REASONS: Final = (
    "missing", "null", "empty_string", "overwrite_never", "not_empty", "not_ours",
)  # fmt: skip
"""Why a value is kept; why one is refused can be any reason."""

_EXPECTED_CHANGE: Final = EitherSchema(
    TextSchema(words=tuple(kind.value for kind in ExpectedKind)),
    RecordSchema(
        {
            "kept": FieldSchema(TextSchema(words=KEEP_REASONS), "why the old value is kept"),
            "refused": FieldSchema(
                TextSchema(words=tuple(reason.value for reason in KeepReason)),
                "why the new value is refused",
            ),
        }
    ),
)

_TEXT: Final = TextSchema(empty=True)

_EXPECTED_REQUEST: Final = RecordSchema(
    {
        "url": FieldSchema(TextSchema(), "the whole URL without its query"),
        "method": FieldSchema(TextSchema(words=METHODS), "get, head, post, put, delete or patch"),
        "query": FieldSchema(
            MapSchema(EitherSchema(_TEXT, ListSchema(_TEXT, least=1))),
            "all query parameters, as texts before encoding",
        ),
        "headers": FieldSchema(
            MapSchema(TextSchema(empty=True), least=1), "some headers; secrets are ••••••"
        ),
        "json": FieldSchema(AnyJsonSchema(), "the whole JSON body; secrets are ••••••"),
    }
)

EXPECT: Final = RecordSchema(
    {
        "status": FieldSchema(STATUS, "the response status"),
        "attributes": FieldSchema(MapSchema(ScalarSchema()), "what the attributes would hold"),
        "changes": FieldSchema(
            MapSchema(_EXPECTED_CHANGE),
            "attribute: add, overwrite, clear, same, kept or refused; or {refused: REASON}",
        ),
        "refused": FieldSchema(ListSchema(TextSchema()), "attributes whose values must be refused"),
        "request": FieldSchema(_EXPECTED_REQUEST, "the request as it would be sent"),
        "failure": FieldSchema(
            TextSchema(words=tuple(reason.value for reason in FailureReason)),
            "why nothing may be planned",
        ),
    }
)

TEST: Final = RecordSchema(
    {
        "name": FieldSchema(TextSchema(), "what must hold, in words", required=True),
        "person": FieldSchema(
            EitherSchema(
                TextSchema(),
                RecordSchema({name: FieldSchema(TextSchema()) for name in MATCH_FIELDS}),
            ),
            "who: {user_id: …}, {email: …} or {id: …}",
            required=True,
        ),
        "tags": FieldSchema(
            ListSchema(TextSchema(form=NAME), least=1), "words for `cactions test --tag`"
        ),
        "inputs": FieldSchema(MapSchema(ScalarSchema()), "data inputs by name"),
        "expect": FieldSchema(EXPECT, "what must come out", required=True),
    }
)

"""The YAML file format, version 1: the one place that lists every key.

Decoding checks files by it, and ``cactions schema`` prints it for editors. Field names are
Intercom's own where it has them.
"""

from __future__ import annotations

from typing import Final

from cactions.logic.name_grammar import NAME
from cactions.logic.project.breaker_schema import BREAKERS
from cactions.logic.project.expectation_schema import TEST
from cactions.logic.project.request_schema import LIMITS, NETWORK, REQUEST
from cactions.logic.project.response_schema import RESPONSE, build_word_schema
from cactions.logic.project.schedule import SCHEDULE
from cactions.logic.project.token_schema import TOKEN
from cactions.logic.project.workspace_schema import WORKSPACE
from cactions.logic.yaml.schema import (
    BooleanSchema,
    FieldSchema,
    IntegerSchema,
    ListSchema,
    MapSchema,
    RecordSchema,
    ScalarSchema,
    TextSchema,
)
from cactions.model import MATCH_FIELDS, DataType, InputType

VERSION: Final = 1

ATTRIBUTE: Final = RecordSchema(
    {
        "data_type": FieldSchema(
            build_word_schema(DataType), "string, integer, float, boolean or date", required=True
        ),
        "options": FieldSchema(
            ListSchema(ScalarSchema(), least=1), "the only values that it may take"
        ),
        "redacted": FieldSchema(
            BooleanSchema(), "whether what it holds is hidden, in every action"
        ),
        "messenger_writable": FieldSchema(
            BooleanSchema(),
            "whether end users can change it from the browser; unknown counts as yes",
        ),
    }
)

DATA_INPUT: Final = RecordSchema(
    {
        "name": FieldSchema(
            TextSchema(form=NAME), "the name used in {{ inputs.NAME }}", required=True
        ),
        "type": FieldSchema(
            build_word_schema(InputType), "string, integer, decimal or boolean", required=True
        ),
        "description": FieldSchema(TextSchema(), "what it is, for teammates"),
        "required": FieldSchema(BooleanSchema(), "whether the action refuses to run without it"),
        "default_value": FieldSchema(ScalarSchema(), "used where none is given"),
        "role": FieldSchema(
            TextSchema(words=("content", "assigned")),
            "content: the text of a message, it finds nothing; assigned: Intercom fills it in",
        ),
    }
)

FALLBACK: Final = RecordSchema(
    {
        "of": FieldSchema(TextSchema(), "the value, such as person.attributes.tier", required=True),
        "text": FieldSchema(TextSchema(), "what stands in its place", required=True),
    }
)

ACTION: Final = RecordSchema(
    {
        "description": FieldSchema(TextSchema(), "what it does, for teammates"),
        "audiences": FieldSchema(
            ListSchema(TextSchema(words=("users", "leads", "visitors")), least=1),
            "for whom it may run",
        ),
        "match": FieldSchema(
            TextSchema(words=MATCH_FIELDS), "how a person is found", required=True
        ),
        "data_inputs": FieldSchema(ListSchema(DATA_INPUT), "values that are asked for"),
        "request": FieldSchema(REQUEST, "what to ask the third party", required=True),
        "limits": FieldSchema(LIMITS, "what one exchange may take; each has a maximum"),
        "response": FieldSchema(RESPONSE, "how to read the answer", required=True),
        "breakers": FieldSchema(BREAKERS, "what stops a run for many people"),
        "schedule": FieldSchema(SCHEDULE, "when workers run it by themselves, once published"),
        "tests": FieldSchema(ListSchema(TEST), "what must hold, checked by `cactions test`"),
        "connector_id": FieldSchema(TextSchema(), "the id of its data connector in Intercom"),
        "connector_name": FieldSchema(
            TextSchema(), "the name of its data connector, where it is not that of the action"
        ),
        "customer_authentication": FieldSchema(BooleanSchema(), "ask end users for a code"),
        "bypass_authentication": FieldSchema(BooleanSchema(), "whether it is public"),
        "fallbacks": FieldSchema(
            ListSchema(FALLBACK, least=1), "what Intercom sends where a value is empty"
        ),
        "validate_missing_attributes": FieldSchema(
            BooleanSchema(), "whether Intercom refuses to run it without a required input"
        ),
        "direct_fin_usage": FieldSchema(BooleanSchema(), "whether Fin uses it directly"),
    }
)

_ANSWERED_FOR: Final = {
    "where": FieldSchema(TextSchema(), "the route of keys, as the finding tells it", required=True),
    "reason": FieldSchema(TextSchema(), "why this is safe", required=True),
    "owner": FieldSchema(TextSchema(), "who answers for it", required=True),
    "expires": FieldSchema(
        TextSchema(), "the last day on which it holds: 2026-12-31", required=True
    ),
}
ALLOW: Final = RecordSchema(
    {
        "rule": FieldSchema(TextSchema(), "the one rule, such as CA101", required=True),
        **_ANSWERED_FOR,
    }
)
TRUST: Final = RecordSchema(dict(_ANSWERED_FOR))

SERVERS: Final = MapSchema(MapSchema(TextSchema(), form=NAME), form=NAME)

FILE: Final = RecordSchema(
    {
        "version": FieldSchema(
            IntegerSchema(VERSION, VERSION), "the file format, 1", required=True
        ),
        "workspace": FieldSchema(WORKSPACE, "where people live; in one file of the folder"),
        "attributes": FieldSchema(
            MapSchema(ATTRIBUTE), "the people's custom attributes; in one file"
        ),
        "servers": FieldSchema(SERVERS, "name: {environment: https URL}"),
        "sandboxes": FieldSchema(
            ListSchema(TextSchema(), least=1),
            "environments without real customers, where write requests may be probed; in one file",
        ),
        "tokens": FieldSchema(MapSchema(TOKEN, form=NAME), "credentials, by name"),
        "network": FieldSchema(NETWORK, "ways to addresses that are not public; in one file"),
        "actions": FieldSchema(MapSchema(ACTION, form=NAME), "custom actions, by name"),
        "trust": FieldSchema(
            ListSchema(TRUST, least=1), "attributes and mapped values that are vouched for"
        ),
        "allow": FieldSchema(ListSchema(ALLOW, least=1), "suppressed findings"),
    }
)

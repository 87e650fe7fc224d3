"""The YAML file format, version 1: the one place that lists every key.

Decoding checks files by it, and ``cactions schema`` prints it for editors. Field names are
Intercom's own where it has them.
"""

from __future__ import annotations

from typing import Final

from cactions.logic.name_grammar import NAME
from cactions.logic.project.request_schema import LIMITS, NETWORK, REQUEST, STATUS, SUCCESS, TOKEN
from cactions.logic.yaml.schema import (
    Boolean,
    Either,
    Field,
    Integer,
    JsonScalar,
    ListOf,
    MapOf,
    Record,
    Schema,
    Text,
)
from cactions.model import (
    CONTACT_FIELDS,
    MATCH_FIELDS,
    DataType,
    DateForm,
    InputType,
    Overwrite,
    Reason,
    WhenEmpty,
)

VERSION: Final = 1
LONGEST_TEXT: Final = 255


def _words(
    enum: type[DataType | DateForm | InputType | Overwrite | Reason | WhenEmpty],
) -> Text:
    return Text(words=tuple(member.value for member in enum))


_CONTACT: Final[dict[DataType, Schema]] = {
    DataType.STRING: Text(),
    DataType.BOOLEAN: Boolean(),
    DataType.DATE: JsonScalar(),
}

PERSON: Final = Record(
    {
        **{
            name: Field(Text(words=("user", "lead")) if name == "role" else _CONTACT[kind])
            for name, kind in CONTACT_FIELDS.items()
        },
        "test": Field(Boolean(), "may be used for recordings and drafts"),
        "attributes": Field(MapOf(JsonScalar()), "custom attributes by name"),
    }
)

WORKSPACE: Final = Record(
    {
        "kind": Field(Text(words=("local",)), "where people live: the embedded store"),
        "identity_verification": Field(
            Boolean(), "whether Intercom's identity verification is enforced"
        ),
        "people": Field(
            Either(Text(), ListOf(PERSON)), "people in place, or a CSV, JSON or JSONL file"
        ),
    }
)

ATTRIBUTE: Final = Record(
    {
        "data_type": Field(
            _words(DataType), "string, integer, float, boolean or date", required=True
        ),
        "options": Field(ListOf(JsonScalar(), least=1), "the only values that it may take"),
        "redacted": Field(Boolean(), "whether what it holds is hidden, in every action"),
        "messenger_writable": Field(
            Boolean(), "whether end users can change it from the browser; unknown counts as yes"
        ),
    }
)

DATA_INPUT: Final = Record(
    {
        "name": Field(Text(form=NAME), "the name used in {{ inputs.NAME }}", required=True),
        "type": Field(_words(InputType), "string, integer, decimal or boolean", required=True),
        "description": Field(Text(), "what it is, for teammates"),
        "required": Field(Boolean(), "whether the action refuses to run without it"),
        "default_value": Field(JsonScalar(), "used where none is given"),
    }
)

MAPPING: Final = Record(
    {
        "path": Field(Text(), "a response path", required=True),
        "type": Field(_words(DataType), "convert the value to this type"),
        "max_length": Field(Integer(1, LONGEST_TEXT), "longer texts are refused"),
        "one_of": Field(ListOf(JsonScalar(), least=1), "other values are refused"),
        "values": Field(MapOf(JsonScalar(), least=1), "response text: attribute value"),
        "date": Field(_words(DateForm), "how the third party writes dates"),
        "redacted": Field(Boolean(), "whether the attribute is hidden, in every action"),
        "on_missing": Field(_words(WhenEmpty), "keep (default), clear or refuse"),
        "on_null": Field(_words(WhenEmpty), "keep (default), clear or refuse"),
        "overwrite": Field(_words(Overwrite), "always (default), if_empty, if_ours or never"),
    }
)

RESPONSE: Final = Record(
    {
        "success_when": Field(SUCCESS, "what makes an answer a success; the default is status 200"),
        "rows": Field(
            Record(
                {
                    "path": Field(Text(), 'where the rows are, such as "$.data[*]"', required=True),
                    "where": Field(MapOf(Text()), "path: reference; exactly one row must remain"),
                }
            ),
            "where the candidates are; paths below start at the row",
        ),
        "same_person": Field(
            Record(
                {
                    "path": Field(Text(), "a response path", required=True),
                    "equals": Field(Text(), "person.email, person.user_id …", required=True),
                    "verified": Field(Text(), "why the third party's value can be trusted"),
                    "redacted": Field(
                        Boolean(),
                        "whether both values, and that of the person, are hidden everywhere",
                    ),
                }
            ),
            "the proof that the answer is about the matched person",
        ),
        "mapping": Field(
            MapOf(
                Either(
                    Text(),
                    MAPPING,
                )
            ),
            "attribute: response path",
        ),
    }
)

TEST: Final = Record(
    {
        "name": Field(Text(), "what must hold, in words", required=True),
        "person": Field(
            Either(Text(), Record({name: Field(Text()) for name in MATCH_FIELDS})),
            "who: {user_id: …}, {email: …} or {id: …}",
            required=True,
        ),
        "inputs": Field(MapOf(JsonScalar()), "data inputs by name"),
        "expect": Field(
            Record(
                {
                    "status": Field(STATUS, "the response status"),
                    "attributes": Field(MapOf(JsonScalar()), "what the attributes would hold"),
                    "refused": Field(ListOf(Text()), "attributes whose values must be refused"),
                    "failure": Field(_words(Reason), "why nothing may be planned"),
                }
            ),
            "what must come out",
            required=True,
        ),
    }
)

ACTION: Final = Record(
    {
        "description": Field(Text(), "what it does, for teammates"),
        "audiences": Field(
            ListOf(Text(words=("users", "leads", "visitors")), least=1), "for whom it may run"
        ),
        "match": Field(Text(words=MATCH_FIELDS), "how a person is found", required=True),
        "data_inputs": Field(ListOf(DATA_INPUT), "values that are asked for"),
        "request": Field(REQUEST, "what to ask the third party", required=True),
        "limits": Field(LIMITS, "what one exchange may take; each has a maximum"),
        "response": Field(RESPONSE, "how to read the answer", required=True),
        "tests": Field(ListOf(TEST), "what must hold, checked by `cactions test`"),
    }
)

_ANSWERED_FOR: Final = {
    "where": Field(Text(), "the route of keys, as the finding tells it", required=True),
    "reason": Field(Text(), "why this is safe", required=True),
    "owner": Field(Text(), "who answers for it", required=True),
    "expires": Field(Text(), "the last day on which it holds: 2026-12-31", required=True),
}
ALLOW: Final = Record(
    {"rule": Field(Text(), "the one rule, such as CA101", required=True), **_ANSWERED_FOR}
)
TRUST: Final = Record(dict(_ANSWERED_FOR))

SERVERS: Final = MapOf(MapOf(Text(), form=NAME), form=NAME)

FILE: Final = Record(
    {
        "version": Field(Integer(VERSION, VERSION), "the file format, 1", required=True),
        "workspace": Field(WORKSPACE, "where people live; in one file of the folder"),
        "attributes": Field(MapOf(ATTRIBUTE), "the people's custom attributes; in one file"),
        "servers": Field(SERVERS, "name: {environment: https URL}"),
        "tokens": Field(MapOf(TOKEN, form=NAME), "credentials, by name"),
        "network": Field(NETWORK, "ways to addresses that are not public; in one file"),
        "actions": Field(MapOf(ACTION, form=NAME), "custom actions, by name"),
        "trust": Field(ListOf(TRUST, least=1), "attributes and mapped values that are vouched for"),
        "allow": Field(ListOf(ALLOW, least=1), "findings that somebody answers for"),
    }
)

"""What Intercom's API does not tell of a connector, or our file cannot say: by kind, for counts."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class NoteKind(Enum):
    """What is unknown, or was left out; the value says it of several."""

    UNREAD = "connectors that could not be read"
    UNJUDGED = "connectors without a request that can be judged"
    MAPPING = "connectors whose mapping is not returned"
    CODE = "connectors whose code transforms the response"
    STATE = "connectors in a state that is not known here"
    AUDIENCE = "connectors whose audience is not told"
    VARIABLE = "variables of unknown source"
    HEADER = "header values that Intercom does not show"
    TOKEN = "tokens whose kind Intercom does not tell"  # noqa: S105 - a sentence
    TARGET = "mappings onto what is no custom attribute of a person"
    BODY = "request bodies that could not be kept whole"
    DETAIL = "details that the file cannot hold"
    KEY = "fields that this version does not know"


class ConnectorNote(Struct, frozen=True):
    """One of them, in a sentence that stands in the file as a comment."""

    kind: NoteKind
    text: str


class SecretToSeal(Struct, frozen=True):
    """A value that Intercom hides, and that must be sealed before the action can run."""

    name: str
    host: str
    what: str

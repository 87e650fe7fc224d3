"""The shapes of what single commands answer, and of every error."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from cactions.logic.documents.shapes.parts import (
    Document,
    FindingShape,
    Part,
    PlaceShape,
    ValueShape,
)
from cactions.model import ConfigSource, ErrorFault, ErrorKind


class ErrorDocument(Document, frozen=True, kw_only=True, tag="cactions.error/1"):
    """Why a command came to no good end. ``result`` is the document that it had finished before.

    ``fault`` is who can do something about it, ``commands`` are those that help, ``not_done`` says
    what has not happened, ``notes`` are what was said before on stderr, ``findings`` are those of
    action files that were refused.
    """

    kind: ErrorKind
    fault: ErrorFault
    exit_code: int
    message: str
    place: PlaceShape | None
    hint: str
    commands: list[str]
    not_done: str
    notes: list[str]
    findings: list[FindingShape]
    result: dict[str, Any] | None


class NotesDocument(Document, frozen=True, kw_only=True, tag="cactions.notes/1"):
    """What a command said that ended well and has no result of its own."""

    notes: list[str]


class HeaderShape(Part, frozen=True, kw_only=True):
    """A header of a request."""

    name: str
    value: str


class RequestDocument(Document, frozen=True, kw_only=True, tag="cactions.request/1"):
    """`request`: the request as it may be shown, with secrets as dots."""

    method: str
    url: str
    headers: list[HeaderShape]
    body: str | None


class TokenDocument(Document, frozen=True, kw_only=True, tag="cactions.token/1"):
    """`tokens test`: everything but the value; ``expires_in`` is in seconds."""

    name: str
    status: int
    path: str
    shape: str
    expires_in: float | None
    header: str
    hosts: list[str]
    bound_hosts: list[str]


class PersonShape(Part, frozen=True, kw_only=True):
    """A person with the fields that are set; ``redacted`` names what is left out."""

    id: str
    role: ValueShape | UnsetType = UNSET
    user_id: ValueShape | UnsetType = UNSET
    email: ValueShape | UnsetType = UNSET
    email_verified: ValueShape | UnsetType = UNSET
    phone: ValueShape | UnsetType = UNSET
    name: ValueShape | UnsetType = UNSET
    avatar: ValueShape | UnsetType = UNSET
    owner_id: ValueShape | UnsetType = UNSET
    signed_up_at: ValueShape | UnsetType = UNSET
    last_seen_at: ValueShape | UnsetType = UNSET
    created_at: ValueShape | UnsetType = UNSET
    updated_at: ValueShape | UnsetType = UNSET
    unsubscribed_from_emails: ValueShape | UnsetType = UNSET
    test: bool
    attributes: dict[str, Any]
    redacted: list[str] | UnsetType = UNSET


class PeopleDocument(Document, frozen=True, kw_only=True, tag="cactions.people/1"):
    """`people list`, `people show` and `people pull`."""

    people: list[PersonShape]


class ImportDocument(Document, frozen=True, kw_only=True, tag="cactions.import/1"):
    """`people import`: how many people were taken from the file, and what is odd about them.

    `columns` is the field or attribute of each column that has another name; `skipped` are those
    that were left out.
    """

    file: str
    people: int
    columns: dict[str, str]
    skipped: list[str]
    notes: list[str]


class InitDocument(Document, frozen=True, kw_only=True, tag="cactions.init/1"):
    """`init`: the files that were made, and those that were there.

    ``ignore`` are lines that the .gitignore lacks, ``next`` the commands that go on from here.
    """

    folder: str
    made: list[str]
    kept: list[str]
    ignore: list[str]
    next: list[str]


class TopicShape(Part, frozen=True, kw_only=True):
    """A page of the reference."""

    name: str
    about: str


class HelpDocument(Document, frozen=True, kw_only=True, tag="cactions.help/1"):
    """`help`: the topics, and the text of the one that was asked for (Markdown)."""

    topics: list[TopicShape]
    topic: str | None
    text: str | None


class ConfigFileShape(Part, frozen=True, kw_only=True):
    """The user's configuration file, or where it would be."""

    path: str
    exists: bool


class ConfigEntryShape(Part, frozen=True, kw_only=True):
    """A setting or variable; ``value`` is null where it is unset or secret, ``line`` from 1."""

    name: str
    set: bool
    value: str | None
    source: ConfigSource
    line: int | None
    about: str


class KeySourceShape(Part, frozen=True, kw_only=True):
    """Where the key of a vault would come from; ``order`` is that of all sources."""

    source: str
    order: list[str]


class ConfigDocument(Document, frozen=True, kw_only=True, tag="cactions.config/1"):
    """`config`: the settings of the user's own file, and every variable that is read."""

    file: ConfigFileShape
    settings: list[ConfigEntryShape]
    environment: list[ConfigEntryShape]
    vault_key: KeySourceShape


class CompletionDocument(Document, frozen=True, kw_only=True, tag="cactions.completion/1"):
    """`completion`: the script that completes command lines in this shell."""

    shell: str
    script: str

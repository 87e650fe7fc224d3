"""People, and the named, typed places on them.

Field names are Intercom's, except that its ``external_id`` is called ``user_id`` here, as in
its Messenger and in every older text.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from msgspec import Struct, field

from cactions.model.json_value import ABSENT, Attributes, Scalar, Value

_LONGEST_LABEL: Final = 60  # characters; who is meant is also told by an id


class DataType(Enum):
    """Intercom's ``data_type`` of a custom attribute. A date is Unix *seconds*."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"


class Role(Enum):
    """Intercom's ``role`` of a contact."""

    USER = "user"
    LEAD = "lead"


class Attribute(Struct, frozen=True):
    """A custom attribute as ``/data_attributes`` describes it.

    ``messenger_writable`` None means unknown, and unknown counts as writable by users.
    ``redacted``: its value is never shown, in any action. ``archived`` and ``api_writable`` are
    as the workspace says them; None means unknown.
    """

    name: str
    data_type: DataType
    options: tuple[Scalar, ...] = ()
    messenger_writable: bool | None = None
    redacted: bool = False
    archived: bool = False
    api_writable: bool | None = None

    @property
    def user_editable(self) -> bool:
        """Whether an end user may be able to change it from the browser."""
        return self.messenger_writable is not False


CONTACT_FIELDS: Final[Mapping[str, DataType]] = MappingProxyType(
    {
        "id": DataType.STRING,
        "role": DataType.STRING,
        "user_id": DataType.STRING,
        "email": DataType.STRING,
        "email_verified": DataType.BOOLEAN,
        "phone": DataType.STRING,
        "name": DataType.STRING,
        "avatar": DataType.STRING,
        "owner_id": DataType.STRING,
        "signed_up_at": DataType.DATE,
        "last_seen_at": DataType.DATE,
        "created_at": DataType.DATE,
        "updated_at": DataType.DATE,
        "unsubscribed_from_emails": DataType.BOOLEAN,
    }
)
"""Fields of a contact that are not custom attributes, in the order in which they are shown."""

IDENTITY_FIELDS: Final = frozenset(
    {"id", "role", "user_id", "external_id", "email", "email_verified", "phone", "name"}
)
"""Fields that identify a person; a response never writes them."""

MATCH_FIELDS: Final = ("user_id", "email", "id")
"""How a person may be looked up (``match:``)."""


class Person(Struct, frozen=True):
    """A contact: its fields by name (those of CONTACT_FIELDS that are set) and its attributes.

    ``id`` is always there. ``test`` marks people who may be used for recording and drafts.
    ``from_search``: they are as a search index had them, which may be up to a minute old.
    """

    id: str
    fields: Attributes = field(default_factory=dict)
    attributes: Attributes = field(default_factory=dict)
    test: bool = False
    from_search: bool = False

    @property
    def role(self) -> Role:
        """A person without a role is a user, as in Intercom's own default."""
        return Role.LEAD if self.fields.get("role") == "lead" else Role.USER

    @property
    def label(self) -> str:
        """What to call them: name, else email, else user_id, else id; not all of a long one."""
        return self.get_label_without(())

    def get_label_without(self, hidden: Container[str]) -> str:
        """The label where fields of these names may not be seen."""
        names = (name for name in ("name", "email", "user_id") if name not in hidden)
        known = (self.fields.get(name) for name in names)
        whole = next((str(value) for value in known if value), self.id)
        return whole if len(whole) <= _LONGEST_LABEL else f"{whole[: _LONGEST_LABEL - 1]}…"

    def get_field(self, name: str) -> Value:
        """The contact field's value; ABSENT where it is not set."""
        return self.id if name == "id" else self.fields.get(name, ABSENT)

    def get_attribute(self, name: str) -> Value:
        """The custom attribute's value; ABSENT where it was never written."""
        return self.attributes.get(name, ABSENT)


class PersonQuery(Struct, frozen=True):
    """How one person is asked for: ``field`` is one of MATCH_FIELDS.

    ``role``: which of several people with this value is meant; None: there must be only one.
    """

    field: str
    value: str
    role: Role | None = None

    def __str__(self) -> str:
        return f"{self.field} {self.value}"

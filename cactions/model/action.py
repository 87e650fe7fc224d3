"""An Action as its author wrote it, parsed and checked, and the project that it lives in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from cactions.model.breaker import BreakerLimits
from cactions.model.expectation import Expectation
from cactions.model.finding import Place
from cactions.model.json_value import Scalar
from cactions.model.person import Attribute, PersonQuery
from cactions.model.request import ActionRequest, AllowedAddress, Token
from cactions.model.response import ActionResponse
from cactions.model.schedule import Schedule
from cactions.model.template import Reference
from cactions.model.trust import Snapshot, Suppression
from cactions.model.workspace import Workspace


class InputType(Enum):
    """Intercom's types of a data input."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"


class DataInput(Struct, frozen=True):
    """A value that is asked for when the action runs.

    ``is_content``: it is the content of a message or a record, and finds nothing.
    ``is_assigned``: Intercom fills it in, such as the id of a conversation; no customer can.
    """

    name: str
    type: InputType
    required: bool = False
    description: str = ""
    default_value: Scalar = None
    is_content: bool = False
    is_assigned: bool = False


class ActionTest(Struct, frozen=True):
    """One entry of ``tests:``."""

    name: str
    person: PersonQuery
    expect: Expectation
    inputs: Mapping[str, Scalar] = field(default_factory=dict)
    place: Place | None = None
    tags: tuple[str, ...] = ()


class Action(Struct, frozen=True):
    """A custom action: how a person is matched, what is asked, how the answer is read.

    ``redacted``: the redacted values of a person, of the whole project. ``connector_id`` is that of
    its data connector, ``connector_name`` its name there where it is another one. ``fallbacks`` are
    what Intercom sends there where a value of the person is empty. ``schedule``: when it runs by
    itself.
    """

    name: str
    match: str
    request: ActionRequest
    response: ActionResponse
    description: str = ""
    audiences: tuple[str, ...] = ("users",)
    inputs: tuple[DataInput, ...] = ()
    tests: tuple[ActionTest, ...] = ()
    place: Place | None = None
    redacted: frozenset[Reference] = frozenset()
    connector_id: str = ""
    connector_name: str = ""
    customer_authentication: bool | None = None
    bypass_authentication: bool | None = None
    validate_missing_attributes: bool | None = None
    direct_fin_usage: bool | None = None
    breakers: BreakerLimits = field(default_factory=BreakerLimits)
    fallbacks: tuple[tuple[Reference, str], ...] = ()
    schedule: Schedule | None = None


class Project(Struct, frozen=True):
    """Everything that the action files of one folder say, for one environment.

    ``redacted``: the redacted values of a person; one declaration holds everywhere.
    ``tokens`` are the declared ones, also those that no action attaches; ``allowed`` are the only
    ways to an address that is not public. ``statements`` are all suppressions and all trust;
    ``attributes`` holds those of the ``snapshot`` too, where the files do not declare them.
    ``sandboxes`` are the environments without real customers.
    """

    workspace: Workspace
    attributes: Mapping[str, Attribute]
    actions: Mapping[str, Action]
    environment: str = ""
    redacted: frozenset[Reference] = frozenset()
    tokens: Mapping[str, Token] = field(default_factory=dict)
    allowed: tuple[AllowedAddress, ...] = ()
    statements: tuple[Suppression, ...] = ()
    snapshot: Snapshot | None = None
    sandboxes: frozenset[str] = frozenset()

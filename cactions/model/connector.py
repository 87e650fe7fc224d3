"""Data connectors of Intercom, as its API tells them; older texts call them custom actions."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from cactions.model.json_value import Json


class ConnectorVersion(Enum):
    """The version of a connector: both can exist side by side."""

    DRAFT = "draft"
    LIVE = "live"


class ConnectorInput(Struct, frozen=True):
    """A data input: what the caller of the connector gives. ``type`` is Intercom's word."""

    name: str
    type: str = "string"
    description: str = ""
    required: bool = False
    default_value: str = ""


class ConnectorField(Struct, frozen=True):
    """A field of the response, derived by Intercom from a test or a sample; read-only."""

    path: str
    type: str = "unknown"
    redacted: bool = False


class ConnectorMapping(Struct, frozen=True):
    """One response value onto one attribute of ``object_type`` (user or conversation); read-only.

    ``path`` and ``object_path`` are Intercom's dotted paths; ``mapping_type`` is Intercom's word.
    """

    object_type: str
    attribute: str
    path: str
    object_path: str = ""
    mapping_type: str = ""


class Connector(Struct, frozen=True):
    """One version of a data connector.

    ``state`` is Intercom's word, also one that is not known here (``paused``). ``headers`` have the
    values ``****`` where the API hides them. ``mappings`` None means that the API did not return
    any list, so that they are unknown. ``token_headers``: headers that a token of the action file
    carries, which has no id at Intercom. ``unknown`` are keys that this version does not know.
    """

    id: str
    name: str
    state: str
    description: str = ""
    http_method: str = ""
    url: str = ""
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    inputs: tuple[ConnectorInput, ...] = ()
    fields: tuple[ConnectorField, ...] = ()
    mappings: tuple[ConnectorMapping, ...] | None = None
    references: tuple[tuple[str, str], ...] = ()
    token_ids: tuple[str, ...] = ()
    token_headers: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    customer_authentication: bool | None = None
    bypass_authentication: bool | None = None
    validate_missing_attributes: bool | None = None
    direct_fin_usage: bool | None = None
    execution_type: str = ""
    data_transformation_type: str = ""
    updated_at: str = ""
    updated_by: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Name and id, as messages show them."""
        return f"{self.name} ({self.id})"


class ConnectorExecution(Struct, frozen=True):
    """One execution of a connector. ``error_type`` is one of Intercom's words, empty for none.

    Bodies are empty unless they were asked for. ``created_at`` is ISO 8601.
    """

    id: str
    connector_id: str
    success: bool
    created_at: str
    http_status: int | None = None
    http_method: str = ""
    error_type: str = ""
    error_message: str = ""
    milliseconds: int | None = None
    source_type: str = ""
    conversation_id: str = ""
    request_url: str = ""
    request_body: str = ""
    response_body: str = ""


class ConnectorRevision(Struct, frozen=True):
    """A published version of a connector. ``status`` is Intercom's word, also an unknown one."""

    id: str
    status: str
    created_at: str = ""
    author: str = ""
    note: str = ""


MASKED_VALUE = "****"
"""What the API shows for the value of every header."""

ConnectorBody = dict[str, Json]
"""The body of a request that creates or updates a connector."""

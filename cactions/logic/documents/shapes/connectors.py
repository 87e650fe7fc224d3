"""The shapes of what Intercom knows: connectors, their executions, attributes."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from cactions.logic.documents.shapes.parts import Document, Part, ValueShape
from cactions.model import DataType, Severity


class ConnectorHeadShape(Part, frozen=True, kw_only=True):
    """A connector, or one of its versions; ``state`` is Intercom's word."""

    id: str
    name: str
    state: str
    http_method: str
    updated_at: str | None
    updated_by: str | None


class MatchedConnectorShape(ConnectorHeadShape, frozen=True, kw_only=True):
    """A connector with the action that it belongs to, null for none."""

    action: str | None


class UnmatchedActionShape(Part, frozen=True, kw_only=True):
    """An action without a connector."""

    action: str
    reason: str


class ConnectorsDocument(Document, frozen=True, kw_only=True, tag="cactions.connectors/1"):
    """`connectors list`."""

    connectors: list[MatchedConnectorShape]
    without_connector: list[UnmatchedActionShape]


class FieldDifferenceShape(Part, frozen=True, kw_only=True):
    """A field that is not the same in the file and at Intercom."""

    field: str
    part: str | None
    file: str
    intercom: str


class MappingDifferenceShape(Part, frozen=True, kw_only=True):
    """A mapping that is not the same in the file and at Intercom."""

    fault: str
    object_type: str
    attribute: str | None
    path: str | None
    intercom_attribute: str | None
    intercom_path: str | None


class ComparisonShape(Part, frozen=True, kw_only=True):
    """How a connector differs from its action; ``mappings`` is null where they are not told."""

    same: bool
    differences: list[FieldDifferenceShape]
    mappings: list[MappingDifferenceShape] | None
    hidden_headers: list[str]
    plain_tokens: list[str]
    unknown_keys: list[str]
    beyond: list[str]


class ComparedVersionShape(ComparisonShape, frozen=True, kw_only=True):
    """A version of a connector, and how it differs."""

    id: str
    name: str
    state: str
    http_method: str
    updated_at: str | None
    updated_by: str | None


class LiveLeakShape(Part, frozen=True, kw_only=True):
    """What leaks in the live version, and what to change there."""

    rule: str
    severity: Severity
    message: str
    change: str


class ConnectorDriftShape(Part, frozen=True, kw_only=True):
    """An action beside its connector."""

    action: str
    connector: str | None
    same: bool
    reason: str | None
    live: ComparedVersionShape | None
    draft: ComparedVersionShape | None
    leaks: list[LiveLeakShape]


class ConnectorDiffDocument(Document, frozen=True, kw_only=True, tag="cactions.connector-diff/1"):
    """`connectors diff`."""

    actions: list[ConnectorDriftShape]


class PushedActionShape(Part, frozen=True, kw_only=True):
    """What came of one action."""

    action: str
    outcome: str
    connector: str | None
    changed_live: bool
    verified: bool
    read_back: ComparisonShape | None
    error: str | None
    hint: str | None
    place: str | None


class ConnectorPushDocument(Document, frozen=True, kw_only=True, tag="cactions.connector-push/1"):
    """`connectors push`."""

    workspace: str
    workspace_name: str | UnsetType = UNSET
    actions: list[PushedActionShape]


class LeftOutShape(Part, frozen=True, kw_only=True):
    """A file that was not written."""

    file: str
    reason: str


class SecretToSealShape(Part, frozen=True, kw_only=True):
    """A secret that Intercom hides, and where it goes."""

    name: str
    host: str
    what: str


class ConnectorsPullDocument(Document, frozen=True, kw_only=True, tag="cactions.connectors-pull/1"):
    """`connectors pull`: names of files, and what has to be sealed."""

    written: list[str]
    unchanged: list[str]
    kept: list[str]
    left_out: list[LeftOutShape]
    seal: list[SecretToSealShape]
    unknown: dict[str, int]


class ExecutionShape(Part, frozen=True, kw_only=True):
    """One execution of a connector. `connectors logs --follow` prints one on each line."""

    id: str
    created_at: str
    success: bool
    http_status: int | None
    http_method: str | None
    error_type: str | None
    error_message: str | None
    milliseconds: int | None
    source_type: str | None
    conversation_id: str | None
    request_url: str | None
    request_body: str | None
    response_body: str | None


class ExecutionsDocument(Document, frozen=True, kw_only=True, tag="cactions.executions/1"):
    """`connectors logs`, oldest first; bodies are null unless they were asked for."""

    connector: str
    name: str
    executions: list[ExecutionShape]


class RevisionShape(Part, frozen=True, kw_only=True):
    """A published version of a connector."""

    id: str
    status: str
    created_at: str
    author: str
    note: str


class ConnectorVersionsDocument(
    Document, frozen=True, kw_only=True, tag="cactions.connector-versions/1"
):
    """`connectors versions`, newest first."""

    connector: str
    name: str
    versions: list[RevisionShape]


class WorkspaceShape(Part, frozen=True, kw_only=True):
    """A workspace at Intercom."""

    app_id: str
    name: str
    region: str
    timezone: str
    version: str


class AttributeShape(Part, frozen=True, kw_only=True):
    """An attribute; ``messenger_writable`` is null where it is not known."""

    name: str
    data_type: DataType
    options: list[ValueShape]
    messenger_writable: bool | None
    api_writable: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class AttributesDocument(Document, frozen=True, kw_only=True, tag="cactions.attributes/1"):
    """`attributes pull`, and the file attributes.lock.json; ``taken`` is in Unix seconds."""

    taken: float
    workspace: WorkspaceShape | UnsetType = UNSET
    identity_verification: bool | None
    unknown_types: list[str] | UnsetType = UNSET
    attributes: list[AttributeShape]


class AttributeDifferenceShape(Part, frozen=True, kw_only=True):
    """A difference; ``risk``: end users may write now what they could not write before."""

    attribute: str
    what: str
    before: str
    after: str
    risk: bool


class AttributeDiffDocument(Document, frozen=True, kw_only=True, tag="cactions.attribute-diff/1"):
    """`attributes diff`."""

    differences: list[AttributeDifferenceShape]

"""The shapes of what is live: published definitions, and what came of a publication."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from cactions.logic.documents.shapes.parts import Document, Part
from cactions.model import Gate, ProofStrength


class TestEvidenceShape(Part, frozen=True, kw_only=True):
    """The tests that a definition has passed."""

    cases: int
    live: bool
    people: list[str]


class ProbeEvidenceShape(Part, frozen=True, kw_only=True):
    """The probe that it has passed; ``made_at`` is in Unix seconds."""

    made_at: float
    cases: int
    live: bool


class WaiverShape(Part, frozen=True, kw_only=True):
    """A gate that was left out, and why."""

    gate: Gate
    reason: str


class EvidenceShape(Part, frozen=True, kw_only=True):
    """On what a definition went live."""

    tests: TestEvidenceShape | None
    probe: ProbeEvidenceShape | None
    waivers: list[WaiverShape]


class LiveConnectorShape(Part, frozen=True, kw_only=True):
    """Its data connector; ``fields`` are digests."""

    id: str
    fields: dict[str, str]
    revision: str


class DefinitionProofShape(Part, frozen=True, kw_only=True):
    """What the identity check of a definition is worth."""

    strength: ProofStrength
    basis: str


class DefinitionDocument(Document, frozen=True, kw_only=True, tag="cactions.definition/1"):
    """`live show`; ``published_at`` is in Unix seconds. In lists it stands without its text."""

    action: str
    version: int
    environment: str
    workspace: str
    workspace_name: str | UnsetType = UNSET
    digest: str
    published_at: float
    operator: str
    tool: str
    restored: int
    proof: DefinitionProofShape
    evidence: EvidenceShape
    connector: LiveConnectorShape | None
    text: str | UnsetType = UNSET


class DefinitionsDocument(Document, frozen=True, kw_only=True, tag="cactions.definitions/1"):
    """`live list`."""

    definitions: list[DefinitionDocument]


class GateProblemShape(Part, frozen=True, kw_only=True):
    """A gate that is not passed."""

    gate: Gate
    reason: str
    hint: str


class PublicationDocument(Document, frozen=True, kw_only=True, tag="cactions.publication/1"):
    """`publish` and `live rollback`; ``differences`` are those of the connector at Intercom."""

    workspace: str | UnsetType = UNSET
    workspace_name: str | UnsetType = UNSET
    published: bool
    definition: DefinitionDocument | None
    problems: list[GateProblemShape]
    differences: list[str]


class DefinitionChangeShape(Part, frozen=True, kw_only=True):
    """A member of the definition that differs, by its route in the YAML."""

    route: str
    before: Any
    after: Any


class DefinitionDiffDocument(Document, frozen=True, kw_only=True, tag="cactions.definition-diff/1"):
    """`live diff`: how the files differ from what is live."""

    action: str
    version: int
    changes: list[DefinitionChangeShape]

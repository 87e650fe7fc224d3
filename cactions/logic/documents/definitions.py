"""The sealed form of a published definition, ``cactions.definition/1``, and what is printed of it.

Action and version stand in it too, so that it is never taken for another one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from cactions.logic import strict_json
from cactions.logic.definition.compare import DefinitionChange
from cactions.logic.definition.gates import GateProblem
from cactions.logic.documents.snapshots import read_snapshot, snapshot_to_json
from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.logic.documents.workspaces import read_workspace, workspace_to_json
from cactions.model import (
    SNAPSHOT_FILE,
    Gate,
    Json,
    LiveConnector,
    ProbeEvidence,
    ProofStrength,
    PublicationEvidence,
    PublishedDefinition,
    StoreError,
    TestEvidence,
    Waiver,
    WorkspaceName,
)

FORMAT: Final = "cactions.definition/1"


def dump_definition(published: PublishedDefinition) -> bytes:
    """What is sealed."""
    document: dict[str, Json] = {
        **published_to_json(published),
        "text": published.text,
        "redacted": [{"name": str(reference)} for reference in published.redacted],
        "snapshot": snapshot_to_json(published.snapshot) if published.snapshot else None,
    }
    return strict_json.dump_json(document).encode()


def parse_definition(data: bytes) -> PublishedDefinition:
    """What was sealed. Raises StoreError for what does not fit exactly."""
    try:
        document = strict_json.parse_json(data)
    except strict_json.StrictJsonError as error:
        raise StoreError(
            f"a sealed definition is no JSON: {error.message}",
            hint="It was written by another version of cactions.",
        ) from error
    return read_document(document, _read_definition, "sealed definition")


def published_to_json(published: PublishedDefinition) -> dict[str, Json]:
    """Everything of a version but its text."""
    return {
        "format": FORMAT,
        "action": published.action,
        "version": published.version,
        "environment": published.environment,
        **workspace_to_json(published.workspace),
        "digest": published.digest,
        "published_at": published.published_at,
        "operator": published.operator,
        "tool": published.tool,
        "restored": published.restored,
        "proof": {"strength": published.strength.value, "basis": published.basis},
        "evidence": _evidence_to_json(published.evidence),
        "connector": _connector_to_json(published.connector),
    }


def definitions_to_json(versions: Iterable[PublishedDefinition]) -> dict[str, Json]:
    """The versions of ``live list``."""
    return {
        "format": "cactions.definitions/1",
        "definitions": [published_to_json(published) for published in versions],
    }


def publication_to_json(
    published: PublishedDefinition | None,
    problems: Iterable[GateProblem] = (),
    differences: Iterable[str] = (),
    workspace: WorkspaceName | None = None,
) -> dict[str, Json]:
    """What came of a publication; ``differences`` are those of the connector at Intercom.

    ``workspace`` is left out where nothing was asked of it: the gates are judged first.
    """
    return {
        "format": "cactions.publication/1",
        **(workspace_to_json(workspace) if workspace else {}),
        "published": published is not None,
        "definition": published_to_json(published) if published else None,
        "problems": [
            {"gate": problem.gate.value, "reason": problem.reason, "hint": problem.hint}
            for problem in problems
        ],
        "differences": list(differences),
    }


def changes_to_json(
    published: PublishedDefinition, changes: Iterable[DefinitionChange]
) -> dict[str, Json]:
    """What differs from a version."""
    return {
        "format": "cactions.definition-diff/1",
        "action": published.action,
        "version": published.version,
        "changes": [
            {"route": change.route, "before": change.before, "after": change.after}
            for change in changes
        ],
    }


def _evidence_to_json(evidence: PublicationEvidence) -> Json:
    tests, probe = evidence.tests, evidence.probe
    return {
        "tests": {"cases": tests.cases, "live": tests.live, "people": list(tests.people)}
        if tests
        else None,
        "probe": {"made_at": probe.made_at, "cases": probe.cases, "live": probe.live}
        if probe
        else None,
        "waivers": [
            {"gate": waiver.gate.value, "reason": waiver.reason} for waiver in evidence.waivers
        ],
    }


def _connector_to_json(connector: LiveConnector | None) -> Json:
    if connector is None:
        return None
    return {
        "id": connector.id,
        "fields": dict(connector.fields),
        "revision": connector.revision,
    }


def _read_definition(fields: StrictReader) -> PublishedDefinition:
    fields.format(FORMAT)
    strength, basis = fields.read_object("proof", _read_proof)
    return PublishedDefinition(
        action=fields.read_text("action"),
        environment=fields.read_text("environment"),
        workspace=read_workspace(fields),
        digest=fields.read_text("digest"),
        text=fields.read_text("text"),
        published_at=fields.read_seconds("published_at"),
        operator=fields.read_text("operator"),
        tool=fields.read_text("tool"),
        evidence=fields.read_object("evidence", _read_evidence),
        snapshot=fields.read_optional("snapshot", partial(read_snapshot, file=SNAPSHOT_FILE)),
        redacted=fields.read_each("redacted", lambda item: item.read_reference("name")),
        connector=fields.read_optional("connector", _read_connector),
        version=fields.read_integer("version"),
        restored=fields.read_integer("restored"),
        strength=strength,
        basis=basis,
    )


def _read_proof(fields: StrictReader) -> tuple[ProofStrength, str]:
    return fields.read_word("strength", ProofStrength), fields.read_text("basis")


def _read_evidence(fields: StrictReader) -> PublicationEvidence:
    return PublicationEvidence(
        fields.read_optional("tests", _read_tests),
        fields.read_optional("probe", _read_probe),
        fields.read_each("waivers", _read_waiver),
    )


def _read_tests(fields: StrictReader) -> TestEvidence:
    return TestEvidence(
        fields.read_integer("cases"), fields.read_flag("live"), fields.read_texts("people")
    )


def _read_probe(fields: StrictReader) -> ProbeEvidence:
    return ProbeEvidence(
        fields.read_seconds("made_at"), fields.read_integer("cases"), fields.read_flag("live")
    )


def _read_waiver(fields: StrictReader) -> Waiver:
    return Waiver(fields.read_word("gate", Gate), fields.read_text("reason"))


def _read_connector(fields: StrictReader) -> LiveConnector:
    return LiveConnector(
        fields.read_text("id"),
        fields.read_object("fields", _read_digests),
        fields.read_text("revision"),
    )


def _read_digests(fields: StrictReader) -> dict[str, str]:
    return {name: fields.read_text(name) for name in fields.list_keys()}

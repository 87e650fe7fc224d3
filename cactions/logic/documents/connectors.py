"""Connectors, differences, pushes, executions and versions as JSON; written, never read back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cactions.logic.documents.workspaces import workspace_to_json

if TYPE_CHECKING:
    from cactions.logic.connectors.diff import ConnectorComparison
    from cactions.logic.connectors.drift import ConnectorDrift
    from cactions.logic.connectors.match import ConnectorMatch
    from cactions.logic.connectors.push import PushResult
    from cactions.model import Connector, ConnectorExecution, ConnectorRevision, Json, WorkspaceName


def connectors_to_json(
    connectors: Iterable[Connector], matches: Sequence[ConnectorMatch]
) -> dict[str, Json]:
    """Each connector with its action, and the actions that have none."""
    actions = {match.connector.id: match.action.name for match in matches if match.connector}
    return {
        "format": "cactions.connectors/1",
        "connectors": [
            {**_head_to_json(connector), "action": actions.get(connector.id)}
            for connector in connectors
        ],
        "without_connector": [
            {"action": match.action.name, "reason": match.reason}
            for match in matches
            if match.connector is None
        ],
    }


def connector_diff_to_json(drifts: Iterable[ConnectorDrift]) -> dict[str, Json]:
    """How the live version and the draft of each action differ; null where there is none."""
    return {
        "format": "cactions.connector-diff/1",
        "actions": [
            {
                "action": drift.match.action.name,
                "connector": drift.match.connector.id if drift.match.connector else None,
                "same": drift.is_same,
                "reason": drift.match.reason or None,
                "live": _version_to_json(drift.versions.live, drift.live),
                "draft": _version_to_json(drift.versions.draft, drift.draft),
                "leaks": [
                    {
                        "rule": finding.rule,
                        "severity": finding.severity.value,
                        "message": finding.message,
                        "change": finding.hint,
                    }
                    for finding in drift.leaks
                ],
            }
            for drift in drifts
        ],
    }


def comparison_to_json(comparison: ConnectorComparison) -> dict[str, Json]:
    """What differs; ``mappings`` is null where Intercom did not tell them."""
    mappings = comparison.mappings
    return {
        "same": comparison.is_same,
        "differences": [
            {
                "field": difference.field,
                "part": difference.part or None,
                "file": difference.in_file,
                "intercom": difference.in_intercom,
            }
            for difference in comparison.fields
        ],
        "mappings": None
        if mappings is None
        else [
            {
                "fault": difference.fault.value,
                "object_type": difference.object_type,
                "attribute": difference.attribute or None,
                "path": difference.path or None,
                "intercom_attribute": difference.found_attribute or None,
                "intercom_path": difference.found_path or None,
            }
            for difference in mappings
        ],
        "hidden_headers": list(comparison.hidden_headers),
        "plain_tokens": list(comparison.plain_tokens),
        "unknown_keys": list(comparison.unknown_keys),
        "beyond": list(comparison.beyond),
    }


def connector_push_to_json(
    results: Iterable[PushResult], workspace: WorkspaceName
) -> dict[str, Json]:
    """What came of each action in the workspace, what was read back, and what failed."""
    return {
        "format": "cactions.connector-push/1",
        **workspace_to_json(workspace),
        "actions": [
            {
                "action": result.action,
                "outcome": result.outcome.value,
                "connector": result.connector.id if result.connector else None,
                "changed_live": result.changed_live,
                "verified": result.is_verified,
                "read_back": comparison_to_json(result.comparison) if result.comparison else None,
                "error": str(result.error) if result.error else None,
                "hint": result.error.hint if result.error else None,
                "place": str(result.error.place) if result.error and result.error.place else None,
            }
            for result in results
        ],
    }


def executions_to_json(
    connector: Connector, executions: Iterable[ConnectorExecution]
) -> dict[str, Json]:
    """The execution results, oldest first."""
    return {
        "format": "cactions.executions/1",
        "connector": connector.id,
        "name": connector.name,
        "executions": [execution_to_json(execution) for execution in executions],
    }


def execution_to_json(execution: ConnectorExecution) -> dict[str, Json]:
    """One execution result; bodies are null unless they were asked for."""
    return {
        "id": execution.id,
        "created_at": execution.created_at,
        "success": execution.success,
        "http_status": execution.http_status,
        "http_method": execution.http_method or None,
        "error_type": execution.error_type or None,
        "error_message": execution.error_message or None,
        "milliseconds": execution.milliseconds,
        "source_type": execution.source_type or None,
        "conversation_id": execution.conversation_id or None,
        "request_url": execution.request_url or None,
        "request_body": execution.request_body or None,
        "response_body": execution.response_body or None,
    }


def connector_versions_to_json(
    connector: Connector, revisions: Iterable[ConnectorRevision]
) -> dict[str, Json]:
    """The published versions, newest first."""
    return {
        "format": "cactions.connector-versions/1",
        "connector": connector.id,
        "name": connector.name,
        "versions": [
            {
                "id": revision.id,
                "status": revision.status,
                "created_at": revision.created_at,
                "author": revision.author,
                "note": revision.note,
            }
            for revision in revisions
        ],
    }


def _version_to_json(connector: Connector | None, comparison: ConnectorComparison | None) -> Json:
    if connector is None or comparison is None:
        return None
    return {**_head_to_json(connector), **comparison_to_json(comparison)}


def _head_to_json(connector: Connector) -> dict[str, Json]:
    return {
        "id": connector.id,
        "name": connector.name,
        "state": connector.state,
        "http_method": connector.http_method,
        "updated_at": connector.updated_at or None,
        "updated_by": connector.updated_by or None,
    }

"""What leaks now: the rules of leaks over the live versions that differ from their actions."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from cactions.app.intercom_port import IntercomApi
from cactions.app.ports import Clock
from cactions.app.read_workspace import take_snapshot
from cactions.logic.connectors.advice import group_findings
from cactions.logic.connectors.drift import ConnectorDrift
from cactions.logic.connectors.pulled_project import lint_workspace, pull_workspace
from cactions.model import Finding, Severity


def find_live_leaks(
    api: IntercomApi, drifts: Sequence[ConnectorDrift], clock: Clock
) -> tuple[ConnectorDrift, ...]:
    """The same, with the findings of each live version that differs. Raises WorkspaceError.

    All live versions are judged together, since one may write what another looks up. Without a
    difference nothing is read.
    """
    live = [drift.versions.live for drift in drifts if drift.versions.live]
    differing = {
        drift.versions.live.id for drift in drifts if drift.versions.live and not drift.is_same
    }
    if not differing:
        return tuple(drifts)
    snapshot = take_snapshot(api, clock, "")
    pulled = pull_workspace(live, snapshot.attributes, verification=snapshot.identity_verification)
    loaded = lint_workspace(pulled, snapshot, clock.get_time())
    found = {
        group.connector.id: tuple(filter(_is_leak, group.findings))
        for group in group_findings(loaded.findings, pulled)
        if group.connector and group.connector.id in differing
    }
    return tuple(
        replace(drift, leaks=found.get(drift.versions.live.id, ()) if drift.versions.live else ())
        for drift in drifts
    )


def _is_leak(finding: Finding) -> bool:
    """What the rules say of the definition; the format of a file is no matter here."""
    is_of_format = finding.rule.startswith("CA0")
    return finding.severity in (Severity.ERROR, Severity.WARNING) and not is_of_format

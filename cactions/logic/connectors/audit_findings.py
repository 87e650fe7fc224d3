"""The findings of an audit for the formats of ``validate``: each names its connector."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from cactions.logic.connectors.advice import ConnectorFindings, describe_place
from cactions.logic.connectors.pulled_project import PulledWorkspace
from cactions.model import Finding, LintReport


def build_lint_report(groups: Iterable[ConnectorFindings], pulled: PulledWorkspace) -> LintReport:
    """What the formats are made of; the files are those that ``--save`` would write."""
    findings = tuple(_name(group, finding) for group in groups for finding in group.findings)
    return LintReport(findings, (), pulled.files, sum(bool(p.text) for p in pulled.connectors))


def _name(group: ConnectorFindings, finding: Finding) -> Finding:
    if group.connector is None:
        return finding
    place = describe_place(finding)
    where = f"{group.connector.label}, {place}" if place else group.connector.label
    return replace(finding, message=f"{where}: {finding.message}")

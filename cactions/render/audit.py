"""An audit of live connectors in words: the workspace, findings by connector, what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cactions.logic.connectors.advice import ConnectorFindings, describe_place
from cactions.logic.connectors.audit_report import (
    AuditReport,
    ConnectorInventory,
    UnreadConnector,
)
from cactions.logic.connectors.notes import NoteKind
from cactions.logic.shell import join_command
from cactions.model import ConnectorVersion, Finding, Severity, WorkspaceIdentity
from cactions.render.layout import add_gap, wrap
from cactions.render.messages import count_noun, get_display_name, join_words
from cactions.render.severity import ONE
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span
from cactions.rules import NAMES

MOST_CONNECTORS: Final = 100
"""Connectors that are shown in full; the count tells of all, and so does JSON."""

_MOST_UNREAD: Final = 10
_MANY: Final = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}
_TONES: Final = {
    Severity.ERROR: Style.BAD,
    Severity.WARNING: Style.CAUTION,
    Severity.INFO: Style.QUIET,
}
_VERIFICATION: Final = {True: "on", False: "OFF", None: "not told"}
_CHOSEN: Final = "CA101"
_IN_SUMMARY: Final = "CA103"
"""What the count of attributes says already."""


def render_audit(report: AuditReport) -> View:
    """The whole report, for any width."""

    def draw(width: int) -> list[StyledLine]:
        shown = [group for group in report.groups if _list_grave(group)]
        lines = [*_render_head(report.inventory, width), BLANK]
        for group in shown[:MOST_CONNECTORS]:
            lines += [*_render_group(group, width), BLANK]
        if len(shown) > MOST_CONNECTORS:
            rest = len(shown) - MOST_CONNECTORS
            lines += [span(f"… and {rest:,} more; --format json lists all.", Style.QUIET), BLANK]
        unknown = _render_unknown(report, width)
        lines += [*unknown, BLANK] if unknown else []
        return [*lines, *_render_end(report, shown, width)]

    return draw


def _list_grave(group: ConnectorFindings) -> list[Finding]:
    """What is shown: errors and warnings, but not what the head says."""
    return [
        finding
        for finding in group.findings
        if finding.severity is not Severity.INFO and finding.rule != _IN_SUMMARY
    ]


def _render_head(inventory: ConnectorInventory, width: int) -> list[StyledLine]:
    """Which workspace, and what was read."""
    known = inventory.attributes
    live = len(inventory.connectors) - inventory.drafts
    total = count_noun(len(inventory.connectors) + len(inventory.unread), "connector")
    parts = [f"{live:,} live"]
    parts += [f"{inventory.drafts:,} draft only"] if inventory.drafts else []
    parts += [f"{len(inventory.unread):,} unreadable"] if inventory.unread else []
    unknown = inventory.unknown_writability
    doubt = f", {unknown:,} of unknown writability (read as open to end users)" if unknown else ""
    attributes = f"{count_noun(len(known), 'custom attribute')}{doubt}."
    return [
        *wrap(_describe_workspace(inventory.identity), width),
        *wrap(span(f"{total}: {join_words(parts)}. {attributes}"), width),
    ]


def _describe_workspace(identity: WorkspaceIdentity) -> StyledLine:
    verification = _VERIFICATION[identity.identity_verification]
    tone = Style.PROSE if identity.identity_verification else Style.CAUTION
    name = get_display_name(identity.name) or "A workspace without a name"
    version = f", API {identity.version}" if identity.version else ""
    where = f" ({identity.app_id or 'no id'}), region {identity.region or 'not told'}{version}, "
    return (
        Span(name, Style.STRONG),
        Span(where),
        Span(f"identity verification {verification}", tone),
        Span("."),
    )


def _render_group(group: ConnectorFindings, width: int) -> Iterator[StyledLine]:
    yield from wrap(_build_title(group), width, rest=add_gap(2))
    for finding in _list_grave(group):
        yield from _render_finding(finding, width)


def _build_title(group: ConnectorFindings) -> StyledLine:
    connector = group.connector
    if connector is None:
        return span("The workspace as a whole", Style.STRONG)
    is_draft = connector.state == ConnectorVersion.DRAFT.value
    return (
        Span(get_display_name(connector.name) or "(no name)", Style.STRONG),
        Span(" "),
        Span(f"({connector.id})", Style.CODE),
        *((Span(" draft only", Style.QUIET),) if is_draft else ()),
    )


def _render_finding(finding: Finding, width: int) -> Iterator[StyledLine]:
    head = (
        Span(ONE[finding.severity], _TONES[finding.severity]),
        Span(" "),
        Span(f"{finding.rule} {NAMES[finding.rule]}", Style.NAME),
    )
    place = describe_place(finding)
    where: StyledLine = (Span(f", in {place}", Style.QUIET),) if place else ()
    yield from wrap((*head, *where), width, hang=add_gap(2))
    yield from wrap((Span(finding.message),), width, hang=add_gap(4))
    for note in finding.notes:
        yield from wrap((Span(note, Style.QUIET),), width, hang=add_gap(4))
    if finding.hint:
        label = (*add_gap(4), Span("change:", Style.STRONG), Span(" "))
        yield from wrap((Span(finding.hint),), width, hang=label)


def _render_unknown(report: AuditReport, width: int) -> list[StyledLine]:
    """What the API does not tell, counted."""
    counts = report.count_unknown()
    if not counts:
        return []
    lines = [span("Not known, because Intercom's API does not tell it:", Style.STRONG)]
    for kind, number in counts.items():
        lines += wrap((Span(f"{kind.value}: {number:,}"),), width, hang=add_gap(2))
        if kind is NoteKind.UNREAD:
            lines += _render_unread(report.inventory.unread, width)
    return lines


def _render_unread(unread: Sequence[UnreadConnector], width: int) -> Iterator[StyledLine]:
    for each in unread[:_MOST_UNREAD]:
        yield from wrap(span(f"{each.label}: {each.reason}", Style.QUIET), width, hang=add_gap(4))
    if len(unread) > _MOST_UNREAD:
        yield span(f"    … and {len(unread) - _MOST_UNREAD:,} more", Style.QUIET)


def _render_end(
    report: AuditReport, shown: Sequence[ConnectorFindings], width: int
) -> list[StyledLine]:
    """The count, and the next command."""
    counted = Counter(
        finding.severity
        for group in report.groups
        for finding in group.findings
        if finding.rule != _IN_SUMMARY
    )
    lines = wrap(_describe_count(counted, shown), width)
    if unchecked := _count_unchecked(report):
        connectors = count_noun(unchecked, "connector")
        text = (
            f"{connectors} send a value that customers choose beside the customer's identity:"
            " whether the service compares the two, only a trial tells."
        )
        lines += wrap(span(text), width)
    if counted[Severity.INFO]:
        notes = count_noun(counted[Severity.INFO], "note")
        lines += wrap(span(f"{notes} are not shown: --format json lists them."), width)
    return [*lines, *wrap(span(_choose_next(shown)), width)]


def _count_unchecked(report: AuditReport) -> int:
    """Connectors whose only notes about keys are such that the service must do its part."""
    return sum(
        any(f.rule == _CHOSEN and f.severity is Severity.INFO for f in group.findings)
        for group in report.groups
    )


def _describe_count(
    counted: Mapping[Severity, int], shown: Sequence[ConnectorFindings]
) -> StyledLine:
    grave = [severity for severity in (Severity.ERROR, Severity.WARNING) if counted[severity]]
    if not grave:
        return (Span("No leak was found", Style.GOOD), Span(" in what the API tells."))
    parts = [count_noun(counted[each], ONE[each], _MANY[each]) for each in grave]
    connectors = count_noun(sum(group.connector is not None for group in shown), "connector")
    return (Span(join_words(parts), _TONES[grave[0]]), Span(f" in {connectors}."))


def _choose_next(shown: Sequence[ConnectorFindings]) -> str:
    if not shown:
        return "Next: `cactions audit --save FOLDER` keeps the connectors as files for git."
    rule = _list_grave(shown[0])[0].rule
    return (
        f"Next: `{join_command(('explain',), rule)}` says why it leaks; `cactions audit --save"
        " FOLDER` keeps the connectors as files, to change them and to push a draft."
    )

"""Data connectors: the list, what differs from the files, and what a push did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from cactions.logic.intercom.connector_diff import ConnectorComparison, FieldDifference
from cactions.logic.intercom.connector_drift import ConnectorDrift
from cactions.logic.intercom.connector_mapping_diff import MappingDifference, MappingFault
from cactions.logic.intercom.connector_match import ConnectorMatch
from cactions.logic.intercom.connector_push import PushOutcome, PushPlan, PushResult
from cactions.logic.lines import split_lines
from cactions.logic.shell import join_command
from cactions.model import Connector
from cactions.render.layout import add_gap, choose_margin, render_table, wrap, wrap_paragraph
from cactions.render.messages import count_noun, join_words, to_sentence
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span

_COLUMNS: Final = ("Connector", "Id", "State", "Action", "Changed")
_MAPPING_COLUMNS: Final = ("", "Response path", "Attribute", "Object", "Now")
_STATES: Final = {"live": Style.GOOD, "draft": Style.PROSE}
_SIDES: Final = (("file", Style.ADD), ("Intercom", Style.CLEAR))
_FAULTS: Final = {
    MappingFault.MISSING: "not mapped",
    MappingFault.EXTRA: "not in the file",
    MappingFault.OTHER_PATH: "other path",
    MappingFault.OTHER_ATTRIBUTE: "other attribute",
    MappingFault.NOT_POSSIBLE: "Intercom maps no list onto a person",
}
_MARKS: Final = {
    PushOutcome.CREATED: Span("created", Style.GOOD),
    PushOutcome.UPDATED: Span("updated", Style.GOOD),
    PushOutcome.UNCHANGED: Span("unchanged", Style.QUIET),
    PushOutcome.FAILED: Span("failed", Style.BAD),
    PushOutcome.OUTCOME_UNKNOWN: Span("outcome unknown", Style.CAUTION),
}


def render_connectors(connectors: Sequence[Connector], matches: Sequence[ConnectorMatch]) -> View:
    """All connectors with their actions, and the actions that have none."""
    actions = {match.connector.id: match.action.name for match in matches if match.connector}

    def draw(width: int) -> list[StyledLine]:
        if not connectors:
            lines = [span("The workspace has no data connectors.")]
        else:
            rows = [_build_row(connector, actions) for connector in connectors]
            lines = [*render_table(_COLUMNS, rows, width), BLANK, *wrap(_count(connectors), width)]
        for match in matches:
            if match.connector is None:
                text = f": no connector here; {match.reason}."
                lines += wrap((Span(match.action.name, Style.NAME), Span(text)), width)
        return lines

    return draw


def _build_row(connector: Connector, actions: dict[str, str]) -> tuple[StyledLine, ...]:
    action = actions.get(connector.id)
    return (
        span(connector.name, Style.NAME),
        span(connector.id, Style.CODE),
        _render_state(connector),
        span(action, Style.NAME) if action else dim("none"),
        span(format_moment(connector.updated_at)),
    )


def _render_state(connector: Connector) -> StyledLine:
    return span(connector.state or "unknown", _STATES.get(connector.state, Style.CAUTION))


def _count(connectors: Sequence[Connector]) -> StyledLine:
    states = Counter(connector.state or "unknown" for connector in connectors)
    parts = ", ".join(f"{number:,} {state}" for state, number in sorted(states.items()))
    return span(f"{count_noun(len(connectors), 'connector')}: {parts}.")


def format_moment(text: str) -> str:
    """A time of Intercom's without its seconds; anything else as it is."""
    return text.replace("T", " ")[:16] if "T" in text else text


def render_connector_diff(drifts: Sequence[ConnectorDrift], unmatched: Sequence[Connector]) -> View:
    """Every action with its differences, then the verdict."""

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for drift in drifts:
            lines += [*_render_drift(drift, width), BLANK]
        differing = sum(not drift.is_same for drift in drifts)
        text = f"{differing:,} of {count_noun(len(drifts), 'action')} "
        text += "differs from Intercom." if differing == 1 else "differ from Intercom."
        lines += wrap(span(text, Style.CAUTION if differing else Style.GOOD), width)
        if unmatched:
            names = join_words([connector.label for connector in unmatched])
            lines += wrap(span(f"Connectors of no action in these files: {names}."), width)
        return lines

    return draw


def _render_drift(drift: ConnectorDrift, width: int) -> list[StyledLine]:
    match = drift.match
    title: StyledLine = (Span(match.action.name, Style.STRONG),)
    version = drift.versions.live or drift.versions.draft
    if version is None:
        return wrap((*title, Span(f": no connector; {to_sentence(match.reason)}")), width)
    by = f" by {version.updated_by}" if version.updated_by else ""
    title += (Span(": "), Span(version.label, Style.NAME), Span(", "), *_render_state(version))
    title += dim(f", changed {format_moment(version.updated_at)}{by}")
    lines = wrap(title, width)
    if drift.live:
        lines += render_comparison(drift.live, width)
    if drift.draft and drift.versions.live:
        heading = "The draft, which is not live, is as the file says."
        if not drift.draft.is_same:
            heading = "The draft, which is not live, differs from the file too:"
        lines += [*wrap(span(heading), width, hang=add_gap(choose_margin(width)))]
        lines += [] if drift.draft.is_same else render_comparison(drift.draft, width)
    elif drift.draft:
        lines += render_comparison(drift.draft, width)
    return lines


def render_comparison(comparison: ConnectorComparison, width: int) -> list[StyledLine]:
    """Fields, then mappings, then what could not be compared."""
    margin = choose_margin(width)
    lines = [line for item in comparison.fields for line in _render_field(item, width)]
    if comparison.mappings:
        lines += _render_mappings(comparison.mappings, width)
    if comparison.is_same:
        lines += wrap(span("No difference.", Style.GOOD), width, hang=add_gap(margin))
    for note in _list_notes(comparison):
        lines += wrap(dim(note), width, hang=add_gap(margin))
    return lines


def _list_notes(comparison: ConnectorComparison) -> Iterator[str]:
    if comparison.hidden_headers:
        names = join_words(list(comparison.hidden_headers))
        yield f"Not compared, since Intercom hides them: the values of the headers {names}."
    if comparison.mappings is None:
        yield "Not compared: the mapping, since Intercom did not return it."
    if comparison.unknown_keys:
        yield f"Not known here: {join_words(list(comparison.unknown_keys))}."


def _render_field(difference: FieldDifference, width: int) -> list[StyledLine]:
    margin = choose_margin(width)
    head = (Span("~ ", Style.OVERWRITE), Span(difference.label, Style.NAME))
    lines: list[StyledLine] = [(*add_gap(margin), *head)]
    for (label, style), text in zip(
        _SIDES, (difference.in_file, difference.in_intercom), strict=True
    ):
        front: StyledLine = (*add_gap(margin + 2), *dim(f"{label:<8}"), *add_gap(2))
        for row in split_lines(text) or [""]:
            lines += wrap(span(row, style), width, hang=front)
            front = add_gap(margin + 12)
    return lines


def _render_mappings(found: Sequence[MappingDifference], width: int) -> list[StyledLine]:
    heading = "The mapping must be changed by hand, in the web page (no API writes it):"
    margin = choose_margin(width)
    rows = [_build_mapping_row(difference) for difference in found]
    table = render_table(_MAPPING_COLUMNS, rows, width - margin - 2)
    return [
        *wrap(span(heading, Style.CAUTION), width, hang=add_gap(margin)),
        *((*add_gap(margin + 2), *line) for line in table),
    ]


def _build_mapping_row(difference: MappingDifference) -> tuple[StyledLine, ...]:
    is_extra = difference.fault is MappingFault.EXTRA
    now = _FAULTS[difference.fault]
    if difference.found_attribute and not is_extra:
        now = f"{now}: {difference.found_path} to {difference.found_attribute}"
    return (
        span("-", Style.CLEAR) if is_extra else span("+", Style.ADD),
        span(difference.found_path if is_extra else difference.path, Style.PATH),
        span(difference.found_attribute if is_extra else difference.attribute, Style.NAME),
        span(difference.object_type),
        span(now),
    )


def render_push_plans(
    plans: Sequence[PushPlan], not_carried: Sequence[tuple[str, ...]], *, allow_live: bool
) -> View:
    """What would be sent for each action, and what Intercom would not do."""

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for plan, left_out in zip(plans, not_carried, strict=True):
            lines += [BLANK] * bool(lines) + _render_plan(plan, width, allow_live=allow_live)
            if left_out and plan.fields:
                text = f"Only cactions does this, Intercom does not: {join_words(list(left_out))}."
                lines += wrap(span(text, Style.CAUTION), width, hang=add_gap(choose_margin(width)))
        return lines

    return draw


def _render_plan(plan: PushPlan, width: int, *, allow_live: bool) -> list[StyledLine]:
    title: StyledLine = (Span(plan.action.name, Style.STRONG), Span(": "))
    if plan.fault:
        return wrap((*title, Span("cannot be sent", Style.BAD)), width)
    latest = plan.drift.versions.latest
    if latest is None or plan.comparison is None:
        text = f'creates the draft of a new connector "{plan.wanted.name}"'
        lines = wrap((*title, Span(text)), width)
        values = [FieldDifference("url", plan.wanted.url, "(none)")]
        return [*lines, *(line for item in values for line in _render_field(item, width))]
    if not plan.fields:
        return wrap((*title, Span(f"{latest.label} is as the file says")), width)
    target = _describe_target(plan, allow_live=allow_live)
    lines = wrap((*title, Span(f"{latest.label}: {target}")), width)
    lines += [line for item in plan.comparison.fields for line in _render_field(item, width)]
    if "headers" in plan.fields:
        text = "Sends all headers of the file; what Intercom has in their place is replaced."
        lines += wrap(span(text), width, hang=add_gap(choose_margin(width)))
    return lines


def _describe_target(plan: PushPlan, *, allow_live: bool) -> str:
    versions = plan.drift.versions
    if versions.live is None:
        return "changes its draft; it was never live"
    if allow_live:
        return "changes its draft, or what is live, as this workspace does it"
    return "changes its draft; what is live must stay as it is, which is tested first"


def render_push_results(results: Sequence[PushResult]) -> View:
    """What came of each action; and what is left to do by hand."""

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for result in results:
            lines += [BLANK] * bool(lines) + _render_result(result, width)
        return lines

    return draw


def _render_result(result: PushResult, width: int) -> list[StyledLine]:
    title: StyledLine = (Span(result.action, Style.STRONG), Span(": "), _MARKS[result.outcome])
    if result.connector:
        title += (Span(", "), Span(result.connector.label, Style.NAME))
    lines = wrap(title, width)
    for text in _list_result_notes(result):
        lines += wrap_paragraph(text, width, indent=choose_margin(width))
    if result.comparison:
        lines += render_comparison(result.comparison, width)
    return lines


def _list_result_notes(result: PushResult) -> Iterator[StyledLine]:
    if result.changed_live:
        yield span("The live version was changed at once.", Style.CAUTION)
    elif result.outcome in (PushOutcome.CREATED, PushOutcome.UPDATED):
        yield span("It is a draft: nothing that is live was changed.")
    if result.outcome is PushOutcome.CREATED and result.connector:
        line = f'connector_id: "{result.connector.id}"'
        yield (Span("Write into the action: "), Span(line, Style.CODE))
    if result.connector and not result.is_verified and result.error is None:
        yield span("Intercom took it, but a read shows something else:", Style.BAD)


def render_push_hint(names: Sequence[str]) -> StyledLine:
    """How the mapping is checked once it was entered."""
    return (Span("Then check it: "), Span(join_command(("connectors", "diff"), *names), Style.CODE))

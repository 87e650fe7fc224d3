"""Data connectors: the list, and what differs from the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from cactions.logic.connectors.advice import describe_place
from cactions.logic.connectors.diff import ConnectorComparison, FieldDifference
from cactions.logic.connectors.drift import ConnectorDrift
from cactions.logic.connectors.mapping_diff import MappingDifference, MappingFault
from cactions.logic.connectors.match import ConnectorMatch
from cactions.logic.lines import split_lines
from cactions.model import Connector, Finding
from cactions.render.layout import add_gap, choose_margin, render_table, wrap
from cactions.render.messages import count_noun, join_words, to_sentence
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span

_COLUMNS: Final = ("Connector", "Id", "State", "Action", "Changed")
_MAPPING_COLUMNS: Final = ("", "Response path", "Attribute", "Object", "Now")
_STATES: Final = {"live": Style.GOOD, "draft": Style.PROSE}
_SIDES: Final = (("file", Style.ADD), ("Intercom", Style.CLEAR))
_PROSE: Final = ("description", "data_inputs")
"""Fields that are sentences, so that their lines may be broken."""
_FAULTS: Final = {
    MappingFault.MISSING: "not mapped",
    MappingFault.EXTRA: "not in the file: remove it",
    MappingFault.OTHER_PATH: "comes from {path}",
    MappingFault.OTHER_ATTRIBUTE: "goes to {attribute}",
    MappingFault.NOT_POSSIBLE: "Intercom maps no list onto a person",
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
        compared = span(f"{count_noun(len(drifts), 'action')} compared: ")
        verdict = Span("no difference.", Style.GOOD)
        if differing:
            verb = "differs" if differing == 1 else "differ"
            verdict = Span(f"{differing:,} {verb} from Intercom.", Style.CAUTION)
        lines += wrap((*compared, verdict), width)
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
        return wrap((*title, Span(f": no connector; {match.reason}.")), width)
    by = f" by {version.updated_by}" if version.updated_by else ""
    title += (Span(": "), Span(version.label, Style.NAME), Span(", "), *_render_state(version))
    title += dim(f", changed {format_moment(version.updated_at)}{by}")
    lines = wrap(title, width)
    if drift.live:
        lines += render_comparison(drift.live, width)
    lines += [line for finding in drift.leaks for line in _render_leak(finding, width)]
    if drift.draft and drift.live:
        lines += _render_draft(drift.draft, drift.live, width)
    elif drift.draft:
        lines += render_comparison(drift.draft, width)
    return lines


def _render_leak(finding: Finding, width: int) -> list[StyledLine]:
    """A leak of the live version: the rule, where, what, and the smallest change."""
    margin = choose_margin(width)
    place = describe_place(finding)
    where = f" in {place}" if place else ""
    text = f" ({finding.severity.value}){where}: {to_sentence(finding.message)}"
    what = (Span("What is live leaks: "), Span(finding.rule, Style.CODE), Span(text))
    change = (Span("Change: ", Style.STRONG), Span(to_sentence(finding.hint)))
    return [
        *wrap(what, width, hang=(*add_gap(margin), Span("! ", Style.BAD))),
        *wrap(change, width, hang=add_gap(margin + 2)),
    ]


def _render_draft(
    draft: ConnectorComparison, live: ConnectorComparison, width: int
) -> list[StyledLine]:
    """What the draft has that live has not; the same mapping is not shown twice."""
    mappings = () if draft.mappings == live.mappings else draft.mappings
    own = replace(draft, mappings=mappings)
    heading = "There is a draft, which is not live. It differs from the file too:"
    if not own.fields:
        heading = "There is a draft, which is not live. All that can be written is as in the file."
    lines = wrap(span(heading), width, hang=add_gap(choose_margin(width)))
    return lines if own.is_same else [*lines, *render_comparison(own, width, notes=False)]


def render_comparison(
    comparison: ConnectorComparison, width: int, *, notes: bool = True
) -> list[StyledLine]:
    """Fields, then mappings, then (``notes``) what could not be compared."""
    margin = choose_margin(width)
    lines = [line for item in comparison.fields for line in render_field(item, width)]
    if comparison.mappings:
        lines += _render_mappings(comparison.mappings, width)
    if comparison.is_same:
        lines += wrap(span("No difference.", Style.GOOD), width, hang=add_gap(margin))
    for note in _list_notes(comparison) if notes else ():
        lines += wrap(dim(note), width, hang=add_gap(margin))
    return lines


def _list_notes(comparison: ConnectorComparison) -> Iterator[str]:
    if comparison.hidden_headers:
        names = join_words(list(comparison.hidden_headers))
        yield f"Not compared, since Intercom hides them: the values of the headers {names}."
    if comparison.plain_tokens:
        names = join_words(list(comparison.plain_tokens))
        yield (
            f"A plain header in Intercom, whose value stands in its execution logs: {names}. Make a"
            " token of it in Intercom, and write its id as `token_id` in the file."
        )
    if comparison.mappings is None:
        yield "Not compared: the mapping, since Intercom did not return it."
    if comparison.beyond:
        yield f"Beyond what a file can state: the mapping {join_words(list(comparison.beyond))}."
    if comparison.unknown_keys:
        yield f"Not known here: {join_words(list(comparison.unknown_keys))}."


def render_field(difference: FieldDifference, width: int) -> list[StyledLine]:
    """The field, and below it what each side has."""
    margin = choose_margin(width)
    head = (Span("~ ", Style.OVERWRITE), Span(difference.label, Style.NAME))
    lines: list[StyledLine] = [(*add_gap(margin), *head)]
    texts = difference.in_file, difference.in_intercom
    for (label, tone), text in zip(_SIDES, texts, strict=True):
        style = Style.PROSE if difference.field in _PROSE else tone
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
        *render_caution(heading, width),
        *((*add_gap(margin + 2), *line) for line in table),
    ]


def render_caution(text: str, width: int) -> list[StyledLine]:
    """A sentence that must be seen."""
    return wrap(span(text), width, hang=(*add_gap(choose_margin(width)), Span("! ", Style.CAUTION)))


def _build_mapping_row(difference: MappingDifference) -> tuple[StyledLine, ...]:
    is_extra = difference.fault is MappingFault.EXTRA
    now = _FAULTS[difference.fault].format(
        path=difference.found_path, attribute=difference.found_attribute
    )
    return (
        span("-", Style.CLEAR) if is_extra else span("+", Style.ADD),
        span(difference.found_path if is_extra else difference.path, Style.PATH),
        span(difference.found_attribute if is_extra else difference.attribute, Style.NAME),
        span(difference.object_type),
        span(now),
    )

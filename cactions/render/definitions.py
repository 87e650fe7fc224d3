"""Published definitions in words: what they rest on, what differs, which versions there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cactions.logic.definition.compare import DefinitionChange
from cactions.logic.definition.gates import GateProblem
from cactions.logic.lines import split_lines
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import Gate, PublicationEvidence, PublishedDefinition
from cactions.render.layout import (
    LabeledValue,
    add_gap,
    choose_margin,
    render_labeled_values,
    render_table,
    wrap,
    wrap_paragraph,
)
from cactions.render.messages import count_noun, to_sentence
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span
from cactions.render.values import format_utc
from cactions.render.workspaces import (
    WHERE,
    build_where_label,
    render_short,
    render_table_of_places,
)
from cactions.rules.credentials import mask_secrets

_COLUMNS: Final = ("Action", "Version", WHERE, "Published (UTC)", "By", "Rests on", "Files")
_VERSION_COLUMNS: Final = ("Version", "Published (UTC)", "By", "Rests on")
_WORDS: Final = {Gate.TEST: "test", Gate.PROBE: "probe", Gate.CONNECTOR: "connector"}
_LABEL: Final = 9
"""Cells of the longest of these words."""


def render_gates(evidence: PublicationEvidence, problems: Sequence[GateProblem]) -> View:
    """Each gate: passed, left out, or why not."""

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for word, style, text in _list_gates(evidence):
            lines += wrap(span(text), width, hang=_build_hang(word, style))
        for problem in problems:
            hang = _build_hang(_WORDS[problem.gate], Style.BAD)
            lines += wrap(span(to_sentence(problem.reason)), width, hang=hang)
            next_step = (Span("Next: ", Style.STRONG), Span(to_sentence(problem.hint)))
            lines += wrap(next_step, width, hang=add_gap(_LABEL + 2))
        return lines

    return draw


def _build_hang(word: str, style: Style) -> StyledLine:
    return (Span(f"{word:<{_LABEL}}", style), *add_gap(2))


def _list_gates(evidence: PublicationEvidence) -> Iterator[tuple[str, Style, str]]:
    if evidence.tests:
        yield "test", Style.GOOD, _describe_tests(evidence)
    if evidence.probe:
        yield "probe", Style.GOOD, _describe_probe(evidence)
    for waiver in evidence.waivers:
        yield _WORDS[waiver.gate], Style.CAUTION, f"left out, because: {waiver.reason}"


def _describe_tests(evidence: PublicationEvidence) -> str:
    assert evidence.tests, "there is such evidence"
    how = "of the live service" if evidence.tests.live else "of its recording"
    return f"{count_noun(evidence.tests.cases, 'test')} passed, {how}"


def _describe_probe(evidence: PublicationEvidence) -> str:
    assert evidence.probe, "there is such evidence"
    when = "made now" if evidence.probe.live else f"recorded {format_utc(evidence.probe.made_at)}"
    return f"{count_noun(evidence.probe.cases, 'attack')}, none got through, {when}"


def render_definition_text(published: PublishedDefinition) -> View:
    """The whole text of a definition; what looks like a credential stands there as dots."""
    text = mask_secrets(published.text.rstrip())
    title = "The definition, without what others need:"
    lines: list[StyledLine] = [(Span(line, Style.SOURCE),) for line in split_lines(text)]
    return lambda _width: [span(title), *lines]


def render_changes(
    changes: Sequence[DefinitionChange], before: PublishedDefinition, after: str
) -> View:
    """The keys that differ, one below another; ``after`` names what has the later values."""

    def draw(width: int) -> list[StyledLine]:
        if not changes:
            return wrap(span(f"No difference: this is what is live, {before.label}."), width)
        lines = wrap(span(f"{after} against {before.label}:"), width)
        for change in changes:
            lines += _render_change(change, width)
        return lines

    return draw


def _render_change(change: DefinitionChange, width: int) -> list[StyledLine]:
    lines = wrap((Span(change.route, Style.NAME),), width, hang=add_gap(choose_margin(width)))
    for sign, style, text in (
        ("-", Style.CLEAR, change.before),
        ("+", Style.ADD, change.after),
    ):
        if text is not None:
            hang = (*add_gap(choose_margin(width) + 2), Span(f"{sign} ", style))
            for line in split_lines(text) or [""]:
                lines += wrap((Span(line, style),), width, hang=hang)
    return lines


def render_differences(published: PublishedDefinition, differences: Sequence[str]) -> View:
    """Why a connector cannot go live yet, and what to do."""
    where = describe_workspace(published.workspace)
    text = f"{published.action} is not live in the {where}: its draft there differs."
    title = (Span("x ", Style.BAD), Span(text))
    steps = (
        "Enter the mapping in Intercom's web page, then publish again:"
        f" `{join_command(('publish',), published.action)}` goes on from there."
    )

    def draw(width: int) -> list[StyledLine]:
        lines = wrap(title, width)
        for text in differences:
            lines += wrap(span(text), width, hang=(*add_gap(choose_margin(width)), Span("- ")))
        return [*lines, *wrap_paragraph((Span("Next: ", Style.STRONG), Span(steps)), width)]

    return draw


def render_live(found: Sequence[PublishedDefinition], states: Sequence[str]) -> View:
    """The live version of each definition, and how the files are beside it."""
    rows = [
        (
            _render_name(each), span(f"{each.version:,}"), render_short(each.workspace),
            span(format_utc(each.published_at)), span(each.operator),
            _render_evidence(each.evidence), span(state),
        )
        for each, state in zip(found, states, strict=True)
    ]  # fmt: skip
    workspaces = [each.workspace for each in found]

    def draw(width: int) -> list[StyledLine]:
        if not rows:
            return [span("Nothing is published yet.")]
        return render_table_of_places(_COLUMNS, rows, workspaces, width)

    return draw


def _render_name(published: PublishedDefinition) -> StyledLine:
    where = dim(f" ({published.environment})") if published.environment else ()
    return (Span(published.action, Style.NAME), *where)


def _render_evidence(evidence: PublicationEvidence) -> StyledLine:
    parts = [count_noun(evidence.tests.cases, "test")] if evidence.tests else []
    parts += [count_noun(evidence.probe.cases, "attack")] if evidence.probe else []
    left_out = [f"no {_WORDS[waiver.gate]}" for waiver in evidence.waivers]
    text = ", ".join(parts)
    joint = ", " if parts and left_out else ""
    return (Span(text + joint), *span(", ".join(left_out), Style.CAUTION))


def render_definition(
    published: PublishedDefinition, others: Sequence[PublishedDefinition]
) -> View:
    """A version: when and by whom, what it rests on, its text; and the other versions."""
    source = f", restored from version {published.restored}" if published.restored else ""
    when = f"{format_utc(published.published_at)} UTC by {published.operator}{source}"
    items = [
        LabeledValue("Published", (span(when),)),
        build_where_label(published.workspace),
        LabeledValue("Digest", (span(published.digest, Style.CODE),)),
    ]
    if published.connector:
        connector = published.connector
        revision = f", version {connector.revision}" if connector.revision else ""
        items.append(LabeledValue("Connector", (span(f"{connector.id}{revision}"),)))
    gates = render_gates(published.evidence, ())

    def draw(width: int) -> list[StyledLine]:
        lines = [span(published.label, Style.STRONG)]
        lines += render_labeled_values(items, width, indent=choose_margin(width))
        lines += [BLANK, *gates(width), BLANK]
        lines += render_definition_text(published)(width)
        if others:
            lines += [BLANK, *wrap_paragraph(span("Other versions:"), width)]
            rows = [_build_version_row(other) for other in others]
            lines += render_table(_VERSION_COLUMNS, rows, width)
        return lines

    return draw


def _build_version_row(published: PublishedDefinition) -> tuple[StyledLine, ...]:
    return (
        span(f"{published.version:,}"),
        span(format_utc(published.published_at)),
        span(published.operator),
        _render_evidence(published.evidence),
    )

"""Execution results of a connector, one line each, and its published versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cactions.logic.lines import split_lines
from cactions.model import Connector, ConnectorExecution, ConnectorRevision
from cactions.render.connectors import format_moment
from cactions.render.layout import add_gap, pad_line, render_table, wrap
from cactions.render.messages import count_noun
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span

_COLUMNS: Final = ("Version", "Published", "Status", "By", "Note")
_INDENT: Final = 4


def render_executions(executions: Sequence[ConnectorExecution]) -> View:
    """The results, oldest first."""

    def draw(width: int) -> list[StyledLine]:
        return [line for execution in executions for line in _render_execution(execution, width)]

    return draw


def render_execution_count(
    connector: Connector, executions: Sequence[ConnectorExecution], limit: int
) -> View:
    """How many there were, and whether there may be more."""
    failed = sum(not execution.success for execution in executions)
    text = f"{connector.label}: {count_noun(len(executions), 'execution')}, {failed:,} failed."
    if len(executions) >= limit:
        text += f" Only the newest {limit:,}: --limit shows more."
    return lambda width: wrap(span(text), width)


def _render_execution(execution: ConnectorExecution, width: int) -> list[StyledLine]:
    status = str(execution.http_status) if execution.http_status is not None else "no answer"
    mark = Span("ok", Style.GOOD) if execution.success else Span("failed", Style.BAD)
    took = f"{execution.milliseconds:,} ms" if execution.milliseconds is not None else ""
    parts = [execution.http_method.upper(), status, took, execution.source_type]
    moment = execution.created_at.removesuffix("Z").replace("T", " ")
    front: StyledLine = (Span(moment, Style.QUIET), *add_gap(2), *pad_line((mark,), 6))
    head: StyledLine = span(", ".join(filter(None, parts)))
    if execution.conversation_id:
        head += (Span(", conversation "), Span(execution.conversation_id, Style.CODE))
    lines = wrap(head, width, hang=(*front, *add_gap(2)), rest=add_gap(_INDENT))
    if execution.error_type or execution.error_message:
        reason = (Span(execution.error_type or "error", Style.BAD), Span(": "))
        lines += wrap((*reason, Span(execution.error_message)), width, hang=add_gap(_INDENT))
    for label, text in (
        ("url", execution.request_url),
        ("sent", execution.request_body),
        ("answer", execution.response_body),
    ):
        lines += _render_text(label, text, width) if text else []
    return lines


def _render_text(label: str, text: str, width: int) -> list[StyledLine]:
    lines: list[StyledLine] = []
    front: StyledLine = (*add_gap(_INDENT), *dim(f"{label:<6}"), *add_gap(2))
    for row in split_lines(text):
        lines += wrap(span(row, Style.VALUE), width, hang=front)
        front = add_gap(_INDENT + 8)
    return lines


def render_versions(connector: Connector, revisions: Sequence[ConnectorRevision]) -> View:
    """The published versions, newest first."""

    def draw(width: int) -> list[StyledLine]:
        if not revisions:
            return wrap(span(f"{connector.label} was never published."), width)
        rows = [
            (
                span(revision.id, Style.CODE),
                span(format_moment(revision.created_at)),
                span(revision.status, Style.GOOD if revision.status == "live" else Style.PROSE),
                span(revision.author),
                span(revision.note),
            )
            for revision in revisions
        ]
        count = span(f"{connector.label}: {count_noun(len(rows), 'version')}.")
        return [*render_table(_COLUMNS, rows, width), BLANK, *wrap(count, width)]

    return draw

"""The snapshot of a workspace's attributes, and how the workspace differs from it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from cactions.logic.intercom.attribute_diff import AttributeDifference
from cactions.model import Snapshot
from cactions.render.layout import render_table, wrap, wrap_paragraph
from cactions.render.messages import count_noun
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_COLUMNS = ("", "attribute", "what", "before", "now")


def render_snapshot(snapshot: Snapshot) -> View:
    """What was written, and what of it is unknown."""

    def draw(width: int) -> list[StyledLine]:
        attributes = snapshot.attributes.values()
        editable = Counter(attribute.messenger_writable for attribute in attributes)
        number = count_noun(len(attributes), "custom attribute")
        file = Path(snapshot.file).name
        lines = wrap_paragraph(span(f"{number} written to {file}."), width)
        if snapshot.workspace:
            lines += wrap(span(f"Workspace: {snapshot.workspace}."), width)
        counts = (
            f"End users can change {editable[True]:,} and cannot change {editable[False]:,}; for"
            f" {editable[None]:,} this is unknown."
        )
        lines += wrap(span(counts), width)
        if snapshot.unknown_types:
            names = ", ".join(snapshot.unknown_types)
            lines += wrap(span(f"Left out, of a type that is not known here: {names}."), width)
        return lines

    return draw


def render_attribute_differences(found: Sequence[AttributeDifference], before: Snapshot) -> View:
    """Every difference as a row, the risky ones marked; and how old the snapshot is."""

    def draw(width: int) -> list[StyledLine]:
        taken = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(before.taken))
        if not found:
            return [span(f"No differences from the snapshot of {taken}.", Style.GOOD)]
        rows = [_build_row(difference) for difference in found]
        risks = sum(difference.is_risk for difference in found)
        lines = [*render_table(_COLUMNS, rows, width), BLANK]
        number = count_noun(len(found), "difference")
        lines += wrap(span(f"{number} from the snapshot of {taken}."), width)
        if risks:
            text = (
                f"{count_noun(risks, 'change')} marked ! may let end users choose a value that"
                " actions trust: run `cactions attributes pull`, then `cactions validate`."
            )
            lines += wrap(span(text, Style.CAUTION), width)
        return lines

    return draw


def _build_row(difference: AttributeDifference) -> tuple[StyledLine, ...]:
    return (
        (Span("!", Style.BAD),) if difference.is_risk else span(" "),
        span(difference.attribute or "(workspace)", Style.NAME),
        span(difference.what),
        span(difference.before, Style.VALUE),
        span(difference.after, Style.VALUE),
    )

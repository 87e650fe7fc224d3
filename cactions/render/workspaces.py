"""Where something is written: a row of a head, a sentence of an outcome, a cell of a table."""

from __future__ import annotations

from collections.abc import Sequence

from cactions.logic.workspace_name import describe_short, describe_workspace
from cactions.model import Outcome, RunCounts, WorkspaceName
from cactions.render.layout import LabeledValue, render_table, wrap_paragraph
from cactions.render.text import BLANK, Span, Style, StyledLine, span

WHERE = "Where"
"""What the row and the column are called."""


def build_where_label(workspace: WorkspaceName) -> LabeledValue:
    """The row of a head."""
    return LabeledValue(WHERE, (span(describe_workspace(workspace)),))


def render_where_written(workspace: WorkspaceName, counts: RunCounts) -> StyledLine:
    """``Written to the local workspace (.cactions).``, as far as that is certain."""
    where = describe_workspace(workspace)
    if counts.outcomes.get(Outcome.APPLIED):
        return span(f"Written to the {where}.")
    if counts.started or counts.outcomes.get(Outcome.OUTCOME_UNKNOWN):
        return span(f"This may have been written to the {where}.")
    return span(f"Nothing was written to the {where}.")


def render_short(workspace: WorkspaceName) -> StyledLine:
    """The cell of the column ``WHERE``."""
    return span(describe_short(workspace), Style.CODE)


def render_table_of_places(
    columns: Sequence[str],
    rows: Sequence[Sequence[StyledLine]],
    workspaces: Sequence[WorkspaceName],
    width: int,
) -> list[StyledLine]:
    """A table with the column ``WHERE``, and what the ids in it are.

    Where all rows are of one workspace, a sentence says so in place of the column. ``workspaces``
    are those of the rows; of several names of the same one, the first is shown.
    """
    names: dict[str, WorkspaceName] = {}
    for workspace in workspaces:
        if workspace.key not in names or not names[workspace.key].name:
            names[workspace.key] = workspace
    if len(names) == 1:
        [only] = names.values()
        at = columns.index(WHERE)
        columns = [*columns[:at], *columns[at + 1 :]]
        rows = [[*row[:at], *row[at + 1 :]] for row in rows]
        notes = [span(f"In the {describe_workspace(only)}.")]
    else:
        notes = [
            (*render_short(each), Span(f" is the {describe_workspace(each)}."))
            for each in names.values()
            if not each.is_local
        ]
    lines = render_table(columns, rows, width)
    return [*lines, *(row for note in notes for row in [BLANK, *wrap_paragraph(note, width)])]

"""What a run for many people needs of edges and render: its rows, and the display of progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from cactions.app.plan_basis import build_basis
from cactions.app.planning_task import OnProgress
from cactions.app.ports import People
from cactions.cli.bulk_options import BulkOptions
from cactions.cli.job_files import open_job_rows
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.vault_check import read_secret_versions
from cactions.cli.vault_choice import VAULT
from cactions.edges.files.job_file import JobFormat
from cactions.logic.people.condition_match import check_local_fields
from cactions.logic.people.condition_text import parse_conditions
from cactions.logic.people.job_rows import JobRows
from cactions.logic.people.selected_rows import build_selected_rows
from cactions.model import (
    Action,
    BadRow,
    JobRow,
    PlanBasis,
    Receipt,
    RunEntry,
    RunHead,
    Scalar,
    UsageError,
)
from cactions.render.messages import count_noun
from cactions.render.progress_display import ProgressDisplay


class WriteWatch:
    """Follows a run that writes, and shows how far it is."""

    def __init__(self, display: ProgressDisplay) -> None:
        self._display = display
        self._counts: Counter[str] = Counter()

    def observe(self, _entry: RunEntry, receipt: Receipt) -> None:
        """Count one outcome."""
        self._counts[receipt.outcome.value] += 1
        self._display.update(self._counts.total(), self._counts)


def follow_planning(display: ProgressDisplay) -> OnProgress:
    """Show the progress of planning; how many there are is known once all people are read."""
    return lambda done, total, counts: display.update(done, counts, total=total)


def follow_reading(rows: JobRows, display: ProgressDisplay) -> JobRows:
    """The rows; the progress shows how many were read, since a large workspace takes minutes."""

    def follow(inner: Iterator[JobRow | BadRow]) -> Iterator[JobRow | BadRow]:
        for number, row in enumerate(inner, 1):
            display.update(0, {}, f"{count_noun(number, 'person', 'people')} read")
            yield row

    return rows.wrap(follow)


def read_where(bulk: BulkOptions, home: ProjectFolder) -> BulkOptions:
    """With the conditions of ``--where``. Raises UsageError for what is none; nothing is sent."""
    conditions = parse_conditions(bulk.where or (), home.project.attributes)
    if home.session is None:
        check_local_fields(conditions)
    return replace(bulk, conditions=conditions)


def open_rows(
    bulk: BulkOptions, action: Action, inputs: Mapping[str, Scalar], people: People
) -> JobRows:
    """The rows of ``--people``, or people of the workspace, who are read with the rows.

    Raises UsageError where a file cannot be read as what it says.
    """
    if bulk.where is not None:
        found = people.search(bulk.conditions)
        return build_selected_rows(found, bulk.conditions, action, inputs)
    assert bulk.people, "the command is about many people"
    form = _parse_format(bulk.form) if bulk.form else None
    return open_job_rows(bulk.people, action, form, inputs)


def count_platform_calls(home: ProjectFolder) -> int:
    """The requests to Intercom so far; none to a local workspace."""
    return home.session.client.pacer.get_figures().calls if home.session else 0


def read_basis(home: ProjectFolder, head: RunHead, *, fresh: bool = False) -> PlanBasis:
    """What plans of a run are made with now. Raises StoreError for an unreadable vault."""
    secrets = None if head.source else read_secret_versions(home.folder / VAULT)
    return build_basis(head.action, home.project, secrets, fresh=fresh)


def _parse_format(text: str) -> JobFormat:
    try:
        return JobFormat(text)
    except ValueError:
        names = ", ".join(form.value for form in JobFormat)
        raise UsageError(f'"{text}" is no format of --people', hint=f"Use {names}.") from None

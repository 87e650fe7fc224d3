"""What a run for many people needs of edges and render: its rows, and the display of progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cactions.app.planning_task import OnProgress
from cactions.cli.bulk_options import BulkOptions
from cactions.cli.job_files import open_job_rows
from cactions.cli.wiring import ProjectFolder
from cactions.edges.files.job_file import JobFormat
from cactions.logic.people.job_rows import JobRows
from cactions.model import Action, Receipt, RunEntry, Scalar, UsageError
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


def follow(display: ProgressDisplay) -> OnProgress:
    """Show the progress of planning; how many there are is known once the file is read."""
    return lambda done, total, counts: display.update(done, counts, total=total)


def open_rows(bulk: BulkOptions, action: Action, inputs: Mapping[str, Scalar]) -> JobRows:
    """The rows of ``--people``. Raises UsageError where it cannot be read as what it says."""
    assert bulk.people, "the command is about a file of people"
    form = _parse_format(bulk.form) if bulk.form else None
    return open_job_rows(bulk.people, action, form, inputs)


def count_platform_calls(home: ProjectFolder) -> int:
    """The requests to Intercom so far; none to a local workspace."""
    return home.session.client.pacer.get_figures().calls if home.session else 0


def _parse_format(text: str) -> JobFormat:
    try:
        return JobFormat(text)
    except ValueError:
        names = ", ".join(form.value for form in JobFormat)
        raise UsageError(f'"{text}" is no format of --people', hint=f"Use {names}.") from None

"""What a run for many people needs of edges and render: its rows, and the display of progress."""

from __future__ import annotations

from collections import Counter

from cactions.cli.bulk_options import BulkOptions
from cactions.cli.wiring import ProjectFolder
from cactions.edges.files.job_file import JobFile, open_job_rows
from cactions.edges.files.people_file import PeopleFormat
from cactions.model import Action, Receipt, RunEntry, Scalar, UsageError
from cactions.render.progress_bar import ProgressDisplay


class WriteWatch:
    """Follows a run that writes, and shows how far it is."""

    def __init__(self, display: ProgressDisplay) -> None:
        self._display = display
        self._counts: Counter[str] = Counter()

    def observe(self, _entry: RunEntry, receipt: Receipt) -> None:
        """Count one outcome."""
        self._counts[receipt.outcome.value] += 1
        self._display.update(self._counts.total(), self._counts)

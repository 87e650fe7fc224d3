"""What a run for many people needs of edges and render: its rows, and the display of progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cactions.app.plan_basis import build_basis
from cactions.cli.bulk_options import BulkOptions
from cactions.cli.job_files import open_job_rows
from cactions.cli.vault_check import read_secret_versions
from cactions.cli.wiring import VAULT, ProjectFolder
from cactions.edges.files.job_file import JobFormat
from cactions.logic.people.job_rows import JobRows
from cactions.model import Action, PlanBasis, Receipt, RunEntry, RunHead, Scalar, UsageError
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


def open_rows(bulk: BulkOptions, action: Action, inputs: Mapping[str, Scalar]) -> JobRows:
    """The rows of ``--people``. Raises UsageError where it cannot be read as what it says."""
    assert bulk.people, "the command is about a file of people"
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

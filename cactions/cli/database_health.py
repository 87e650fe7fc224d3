"""What ``doctor`` says of the database that machines share."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.cli.cluster_wiring import find_shared_database
from cactions.cli.project_folder import ProjectFolder
from cactions.model import CactionsError, Health, HealthCheck
from cactions.render.messages import count_noun


def check_database(home: ProjectFolder) -> Iterator[HealthCheck]:
    """Whether runs can be kept there, and who carries them out; nothing where none is set."""
    try:
        shared = find_shared_database(home.folder, home.cover) if home.session else None
        if shared is None:
            return
        shared.check_version()
        workers = shared.open_queue().count_workers()
        damaged = shared.open_journal().list_damaged()
    except CactionsError as error:
        yield HealthCheck("database", "", Health.PROBLEM, str(error), error.hint)
        return
    text = f"{shared.database} has the tables of this version; {count_noun(workers, 'worker')}"
    yield HealthCheck("database", "", Health.OK, text)
    for run_id, why in damaged:
        hint = "Restore the database from a backup: until then, `last` names no run."
        yield HealthCheck("run", run_id, Health.PROBLEM, f"cannot be read: {why}", hint)

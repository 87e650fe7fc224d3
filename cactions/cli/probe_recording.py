"""The recording of a probe: ``cassettes/ACTION.probe.json``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cactions.cli.project_folder import ProjectFolder
from cactions.edges.files.probe_file import read_probe_file
from cactions.edges.files.shared_file import save_shared_file
from cactions.logic import documents, strict_json
from cactions.logic.cassette.file_name import build_probe_name
from cactions.logic.request.redaction import mask_query
from cactions.logic.shell import join_command
from cactions.model import Action, PersonQuery, ProbeReport, UsageError


def get_probe_path(home: ProjectFolder, action: Action) -> Path:
    """The file of an action's own. Raises DefinitionError where the name leaves the folder."""
    return home.folder / build_probe_name(action)


def read_probe(home: ProjectFolder, action: Action, path: Path | None) -> ProbeReport:
    """The recorded report. Raises UsageError for no file, DefinitionError for a damaged one."""
    if path is None:
        path = get_probe_path(home, action)
        if not os.path.exists(path):  # noqa: PTH110 - a folder that may not be read raises nothing
            raise _build_missing_error(action, home, path)
    return read_probe_file(path)


def build_probe_command(action: Action, home: ProjectFolder, *options: str) -> str:
    """The command that probes the action, with two test people of the files, or to be completed."""
    known = [*_list_test_people(action, home)]
    attacker, victim = known[:2] if known[1:] else ("PERSON", "PERSON")
    people = ("--as", attacker, "--victim", victim)
    return join_command(("probe",), action.name, options=(*people, *options))


def _list_test_people(action: Action, home: ProjectFolder) -> Iterator[str]:
    """Those whom the files name, as the commands take them; a redacted value is not shown."""
    workspace = home.project.workspace
    queries = [*workspace.intercom.test_people] if workspace.intercom else []
    for person in workspace.people:
        value = person.get_field(action.match)
        if person.test and isinstance(value, str):
            queries.append(PersonQuery(action.match, value))
    for query in queries:
        if mask_query(query, action.redacted) == query:
            is_bare = query.field == action.match and "=" not in query.value
            yield query.value if is_bare else f"{query.field}={query.value}"


def _build_missing_error(action: Action, home: ProjectFolder, path: Path) -> UsageError:
    record = build_probe_command(action, home, "--record")
    return UsageError(
        f"no probe of {action.name} is recorded: there is no file {path}",
        hint=f"`{record}` makes one, with live calls.",
    )


def write_probe(home: ProjectFolder, action: Action, report: ProbeReport) -> Path:
    """Write the report; where it is. Raises StoreError."""
    path = get_probe_path(home, action)
    text = strict_json.dump_json(documents.probe_to_json(report))
    save_shared_file(path, f"{text}\n".encode(), makes_folder=True)
    return path

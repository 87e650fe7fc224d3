"""What recorded probes say of the proofs that a service may merely echo, as notes of findings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from cactions.edges.clock import SystemClock
from cactions.edges.files.probe_file import read_probe_file
from cactions.logic.cassette.file_name import build_probe_name
from cactions.logic.probe.recorded import judge_recording
from cactions.logic.project import LoadedProject
from cactions.logic.shell import join_command
from cactions.model import Action, CactionsError, Finding, Project
from cactions.render.values import format_utc
from cactions.rules import ECHOES


def annotate_probes(loaded: LoadedProject, folder: Path) -> LoadedProject:
    """The findings about echoes, each with what the recorded probe of its action says."""
    project = loaded.draft or loaded.project
    if project is None or not any(finding.rule in ECHOES for finding in loaded.findings):
        return loaded
    return replace(loaded, findings=tuple(_list_noted(loaded, project, folder)))


def _list_noted(loaded: LoadedProject, project: Project, folder: Path) -> Iterator[Finding]:
    for finding in loaded.findings:
        name = finding.route.split(".")[1] if finding.route.startswith("actions.") else ""
        action = project.actions.get(name) if finding.rule in ECHOES else None
        note = _describe_probe(action, project, folder) if action else ""
        yield replace(finding, notes=(*finding.notes, note)) if note else finding


def _describe_probe(action: Action, project: Project, folder: Path) -> str:
    """One sentence; empty where no probe is recorded."""
    again = join_command(
        ("probe",), action.name, options=("--as", "A", "--victim", "B", "--record")
    )
    try:
        path = folder / build_probe_name(action)
        if not os.path.isfile(path):  # noqa: PTH113 - a folder that may not be read raises nothing
            return ""
        now = SystemClock().get_time()
        report, why = judge_recording(read_probe_file(path), action, project, now)
    except CactionsError as error:
        return f"Its recorded probe cannot be read: {error}. `{again}` makes another one."
    if why:
        return f"Its recorded probe proves nothing any more: {why}. `{again}` makes another one."
    day = format_utc(report.made_at)[:10]
    if not report.passed:
        return f"Its probe of {day} did not pass: `{join_command(('probe',), action.name)}`."
    return f"Its probe of {day} covers this: no made-up key was answered with a record."

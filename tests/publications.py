"""Probes that passed, as recordings, so that a definition can be published without a network."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from cactions.logic import documents
from cactions.logic.definition.digest import digest_definition
from cactions.logic.probe.variants import list_probed_keys
from cactions.logic.project import SourceFile, load_project
from cactions.model import (
    Action,
    FailureReason,
    ProbeBaseline,
    ProbeCase,
    ProbeObservation,
    ProbeReport,
    ProbeVariant,
    ProbeVerdict,
    Project,
)

_STOPPED = ProbeObservation("", 200, FailureReason.NOT_SAME_PERSON)
_VARIANTS = (ProbeVariant.VICTIM_KEY, ProbeVariant.RANDOM_KEY)


def load(home: Path, environment: str | None = None) -> Project:
    """The project of a folder."""
    files = [SourceFile(str(path), path.read_bytes()) for path in sorted(home.glob("actions*"))]
    project = load_project(files, environment).project
    assert project, "the files have no errors"
    return project


def build_probe(action: Action, project: Project, **changed: Any) -> ProbeReport:
    """A probe of the action in which every attack was stopped."""
    cases = [
        ProbeCase(str(key.reference), variant, key.is_chosen, _STOPPED, ProbeVerdict.STOPPED)
        for key in list_probed_keys(action, project)
        for variant in _VARIANTS
    ]
    seen = [ProbeObservation("", 200, None, "", {"tier": digest * 32}) for digest in "ab"]
    values = {
        "action": action.name, "definition": digest_definition(action, project),
        "made_at": time.time(), "baseline": ProbeBaseline(*seen), "cases": tuple(cases),
        **changed,
    }  # fmt: skip
    return ProbeReport(**values)


def record_probe(home: Path, name: str = "loyalty", **changed: Any) -> None:
    """Write such a probe where ``publish`` looks for it."""
    project = load(home)
    report = build_probe(project.actions[name], project, **changed)
    (home / "cassettes").mkdir(exist_ok=True)
    (home / f"cassettes/{name}.probe.json").write_text(json.dumps(documents.probe_to_json(report)))

"""Probes that passed, as recordings, so that a definition can be published without a network."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from cactions.logic import documents
from cactions.logic.project import SourceFile, load_project
from cactions.model import Project
from tests.probe_reports import build_passed_probe


def load(home: Path, environment: str | None = None) -> Project:
    """The project of a folder."""
    files = [SourceFile(str(path), path.read_bytes()) for path in sorted(home.glob("actions*"))]
    project = load_project(files, environment).project
    assert project, "the files have no errors"
    return project


def record_probe(home: Path, name: str = "loyalty", **changed: Any) -> None:
    """Write such a probe where ``publish`` looks for it."""
    project = load(home)
    report = build_passed_probe(project.actions[name], project, time.time())
    document = documents.probe_to_json(replace(report, **changed))
    (home / "cassettes").mkdir(exist_ok=True)
    (home / f"cassettes/{name}.probe.json").write_text(json.dumps(document))

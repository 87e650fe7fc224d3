"""Documented answers of public services, each as an action with a recording and a test."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Cli
from tests.run_report import REPORT

ANSWERS = Path(__file__).parent / "answers"
TEMPLATES = ROOT / "cactions" / "templates" / "services"
FILES = [*sorted(ANSWERS.glob("actions.*.yaml")), *sorted(TEMPLATES.glob("*.yaml"))]
"""Those of ten services are the templates of ``cactions new``."""
KEYS = (
    "absent", "case", "count", "cut", "date: {form", "divide", "else", "empty_when", "format: xml",
    "in:", "is:", "join", "newest", "nothing_when", "oldest", "on_nothing", "parse", "pattern",
    "rfc2822", "sum", "text", "values", "where", "zone",
)  # fmt: skip
"""What the answers of services ask for; each is used by one of them at least."""


@pytest.fixture
def project(home: Path) -> Path:
    for path in home.glob("actions*.yaml"):
        path.unlink()
    shutil.rmtree(home / "cassettes", ignore_errors=True)
    shutil.copytree(ANSWERS, home, dirs_exist_ok=True)
    return home


def test_every_answer_is_mapped_as_documented(project: Path, cli: Cli) -> None:
    """Exactly: a test names each attribute that changes, and its value."""
    done = cli("test", "--json")
    reports = done.json["tests"]
    assert done.code == Exit.CLEAN, [each for each in reports if not each["passed"]]
    services = {each["action"].partition(".")[0] for each in reports}
    templates = len(sorted(TEMPLATES.glob("*.yaml")))
    REPORT.append(
        f"documented answers: {len(reports)} of {len(services)} services, and {templates} templates"
    )
    assert (len(reports) >= 30, len(services) >= 25) == (True, True)
    assert len(list((project / "cassettes").iterdir())) == len(reports)


def test_no_answer_is_read_in_a_way_that_leaks(project: Path, cli: Cli) -> None:
    """They hold no error and no warning."""
    found = cli("validate", "--json").json["findings"]
    assert project.exists()
    assert [] == [each for each in found if each["severity"] != "info"]


def test_each_form_is_needed_by_a_service() -> None:
    """None is there for its own sake."""
    text = "\n".join(path.read_text() for path in FILES)
    assert [] == [key for key in KEYS if not re.search(rf"(?<![\w]){re.escape(key)}", text)]

"""The hook and the action: their manifests, and what they run, in a repository of somebody else."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cactions.edges.action_files import EXAMPLE, find
from cactions.model import Severity

ROOT = Path(__file__).parents[1]
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
INSTALL, VALIDATE = ACTION["runs"]["steps"]

GOOD = (ROOT / EXAMPLE).read_text()
BAD = GOOD.replace("identity_verification: true", "identity_verification: false")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout with two projects, a clean one and one with a leak; and the installed program."""
    for name, text in (("good", GOOD), ("a team/bad", BAD)):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "actions.yaml").write_text(text)
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "cactions"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cactions "$@"\n')
    program.chmod(0o755)
    return tmp_path


def environment(home: Path, **more: str) -> dict[str, str]:
    names = {"GITHUB_OUTPUT": home / "output", "GITHUB_STEP_SUMMARY": home / "summary.md"}
    for file in names.values():
        file.touch()
    path = f"{home / 'programs'}{os.pathsep}{os.environ['PATH']}"
    ours = {"PATH": path, "PYTHONPATH": str(ROOT), "GITHUB_WORKSPACE": str(home), "COLUMNS": "80"}
    return {**ours, **{name: str(file) for name, file in names.items()}, **more}


def ran(script: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A script in bash, as a runner starts it."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=home, env=environment(home, **more), capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("actions.yaml", True),
        ("teams/shop/actions.yml", True),
        ("actions.orders.yaml", True),
        ("actions.yaml.bak", False),
        ("transactions.yaml", False),
        (".github/workflows/actions-build.yaml", False),
    ],
)
def test_the_hook_is_for_action_files(tmp_path: Path, name: str, wanted: bool) -> None:
    """Those that the command finds itself, in any folder."""
    assert wanted is bool(re.search(HOOK["files"], name))
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / "actions.yaml").touch()
    file.touch()
    assert wanted is (file in find([file.parent])[file.parent])


def test_the_hook_runs_and_fails_where_there_is_a_leak(repository: Path) -> None:
    """With the names of a commit behind its words, as pre-commit puts them."""
    for names, code in ((["good/actions.yaml"], 0), (["a team/bad/actions.yaml"], 1)):
        done = ran(f"{HOOK['entry']} {shlex.join(names)}", repository)
        assert (code, "") == (done.returncode, done.stderr)
    assert HOOK["require_serial"]


def inputs(**given: str) -> dict[str, str]:
    """The variables of the step, with the inputs that somebody gives and the defaults of others."""
    values = {name: one.get("default", "") for name, one in ACTION["inputs"].items()} | given
    return {
        key: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: values[found[1]], text)
        for key, text in VALIDATE["env"].items()
    }


def test_the_action_annotates_and_fails(repository: Path) -> None:
    """Names begin at the checkout; everything is in the summary of the job."""
    done = ran(VALIDATE["run"], repository, **inputs(files="good\na team/bad/actions.yaml\n"))
    assert (1, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("::error file=a team/bad/actions.yaml,line=")
    assert (repository / "summary.md").read_text().startswith("### cactions: ")


def test_the_action_passes_where_nothing_is_wrong(repository: Path) -> None:
    """From which severity on it fails is an input."""
    step = VALIDATE["run"]
    assert 0 == ran(step, repository, **inputs(files="good")).returncode
    assert 0 == ran(f"cd good\n{step}", repository, **inputs()).returncode
    strict = inputs(files="good", **{"fail-on": Severity.INFO.value})
    assert 0 == ran(step, repository, **strict).returncode
    wrong = ran(step, repository, **inputs(files="good", format="html"))
    assert (2, True) == (wrong.returncode, '--format cannot be "html"' in wrong.stderr)


def test_the_action_writes_sarif_too(repository: Path) -> None:
    """Also where it fails, and says where; not where it could not be made."""
    asked: Any = {"sarif-file": "out.sarif", "files": "a team/bad"}
    done = ran(VALIDATE["run"], repository, **inputs(**asked))
    assert 1 == done.returncode
    [run] = json.loads((repository / "out.sarif").read_text())["runs"]
    uris = {
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]
    }
    assert {"a%20team/bad/actions.yaml"} == uris
    assert "sarif-file=out.sarif\n" == (repository / "output").read_text()
    (repository / "output").unlink()
    done = ran(VALIDATE["run"], repository, **inputs(**{**asked, "files": "nowhere.yaml"}))
    assert (2, "") == (done.returncode, (repository / "output").read_text())


def test_what_somebody_types_never_becomes_a_command(repository: Path) -> None:
    """Inputs reach the shell as variables, and file names as words of their own."""
    for step in (INSTALL, VALIDATE):
        assert "${{" not in step["run"]
    nasty = "$(touch pwned); touch pwned\n--fix\n`touch pwned`"
    ran(VALIDATE["run"], repository, **inputs(files=nasty, format=nasty))
    ran(VALIDATE["run"], repository, **inputs(**{"fail-on": nasty, "sarif-file": "$(touch pwned)"}))
    assert not (repository / "pwned").exists()


def test_every_input_is_used_and_no_other() -> None:
    """And every variable is one that its script reads."""
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(ACTION["runs"])))
    assert set(ACTION["inputs"]) == used
    for step in (INSTALL, VALIDATE):
        assert all(f"${name}" in step["run"] or f"${{{name}" in step["run"] for name in step["env"])


def test_the_action_installs_its_own_checkout(tmp_path: Path) -> None:
    """Or a release, where one is named; the program is on the path of the steps that follow."""
    told = tmp_path / "pip"
    home = tmp_path / "programs"
    home.mkdir()
    fake = home / "python3"
    fake.write_text(f'#!/bin/sh\nmkdir -p "$3/bin"\nprintf \'#!/bin/sh\\necho "$@" > {told}\\n\' '
                    '> "$3/bin/pip"\nchmod +x "$3/bin/pip"\n')  # fmt: skip
    fake.chmod(0o755)
    for version, wanted in (("", "/the checkout"), ("1.2.3", "cactions==1.2.3")):
        more = {"RUNNER_TEMP": str(tmp_path), "GITHUB_PATH": str(tmp_path / "path")}
        done = ran(INSTALL["run"], tmp_path, CHECKOUT="/the checkout", VERSION=version, **more)
        assert (0, "") == (done.returncode, done.stderr)
        assert told.read_text().endswith(f" {wanted}\n")
    assert f"{tmp_path}/cactions/bin" in (tmp_path / "path").read_text()

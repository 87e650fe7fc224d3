"""Runs a job of a GitHub workflow as a runner does: each step in its shell, with its variables.

An action that a step names by a path is run from the checkout. Those of GitHub itself are known:
the checkout is there, and the Python that is put on the path is the one that runs the tests.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CHECKOUT = "actions/checkout@v4"
SETUP_PYTHON = "actions/setup-python@v5"
SHELLS = {"": "bash -e {0}", "bash": "bash --noprofile --norc -eo pipefail {0}"}
"""Without a name, and with one: workflow-syntax-for-github-actions, `steps[*].shell`."""
SECONDS = 600
GITHUB = {
    "github.token": "a-token-of-the-job", "github.event.number": "17", "github.run_id": "99",
    "github.server_url": "https://github.example", "github.repository": "acme/shop",
}  # fmt: skip
"""The context of the job."""


class StepResult(NamedTuple):
    """What a step did."""

    name: str
    code: int
    out: str
    err: str


class JobRunner:
    """``temp`` is the runner's folder; ``env`` what all steps have."""

    def __init__(self, checkout: Path, temp: Path, env: Mapping[str, str] = {}) -> None:
        temp.mkdir()
        self.checkout, self.temp = checkout, temp
        self.summary, self._paths, self._outputs = (
            temp / name for name in ("summary", "paths", "outputs")
        )
        for file in (self.summary, self._paths, self._outputs):
            file.touch()
        self._env = {
            "PATH": os.environ["PATH"], "HOME": str(temp), "RUNNER_TEMP": str(temp),
            "GITHUB_WORKSPACE": str(checkout), "GITHUB_PATH": str(self._paths),
            "GITHUB_OUTPUT": str(self._outputs), "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_ACTIONS": "true", "CI": "true", **env,
        }  # fmt: skip

    def run(self, workflow: str, secrets: Mapping[str, str] = {}) -> list[StepResult]:
        """The steps of the only job, up to the first that fails; then those for a failure."""
        [job] = yaml.safe_load(workflow)["jobs"].values()
        values = {**GITHUB, **{f"secrets.{name}": text for name, text in secrets.items()}}
        results: list[StepResult] = []
        failed = False
        for step, known in self._list_steps(job["steps"], values):
            condition = step.get("if", "success()")
            assert condition in ("success()", "failure()")
            if failed == (condition == "failure()"):
                results.append(self._run_step(step, known))
                failed = failed or results[-1].code > 0
        return results

    def _list_steps(
        self, steps: list[dict[str, Any]], values: Mapping[str, str]
    ) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
        """Each step that is run, with the values of its expressions."""
        known = {**values, "runner.temp": str(self.temp), "github.workspace": str(self.checkout)}
        for step in steps:
            used = step.get("uses", "")
            if not used:
                yield step, known
            elif used == SETUP_PYTHON:
                self._set_up_python()
            elif used != CHECKOUT:
                assert used.startswith("./"), f"{used} cannot be fetched"
                folder = self.checkout / used
                action = yaml.safe_load((folder / "action.yml").read_text())
                inputs = {name: one.get("default", "") for name, one in action["inputs"].items()}
                given = step.get("with", {})
                assert set(given) <= set(inputs)
                texts = {f"inputs.{name}": text for name, text in (inputs | given).items()}
                below = {**values, **texts, "github.action_path": str(folder)}
                yield from self._list_steps(action["runs"]["steps"], below)

    def _set_up_python(self) -> None:
        folder = self.temp / "python"
        folder.mkdir()
        (folder / "python3").symlink_to(Path(sys.executable).resolve())
        with self._paths.open("a") as paths:
            paths.write(f"{folder}\n")

    def _run_step(self, step: Mapping[str, Any], known: Mapping[str, str]) -> StepResult:
        def fill(text: str) -> str:
            return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: known[found[1]], text)

        script = self.temp / "script.sh"
        script.write_text(fill(step["run"]))
        shell = step.get("shell", "")
        words = SHELLS.get(shell, shell).replace("{0}", shlex.quote(str(script)))
        added = [*reversed(self._paths.read_text().splitlines()), self._env["PATH"]]
        own = {name: fill(str(text)) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            shlex.split(words),
            cwd=fill(step.get("working-directory", "${{ github.workspace }}")),
            env={**self._env, "PATH": os.pathsep.join(added), **own},
            capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        name = step.get("name", step["run"].splitlines()[0])
        return StepResult(name, done.returncode, done.stdout, done.stderr)

"""The hook and the action: their manifests, and their behaviour in a foreign repository."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cactions.edges.files.action_files import EXAMPLE, find
from cactions.model import Severity
from tests.checkouts import PACKAGES, lock_local_wheel

ROOT = Path(__file__).parents[1]
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = INSTALL, VALIDATE = ACTION["runs"]["steps"]

GOOD = (ROOT / EXAMPLE).read_text()
BAD = GOOD.replace("identity_verification: jwt", "identity_verification: false")


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runner's temporary folder, with cactions where the action installs it."""
    home = tmp_path_factory.mktemp("runner")
    venv.create(home / "cactions", symlinks=True)
    [packages] = (home / "cactions" / "lib").glob("python*/site-packages")
    (packages / "all.pth").write_text(f"{ROOT}\n{PACKAGES}")
    program = home / "cactions" / "path" / "cactions"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{home}/cactions/bin/python" -I -m cactions "$@"\n')
    program.chmod(0o755)
    return home


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout with two projects, a clean one and one with a leak."""
    for name, text in (("good", GOOD), ("a team/bad", BAD)):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "actions.yaml").write_text(text)
    return tmp_path


def environment(home: Path, runner: Path, **more: str) -> dict[str, str]:
    """The variables of a step; the environment of cactions is first on the path, as for a hook."""
    names = {
        "GITHUB_OUTPUT": home / "output", "GITHUB_STEP_SUMMARY": home / "summary.md",
        "GITHUB_PATH": runner / "added-paths",
    }  # fmt: skip
    for file in names.values():
        file.touch()
    path = f"{runner / 'cactions' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ours = {"PATH": path, "RUNNER_TEMP": str(runner), "GITHUB_WORKSPACE": str(home)}
    return {**ours, "COLUMNS": "80", **{name: str(file) for name, file in names.items()}, **more}


def ran(
    step: Mapping[str, Any], home: Path, runner: Path, **more: str
) -> subprocess.CompletedProcess[str]:
    """A step in its shell and its folder, as a runner starts it."""
    script = runner / "script.sh"
    script.write_text(step["run"])
    where = step.get("working-directory", "${{ github.workspace }}")
    known = {"${{ runner.temp }}": runner, "${{ github.workspace }}": home}
    shell, *words = step["shell"].replace("{0}", shlex.quote(str(script))).split()
    return subprocess.run(
        [str(shutil.which(shell)), *words],
        cwd=known[where], env=environment(home, runner, **more), capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip


def hooked(home: Path, runner: Path, *names: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The hook, as pre-commit starts it: file names after its arguments, in the checkout's root."""
    program, *words = shlex.split(HOOK["entry"])
    variables = environment(home, runner, **more)
    return subprocess.run(
        [str(shutil.which(program, path=variables["PATH"])), *words, *names],
        cwd=home, env=variables, capture_output=True, text=True, check=False, timeout=600,
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
    """The same files that the command finds itself, in any folder."""
    assert wanted is bool(re.search(HOOK["files"], name))
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / "actions.yaml").touch()
    file.touch()
    assert wanted is (file in find([file.parent])[file.parent])


def test_the_hook_fails_on_a_leak(repository: Path, runner: Path) -> None:
    """With the names of committed files after its arguments, as pre-commit adds them."""
    for names, code in ((["good/actions.yaml"], 0), (["a team/bad/actions.yaml"], 1)):
        done = hooked(repository, runner, *names)
        assert (code, "") == (done.returncode, done.stderr)
    assert HOOK["require_serial"]


def inputs(**given: str) -> dict[str, str]:
    """The variables of the step, with the given inputs and the defaults of the others."""
    values = {name: one.get("default", "") for name, one in ACTION["inputs"].items()} | given
    return {
        key: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: values[found[1]], text)
        for key, text in VALIDATE["env"].items()
    }


def test_the_action_annotates_findings_and_fails(repository: Path, runner: Path) -> None:
    """File names are relative to the checkout; the job summary has all findings."""
    done = ran(VALIDATE, repository, runner, **inputs(files="good\na team/bad/actions.yaml\n"))
    assert (1, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("::error file=a team/bad/actions.yaml,line=")
    assert (repository / "summary.md").read_text().startswith("### cactions: ")


def test_the_action_passes_without_findings(repository: Path, runner: Path) -> None:
    """An input sets the severity from which it fails."""
    assert 0 == ran(VALIDATE, repository, runner, **inputs(files="good")).returncode
    assert 0 == ran(VALIDATE, repository / "good", runner, **inputs()).returncode
    whole = ran(VALIDATE, repository, runner, **inputs())
    assert (1, True) == (whole.returncode, "file=a team/bad/actions.yaml" in whole.stdout)
    strict = inputs(files="good", **{"fail-on": Severity.INFO.value})
    assert 0 == ran(VALIDATE, repository, runner, **strict).returncode
    wrong = ran(VALIDATE, repository, runner, **inputs(files="good", format="html"))
    assert (2, True) == (wrong.returncode, 'nvalid value for --format: "html"' in wrong.stderr)


def test_the_action_writes_sarif(repository: Path, runner: Path) -> None:
    """Also if it fails, with its path as an output; not if it could not be created."""
    asked: Any = {"sarif-file": "out.sarif", "files": "a team/bad"}
    done = ran(VALIDATE, repository, runner, **inputs(**asked))
    assert 1 == done.returncode
    [run] = json.loads((repository / "out.sarif").read_text())["runs"]
    uris = {
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]
    }
    assert {"a%20team/bad/actions.yaml"} == uris
    assert "sarif-file=out.sarif\n" == (repository / "output").read_text()
    (repository / "output").unlink()
    for wrong in ({"files": "nowhere.yaml"}, {"sarif-file": "nowhere/out.sarif"}):
        done = ran(VALIDATE, repository, runner, **inputs(**{**asked, **wrong}))
        assert (2, "") == (done.returncode, (repository / "output").read_text())


@pytest.mark.parametrize("kind", ["file", "folder", "dangling"])
def test_the_action_does_not_write_through_a_link_of_the_checkout(
    repository: Path, runner: Path, tmp_path_factory: pytest.TempPathFactory, kind: str
) -> None:
    """A pull request could put one in place of the report."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "kept").write_text("kept")
    leads_to = {"file": outside / "kept", "folder": outside, "dangling": outside / "new"}[kind]
    (repository / "link").symlink_to(leads_to)
    name = "link/new" if kind == "folder" else "link"
    done = ran(VALIDATE, repository, runner, **inputs(**{"sarif-file": name, "files": "good"}))
    assert (3, "") == (done.returncode, (repository / "output").read_text())
    assert ["kept"] == [path.name for path in outside.iterdir()]
    assert "kept" == (outside / "kept").read_text()


def test_the_shell_writes_only_files_named_by_the_runner() -> None:
    """A shell follows a link in the checkout; cactions itself writes files named by an input."""
    targets = {step["name"]: re.findall(r"(?<![<>=(])>>? *(\S+)", step["run"]) for step in STEPS}
    assert {INSTALL["name"]: ['"$GITHUB_PATH"'], VALIDATE["name"]: ['"$GITHUB_OUTPUT"']} == targets


def test_an_input_never_becomes_a_command(repository: Path, runner: Path) -> None:
    """Inputs reach the shell as variables, and file names as separate arguments."""
    for step in STEPS:
        assert "${{" not in step["run"]
    nasty = "$(touch pwned); touch pwned\n--fix\n`touch pwned`"
    ran(VALIDATE, repository, runner, **inputs(files=nasty, format=nasty))
    ran(
        VALIDATE, repository, runner, **inputs(**{"fail-on": nasty, "sarif-file": "$(touch pwned)"})
    )
    assert not (repository / "pwned").exists()


def test_every_input_is_used_and_declared() -> None:
    """And every input variable of a script is declared."""
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(ACTION["runs"])))
    assert set(ACTION["inputs"]) == used
    for step in STEPS:
        assert all(f"${name}" in step["run"] or f"${{{name}" in step["run"] for name in step["env"])


FAKE = """#!/bin/sh
mkdir -p "$RUNNER_TEMP/cactions/bin"
test "$0" = "$RUNNER_TEMP/cactions/bin/python" || cp "$0" "$RUNNER_TEMP/cactions/bin/python"
echo "$@" >> "$RUNNER_TEMP/told"
"""
"""A Python that only records how it was started."""


def installed(temp: Path, python: str = FAKE) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """The result of the install step with a fake Python, and how that was started."""
    programs = temp / "programs"
    programs.mkdir(exist_ok=True)
    if python:
        (programs / "python3").write_text(python)
        (programs / "python3").chmod(0o755)
    for name in ("bash", "mkdir", "cp"):
        (programs / name).symlink_to(str(shutil.which(name)))
    (temp / "told").write_text("")
    done = ran(INSTALL, temp, temp, PATH=str(programs), CHECKOUT="/the checkout")
    return done, (temp / "told").read_text().splitlines()


def test_the_action_installs_its_own_checkout(tmp_path: Path) -> None:
    """With the dependencies of its lock file, by their hashes; its program is on the path."""
    done, recorded = installed(tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert all(line.startswith("-I ") for line in recorded if line.startswith("-"))
    [pip] = [line for line in recorded if "-m pip" in line]
    assert pip == (
        "-I -m pip --isolated install --quiet --disable-pip-version-check --no-input --no-deps"
        " --only-binary=:all: --require-hashes -r /the checkout/cactions/requirements.lock"
    )
    assert f"{tmp_path}/cactions/path\n" == (tmp_path / "added-paths").read_text()


OLD = f"""#!/bin/sh
test "$2" = -c || echo "$@" >> "$RUNNER_TEMP/told"
exec "{sys.executable}" -I -c '
import sys
sys.version_info = (3, 10, 14, "final", 0)
exec(sys.argv[1])' "$3"
"""
"""A Python that says that it is of an older version."""


@pytest.mark.parametrize("python", ["", OLD, "#!/bin/sh\nexit 2\n"], ids=["none", "old", "2.7"])
def test_an_old_python_is_refused(tmp_path: Path, python: str) -> None:
    """Clearly, and before anything is done."""
    done, recorded = installed(tmp_path, python)
    assert (2, []) == (done.returncode, recorded)
    [message] = [line for line in done.stdout.splitlines() if line.startswith("::error::")]
    assert "needs Python 3.11 or newer" in message
    assert "actions/setup-python" in message
    assert not (tmp_path / "cactions").exists()
    assert "" == (tmp_path / "added-paths").read_text()


def entries(lock: Path) -> Iterator[str]:
    """The entries of a lock file: each package with its hashes, without comments and markers."""
    text = re.sub(r"(?m)^ *#.*\n| ; [^\\]*(?= )", "", lock.read_text())
    yield from re.split(r"\n(?=\w)", text.strip())


def needs(requirement: Requirement) -> Iterator[str]:
    """The package and its installed dependencies, recursively."""
    yield canonicalize_name(requirement.name)
    with suppress(PackageNotFoundError):
        for text in requires(requirement.name) or ():
            if (one := Requirement(text)).marker is None or one.marker.evaluate({"extra": ""}):
                yield from needs(one)


def test_the_actions_lock_is_a_subset_of_the_test_lock() -> None:
    """The same versions and hashes; packages that only tests need are not in it."""
    run_time = set(entries(ROOT / "cactions" / "requirements.lock"))
    assert set() == run_time - set(entries(ROOT / "requirements.lock"))
    names = {entry.split("==")[0] for entry in run_time}
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert set() == {one for need in needed for one in needs(Requirement(need))} - names
    assert not {"pytest", "mypy", "ruff", "hypothesis", "import-linter"} & names
    assert all("--hash=sha256:" in entry for entry in run_time)


# A malicious checkout


MODULES = """venv pip ensurepip sitecustomize usercustomize conftest cactions typer yaml json re
runpy sysconfig pathlib encodings codecs os io site certifi rich start""".split()  # noqa: SIM905
"""File names that the Python of a step imports or could be made to import."""
PROGRAMS = ["python", "python3", "pip", "bash", "sh", "env", "cactions", "mkdir", "printf"]
SETTINGS = {
    "pip.conf": "[global]\nno-index = yes\n[install]\ntarget = pip-was-led\n",
    "setup.cfg": "[install]\nprefix = pip-was-led\n",
    "pyproject.toml": '[build-system]\nrequires = []\nbackend-path = ["."]\nbuild-backend = "re"\n',
    "pyvenv.cfg": "home = .\n",
    "requirements.lock": "./\n",
}


def attack(checkout: Path, marks: Path, *, packages: bool) -> None:
    """Fill the checkout's root with files that leave a trace if they are run or imported."""
    for name in MODULES:
        file = checkout / (f"{name}/__init__.py" if packages else f"{name}.py")
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"import posix\nposix.open({str(marks / name)!r}, posix.O_CREAT)\n")
    (checkout / "all.pth").write_text(f"import os; os.mkdir({str(marks / 'pth')!r})\n")
    for name in (*PROGRAMS, "start.sh"):
        if not (checkout / name).exists():
            (checkout / name).write_text(f"#!/bin/sh\n: > {marks}/program-{name}\n")
            (checkout / name).chmod(0o755)
    for name, text in SETTINGS.items():
        (checkout / name).write_text(text)


def hostile_variables(checkout: Path, marks: Path) -> dict[str, str]:
    """Variables that would make a shell, Python or pip use the checkout."""
    marking = f"() {{ : > {marks}/function; }}"
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"], ".", "")),
        **dict.fromkeys(("PYTHONPATH", "PYTHONUSERBASE", "PIP_FIND_LINKS"), str(checkout)),
        "PYTHONPYCACHEPREFIX": ".",
        "PYTHONSTARTUP": "start.py",
        "PYTHONWARNINGS": "error::start.Warning",
        **dict.fromkeys(("BASH_ENV", "ENV"), f"{checkout}/start.sh"),
        **{f"BASH_FUNC_{name}%%": marking for name in ("python3", "printf", "echo", "export")},
        "PIP_CONFIG_FILE": str(checkout / "pip.conf"),
        "PIP_TARGET": str(checkout / "pip-was-led"),
        "PIP_REQUIREMENT": "requirements.lock",
    }


def action_with_a_local_lock(home: Path) -> Path:
    """The action's checkout; its lock contains a local wheel instead of a download."""
    shutil.copytree(ROOT / "cactions", home / "action" / "cactions")
    lock_local_wheel(home, home / "action" / "cactions" / "requirements.lock")
    return home / "action"


def test_no_code_of_the_checkout_is_run(tmp_path: Path) -> None:
    """Neither when installing, validating or committing, for any files and variables."""
    temp, marks = tmp_path / "temp", tmp_path / "marks"
    temp.mkdir()
    marks.mkdir()

    def check(done: subprocess.CompletedProcess[str], code: int) -> None:
        assert [] == [file.name for file in marks.iterdir()]
        assert (code, "") == (done.returncode, done.stderr)

    for packages in (False, True):
        checkout = tmp_path / f"checkout-{packages}"
        for name, text in (("good", GOOD), ("-fgood", BAD)):
            (checkout / name).mkdir(parents=True)
            (checkout / name / "actions.yaml").write_text(text)
        attack(checkout, marks, packages=packages)
        more = hostile_variables(checkout, marks)
        if packages:
            more |= {"PYTHONHOME": str(checkout)}
        else:
            action = str(action_with_a_local_lock(tmp_path))
            check(ran(INSTALL, checkout, temp, CHECKOUT=action, **more), 0)
        first = {"PATH": f"{temp}/cactions/bin{os.pathsep}{more['PATH']}"}
        for name, code in (("good", 0), ("-fgood", 1)):
            check(ran(VALIDATE, checkout, temp, **inputs(files=name), **more), code)
            check(hooked(checkout, temp, f"{name}/actions.yaml", **{**more, **first}), code)
        assert not (checkout / "pip-was-led").exists()

"""The Pythons that the package names are those that are tested, and each one of a machine is."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NAMED = [
    found[1]
    for text in PROJECT["project"]["classifiers"]
    if (found := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", text))
]
PYTEST = "python -m pytest"


def test_what_names_a_python_names_the_same_ones() -> None:
    """The classifiers have no gap, and begin with the lowest version that the package allows."""
    lowest = int(PROJECT["project"]["requires-python"].removeprefix(">=3."))
    assert [f"3.{lowest + number}" for number in range(len(NAMED))] == NAMED
    assert f"py3{lowest}" == PROJECT["tool"]["ruff"]["target-version"]
    assert f"Python 3.{lowest} or newer" in (ROOT / "README.md").read_text()
    guide = (ROOT / ".github" / "CONTRIBUTING.md").read_text()
    listed = f"{', '.join(NAMED[:-1])} and {NAMED[-1]}"
    assert f"tested on Python {listed}." in " ".join(guide.split())
    assert {f"3.{lowest}"} == set(re.findall(r"--python-version (\S+)", guide))


def test_every_connection_of_sqlite_is_closed_where_it_is_opened() -> None:
    """`with` only ends a transaction; from 3.13 on, the garbage collector warns in a later test."""
    files = [path for folder in ("cactions", "tests") for path in (ROOT / folder).rglob("*.py")]
    files = [path for path in files if "sqlite3.connect(" in path.read_text()]
    assert len(files) > 15
    assert [] == [
        f"{path.relative_to(ROOT)}:{item.context_expr.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.With)
        for item in node.items
        if ast.unparse(item.context_expr).startswith("sqlite3.connect(")
    ]


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def listed(home: Path, *folders: str) -> list[str]:
    """What CI finds on a machine whose home is this folder, with these folders on its path."""
    program = script(home / "none" / "empty", "").parent
    path = os.pathsep.join([str(home / folder) for folder in folders] or [str(program)])
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "pythons.py")], capture_output=True, text=True,
        check=True, timeout=300, env={"PATH": path, "HOME": str(home)},
    )  # fmt: skip
    return [line.replace(f"{home}/", "") for line in done.stdout.splitlines()]


def test_every_python_of_a_machine_is_found_once(tmp_path: Path) -> None:
    """On the path, of pyenv and of uv; in the order of their numbers, and the path comes first."""
    for name, version in {
        "bin/python3": "3.12", "bin/python3.12": "3.12", "bin/python3.11": "3.11",
        "more/python3.100": "3.100", "more/python3-config": "3.15", "more/python": "3.16",
        ".pyenv/versions/3.13.0/bin/python3": "3.13", ".pyenv/versions/3.12.1/bin/python3": "3.12",
        "share/uv/python3.14": "3.14",
    }.items():  # fmt: skip
        script(tmp_path / name, f"echo {version}")
    script(tmp_path / "bin" / "uv", f'echo \'[{{"path": "{tmp_path}/share/uv/python3.14"}}]\'')
    assert [
        "3.11 bin/python3.11", "3.12 bin/python3", "3.13 .pyenv/versions/3.13.0/bin/python3",
        "3.14 share/uv/python3.14", "3.100 more/python3.100",
    ] == listed(tmp_path, "bin", "nowhere", "more")  # fmt: skip


def test_what_cannot_be_tested_is_left_out(tmp_path: Path) -> None:
    """Older ones, broken ones, and those that answer nothing: of PyPy, of a preview."""
    for name, text in {
        "3.9": "echo 3.9", "3.10": "echo 3.10", "3.11": "echo 3.11", "3.12": "echo 3.12; exit 1",
        "3.13": "", "3.14": "echo Welcome", "3.15": "exec /nowhere",
    }.items():  # fmt: skip
        script(tmp_path / "bin" / f"python{name}", text)
    script(tmp_path / "bin" / "uv", "exit 2")
    assert ["3.11 bin/python3.11"] == listed(tmp_path, "bin")
    assert [] == listed(tmp_path)


def test_the_python_of_these_tests_is_found(tmp_path: Path) -> None:
    """The real question, asked of a real Python."""
    (tmp_path / "bin").mkdir()
    base = Path(sys.executable).resolve()
    (tmp_path / "bin" / "python3").symlink_to(base)
    assert [f"{sys.version_info[0]}.{sys.version_info[1]} bin/python3"] == listed(tmp_path, "bin")


LOGGED = 'echo "$(basename "$0") $*" >> "$LOG"'
MADE = """
case "$1" in .ci/pythons.py) cat pythons; exit;; esac
mkdir -p .venv/bin
for name in pip python cactions ruff mypy lint-imports; do cp logged .venv/bin/$name; done
echo "made by $0" >> "$LOG"
"""


def run_ci(
    home: Path, versions: list[str], logged: str, *words: str
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """``.ci/run`` with Pythons whose programs only do what ``logged`` says; what was logged."""
    (home / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", home / ".ci")
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, home)
    script(home / "logged", logged)
    (home / "log").touch()
    lines = [f"{name} {script(home / 'my pythons' / name, MADE)}\n" for name in versions]
    (home / "pythons").write_text("".join(lines))
    script(home / "bin" / "python3", MADE)
    for name in ("gnome-keyring-daemon", "cc", "chromium", "initdb"):  # nothing is installed
        script(home / "bin" / name, "")
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", ".ci/run", *words], cwd=home,
        capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PATH": path, "LOG": str(home / "log")},
    )  # fmt: skip
    return done, (home / "log").read_text().splitlines()


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_python_runs_the_commands_of_the_readme(tmp_path: Path, count: int) -> None:
    """The lowest and the newest all tests, those between a part; one Python is enough."""
    versions = [f"3.{11 + number}" for number in range(count)]
    done, log = run_ci(tmp_path, versions, LOGGED, "--all")
    assert 0 == done.returncode, done.stderr
    assert [f"made by {tmp_path}/my pythons/{name}" for name in versions for _ in range(2)] == [
        line for line in log if line.startswith("made by ")
    ]
    between = [f"{PYTEST} -m not hostile"] * (count - 2)
    assert [PYTEST, *between, PYTEST][:count] == [x for x in log if x.startswith(PYTEST)]
    assert 1 == sum(line == "mypy " for line in log)
    assert f"Tested on Python {' '.join(versions)}.\n" in done.stdout
    missing = [name for name in NAMED if name not in versions]
    assert missing == re.findall(r"Python (\S+) is not on this machine", done.stdout)
    unnamed = [name for name in versions if name not in NAMED]
    assert unnamed == re.findall(r"Python (\S+) has no classifier", done.stdout)


SHORT = f"{PYTEST} --one-of-each-file tests/cli tests/edges"


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        (["3.11"], ""), (["3.11", "3.12"], "3.12"), (["3.11", "3.12", NAMED[-1]], NAMED[-1]),
        (["3.11", NAMED[-1], "3.99"], NAMED[-1]), (["3.11", "3.99"], ""), (["3.98", "3.99"], ""),
    ],
)  # fmt: skip
def test_the_lowest_python_runs_all_and_the_newest_with_a_classifier_a_part(
    tmp_path: Path, versions: list[str], newest: str
) -> None:
    """The part is first; the environment that is left is that of the lowest."""
    done, log = run_ci(tmp_path, versions, LOGGED)
    assert 0 == done.returncode, done.stderr
    made = [line.rpartition("/")[2] for line in log if line.startswith("made by ")]
    assert [*([newest] if newest else []), versions[0], versions[0]] == made
    tests = [line for line in log if line.startswith(PYTEST)]
    assert [*([SHORT] if newest else []), PYTEST] == tests
    assert f"Tested on Python {versions[0]}.\n" in done.stdout
    assert [newest] * bool(newest) == re.findall(r"A part of .* on Python (\S+)\.", done.stdout)
    missing = [name for name in NAMED if name not in versions]
    assert missing == re.findall(r"Python (\S+) is not on this machine", done.stdout)


def test_one_test_of_each_file_is_the_first_without_a_long_form(tmp_path: Path) -> None:
    """A file that has only long forms has none."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    long = "import pytest\n@pytest.mark.hostile\ndef test_long(): pass\n"
    (tmp_path / "test_a.py").write_text(f"{long}def test_first(): pass\ndef test_next(): pass\n")
    (tmp_path / "test_b.py").write_text(long)
    (tmp_path / "test_c.py").write_text("class TestIt:\n    def test_it(self): pass\n")
    words = ["--collect-only", "-q", "-n0", "-c", str(ROOT / "pyproject.toml"), "--rootdir", "."]
    words += ["-p", "no:cacheprovider", "--one-of-each-file", "."]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    found = [line for line in done.stdout.splitlines() if "::" in line]
    assert ["test_a.py::test_first", "test_c.py::TestIt::test_it"] == found, done.stdout


@pytest.mark.parametrize("failing", ["pip", "cactions", "python", "ruff", "mypy"])
def test_a_failure_on_any_python_fails(tmp_path: Path, failing: str) -> None:
    """Whatever it is that fails."""
    done, _ = run_ci(tmp_path, ["3.11"], f'test "$(basename "$0")" != {failing}')
    assert (1, False) == (done.returncode, "Tested on" in done.stdout)


def test_without_a_python_nothing_is_green(tmp_path: Path) -> None:
    """There is no run that tested nothing."""
    done, log = run_ci(tmp_path, [], LOGGED)
    assert (1, []) == (done.returncode, log)
    assert "There is no CPython here" in done.stderr

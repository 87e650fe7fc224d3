"""What is released: the same bytes wherever it is built, with all that is needed and no more."""

from __future__ import annotations

import email
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cactions import __version__
from tests.checkouts import make_repository, pack_checkout

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SHARED = {
    "share/man/man1/cactions.1": "help/cactions.1",
    "share/bash-completion/completions/cactions": "cli/completion/bash.sh",
    "share/zsh/site-functions/_cactions": "cli/completion/zsh.sh",
    "share/fish/vendor_completions.d/cactions.fish": "cli/completion/fish.sh",
}
"""Where man and the shells look below the prefix, and the file of the package."""


def build(folder: Path, mask: int, **more: str) -> Path:
    """The folder with what `.ci/build` builds in a checkout there, with this umask."""
    before = os.umask(mask)
    try:
        home = make_repository(pack_checkout(folder))
        env = {**os.environ, "PYTHON": sys.executable, "SOURCE_DATE_EPOCH": "1700000000", **more}
        done = subprocess.run(
            ["bash", ".ci/build"], cwd=home, env=env, capture_output=True, text=True,
            check=False, timeout=600,
        )  # fmt: skip
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    assert (home / "dist" / "SHA256SUMS").read_text() == done.stdout
    return home / "dist"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built") / "cactions", 0o022)


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    [path] = dist.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is installed, but for its shared files."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder)
    return folder


def list_package() -> Iterator[str]:
    """The files of the package, as a wheel names them."""
    for path in (ROOT / "cactions").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".lock":
            yield path.relative_to(ROOT).as_posix()


def test_the_same_bytes_come_out_everywhere(dist: Path, tmp_path: Path) -> None:
    """In another folder, with another umask, language and zone of time, later."""
    again = build(tmp_path / "else where" / "x", 0o077, LC_ALL="C", TZ="Asia/Kathmandu")
    assert (dist / "SHA256SUMS").read_text() == (again / "SHA256SUMS").read_text()
    sums = re.findall(r"^([0-9a-f]{64})  (\S+)$", (dist / "SHA256SUMS").read_text(), re.MULTILINE)
    assert {path.name for path in dist.iterdir()} == {"SHA256SUMS", *(name for _, name in sums)}
    assert 2 == len(sums)
    for value, name in sums:
        assert value == hashlib.sha256((dist / name).read_bytes()).hexdigest()


@pytest.mark.parametrize("fault", ["changed", "hatchling"])
def test_nothing_is_built_of_what_is_not_committed(tmp_path: Path, fault: str) -> None:
    """Nor by another version of what builds it: the bytes would be others."""
    home = make_repository(pack_checkout(tmp_path / "x"))
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 0.1\n")
    python.chmod(0o755)
    if fault == "changed":
        (home / "new.txt").write_text("x")
    done = subprocess.run(
        ["bash", ".ci/build"], cwd=home, env={**os.environ, "PYTHON": str(python)},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert (1, "") == (done.returncode, done.stdout)
    assert done.stderr.endswith(": nothing was built.\n")
    assert not (home / "dist").exists()


def test_the_sdist_holds_what_builds_the_wheel_and_the_example(dist: Path) -> None:
    """No tests, no locks, no caches, nothing of git but what it ignores."""
    [path] = dist.glob("*.tar.gz")
    with tarfile.open(path) as file:
        members = file.getmembers()
    top = f"cactions-{__version__}/"
    names = {member.name.removeprefix(top) for member in members if member.isfile()}
    assert all(member.name.startswith(top) and member.mtime == 1700000000 for member in members)
    assert {0o644} == {member.mode & 0o777 for member in members if member.isfile()}
    package = {name for name in names if name.startswith("cactions/")}
    assert {*list_package()} == package
    recordings = {f"cassettes/{path.name}" for path in (ROOT / "cassettes").iterdir()}
    assert names - package == {
        "PKG-INFO", "pyproject.toml", "README.md", "LICENSE", ".gitignore", "actions.example.yaml",
        *recordings,
    }  # fmt: skip


def test_the_wheel_holds_the_package_and_what_it_shares(wheel: Path) -> None:
    """Pure Python, with its types, its license, the manual page and the shell completions."""
    with zipfile.ZipFile(wheel) as file:
        names = {*file.namelist()}
        shared = {name: file.read(f"cactions-{__version__}.data/data/{name}") for name in SHARED}
        written = file.read(f"cactions-{__version__}.dist-info/WHEEL").decode()
    described = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    about = {f"cactions-{__version__}.dist-info/{name}" for name in described}
    data = {f"cactions-{__version__}.data/data/{name}" for name in SHARED}
    assert {*list_package(), *about, *data} == names
    assert "cactions/py.typed" in names
    assert "Tag: py3-none-any" in written
    for name, source in SHARED.items():
        assert (ROOT / "cactions" / source).read_bytes() == shared[name]


def test_the_metadata_is_complete_and_true(wheel: Path) -> None:
    """There is no public address yet, so none is named."""
    with zipfile.ZipFile(wheel) as file:
        text = file.read(f"cactions-{__version__}.dist-info/METADATA").decode()
    found = email.message_from_string(text)
    assert ("cactions", __version__, "MIT", ["LICENSE"], ">=3.11") == (
        found["Name"], found["Version"], found["License-Expression"],
        found.get_all("License-File"), found["Requires-Python"],
    )  # fmt: skip
    assert PROJECT["description"] == found["Summary"]
    assert "text/markdown" == found["Description-Content-Type"]
    assert (ROOT / "README.md").read_text().strip() == str(found.get_payload()).strip()
    assert f"Copyright (c) 2026 {found['Author']}\n" in (ROOT / "LICENSE").read_text()
    assert found.get_all("Classifier") == PROJECT["classifiers"]
    assert not any(found.get_all(name) for name in ("Project-URL", "Home-page"))
    assert {"cluster", "files", "identity"} <= {*found.get_all("Provides-Extra", [])}


STARTS = (
    ("-c", "import cactions; print(cactions.__file__)"),
    ("-m", "cactions", "--version"),
    ("-m", "cactions", "validate", "actions.yaml"),
    ("-m", "cactions", "help", "start"),
    ("-m", "cactions", "completion", "zsh"),
)


@pytest.mark.parametrize("words", STARTS, ids=lambda words: words[-1][:15])
def test_it_starts_without_the_checkout_and_without_a_warning(
    unpacked: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """From any folder; a warning would be an error."""
    shutil.copy(ROOT / "actions.example.yaml", tmp_path / "actions.yaml")
    done = subprocess.run(
        [sys.executable, "-W", "error", *words], cwd=tmp_path, capture_output=True, text=True,
        check=False, timeout=120, env={**os.environ, "PYTHONPATH": str(unpacked)},
    )  # fmt: skip
    assert (0, "") == (done.returncode, done.stderr)
    if words[0] == "-c":
        assert str(unpacked) in done.stdout
    assert str(ROOT) not in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_is_what_the_command_prints(unpacked: Path, shell: str) -> None:
    """Installed or printed, it is one file."""
    done = subprocess.run(
        [sys.executable, "-m", "cactions", "completion", shell], capture_output=True, check=True,
        timeout=120, env={**os.environ, "PYTHONPATH": str(unpacked)},
    )  # fmt: skip
    [name] = [name for name, source in SHARED.items() if source == f"cli/completion/{shell}.sh"]
    [data] = unpacked.glob("*.data")
    assert (data / "data" / name).read_bytes() == done.stdout


def check_installed(program: Path, prefix: Path | None, folder: Path) -> None:
    """It runs, and its shared files are below its prefix."""
    done = subprocess.run([str(program), "--version"], cwd=folder, capture_output=True, text=True,
                          check=True, timeout=120)  # fmt: skip
    assert (f"cactions {__version__}\n", "") == (done.stdout, done.stderr)
    assert [] == [name for name in SHARED if prefix and not (prefix / name).is_file()]


@pytest.mark.hostile
@pytest.mark.parametrize("form", ["*.whl", "*.tar.gz"])
def test_pip_installs_it_into_a_fresh_environment(dist: Path, tmp_path: Path, form: str) -> None:
    """With what the package index serves."""
    [path] = dist.glob(form)
    home = tmp_path / "fresh"
    venv.create(home, with_pip=True)
    subprocess.run([str(home / "bin" / "pip"), "install", "--quiet", str(path)], check=True,
                   timeout=900, stdout=subprocess.DEVNULL)  # fmt: skip
    check_installed(home / "bin" / "cactions", home, tmp_path)


TOOLS = {
    "pipx": ({"PIPX_HOME": "home", "PIPX_BIN_DIR": "bin", "PIPX_MAN_DIR": "man"}, ["install"]),
    "uv": ({"UV_TOOL_DIR": "home", "UV_TOOL_BIN_DIR": "bin", "UV_CACHE_DIR": "cache"},
           ["tool", "install", "--python", sys.executable]),
}  # fmt: skip


@pytest.mark.hostile
@pytest.mark.parametrize("tool", TOOLS)
def test_each_tool_that_is_on_the_machine_installs_it(
    wheel: Path, tmp_path: Path, tool: str
) -> None:
    """Into an environment of its own; pipx puts the manual page where man finds it."""
    program = shutil.which(tool)
    if program is None:
        pytest.skip(f"there is no {tool}")
    variables, words = TOOLS[tool]
    env = {**os.environ, **{name: str(tmp_path / part) for name, part in variables.items()}}
    subprocess.run([program, *words, str(wheel)], env=env, check=True, timeout=900,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    check_installed(tmp_path / "bin" / "cactions", None, tmp_path)
    if tool == "pipx":
        assert (tmp_path / "man" / "man1" / "cactions.1").exists()

"""Links inside a project cannot lead out of it; other links are followed."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from cactions.edges.cassette.writer import JsonCassetteWriter
from cactions.edges.files.confined_paths import NotAFile, RefusedLink, add_project, open_for_reading
from cactions.edges.files.file_io import append_text, read_text, replace_file, write_text
from cactions.model import UsageError
from tests.run_report import REPORT

CANARY = "canary-5f1c"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder; next to it are files that do not belong to it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.yaml").write_text(CANARY)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def link(path: str, leads_to: str) -> str:
    Path(path).symlink_to(leads_to)
    return path


@pytest.mark.parametrize(
    "leads_to", ["../outside/secret.yaml", "/proc/self/environ", "/dev/zero", "../gone/none.yaml"]
)
def test_a_project_link_that_leads_outside_is_not_read(project: Path, leads_to: str) -> None:
    """The error names the link, and says that nothing was read."""
    link("a.yaml", leads_to)
    with pytest.raises(RefusedLink, match=r"link a\.yaml leads out") as caught:
        read_text(Path("a.yaml"))
    assert "a.yaml" == caught.value.link
    assert CANARY not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize("hidden", [".env", ".git/config", "sub/.npmrc"])
def test_a_project_link_to_a_hidden_name_is_not_read(project: Path, hidden: str) -> None:
    """They are an operator's private files inside a checkout."""
    Path(hidden).parent.mkdir(exist_ok=True)
    Path(hidden).write_text(CANARY)
    link("a.yaml", hidden)
    with pytest.raises(RefusedLink, match="leads to a hidden name"):
        read_text(Path("a.yaml"))
    assert CANARY == read_text(Path(hidden))


def test_a_link_inside_the_project_is_read(project: Path) -> None:
    """Also links of the kind that Kubernetes uses to mount configuration."""
    Path("..2026").mkdir()
    Path("..2026/a.yaml").write_text("x")
    link("..data", "..2026")
    link("a.yaml", "..data/a.yaml")
    link("b.yaml", str(project / "a.yaml"))
    assert ["x", "x"] == [read_text(Path(name)) for name in ("a.yaml", "b.yaml")]


def test_a_link_may_not_leave_the_innermost_project(project: Path) -> None:
    """Called from above several checkouts, one checkout cannot read another."""
    for name in ("ours", "theirs"):
        Path(name, ".git").mkdir(parents=True)
    Path("ours/secret.yaml").write_text(CANARY)
    link("theirs/a.yaml", "../ours/secret.yaml")
    with pytest.raises(RefusedLink):
        read_text(Path("theirs/a.yaml"))


def test_links_of_the_operator_are_followed(project: Path, tmp_path: Path) -> None:
    """A link outside of every project was not created by a project."""
    outside = tmp_path / "outside"
    link(str(outside / "a.yaml"), "secret.yaml")
    link(str(tmp_path / "folder"), "outside")
    assert CANARY == read_text(tmp_path / "folder" / "a.yaml")
    write_text(outside / "a.yaml", "new")
    append_text(outside / "a.yaml", "er")
    replace_file(outside / "a.yaml", b"newer", b"fixed")
    assert "fixed" == (outside / "secret.yaml").read_text()
    assert (outside / "a.yaml").is_symlink()


def test_a_home_folder_in_git_is_not_a_project(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise links of the operator would not be followed."""
    home = tmp_path / "home"
    (home / ".git").mkdir(parents=True)
    link(str(home / "work"), "../outside")
    monkeypatch.setenv("HOME", str(home))
    assert CANARY == read_text(home / "work" / "secret.yaml")
    monkeypatch.chdir(home)
    with pytest.raises(RefusedLink, match="link work leads out"):
        read_text(home / "work" / "secret.yaml")


def test_the_file_system_root_is_not_a_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its links are the system's, such as ``/tmp`` or ``/bin``."""
    links = [one for one in Path("/").iterdir() if one.is_symlink() and one.is_dir()]
    monkeypatch.chdir("/")
    add_project(Path("/"))
    for one in links:
        with pytest.raises(UsageError, match="there is no file"):
            read_text(one / "none.yaml")
        with pytest.raises(UsageError, match=r"cannot be written: (no such|permission|read-only)"):
            write_text(one / "none" / "x.svg", "")


WRITERS: dict[str, Callable[[Path], None]] = {
    "write": lambda path: write_text(path, "ours"),
    "append": lambda path: append_text(path, "ours"),
    "replace": lambda path: replace_file(path, CANARY.encode(), b"ours"),
    "record": lambda path: JsonCassetteWriter(path, makes_folder=True).save(b"ours"),
    "begin to record": lambda path: JsonCassetteWriter(path, makes_folder=True).check_place(),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("leads_to", ["../outside", "../outside/secret.yaml", "inside", "none"])
def test_nothing_is_written_through_a_project_link(
    project: Path, tmp_path: Path, write: Callable[[Path], None], leads_to: str
) -> None:
    """Neither through a file nor through a folder, wherever it leads."""
    Path("inside").mkdir()
    link("link", leads_to)
    for path in (
        "link",
        "link/secret.yaml",
        "link/new.yaml",
        f"{project}/link/../x",
        "inside/../link",
    ):
        with pytest.raises(RefusedLink, match="link link lies in the project"):
            write(Path(path))
    assert CANARY == (tmp_path / "outside" / "secret.yaml").read_text()
    assert ["secret.yaml"] == names(tmp_path / "outside")
    assert ["inside", "link"] == names(Path())
    assert [] == names(Path("inside"))


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_only_a_regular_file_is_overwritten(project: Path, make: Callable[[Path], None]) -> None:
    """Opening a pipe would block."""
    make(Path("x"))
    with pytest.raises(UsageError, match=r"x cannot be written: it is a (folder|pipe)"):
        write_text(Path("x"), "ours")


def test_a_project_file_is_replaced_atomically(project: Path) -> None:
    """It keeps its mode; a new file has the umask's mode, or is private to its owner."""
    Path("old").write_text("old")
    Path("old").chmod(0o640)
    before = os.umask(0o022)
    for name, private in (("old", True), ("new", False), ("own", True)):
        write_text(Path(name), "ours", private=private)
    os.umask(before)
    modes = {name: oct(Path(name).stat().st_mode & 0o777) for name in names(Path())}
    assert {"old": "0o640", "new": "0o644", "own": "0o600"} == modes


def test_a_pipe_in_the_project_is_refused_immediately(project: Path) -> None:
    """A pipe that the operator gives as a descriptor is read."""
    os.mkfifo("a.yaml")
    with pytest.raises(NotAFile, match="it is a pipe, not a file"):
        open_for_reading(Path("a.yaml"))
    with pytest.raises(UsageError, match="it is a pipe, not a file") as caught:
        read_text(Path("a.yaml"))
    assert "`-` for stdin" in caught.value.hint


def test_link_loops_and_long_chains_are_refused(project: Path) -> None:
    """With the error message of the system."""
    link("a", "b")
    link("b", "a")
    link("c", "c/" * 2000)
    for name in "abc":
        with pytest.raises(UsageError, match="too many levels of symbolic links"):
            read_text(Path(name))


FIRST = ("", "./", "in/", "in/../", "up/", "out/", "round/")
NAMES = ("../outside/secret.yaml", "secret.yaml", "l1", "l2", "../../outside/l3", "up/outside/l3")


def test_no_combination_of_project_links_leads_outside(project: Path, tmp_path: Path) -> None:
    """All pairs of links: the canary is readable by its own name only, and nothing is written."""
    Path("in").mkdir()
    for name, leads_to in {
        "up": "..", "out": "../outside", "round": str(project), "l1": "out/secret.yaml",
        "l2": str(tmp_path / "outside" / "secret.yaml"), "in/l1": "../l1",
        "in/l2": "../up/outside/l3",
    }.items():  # fmt: skip
        link(name, leads_to)
    link(str(tmp_path / "outside" / "l3"), "secret.yaml")
    ways = ["".join(way) for way in product(FIRST, FIRST, NAMES)]
    plain = {way for way in ways if not set(way.split("/")) & {"up", "out", "round", "l1", "l2"}}
    read = {way for way in ways if _is_read(way)}
    assert read <= plain
    written = {way for way in set(ways) - plain if _is_written(way)}
    assert set() == written
    assert CANARY == (tmp_path / "outside" / "secret.yaml").read_text()
    REPORT.append(f"paths: {len(ways) - len(plain)} ways through links of a project: 0 followed")


def _is_read(way: str) -> bool:
    try:
        return CANARY == read_text(Path(way))
    except (RefusedLink, UsageError):
        return False


def _is_written(way: str) -> bool:
    try:
        write_text(Path(way), "ours")
    except (RefusedLink, UsageError):
        return False
    return True


def test_a_file_that_becomes_a_pipe_meanwhile_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at it and its opening; no descriptor stays open."""
    path, system_open, opened = project / "file", os.open, list[int]()
    path.write_text("text")

    def exchange(name: str, flags: int) -> int:
        path.unlink()
        os.mkfifo(path)
        opened.append(system_open(name, flags))
        return opened[0]

    monkeypatch.setattr(os, "open", exchange)
    with pytest.raises(NotAFile):
        open_for_reading(path)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])

"""State that git tracks is not used, and new state is not tracked by accident."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cactions.edges.files.git_tracking import GitStatus, find_tracking
from cactions.edges.store.state_folder import StateFolder
from cactions.model import StoreError


def is_tracked(folder: Path) -> bool:
    return GitStatus.TRACKED is find_tracking(folder)


needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git writes what is read here")

Git = Callable[..., None]
VERSIONS = ("2", "3", "4")
EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
"""The hash of a file without content."""


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """``git("add", "x")`` in the folder, without the configuration of this machine."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")

    def call(*words: str, folder: Path = tmp_path) -> None:
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, timeout=300)

    return call


def fill(folder: Path, *names: str) -> None:
    for name in (*names, "README", "src/a/long/path/of/code.py", ".c/x", "zebra/ö.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


@needs_git
@pytest.mark.parametrize("hashes", ["sha1", "sha256"])
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", [".cactions/people.db", ".CACTIONS/runs/x.db", ".cactions"])
def test_tracked_state_is_detected_in_every_index_version(
    git: Git, tmp_path: Path, hashes: str, version: str, name: str
) -> None:
    """Also in other letter case, and if the folder was committed as a file or a link."""
    git("init", "--quiet", f"--object-format={hashes}")
    fill(tmp_path)
    git("add", ".")
    git("add", "--intent-to-add", ".")
    if version != "2":  # which has no such flag
        git("update-index", "--skip-worktree", "README")
    git("update-index", "--index-version", version)
    assert not is_tracked(tmp_path / ".cactions")
    fill(tmp_path, name)
    git("add", "--force", name)
    assert int(version) == (tmp_path / ".git" / "index").read_bytes()[7]
    assert is_tracked(tmp_path / ".cactions")
    git("rm", "-r", "--quiet", "--cached", name)
    assert not is_tracked(tmp_path / ".cactions")


@needs_git
@pytest.mark.parametrize("hashes", ["sha1", "sha256"])
@pytest.mark.parametrize("version", ["2", "4"])
def test_a_split_index_is_read_completely(
    git: Git, tmp_path: Path, hashes: str, version: str
) -> None:
    """Most entries are in a second file that the index names."""
    git("init", "--quiet", f"--object-format={hashes}")
    fill(tmp_path, ".cactions/people.db")
    git("add", "--force", ".")
    git("update-index", "--index-version", version)
    git("update-index", "--split-index")
    assert b"people.db" not in (tmp_path / ".git" / "index").read_bytes()
    assert is_tracked(tmp_path / ".cactions")


@needs_git
def test_the_index_of_a_large_repository_is_read(git: Git, tmp_path: Path) -> None:
    """One of 20,000 files has 2 MiB."""
    git("init", "--quiet")
    fill(tmp_path, ".cactions/people.db")
    git("add", "--force", ".")
    git("update-index", "--index-version", "2")
    lines = "".join(f"100644 {EMPTY} 0\t.b/{'n' * 40}{number}\n" for number in range(20_000))
    subprocess.run(
        ["git", "update-index", "--index-info"], cwd=tmp_path, check=True, input=lines.encode(),
        timeout=300,
    )  # fmt: skip
    assert (tmp_path / ".git" / "index").stat().st_size > 2**21
    assert is_tracked(tmp_path / ".cactions")


@needs_git
def test_a_repository_behind_a_link_is_found(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some tools store ``.git`` elsewhere, and git follows the link."""
    here = tmp_path / "here"
    git("init", "--quiet", "here")
    fill(here, ".cactions/people.db")
    git("add", "--force", ".", folder=here)
    (here / ".git").rename(tmp_path / "kept")
    (here / ".git").symlink_to("../kept")
    (tmp_path / "kept" / "index").rename(tmp_path / "index")
    (tmp_path / "kept" / "index").symlink_to("../index")
    monkeypatch.chdir(here)
    assert is_tracked(here / ".cactions")


@needs_git
def test_a_project_below_the_root_and_a_linked_tree_are_found(git: Git, tmp_path: Path) -> None:
    """The nearest repository upwards counts, wherever its index is."""
    git("init", "--quiet", "-b", "main", "here")
    here = tmp_path / "here"
    fill(here, "a/b/.cactions/people.db")
    git("add", "--force", ".", folder=here)
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x", folder=here)
    git("worktree", "add", "--quiet", "../there", "-b", "other", folder=here)
    for root in (here, tmp_path / "there"):
        assert is_tracked(root / "a" / "b" / ".cactions")
        assert not is_tracked(root / "a" / ".cactions")
        assert not is_tracked(root / ".cactions")
    (tmp_path / "linked").symlink_to(here / "a")
    assert is_tracked(tmp_path / "linked" / "b" / ".cactions")


@needs_git
def test_no_program_of_the_repository_runs(git: Git, tmp_path: Path) -> None:
    """Git's configuration can name some; the index is read without git."""
    git("init", "--quiet")
    fill(tmp_path, ".cactions/people.db")
    git("add", "--force", ".")
    git("config", "core.fsmonitor", f"touch {tmp_path}/ran")
    assert is_tracked(tmp_path / ".cactions")
    assert not (tmp_path / "ran").exists()


def index_of(*names: bytes, version: int = 2) -> bytes:
    """An index as git writes it, with a hash of zeros."""
    data = b"DIRC" + version.to_bytes(4, "big") + len(names).to_bytes(4, "big")
    for name in names:
        entry = bytes(60) + len(name).to_bytes(2, "big") + name
        data += entry.ljust((len(entry) + 8) // 8 * 8, b"\0")
    return data + bytes(20)


@pytest.mark.parametrize(
    "name",
    [b".cactions/x", b".Cactions/x", ".ca\u0063tion\u017f/x".encode(), b".cactions", b".cactions/"],
)
def test_the_folder_name_is_case_insensitive(tmp_path: Path, name: bytes) -> None:
    """A case-insensitive file system opens the folder under each of them."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(index_of(b"a", name))
    assert is_tracked(tmp_path / ".cactions")


@pytest.mark.parametrize("name", [b".cactions2/x", b"a/.cactions/x", b"cactions/x", b".cactionsx"])
def test_similar_names_are_different(tmp_path: Path, name: bytes) -> None:
    """A folder of that name elsewhere in the repository is not ours."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(index_of(b"a", name))
    assert not is_tracked(tmp_path / ".cactions")


GOOD = index_of(b".cactions/people.db", b"b")


def test_a_damaged_index_raises_no_exception(tmp_path: Path) -> None:
    """Cut off or changed at any byte, it is read or counts as unknown."""
    (tmp_path / ".git").mkdir()
    index = tmp_path / ".git" / "index"
    for place in range(len(GOOD)):
        index.write_bytes(GOOD[:place])
        assert GitStatus.TRACKED is not find_tracking(tmp_path / ".cactions")
        for value in (0, 4, 0xFF):
            index.write_bytes(GOOD[:place] + bytes([value]) + GOOD[place + 1 :])
            find_tracking(tmp_path / ".cactions")


def _too_large(git: Path) -> None:
    with (git / "index").open("wb") as file:
        file.write(index_of(b"a", b".cactions/people.db"))
        file.truncate(129 * 1024 * 1024)


def _of_a_version_to_come(git: Path) -> None:
    (git / "index").write_bytes(index_of(b"a", b".cactions/people.db", version=5))


def _of_other_bytes(git: Path) -> None:
    (git / "index").write_bytes(b"\0" * 99)


def _a_pipe(git: Path) -> None:
    os.mkfifo(git / "index")


def _not_checked_out(git: Path) -> None:
    """A clone whose checkout failed: some files, and no index."""
    (git / "packed-refs").write_text("# pack-refs with: peeled fully-peeled sorted\n")


@pytest.mark.parametrize(
    "damage", [_too_large, _of_a_version_to_come, _of_other_bytes, _a_pipe, _not_checked_out]
)
def test_existing_state_is_refused_if_the_index_is_unreadable(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """A repository chooses the size of its index; new state can still be created."""
    (tmp_path / ".git").mkdir()
    damage(tmp_path / ".git")
    state = StateFolder(tmp_path / ".cactions")
    assert not state.is_there()
    state.make()
    with pytest.raises(StoreError, match="may have come with the git repository"):
        StateFolder(tmp_path / ".cactions").is_there()


def test_an_overlong_path_hides_no_other(tmp_path: Path) -> None:
    """Git allows it in the index, however long it is."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(index_of(b"a" * 5000, b".cactions/people.db"))
    assert is_tracked(tmp_path / ".cactions")


def test_a_changed_index_is_read_again(tmp_path: Path) -> None:
    """The result is cached for the stores of one command, not forever."""
    (tmp_path / ".git").mkdir()
    index = tmp_path / ".git" / "index"
    index.write_bytes(index_of(b"a", b"links/b", b"links/c"))
    assert GitStatus.UNTRACKED is find_tracking(tmp_path / ".cactions")
    index.write_bytes(index_of(b"a", b".cactions/people.db", b"links/c"))
    assert is_tracked(tmp_path / ".cactions")


def test_the_next_write_adds_a_missing_gitignore(tmp_path: Path) -> None:
    """Older versions did not create the file; an existing one is not changed."""
    (tmp_path / ".cactions").mkdir(0o700)
    StateFolder(tmp_path / ".cactions").make()
    ignored = tmp_path / ".cactions" / ".gitignore"
    assert "*\n" == ignored.read_text()
    ignored.write_text("mine\n")
    StateFolder(tmp_path / ".cactions").make()
    assert "mine\n" == ignored.read_text()


def test_an_empty_gitignore_is_filled(tmp_path: Path) -> None:
    """A process was killed, or the disk was full, between its creation and its content."""
    (tmp_path / ".cactions").mkdir(0o700)
    ignored = tmp_path / ".cactions" / ".gitignore"
    ignored.touch()
    StateFolder(tmp_path / ".cactions").make()
    assert "*\n" == ignored.read_text()


@pytest.mark.parametrize("plant", [lambda p: p.symlink_to("x"), Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_left_alone_there(tmp_path: Path, plant: object) -> None:
    """Nothing is written through a link, and a pipe does not block."""
    (tmp_path / ".cactions").mkdir(0o700)
    plant(tmp_path / ".cactions" / ".gitignore")  # type: ignore[operator]
    StateFolder(tmp_path / ".cactions").make()
    assert [".gitignore"] == [path.name for path in (tmp_path / ".cactions").iterdir()]


@pytest.mark.parametrize("pointer", [b"", b"gitdir: ", b"gitdir: nowhere\n", b"gitdir: a\0b", b"x"])
def test_an_invalid_gitdir_pointer_is_ignored(tmp_path: Path, pointer: bytes) -> None:
    """Nor does one that is not text cause an error."""
    (tmp_path / ".git").write_bytes(pointer)
    assert not is_tracked(tmp_path / ".cactions")


def test_tracked_state_is_refused_with_the_next_step(tmp_path: Path) -> None:
    """Whether it exists or would be created."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(GOOD)
    with pytest.raises(StoreError, match="is tracked by git"):
        StateFolder(tmp_path / ".cactions").make()
    assert not (tmp_path / ".cactions").exists()
    (tmp_path / ".cactions").mkdir()
    with pytest.raises(StoreError, match="is tracked by git") as caught:
        StateFolder(tmp_path / ".cactions").is_there()
    assert f"git rm -r --cached {tmp_path}/.cactions" in caught.value.hint


@needs_git
def test_new_state_is_ignored_by_git(git: Git, tmp_path: Path) -> None:
    """It holds personal data; a .gitignore inside excludes all of it."""
    git("init", "--quiet")
    state = StateFolder(tmp_path / ".cactions")
    state.make()
    (state.path / "people.db").touch()
    git("add", ".")
    assert not is_tracked(state.path)
    assert b"*\n" == (state.path / ".gitignore").read_bytes()


def test_an_existing_gitignore_is_not_changed(tmp_path: Path) -> None:
    """It may hold the operator's own rules."""
    (tmp_path / ".cactions").mkdir(0o700)
    (tmp_path / ".cactions" / ".gitignore").write_text("runs\n")
    StateFolder(tmp_path / ".cactions").make()
    assert "runs\n" == (tmp_path / ".cactions" / ".gitignore").read_text()

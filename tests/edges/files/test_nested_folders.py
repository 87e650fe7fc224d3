"""The folders of a monorepo are found; a hostile checkout leads nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cactions.edges.files.action_files import find
from cactions.edges.files.confined_paths import RefusedLink
from cactions.edges.files.nested_folders import list_nested_paths
from cactions.model import UsageError

FOLDERS = ("", "teams/shop", "teams/pay/eu", "z")
DEEP = 1200
HIDDEN = (".git/x", ".venv/lib", "teams/.cactions", "z/.github")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkout"
    for name in (*FOLDERS, *HIDDEN, "empty/er"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        if name != "empty/er":
            (folder / name / "actions.yaml").touch()
    (folder / "empty" / "transactions.yaml").touch()
    monkeypatch.chdir(folder)
    return folder


def test_every_folder_with_action_files_is_found(checkout: Path) -> None:
    """In a stable order, each once; hidden ones only where they are named."""
    every = sorted(map(Path, FOLDERS))
    assert every == list_nested_paths([])
    assert every == list_nested_paths([Path(), Path("teams"), Path("z")])
    assert [Path("z/.github")] == list_nested_paths([Path("z/.github")])
    assert set(every) == set(find(list_nested_paths([])))
    assert [checkout / "z"] == list_nested_paths([checkout / "z"])


def test_a_file_stays_a_file(checkout: Path) -> None:
    """Also where it is not there: reading it reports that."""
    named = [Path("z/actions.yaml"), Path("nowhere.yaml"), Path("-")]
    assert [*named, Path("teams/pay/eu")] == list_nested_paths([*named, Path("teams/pay")])


def test_a_folder_without_action_files_is_an_error(checkout: Path) -> None:
    """A job that checks nothing must not pass."""
    with pytest.raises(UsageError, match="no action file in empty or below it"):
        list_nested_paths([Path("z"), Path("empty")])


def test_links_to_folders_are_not_followed(checkout: Path, tmp_path: Path) -> None:
    """Out of the checkout, into itself, to a hidden folder or in circles: nothing is listed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "actions.yaml").touch()
    links = {"teams/out": outside, "z/up": "..", "teams/git": "../.git", "z/self": "self", "r": "/"}
    for name, target in links.items():
        (checkout / name).symlink_to(target)
    assert sorted(map(Path, FOLDERS)) == list_nested_paths([])
    for name in ("teams/out", "teams/git", "r"):
        with pytest.raises(RefusedLink):
            list_nested_paths([Path(name)])


def test_a_checkout_may_be_deep(checkout: Path) -> None:
    """Deeper than Python's stack; what a test leaves is not, since it has to be deleted."""
    deep = Path("/".join(["d"] * DEEP))
    for level in range(1, DEEP + 1):
        (checkout / "/".join(["d"] * level)).mkdir()
    file = checkout / deep / "actions.yml"
    file.touch()
    try:
        assert deep in list_nested_paths([])
    finally:
        file.unlink()
        for level in range(DEEP, 0, -1):
            (checkout / "/".join(["d"] * level)).rmdir()

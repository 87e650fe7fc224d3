"""A file that is trusted belongs to this user alone, and is not longer than it may be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cactions.edges.files.owned_files import FilePolicy, OwnershipProblem, UntrustedFile, read_own

SECRET = FilePolicy(limit=10, others=0o077, links=False)
SETTINGS = FilePolicy(limit=10, others=0o022, links=True)


def own(folder: Path, text: str = "text", mode: int = 0o600) -> Path:
    path = folder / "own"
    path.write_text(text)
    path.chmod(mode)
    return path


def refusal(path: Path, policy: FilePolicy) -> tuple[OwnershipProblem, str]:
    with pytest.raises(UntrustedFile) as caught:
        read_own(path, policy)
    return caught.value.problem, str(caught.value)


@pytest.mark.parametrize("policy", [SECRET, SETTINGS])
def test_the_longest_file_is_read_and_a_longer_one_is_refused(
    tmp_path: Path, policy: FilePolicy
) -> None:
    """Not a part of it."""
    assert b"x" * 10 == read_own(own(tmp_path, "x" * 10), policy)
    path = own(tmp_path, "x" * 11)
    assert (OwnershipProblem.TOO_LONG, f"{path} is larger than 10 bytes") == refusal(path, policy)


def test_a_link_is_followed_only_where_the_policy_allows_it(tmp_path: Path) -> None:
    """Also one that leads to a file of this user."""
    link = tmp_path / "link"
    link.symlink_to(own(tmp_path))
    assert b"text" == read_own(link, SETTINGS)
    assert (OwnershipProblem.SYMLINK, f"{link} is a symbolic link") == refusal(link, SECRET)


@pytest.mark.parametrize(
    ("mode", "policy", "verb"),
    [
        (0o640, SECRET, "read"), (0o604, SECRET, "read"), (0o620, SECRET, "read"),
        (0o644, SETTINGS, ""), (0o620, SETTINGS, "written"), (0o602, SETTINGS, "written"),
    ],
)  # fmt: skip
def test_what_other_users_may_not_do_is_named(
    tmp_path: Path, mode: int, policy: FilePolicy, verb: str
) -> None:
    """A secret may not be read; settings may not be written."""
    path = own(tmp_path, mode=mode)
    if not verb:
        assert b"text" == read_own(path, policy)
        return
    words = f"{path} can be {verb} by other users"
    assert (OwnershipProblem.MODE, words) == refusal(path, policy)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe, a folder, and nothing at all."""
    os.mkfifo(tmp_path / "pipe")
    assert OwnershipProblem.NOT_A_FILE is refusal(tmp_path / "pipe", SECRET)[0]
    assert OwnershipProblem.MISSING is refusal(tmp_path / "nothing", SECRET)[0]
    assert OwnershipProblem.MISSING is refusal(own(tmp_path) / "below", SECRET)[0]

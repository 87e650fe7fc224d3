"""Files that an attacker puts in place of state are refused before they are opened or changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cactions.edges.files.file_io import new_private_file, publish_file
from cactions.edges.files.private_files import (
    has_private_file,
    has_private_folder,
    open_private_file,
)
from cactions.model import StoreError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.mark.parametrize("use", [has_private_file, open_private_file])
def test_a_hard_link_to_another_file_is_not_changed(
    tmp_path: Path, use: Callable[[Path], object]
) -> None:
    """Mode and content belong to a file somewhere else."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("canary")
    elsewhere.chmod(0o644)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "people.db").hardlink_to(elsewhere)
    with pytest.raises(StoreError, match="is a hard link") as caught:
        use(tmp_path / "state" / "people.db")
    assert caught.value.hint
    assert ("canary", 0o644) == (elsewhere.read_text(), stat.S_IMODE(elsewhere.stat().st_mode))


def test_a_draft_of_a_killed_process_is_deleted(tmp_path: Path) -> None:
    """Publishing first adds a hard link with the final name, then deletes the draft's name."""
    draft = new_private_file(tmp_path, ".people.db-")
    publish_file(draft, tmp_path / "people.db")
    assert has_private_file(tmp_path / "people.db")
    assert [tmp_path / "people.db"] == list(tmp_path.iterdir())


def test_a_draft_with_another_hard_link_is_refused(tmp_path: Path) -> None:
    """Two names of ours, and one that is not."""
    (tmp_path / "state").mkdir()
    draft = new_private_file(tmp_path / "state", ".people.db-")
    publish_file(draft, tmp_path / "state" / "people.db")
    (tmp_path / "elsewhere").hardlink_to(draft)
    with pytest.raises(StoreError, match="is a hard link"):
        has_private_file(tmp_path / "state" / "people.db")


@as_root
@pytest.mark.parametrize("use", [has_private_file, has_private_folder])
def test_root_does_not_use_the_state_of_another_user(
    tmp_path: Path, use: Callable[[Path], object]
) -> None:
    """Root could open any file."""
    path = tmp_path / "state"
    path.touch() if use is has_private_file else path.mkdir()
    os.chown(path, 12_345, 12_345)
    path.chmod(0o777)
    with pytest.raises(StoreError, match="belongs to another user"):
        use(path)
    assert 0o777 == stat.S_IMODE(path.stat().st_mode)

"""The vault file is replaced atomically, is private, has one writer at a time, and is no link."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.logic.vault.file_format import MAX_FILE
from cactions.model import CactionsError, StoreError, UsageError
from cactions.model.vault import VaultError, VaultFault

as_somebody = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cactions.vault"


@pytest.fixture(params=[0o000, 0o077, 0o777])
def umask(request: pytest.FixtureRequest, path: Path) -> Iterator[None]:
    assert path.parent.is_dir()  # created before, with the necessary mode
    before = os.umask(request.param)
    yield
    os.umask(before)


def put(path: Path, data: bytes) -> bytes | None:
    """Write through the edge; returns the old content."""
    with LocalVaultFile(path).lock_for_change() as file:
        file.write(data)
        return file.before


def test_a_written_vault_file_is_read_back(path: Path) -> None:
    """And the next writer sees it."""
    assert put(path, b"one\n") is None
    assert b"one\n" == put(path, b"two\n")
    assert b"two\n" == LocalVaultFile(path).read()


@pytest.mark.usefixtures("umask")
def test_a_new_file_is_private_whatever_the_umask(path: Path) -> None:
    """Git will check it out as 0644; the file holds no readable secret, so that is safe."""
    put(path, b"one\n")
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_a_missing_vault_error_says_how_to_create_one(path: Path) -> None:
    """A missing file is the operator's responsibility."""
    with pytest.raises(UsageError, match="there is no vault") as caught:
        LocalVaultFile(path).read()
    assert "cactions vault init" in caught.value.hint


def _link(path: Path) -> None:
    path.with_name("elsewhere").write_bytes(b"a vault\n")
    path.symlink_to("elsewhere")


def _dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("plant", [_link, _dangling_link, Path.mkdir, _pipe])
def test_a_vault_must_be_a_regular_file(path: Path, plant: Callable[[Path], None]) -> None:
    """Neither read nor written, and its target is not changed."""
    plant(path)
    with pytest.raises(VaultError) as caught:
        LocalVaultFile(path).read()
    with pytest.raises(VaultError) as again:
        put(path, b"ours\n")
    assert VaultFault.SYMLINK is caught.value.fault is again.value.fault
    assert "cactions vault verify" in caught.value.hint
    assert not path.with_name("nowhere").exists()


def test_writers_that_take_turns_lose_nothing_and_leave_no_lock(path: Path) -> None:
    """160 changes by 8 threads; a lock that a killed writer has left is no hindrance."""
    put(path, b"0\n")
    path.with_name(".cactions.vault.lock").touch()

    def count(_: int) -> None:
        with LocalVaultFile(path).lock_for_change() as file:
            file.write(b"%d\n" % (int(file.before or b"") + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(160)))
    assert b"160\n" == path.read_bytes()
    assert ["cactions.vault"] == [file.name for file in path.parent.iterdir()]


def test_a_lock_must_be_a_regular_file(path: Path) -> None:
    """A planted link would make us create a file somewhere else."""
    path.with_name(".cactions.vault.lock").symlink_to(path.with_name("victim"))
    with pytest.raises(StoreError):
        put(path, b"one\n")
    assert not path.with_name("victim").exists()


@pytest.mark.parametrize(
    ("mode", "fault"), [(0o644, None), (0o664, None), (0o666, VaultFault.MODE)]
)
def test_a_world_writable_vault_is_refused(path: Path, mode: int, fault: VaultFault | None) -> None:
    """Modes of git and of groups are usual; 0666 is a mistake."""
    put(path, b"one\n")
    path.chmod(mode)
    if fault is None:
        assert b"one\n" == LocalVaultFile(path).read()
        return
    with pytest.raises(VaultError, match="everybody may write") as caught:
        LocalVaultFile(path).read()
    assert fault is caught.value.fault
    assert f"chmod 644 {path}" in caught.value.hint


def test_a_file_over_the_size_limit_is_not_read(path: Path) -> None:
    """No part of it is kept: a sparse file of a terabyte is easy to create."""
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(VaultError, match="longer than 33,554,432 bytes") as caught:
        LocalVaultFile(path).read()
    assert VaultFault.TOO_BIG is caught.value.fault
    with path.open("wb") as file:
        file.truncate(MAX_FILE)
    assert MAX_FILE == len(LocalVaultFile(path).read())


def test_only_one_process_writes_at_a_time(path: Path) -> None:
    """The second waits for the first, and then sees its content."""
    seen: list[bytes | None] = []
    with LocalVaultFile(path).lock_for_change() as file:
        other = threading.Thread(target=lambda: seen.append(put(path, b"two\n")))
        other.start()
        other.join(0.2)
        assert [] == seen
        file.write(b"one\n")
    other.join(10)
    assert [b"one\n"] == seen


def test_waiting_too_long_for_the_lock_is_an_error(path: Path) -> None:
    """The error says what was not done."""
    with (
        LocalVaultFile(path).lock_for_change(),
        pytest.raises(StoreError, match="nothing was written"),
    ):
        LocalVaultFile(path, patience=0.05).lock_for_change().__enter__()


def test_a_lock_is_released_after_an_error(path: Path) -> None:
    """A failed writer does not block the next one."""
    with pytest.raises(ZeroDivisionError), LocalVaultFile(path).lock_for_change():
        raise ZeroDivisionError
    put(path, b"one\n")


def test_only_drafts_of_dead_processes_are_deleted(path: Path) -> None:
    """By the next writer; other files with similar names stay."""
    stale = [f".cactions.vault.{n:016x}.tmp" for n in range(3)]
    kept = ["cactions.vault.tmp", ".other.vault.00.tmp", ".cactions.vault.swp", "notes"]
    for name in [*stale, *kept]:
        path.with_name(name).write_text("x")
    put(path, b"one\n")
    found = {file.name for file in path.parent.iterdir()}
    assert {"cactions.vault", *kept} == found


def test_reading_creates_no_files(path: Path) -> None:
    """No lock, no draft: it also works in a read-only folder."""
    path.write_bytes(b"one\n")
    LocalVaultFile(path).read()
    assert [path] == list(path.parent.iterdir())


@as_somebody
def test_a_read_only_folder_is_reported(path: Path) -> None:
    """The vault can still be read."""
    put(path, b"one\n")
    path.parent.chmod(0o500)
    try:
        with pytest.raises(CactionsError) as caught:
            put(path, b"two\n")
        assert caught.value.hint
        assert b"one\n" == LocalVaultFile(path).read()
    finally:
        path.parent.chmod(0o700)


def test_a_vault_in_a_linked_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the lock is created there."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "sub").symlink_to("../outside")
    monkeypatch.chdir(tmp_path / "project")
    for use in (lambda path: put(path, b"ours\n"), lambda path: LocalVaultFile(path).read()):
        with pytest.raises(VaultError, match="sub is a symbolic link") as caught:
            use(Path("sub/cactions.vault"))
        assert VaultFault.SYMLINK is caught.value.fault
    assert [] == list((tmp_path / "outside").iterdir())


def test_a_huge_vault_is_not_read(path: Path) -> None:
    """Its size alone is enough to refuse it."""
    with path.open("wb") as file:
        file.truncate(1 << 38)
    with pytest.raises(VaultError) as caught:
        LocalVaultFile(path).read()
    assert VaultFault.TOO_BIG is caught.value.fault

"""Kills and failing disks: the vault is the old or the new one; confirmed data is never lost."""

from __future__ import annotations

import errno
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cactions.app.vault import manage, recipients, rekey
from cactions.app.vault.open_vault import VaultContext
from cactions.edges.keys.crypto import AesGcmSealer
from cactions.logic.vault import validation
from cactions.model import CactionsError, OutcomeUnknown, StoreError
from cactions.model.secret import Secret
from tests.run_report import REPORT
from tests.vaults import CHEAP, HolderInFile, HolderInMemory, context_at

HOST = "api.shop.example"
CALLS = ("open", "fchmod", "write", "fsync", "rename", "unlink", "close")
"""The system calls that are made while a vault is written."""


def value(name: str, version: int) -> Secret:
    return validation.check_secret(name, f"value-of-{name}-{version:06}")


# Failing disks


class Disk:
    """Counts the calls that write to the disk, and replaces one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch
        self.left = 0
        self.hit = ""

    @contextmanager
    def otherwise(self, number: int, end: Callable[[Callable[[], Any]], Any]) -> Iterator[None]:
        """The call of this number (from 1) is passed to ``end`` instead of being made."""
        self.left, self.hit = number, ""
        with self.patch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, self._counted(name, getattr(os, name), end))
            yield

    def _counted(self, name: str, call: Any, end: Callable[[Callable[[], Any]], Any]) -> Any:
        def counted(*given: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left:
                return call(*given, **named)
            self.hit = name
            if name == "close":  # which always closes, whatever it reports
                call(*given, **named)
                return end(lambda: None)
            return end(lambda: call(*given, **named))

        return counted


def _fails(number: int) -> Callable[[Callable[[], Any]], Any]:
    def end(call: Callable[[], Any]) -> Any:
        raise OSError(number, os.strerror(number))

    return end


def _works_and_fails(call: Callable[[], Any]) -> Any:
    call()
    raise OSError(errno.EIO, os.strerror(errno.EIO))


ENDS = {
    "EIO": _fails(errno.EIO),
    "ENOSPC": _fails(errno.ENOSPC),
    "done, then EIO": _works_and_fails,
}


def _seal(context: VaultContext) -> object:
    return manage.seal_secret(context, value("new", 1), [HOST])


def _rotate(context: VaultContext) -> object:
    return manage.rotate_secret(context, value("old", 2))


def _invite(context: VaultContext) -> object:
    return recipients.invite_recipient(context, "bob")


def _remove(context: VaultContext) -> object:
    return rekey.remove_recipient(context, "ci")


OPERATIONS = {
    "seal": _seal, "rotate": _rotate, "rekey": rekey.rekey_vault,
    "invite": _invite, "remove": _remove,
}  # fmt: skip
operations = pytest.mark.parametrize("operation", OPERATIONS)


def prepared(folder: Path) -> VaultContext:
    """A vault with one secret and a machine."""
    context = context_at(folder / "cactions.vault")
    manage.create_vault(context, "ada")
    manage.seal_secret(context, value("old", 1), [HOST])
    recipients.add_machine(context, "ci")
    return context


def drafts(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if file.name.endswith(".tmp")]


@operations
@pytest.mark.parametrize("end", ENDS)
def test_a_failing_disk_call_leaves_the_old_or_the_new_vault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, end: str
) -> None:
    """Each call fails in turn; the message says which vault it is, or that this is unknown."""
    disk, counts = Disk(monkeypatch), {"old": 0, "new": 0, "unknown": 0}
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        context = prepared(folder)
        old = context.file.read()
        said = "new"
        with disk.otherwise(number, ENDS[end]):
            try:
                OPERATIONS[operation](context)
            except OutcomeUnknown as error:
                said = "unknown" if "vault verify" in error.hint else "without a way out"
            except StoreError as error:
                said = "old" if error.hint else "without a way out"
        _judge(context, old, said)
        if not disk.hit:
            break
        counts[said] += 1
        manage.seal_secret(context, value("after", 1), [HOST])
        assert [] == drafts(folder)
    assert number > 8
    REPORT.append(f"vault: {operation}, {number - 1} calls, each {end}: {counts}")


def _judge(context: VaultContext, old: bytes, said: str) -> None:
    """The file is as reported, complete, and opens with the key."""
    now = context.file.read()
    verified = manage.verify_vault(context)
    if said == "old":
        assert old == now
    elif said == "new":
        assert old != now
    else:
        assert said == "unknown"
    assert verified.head.generation - (old != now) == 3


def test_a_failed_fsync_is_not_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel may report success the second time without having written anything."""
    context, calls = prepared(tmp_path), []

    def fails(handle: int) -> None:
        calls.append(handle)
        raise OSError(errno.EIO, "input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(StoreError, match="the old file is still in place"):
            manage.seal_secret(context, value("new", 1), [HOST])
    assert 1 == len(calls)


def test_a_short_write_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is written after it."""
    context, write = prepared(tmp_path), os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, data: write(handle, data[:7]))
        manage.seal_secret(context, value("new", 1), [HOST])
    assert 2 == manage.verify_vault(context).entries


def test_a_key_store_that_cannot_remember_is_a_note_and_no_failure(tmp_path: Path) -> None:
    """The secret is durable; an error would make the operator seal it twice."""

    class Forgetful(HolderInMemory):
        def remember_generation(self, vault_id: str, generation: int) -> None:
            if generation > 1:
                raise StoreError("the keyring is locked")
            super().remember_generation(vault_id, generation)

    context = context_at(tmp_path / "cactions.vault", keys=Forgetful())
    manage.create_vault(context, "ada")
    done = manage.seal_secret(context, value("new", 1), [HOST])
    assert ("the keyring in memory did not remember the generation: the keyring is locked",) == (
        done.notes
    )


def test_no_vault_is_created_if_its_key_cannot_be_stored(tmp_path: Path) -> None:
    """A vault that no key opens is never written, and an invitation is not half used."""

    class Full(HolderInMemory):
        def keep(self, vault_id: str, key: object) -> None:
            raise StoreError("the keyring is full")

    path = tmp_path / "cactions.vault"
    with pytest.raises(StoreError, match="full"):
        manage.create_vault(context_at(path, keys=Full()), "ada")
    assert not path.exists()
    ada = context_at(path)
    manage.create_vault(ada, "ada")
    code = recipients.invite_recipient(ada, "bob").handout.text.reveal()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="full"):
        recipients.join_vault(context_at(path, keys=Full()), code)
    assert before == path.read_bytes()
    recipients.join_vault(context_at(path), code)


# Kills


def forked(job: Callable[[], object]) -> int:
    """Another process that does the job and never returns; its id."""
    child = os.fork()
    if child:
        return child
    try:
        job()
    finally:
        os._exit(0)


def ended(child: int) -> int:
    """The signal that ended the process; 0 if it finished."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@operations
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_disk_call_leaves_the_old_or_the_new_vault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, when: str
) -> None:
    """Before and after each call that writes to the disk."""
    disk = Disk(monkeypatch)

    def die(call: Callable[[], Any]) -> None:
        if when == "after":
            call()
        os.kill(os.getpid(), signal.SIGKILL)

    def job() -> None:
        with disk.otherwise(number, die):
            OPERATIONS[operation](context)

    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        context = prepared(folder)
        old = context.file.read()
        killed = ended(forked(job)) == -signal.SIGKILL
        _judge(context, old, "unknown" if killed else "new")
        manage.seal_secret(context, value("after", 1), [HOST])
        assert [] == drafts(folder)
        if not killed:
            break
    assert number > 8
    REPORT.append(f"vault: {operation} killed {when} each of {number - 1} calls: old or new, swept")


KILLS = 20
"""In the normal run; 300 in the long form."""


@pytest.mark.hostile
def test_two_writers_killed_repeatedly_lose_no_data(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every confirmed write exists afterwards, and every existing entry opens."""
    kills = 300 if request.config.option.markexpr == "hostile" else KILLS
    keys = HolderInFile(tmp_path / "keys.json")
    context = context_at(tmp_path / "cactions.vault", keys=keys)
    manage.create_vault(context, "ada")
    chance = random.Random(4)
    acknowledged: dict[str, int] = {}
    for number in range(kills // 2):
        writers = [_Writer(f"w{number}-{which}", context, chance.random()) for which in "ab"]
        writers[0].wait_for(chance.randint(1, 3))
        time.sleep(chance.random() * 0.01)
        for writer in writers:
            writer.kill()
            acknowledged |= writer.acknowledged
        _nothing_lost(context, acknowledged)
    assert manage.verify_vault(context).entries >= len(acknowledged) >= kills // 2
    manage.seal_secret(context, value("last", 1), [HOST])
    assert [] == drafts(tmp_path)
    REPORT.append(f"vault: {kills} kills of two writers, {len(acknowledged):,} secrets: 0 lost")


def _nothing_lost(context: VaultContext, acknowledged: dict[str, int]) -> None:
    fresh = VaultContext(context.file, context.keys, AesGcmSealer(cost=CHEAP), context.clock)
    versions = {one.name: one.version for one in manage.list_entries(fresh).secrets}
    lost = {name for name, version in acknowledged.items() if versions.get(name, 0) < version}
    assert set() == lost


class _Writer:
    """A process that seals, rotates, rekeys and removes, and prints what is done."""

    def __init__(self, name: str, context: VaultContext, seed: float) -> None:
        self._reader, writer = os.pipe()
        self._said = b""
        self.child = forked(lambda: _write_on(name, context, seed, writer))
        os.close(writer)

    def wait_for(self, lines: int) -> None:
        while self._said.count(b"\n") < lines:
            more = os.read(self._reader, 65536)
            assert more, "a writer ended by itself"
            self._said += more

    def kill(self) -> None:
        os.kill(self.child, signal.SIGKILL)
        assert ended(self.child) == -signal.SIGKILL
        while more := os.read(self._reader, 65536):
            self._said += more
        os.close(self._reader)

    @property
    def acknowledged(self) -> dict[str, int]:
        """By name, the newest version that was confirmed as durable."""
        words = (line.split() for line in self._said.decode().split("\n")[:-1])
        return {name: int(version) for name, version in words}


def _write_on(name: str, context: VaultContext, seed: float, out: int) -> None:
    chance = random.Random(seed)
    for number in range(10_000):
        secret = f"{name}-{number}"
        manage.seal_secret(context, value(secret, 1), [HOST])
        os.write(out, f"{secret} 1\n".encode())
        match chance.randrange(4):
            case 0:
                manage.rotate_secret(context, value(secret, 2))
                os.write(out, f"{secret} 2\n".encode())
            case 1:
                rekey.rekey_vault(context)
            case 2:
                recipients.add_machine(context, secret)
                rekey.remove_recipient(context, secret)


def test_vault_use_cases_raise_only_our_errors(tmp_path: Path) -> None:
    """Also if the folder is missing."""
    context = context_at(tmp_path / "gone" / "cactions.vault")
    for use in (
        manage.list_entries,
        manage.verify_vault,
        rekey.rekey_vault,
        recipients.list_recipients,
    ):
        with pytest.raises(CactionsError) as caught:
            use(context)
        assert caught.value.hint
    assert manage.get_status(context).trouble

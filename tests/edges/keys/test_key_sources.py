"""A key from outside a keyring: the first given source is used, and its errors are reported."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from cactions.edges.keys import key_readers
from cactions.edges.keys.key_readers import read_descriptor, run_key_command
from cactions.edges.keys.key_sources import (
    FD,
    FILE,
    KEY,
    ORDER,
    GivenKey,
    GivenKeyOptions,
    choose_key_holder,
)
from cactions.edges.keys.user_config import UserConfig
from cactions.edges.timeouts import call_with_timeout
from cactions.logic.vault.key_encoding import encode_key
from cactions.model import CactionsError, StoreError, UsageError
from cactions.model.secret import VaultKey
from cactions.model.vault import VaultError, VaultFault
from tests.edges.processes import finished

VAULT = "vault-1"
CANARY = bytes(range(200, 232))
TEXT = encode_key(CANARY, VAULT, "key")
OTHER = encode_key(CANARY, "vault-2", "key")
LETTERS = TEXT.partition(":")[2].replace("-", "")
NOWHERE = UserConfig(Path("/nowhere/config.toml"))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return written(tmp_path / "cactions.key", TEXT)


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def piped(data: bytes) -> int:
    """A descriptor as a shell passes it: open, and inherited."""
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    os.set_inheritable(reader, True)
    return reader


def held(given: GivenKeyOptions) -> GivenKey:
    holder = choose_key_holder(given, lambda config: "the keyring")
    assert isinstance(holder, GivenKey)
    return holder


def given(
    environment: dict[str, str] | None = None,
    config: UserConfig = NOWHERE,
    *,
    fd: int | None = None,
    file: Path | None = None,
) -> GivenKeyOptions:
    return GivenKeyOptions(environment or {}, lambda: config, fd, file)


def refused(act: Callable[[], object]) -> CactionsError:
    """The refusal; neither its message nor its traceback holds any part of the key."""
    with pytest.raises(CactionsError) as caught:
        act()
    error = caught.value
    assert error.hint
    output = "".join(
        f"{one} {one!r} {vars(one)}"
        for one in (error, error.__cause__, error.__context__)
        if one is not None
    )
    shown = output.upper().replace("-", "")
    assert not any(LETTERS[at : at + 8] in shown for at in range(len(LETTERS) - 8))
    return error


def command(program: str, *arguments: str) -> UserConfig:
    return UserConfig(
        Path("/nowhere/config.toml"), key_command=(sys.executable, "-c", program, *arguments)
    )


# The order of sources


def sources(key_file: Path) -> Iterator[tuple[str, GivenKeyOptions]]:
    """Each source with a valid key, in order of precedence."""
    yield "--key-fd", given(fd=piped(TEXT.encode()))
    yield "--key-file", given(file=key_file)
    yield FD, given({FD: str(piped(TEXT.encode()))})
    yield FILE, given({FILE: str(key_file)})
    yield "key_file", given(config=UserConfig(NOWHERE.path, key_file=key_file))
    yield "key_command", given(config=command(f"print({TEXT!r})"))
    yield KEY, given({KEY: TEXT})


def test_every_source_gives_the_key(key_file: Path) -> None:
    """All seven; none of them knows a generation."""
    for word, each in sources(key_file):
        holder = held(each)
        key = holder.get_key(VAULT)
        assert (CANARY, "") == (key.reveal(), key.label)
        assert key is holder.get_key(VAULT), "a pipe can be read once only"
        assert holder.name.startswith(word)
        holder.remember_generation(VAULT, 7)
        assert (False, None) == (holder.remembers, holder.get_seen_generation(VAULT))


def test_the_first_given_source_is_used(tmp_path: Path) -> None:
    """Whatever the later ones hold: each is given together with all later ones."""
    missing = tmp_path / "missing"
    config = UserConfig(NOWHERE.path, "", missing, ("/missing",))
    environment = {FD: "77", FILE: str(missing), KEY: "nonsense"}
    for word in ORDER[:-1]:
        fd = 78 if word == "--key-fd" else None
        file = missing if word == "--key-file" else None
        error = refused(partial(held(given(environment, config, fd=fd, file=file)).get_key, VAULT))
        assert str(error).startswith(word)
        rest = ", ".join(ORDER[ORDER.index(word) + 1 :])
        assert error.hint.endswith(f" Only {word} was tried; not tried: {rest}.")
        environment.pop(word, None)
        if word == "key_file":
            config = UserConfig(NOWHERE.path, key_command=("/missing",))
        elif word == "key_command":
            config = NOWHERE


def test_without_a_source_the_keyring_is_used() -> None:
    """With the user's configuration, and only in this case."""
    assert NOWHERE == choose_key_holder(given({"HOME": "/"}), lambda config: config)


def test_contradicting_flags_are_refused(key_file: Path) -> None:
    """It is unknown which one the operator means."""
    with pytest.raises(UsageError, match="are both given"):
        choose_key_holder(given(fd=3, file=key_file), lambda config: config)


def test_the_configuration_is_not_read_if_a_source_is_given(key_file: Path) -> None:
    """A broken configuration must not stop a job that does not use it."""

    def broken() -> UserConfig:
        raise UsageError("broken", hint="Mend it.")

    assert CANARY == held(GivenKeyOptions({}, broken, file=key_file)).get_key(VAULT).reveal()


def test_only_a_key_in_an_environment_variable_gives_a_warning(key_file: Path) -> None:
    """Others may see the variable; they cannot see the other sources."""
    for word, each in sources(key_file):
        assert (KEY in held(each).caution) == (word == KEY)


# The content of a source


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the vault key is empty"),
        (TEXT[:-3], "the vault key is too short: it has 61 of 64 letters"),
        (TEXT.replace(TEXT[-1], "A" if TEXT[-1] != "A" else "B"), "wrong checksum"),
        (OTHER, "the vault key belongs to another vault"),
        (encode_key(CANARY, VAULT, "join"), "this is a join code, not a vault key"),
        ("hunter2 hunter2", "this is no vault key"),
        (TEXT[:30] + "é" + TEXT[31:], "an invalid character at position 16"),
    ],
)
def test_a_bad_key_says_what_is_wrong_with_it(key_file: Path, text: str, words: str) -> None:
    """Whichever source it comes from, and no other source is tried."""
    written(key_file, text)
    for each in (given(file=key_file), given({KEY: text}), given(fd=piped(text.encode()))):
        error = refused(partial(held(each).get_key, VAULT))
        assert isinstance(error, VaultError)
        assert VaultFault.NO_KEY is error.fault
        assert words in str(error)
        assert "hunter2" not in str(error) + error.hint


def test_a_source_may_hold_the_keys_of_several_vaults(key_file: Path) -> None:
    """Also with a byte order mark and the line ends of another system."""
    written(key_file, f"\ufeff# both\r\n{OTHER}\r\n{TEXT}\r\n")
    holder = held(given(file=key_file))
    assert CANARY == holder.get_key(VAULT).reveal() == holder.get_key("vault-2").reveal()


# Key files


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o666])
def test_a_key_file_accessible_to_others_is_refused(key_file: Path, mode: int) -> None:
    """Another user may already have it; its mode is not silently changed."""
    key_file.chmod(mode)
    error = refused(lambda: held(given(file=key_file)).get_key(VAULT))
    assert isinstance(error, VaultError)
    assert VaultFault.MODE is error.fault
    assert f"`chmod 600 {key_file}`." in error.hint
    assert mode == stat.S_IMODE(key_file.stat().st_mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_key_file_of_another_user_is_refused(key_file: Path) -> None:
    """Its owner can read it."""
    os.chown(key_file, 65534, 65534)
    error = refused(lambda: held(given(file=key_file)).get_key(VAULT))
    assert isinstance(error, VaultError)
    assert (VaultFault.MODE, True) == (error.fault, "belongs to another user" in str(error))


def test_a_key_file_must_not_be_a_link(key_file: Path) -> None:
    """Also if the target of the link is valid."""
    link = key_file.with_name("link")
    link.symlink_to(key_file)
    error = refused(lambda: held(given(file=link)).get_key(VAULT))
    assert isinstance(error, VaultError)
    assert VaultFault.SYMLINK is error.fault
    assert "--key-fd 3 3<" in error.hint


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (lambda path: None, "there is no file"),
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: os.mkfifo(path, 0o600), "is not a file"),
        (lambda path: written(path, "#" * 65537), "is larger than 65,536 bytes"),
    ],
)
def test_an_invalid_key_file_is_refused(
    tmp_path: Path, plant: Callable[[Path], object], words: str
) -> None:
    """None of them blocks the process."""
    plant(tmp_path / "key")
    error = refused(lambda: held(given(file=tmp_path / "key")).get_key(VAULT))
    assert words in str(error)


def test_an_empty_file_name_in_the_environment_is_refused() -> None:
    """In CI an empty variable is often a secret that the job may not read."""
    with pytest.raises(UsageError, match="is set, and empty"):
        held(given({FILE: ""}))


# Storing a key


def test_a_new_key_file_is_private(tmp_path: Path) -> None:
    """For machines without any keyring; its content can be read back."""
    path = tmp_path / "new.key"
    held(given(file=path)).keep(VAULT, VaultKey("ci", CANARY))
    assert (f"{TEXT}\n", 0o600) == (path.read_text(), stat.S_IMODE(path.stat().st_mode))
    assert CANARY == held(given(file=path)).get_key(VAULT).reveal()
    assert [path] == list(tmp_path.iterdir())


def test_an_existing_key_is_never_overwritten(key_file: Path) -> None:
    """A lost key is a lost vault. Storing the same key again is allowed."""
    holder = held(given(file=key_file))
    holder.keep(VAULT, VaultKey("ci", CANARY))
    error = refused(lambda: holder.keep(VAULT, VaultKey("ci", bytes(32))))
    assert "already exists with another key; nothing was stored" in str(error)
    assert TEXT == key_file.read_text()


def test_only_one_of_two_concurrent_writers_succeeds(tmp_path: Path) -> None:
    """No writer gets a success for a key that another one has replaced."""

    def kept(path: Path, number: int, start: Barrier) -> int | None:
        holder = held(given(file=path))
        start.wait()
        try:
            holder.keep(VAULT, VaultKey("ci", bytes([number]) * 32))
        except StoreError:
            return None
        return number

    with ThreadPoolExecutor(4) as pool:
        for turn in range(25):
            path, start = tmp_path / f"{turn}.key", Barrier(4)
            numbers = list(pool.map(kept, [path] * 4, range(4), [start] * 4))
            [winner] = {number for number in numbers if number is not None}
            assert bytes([winner]) * 32 == held(given(file=path)).get_key(VAULT).reveal()


def test_a_key_is_not_created_through_a_dangling_link(tmp_path: Path) -> None:
    """It could make us write somewhere else."""
    (tmp_path / "link").symlink_to("elsewhere")
    refused(lambda: held(given(file=tmp_path / "link")).keep(VAULT, VaultKey("ci", CANARY)))
    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    """Then nothing is stored."""
    path = tmp_path / "missing" / "key"
    refused(lambda: held(given(file=path)).keep(VAULT, VaultKey("ci", CANARY)))


def test_a_source_that_is_not_a_file_cannot_store_a_key() -> None:
    """The error says where a key could be stored instead."""
    for each in (given(fd=77), given({KEY: TEXT}), given(config=command("pass"))):
        holder = held(each)
        error = refused(partial(holder.keep, VAULT, VaultKey("ci", CANARY)))
        assert isinstance(error, StoreError)
        assert "nothing was stored" in str(error)


# Descriptors


def test_a_key_can_be_given_by_descriptor(key_file: Path) -> None:
    """``--key-fd 3 3<FILE``: also a file of another user or a linked one."""
    program = (
        "import sys; from cactions.edges.keys.key_readers import read_descriptor\n"
        "print(read_descriptor(int(sys.argv[1])).decode())"
    )
    done = finished(
        "import os, subprocess, sys\n"
        "subprocess.run(['sh', '-c', 'exec \"$0\" -c \"$1\" 3 3<\"$2\"', sys.executable, "
        "sys.argv[1], sys.argv[2]], check=True)",
        program,
        key_file,
    )
    assert (TEXT + "\n", "") == (done.stdout, done.stderr)


def test_a_descriptor_is_closed_after_reading() -> None:
    """The key cannot be read a second time."""
    fd = piped(TEXT.encode())
    read_descriptor(fd)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


def _not_inherited() -> int:
    return os.open("/etc/hostname", os.O_RDONLY)


def _folder() -> int:
    fd = os.open("/", os.O_RDONLY)
    os.set_inheritable(fd, True)
    return fd


def _endless() -> int:
    fd = os.open("/dev/zero", os.O_RDONLY)
    os.set_inheritable(fd, True)
    return fd


def _terminal() -> int:
    _, fd = os.openpty()
    os.set_inheritable(fd, True)
    return fd


@pytest.mark.parametrize(
    ("open_it", "words"),
    [
        (lambda: 987, "descriptor 987 is not open"),
        (lambda: -1, "descriptor -1 is not open"),
        (lambda: 10**30, "is not open"),
        (lambda: 1, "descriptor 1 is for writing"),
        (lambda: 2, "descriptor 2 is for writing"),
        (_not_inherited, "was not passed on by the calling program"),
        (_folder, "cannot be read (IsADirectoryError)"),
        (_terminal, "is a terminal"),
        (_endless, "gives more than 65,536 bytes"),
    ],
)
def test_an_invalid_descriptor_is_refused(open_it: Callable[[], int], words: str) -> None:
    """Each with its own message."""
    fd = open_it()
    error = refused(lambda: held(given(fd=fd)).get_key(VAULT))
    assert words in str(error)


def test_a_pipe_that_stays_open_times_out() -> None:
    """The key arrived, but it may not be complete."""
    reader, writer = os.pipe()
    os.set_inheritable(reader, True)
    os.write(writer, TEXT.encode())
    error = refused(lambda: read_descriptor(reader, 0.2))
    os.close(writer)
    assert "did not end within 0.2 seconds" in str(error)


@pytest.mark.parametrize("text", ["", "three", "-1", "٣", "3.0", "9999999"])
def test_a_descriptor_must_be_a_number(text: str) -> None:
    """The environment variable is text."""
    with pytest.raises(UsageError, match="is not a descriptor number") as caught:
        held(given({FD: text}))
    assert f"{FD}=3" in caught.value.hint


# Commands


def test_a_key_command_runs_without_a_shell_and_outside_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arguments are passed unchanged, stdin is empty, stderr is dropped, the folder is home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    program = (
        "import os, sys\n"
        "assert sys.argv[1] == '$HOME; `id`' and sys.stdin.read() == '' and 'X' not in os.environ\n"
        f"assert os.getcwd() == {str(tmp_path)!r}\n"
        f"print({TEXT!r}); print('noise', file=sys.stderr)"
    )
    config = command(program, "$HOME; `id`")
    assert CANARY == held(given({"PATH": os.defpath}, config)).get_key(VAULT).reveal()


def test_a_key_command_is_found_on_the_path(tmp_path: Path) -> None:
    """But never in the working folder."""
    program = written(tmp_path / "give-key", f"#!/bin/sh\necho '{TEXT}'\n", 0o700)
    config = UserConfig(NOWHERE.path, key_command=("give-key",))
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    assert CANARY == held(given(environment, config)).get_key(VAULT).reveal()
    relative = os.path.relpath(program.parent, Path.cwd())
    error = refused(lambda: held(given({"PATH": relative}, config)).get_key(VAULT))
    assert "there is no program give-key" in str(error)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import sys; print(sys.argv[1]); sys.exit(3)", "failed with status 3"),
        ("import sys; sys.exit(sys.argv[1])", "failed with status 1"),
        ("import os, sys; print(sys.argv[1], flush=True); os.abort()", "failed with status -6"),
        ("while True: print('#' * 1000)", "gives more than 65,536 bytes"),
        ("print()", "the vault key is empty"),
        ("import sys; print(sys.argv[1][:-1])", "the vault key is too short"),
    ],
)
def test_a_failing_key_command_is_reported_without_its_output(program: str, words: str) -> None:
    """Its output may be half a key, its stderr a whole one."""
    error = refused(lambda: held(given(config=command(program, TEXT))).get_key(VAULT))
    assert words in str(error)


@pytest.mark.parametrize("program", ["/missing/program", "no-such-program-anywhere", "/etc"])
def test_a_missing_key_command_is_reported(program: str) -> None:
    """With the name that was searched for."""
    config = UserConfig(NOWHERE.path, key_command=(program,))
    error = refused(lambda: held(given({"PATH": "/usr/bin"}, config)).get_key(VAULT))
    assert f"there is no program {program}" in str(error)


def test_a_key_command_that_is_not_a_program_is_reported(tmp_path: Path) -> None:
    """It has an executable mode, but no valid content."""
    path = written(tmp_path / "program", "no program", 0o700)
    error = refused(lambda: run_key_command([str(path)], {}))
    assert "cannot be started (OSError)" in str(error)


def test_a_hanging_key_command_is_stopped() -> None:
    """After its timeout."""
    run = [sys.executable, "-c", "import time; time.sleep(60)"]
    error = refused(lambda: run_key_command(run, dict(os.environ), 0.5))
    assert "did not end within 0.5 seconds" in str(error)


def test_a_key_command_that_closes_its_output_and_hangs_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its output is not used."""
    limits = iter((60, 0.1))  # to write and close it, and to end after that

    def call(_: float, work: Callable[[], object]) -> object:
        return call_with_timeout(next(limits), work)

    monkeypatch.setattr(key_readers, "call_with_timeout", call)
    program = "import os, sys, time; print(sys.argv[1], flush=True); os.close(1); time.sleep(60)"
    run = [sys.executable, "-c", program, TEXT]
    error = refused(lambda: run_key_command(run, dict(os.environ)))
    assert "closed its output and did not end" in str(error)


def test_a_key_command_does_not_get_the_key_variable() -> None:
    """Its task is to give one."""
    program = f"import os; assert {KEY!r} not in os.environ; print({TEXT!r})"
    assert CANARY == held(given({KEY: "other"}, command(program))).get_key(VAULT).reveal()


def test_a_given_key_loads_no_keyring_library() -> None:
    """Loading the library takes as long as sixteen starts of Python."""
    done = finished(
        "import sys; from cactions.edges.keys import key_sources\n"
        "print(sorted({'keyring', 'cryptography', 'httpx'} & set(sys.modules)))"
    )
    assert ("[]\n", "") == (done.stdout, done.stderr)

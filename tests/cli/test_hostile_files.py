"""A cloned repository causes no read or write outside of it, whatever its files are."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from cactions.cli.commands.test_record import create_cassette_writer
from cactions.cli.exit_codes import Exit
from cactions.cli.project_folder import ProjectFolder
from cactions.model import CactionsError, DefinitionError, Project, Workspace
from tests.builders import action
from tests.case_counts import COUNTS
from tests.cli.conftest import ROOT, Cli
from tests.run_report import REPORT

CANARY = "canary-5f1c-90ab"
EXAMPLE = (ROOT / "actions.example.yaml").read_text()
CASSETTE = (ROOT / "cassettes" / "loyalty.json").read_text()
RUN = ("loyalty", "--person", "u-1", "--replay")
HUGE = 1 << 38
"""A quarter of a tebibyte as a sparse file, which uses no disk space."""

TEXTS = {
    "actions.yaml": f"version: 1\n{CANARY}: [{CANARY}\n",
    "actions.x.yaml": f"AWS_SECRET={CANARY}\n",
    "attributes.lock.json": f'{{"{CANARY}": "{CANARY}"',
    "people.csv": f"user_id,name\nu-1,{CANARY}\n",
    "people.json": f'[{{"user_id": "u-1", "name": "{CANARY}"}}]',
    "people.jsonl": f'{{"user_id": "u-1", "name": "{CANARY}"}}\n',
    "cassettes/loyalty.json": CASSETTE.replace("gold", CANARY),
    "cassettes": "",
    "cactions.vault": f"{CANARY}\n",
    "pic.svg": CANARY,
    "run.jsonl": CANARY,
}
"""The files of a repository, or files written because of it, and what replaces them outside."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "validate": ("validate",),
    "validate json": ("validate", "--json"),
    "validate --fix": ("validate", "--fix"),
    "validate --output": ("validate", "--output", "pic.svg"),
    "test": ("test",),
    "diff": ("diff", *RUN),
    "diff --svg": ("diff", *RUN, "--svg", "pic.svg"),
    "request": ("request", "loyalty", "--person", "u-1"),
    "run": ("run", *RUN, "--yes"),
    "runs export": ("runs", "export", "last", "--out", "run.jsonl"),
    "people list": ("people", "list"),
    "people import": ("people", "import"),
    "vault status": ("vault", "status"),
}


def link_out(file: Path, outside: Path) -> None:
    file.symlink_to(outside)


def link_to_a_link(file: Path, outside: Path) -> None:
    file.with_name("second").symlink_to(outside)
    file.symlink_to("second")


def link_loop(file: Path, outside: Path) -> None:
    file.with_name("second").symlink_to(file.name)
    file.symlink_to("second")


def dangling_link(file: Path, outside: Path) -> None:
    file.symlink_to(outside.parent / "none")


def linked_parent(file: Path, outside: Path) -> None:
    """The folder of the file is a link to outside; so is the project if it holds the file."""
    folder = file.parent
    if (folder / "actions.yaml").exists():
        folder = folder / "sub"
    else:
        folder.rmdir()
    folder.symlink_to(outside.parent)


def pipe(file: Path, outside: Path) -> None:
    os.mkfifo(file)


def device(file: Path, outside: Path) -> None:
    file.symlink_to("/dev/zero")


def folder(file: Path, outside: Path) -> None:
    file.mkdir()


def huge(file: Path, outside: Path) -> None:
    with file.open("wb") as sparse:
        sparse.truncate(HUGE)


def unreadable(file: Path, outside: Path) -> None:
    file.touch(0o000)


def empty(file: Path, outside: Path) -> None:
    file.touch()


def no_text(file: Path, outside: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00\x80")


KINDS = (
    link_out, link_to_a_link, link_loop, dangling_link, linked_parent, pipe, device, folder, huge,
    unreadable, empty, no_text,
)  # fmt: skip
FOREMOST = {
    "attributes.lock.json": "validate json",
    "people.csv": "people list",
    "people.json": "people import",
    "people.jsonl": "people list",
    "cassettes/loyalty.json": "diff",
    "cassettes": "run",
    "cactions.vault": "vault status",
    "pic.svg": "diff --svg",
    "run.jsonl": "runs export",
}
"""The command that uses a file most; ``validate`` for action files."""


def cases_of(name: str) -> list[tuple[Callable[[Path, Path], None], str]]:
    """All cases with ``-m hostile``; else each kind with its main command and one other."""
    every = list(product(KINDS, COMMANDS))
    if COUNTS.factor > 1:
        return every
    foremost, commands = FOREMOST.get(name, "validate"), list(COMMANDS)
    first = list(TEXTS).index(name)
    others = [commands[(first + 5 * number) % len(commands)] for number in range(len(KINDS))]
    pairs = zip(KINDS, others, strict=True)
    return [*dict.fromkeys([*product(KINDS, [foremost]), *pairs])]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Files that the repository must not touch."""
    folder = tmp_path / "outside"
    (folder / "cassettes").mkdir(parents=True)
    for name, text in TEXTS.items():
        if text:
            (folder / name).write_text(text)
    return folder


def tree(folder: Path) -> dict[str, tuple[object, ...]]:
    """Names, bytes, modes and times."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes() if path.is_file() else b"",
            stat.S_IMODE(path.stat().st_mode),
            path.stat().st_mtime_ns,
        )
        for path in [folder, *folder.rglob("*")]
    }


def clone(home: Path, name: str, kind: Callable[[Path, Path], None], outside: Path) -> Path:
    """A new repository in which one file is hostile."""
    folder = home / "clone"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "cassettes", folder / "cassettes")
    people = name if name.startswith("people") else ""
    start, end = EXAMPLE.index("  people:\n"), EXAMPLE.index("\nattributes:")
    text = f"{EXAMPLE[:start]}  people: {people}\n{EXAMPLE[end:]}" if people else EXAMPLE
    (folder / "actions.yaml").write_text(text)
    file = folder / name
    if kind is not linked_parent or file.parent != folder:
        if file.is_dir() or kind is linked_parent:
            shutil.rmtree(file if file.is_dir() else file.parent)
            file.parent.mkdir(exist_ok=True)
        file.unlink(missing_ok=True)
    kind(file, outside / name)
    return folder


def words_of(command: str, name: str) -> tuple[str, ...]:
    """The command line; if the folder ``sub`` leads outside, the file is named through it."""
    words = COMMANDS[command]
    before = "sub/" if Path("sub").is_symlink() else ""
    if command == "people import":
        return (*words, before + (name if name.startswith("people") else "people.csv"))
    if before and command == "vault status":
        return (*words, "--vault", f"{before}cactions.vault")
    if command in {"diff --svg", "runs export", "validate --output"}:
        return (*words[:-1], before + words[-1])
    return (*words, "-f", f"{before}actions.yaml") if before else words


@contextmanager
def ends() -> Iterator[None]:
    """Ends within one second of CPU time; a command that blocks fails."""

    def stop(_number: int, _frame: object) -> None:
        raise TimeoutError("the command waits")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    begun = time.process_time()
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert time.process_time() - begun < 1


@pytest.mark.hostile
@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_file_neither_reads_nor_writes_outside(
    cli: Cli, home: Path, outside: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Every file, every kind of trap, every command."""
    before = tree(outside)
    cases = cases_of(name)
    for kind, command in cases:
        monkeypatch.chdir(clone(home, name, kind, outside))
        if command == "runs export":
            cli("run", *RUN, "--yes")
        with ends():
            done = cli(*words_of(command, name))
        case = (name, kind.__name__, command, done)
        assert done.code in {*Exit} - {Exit.INTERNAL}, case
        assert CANARY not in done.out + done.err, case
        assert before == tree(outside), case
    REPORT.append(f"hostile {name}: {len(cases)} commands, 0 read or wrote outside")


PIECES = (
    "..", "/", "../", "../../", ".", "a", "//", "\\", " ", "~", "%2e%2e", "\u2025", "\udcff", "\0",
    "\n",
)  # fmt: skip


def test_an_action_name_cannot_point_outside_the_recordings_folder(
    home: Path, outside: Path
) -> None:
    """Its recording is in the folder of recordings, or there is none."""
    before = tree(outside)
    folder = home / "clone"
    folder.mkdir()
    opened = ProjectFolder(folder, Project(Workspace(), {}, {}))
    random = Random(1)
    names = {"".join(random.choices(PIECES, k=random.randint(1, 6))) for _ in range(400)}
    names |= {"../../out", f"{outside}/out", f"../../outside/{'a' * 255}", "../outside/actions"}
    refused = 0
    for name in sorted(names):
        bad = replace(action(), name=name)
        try:
            path = os.path.normpath(opened.get_cassette_path(bad))
            assert Path(path).is_relative_to(folder / "cassettes"), name
            create_cassette_writer(opened, bad).save(b"{}")
        except CactionsError as error:
            refused += isinstance(error, DefinitionError)
    assert before == tree(outside)
    assert {"clone", "outside", "actions.yaml", "cassettes"} == {p.name for p in home.iterdir()}
    assert ["cassettes"] == [path.name for path in folder.iterdir()]
    REPORT.append(f"names of actions: {len(names)} hostile, {refused} refused, 0 written outside")


@pytest.mark.parametrize("file", ["/etc/people.csv", "../people.csv", "a/../../people.csv"])
def test_a_people_file_must_be_inside_the_project(cli: Cli, home: Path, file: str) -> None:
    """The error names the place."""
    start, end = EXAMPLE.index("  people:\n"), EXAMPLE.index("\nattributes:")
    (home / "actions.yaml").write_text(f"{EXAMPLE[:start]}  people: {file}\n{EXAMPLE[end:]}")
    done = cli("validate")
    assert Exit.FINDINGS == done.code
    assert "leaves the project's folder" in done.out


MISSPELT = EXAMPLE.replace("    match: user_id", "    macth: user_id", 1)


def test_fix_never_writes_through_a_link(cli: Cli, home: Path) -> None:
    """A link inside the project is read, but never written through."""
    (home / "actions.yaml").rename(home / "real.txt")
    (home / "real.txt").write_text(MISSPELT)
    (home / "actions.yaml").symlink_to("real.txt")
    assert Exit.FINDINGS == cli("validate").code
    done = cli("validate", "--fix")
    assert Exit.NOTHING_DONE == done.code
    assert "The symbolic link actions.yaml lies in the project; nothing was written" in done.err
    assert MISSPELT == (home / "real.txt").read_text()


def test_a_linked_folder_is_not_listed(
    cli: Cli, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Names of files outside are not shown either."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / f"actions.{CANARY}.yaml").write_text("")
    (home / "sub").symlink_to(outside)
    for words in (("sub",), ("sub/actions.yaml",), ("-f", "sub")):
        done = cli("validate", *words)
        assert Exit.NOTHING_DONE == done.code
        assert CANARY not in done.out + done.err
        assert "The symbolic link sub leads out of its project" in done.err


def test_file_descriptors_given_by_the_operator_are_used(cli: Cli, home: Path) -> None:
    """``-f <(generate)`` and ``--svg >(show)`` still work."""
    reader, writer = os.pipe()
    os.write(writer, EXAMPLE.encode())
    os.close(writer)
    assert Exit.CLEAN == cli("validate", "-f", f"/dev/fd/{reader}").code
    os.close(reader)
    reader, writer = os.pipe()
    assert Exit.CLEAN == cli("diff", *RUN, "--svg", f"/dev/fd/{writer}").code
    os.close(writer)
    with open(reader, "rb") as pipe:  # noqa: PTH123
        assert b"<svg" in pipe.read()


@pytest.mark.parametrize("words", ["validate", "test", "runs list", "people list", "doctor"])
def test_a_deleted_working_directory_is_reported(
    cli: Cli, home: Path, tmp_path_factory: pytest.TempPathFactory, words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """It is reported neither as an output error nor as an internal error."""
    gone = tmp_path_factory.mktemp("gone")
    monkeypatch.chdir(gone)
    gone.rmdir()
    done = cli(*words.split())
    monkeypatch.chdir(home)
    assert (Exit.MISUSE, True) == (done.code, "the current folder is gone" in done.err.lower())

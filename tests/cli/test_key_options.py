"""The options of the vault's key work on every command that opens a vault, and on no other.

Which commands these are is found by trying: every example of the help is run without a key, in
several situations, and says where it looked for one.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cactions.cli import app
from cactions.cli.exit_codes import Exit
from cactions.cli.vault_options import KEYLESS
from cactions.logic import documents
from cactions.model import Snapshot
from tests.cli.conftest import KEY, Cli, Done
from tests.cli.test_help import with_published

OPTIONS = {"--key-file", "--key-fd", "--recipient", "--min-generation"}
VALUE = "a value to seal"
SOURCE = "key_command"
"""The one source of the user's configuration, which gives no key: whoever asks it, says so."""
ASKED = re.compile(rf"\b{SOURCE}(?:: | gives )")

MORE = {
    "test": "test loyalty --live --record --yes",
    "tokens test": "tokens test pay_session",
    "probe": "probe loyalty --as u-1 --victim u-2",
    "people import": "people import people.csv",
    "runs settle": "runs settle last --done --yes",
    "vault join": "vault join",
    "vault merge": "vault merge cactions.vault cactions.vault",
}
"""Commands whose example needs more to come to the vault."""


def list_commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command that can be called, by its words."""
    below = getattr(command, "commands", {})
    for name in below:
        yield from list_commands(below[name], (*words, name))
    if not below:
        yield " ".join(words), command


COMMANDS = dict(list_commands(get_command(app.build_application([]))))


def get_options(name: str) -> set[str]:
    return {option for param in COMMANDS[name].params for option in param.opts}


ENDLESS = {"watch", "worker"}
"""It goes on until it is stopped; its own tests show that it opens no vault."""

ELSEWHERE = {"new", "worker", *(f"cluster {name}" for name in ("status", "stop", "import"))}
"""They seal what is agreed to on a terminal, or ask a database first; their own tests show it."""

WITH_KEY = sorted(name for name in COMMANDS if get_options(name) >= OPTIONS)
WITHOUT = sorted(set(COMMANDS) - {*WITH_KEY})


def build_tries(name: str) -> list[str]:
    """The example of its help, and the same without what keeps it offline; nothing is asked."""
    found = re.search(r"Example: cactions (.*)", COMMANDS[name].help or "")
    example = found[1] if found else name
    yes = " --yes" if "--yes" in get_options(name) else ""
    tries = [MORE.get(name, example), example, example.replace(" --replay", "")]
    return [*dict.fromkeys(text + yes * ("--yes" not in text) for text in tries)]


@pytest.fixture
def places(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Four folders: with all of a project, with a vault alone, at Intercom, and without a vault."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    (home / "people.csv").write_text("user_id,email\nu-4,mary@example.com\n")
    with_published(cli, home, monkeypatch)
    assert cli("run", "loyalty", "--person", "u-1", "--replay", "--yes").code == Exit.CLEAN
    code = re.findall(r"cactions-join-\S+", cli("vault", "recipients", "add", "grace").out)
    (home / "join.txt").write_text(code[0])
    for name in ("hash.txt", "settings.json"):
        (home / name).write_text("{}")
    made = {"project": home}
    for name in ("bare", "intercom", "empty"):
        made[name] = home.parent / f"{home.name}-{name}"
        shutil.copytree(home, made[name])
    for path in made["bare"].glob("actions*.yaml"):
        path.unlink()
    (made["empty"] / "cactions.vault").unlink()
    document = {"version": 1, "workspace": {"kind": "intercom", "region": "us"}}
    document["workspace"]["token"] = {"secret": "shop_token"}  # type: ignore[index]
    document["workspace"]["test_people"] = [{"user_id": "u-1"}]  # type: ignore[index]
    (made["intercom"] / "actions.yaml").write_text(json.dumps(document))
    snapshot = documents.snapshot_to_json(Snapshot("attributes.lock.json", 1_790_000_000, {}))
    (made["intercom"] / "attributes.lock.json").write_text(json.dumps(snapshot))
    shutil.rmtree(made["intercom"] / ".cactions")
    monkeypatch.delenv(KEY)
    config = home / "config/cactions"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(f'{SOURCE} = ["false"]\n')
    return made


class Trial:
    """Runs a command in one of the places, with something on stdin."""

    def __init__(self, cli: Cli, places: dict[str, Path], patch: pytest.MonkeyPatch) -> None:
        self._cli, self._places, self._patch = cli, places, patch

    def call(self, place: str, line: str, *more: str) -> Done:
        self._patch.chdir(self._places[place])
        text = (self._places[place] / "join.txt").read_text() if "join" in line else VALUE
        self._patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return self._cli(*shlex.split(line), *more)

    def find_opening(self, name: str) -> tuple[str, str] | None:
        """A place and a line with which the command asks for the key of a vault."""
        for place in self._places:
            for line in build_tries(name):
                done = self.call(place, line)
                if ASKED.search(" ".join((done.out + done.err).split())):
                    return place, line
        return None


@pytest.fixture
def trial(cli: Cli, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Trial:
    return Trial(cli, places, monkeypatch)


def test_every_command_that_opens_a_vault_takes_the_options_of_its_key(
    trial: Trial,
) -> None:
    """And no other: an option that does nothing would be a promise."""
    tried = (name for name in COMMANDS if name not in ENDLESS)
    opening = {name: found for name in tried if (found := trial.find_opening(name))}
    assert (set(opening) - {*WITH_KEY}, {*WITH_KEY} - set(opening)) == (set(), ELSEWHERE)
    faults = []
    for name, (place, line) in opening.items():
        nowhere = f"{name.replace(' ', '-')}.key"
        done = trial.call(place, line, "--key-file", nowhere)
        text = " ".join((done.out + done.err).split())
        if nowhere not in text or f"Only {SOURCE} was tried" in text:
            faults.append((name, text))
    assert [] == faults
    assert len(opening) > 45, "the search found most of them"


@pytest.mark.parametrize("option", sorted({*OPTIONS, "--as"}))
def test_another_command_says_where_the_key_belongs(cli: Cli, option: str) -> None:
    """A group, too, whose commands have the option; nothing is done."""
    assert len(WITHOUT) >= 4
    for name in WITHOUT:
        done = cli(*name.split(), option, "1")
        assert (name, Exit.MISUSE) == (name, done.code)
        assert f"There is no option {option}" in done.err
        assert f"`cactions {name}` opens no vault" in " ".join(done.err.split())
    for words in (("runs", option, "1", "list"), (option, "1", "diff")):
        done = cli(*words)
        assert "Give it after the name of the command" in done.err
    assert all(KEY in cli(*words).err for words in (("schema", option, "1"), (option, "1", "x")))


def test_commands_without_a_key_are_known_to_the_hints() -> None:
    """A hint repeats --key-file for every other command, so that it can be followed."""
    groups = {name.split()[0] for name in WITH_KEY}
    short = {name if name.split()[0] in groups else name.split()[0] for name in WITHOUT}
    assert sorted(KEYLESS) == sorted(short)
    assert not {*WITH_KEY} & {*KEYLESS}


def test_a_descriptor_and_a_generation_do_the_same_as_a_file(trial: Trial) -> None:
    """A command that opens the vault several times reads the descriptor once."""
    line = "run loyalty --person u-2 --replay --yes --json"
    home = trial.call("project", "runs list --key-file ada.key --min-generation 2")
    assert (Exit.CLEAN, "") == (home.code, home.err)
    old = trial.call("project", "runs show last --key-file ada.key --min-generation 999")
    assert "999" in old.err
    assert Exit.NOTHING_DONE == old.code
    with Path("ada.key").open() as key:
        os.set_inheritable(key.fileno(), True)
        done = trial.call("project", line, "--key-fd", str(os.dup2(key.fileno(), 90)))
    assert Exit.FINDINGS == done.code, done.err
    assert "applied" in done.out

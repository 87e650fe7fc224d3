"""Joins the wings: with ``stores``, what knows use cases, edges and words, and imports late.

Each builder imports what it builds, so that a command pays for what it uses: ``validate`` never
loads a store, and nothing but a terminal loads colours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from cactions.cli import streams
from cactions.logic.cassette.file_name import cassette_name
from cactions.model import InvalidFiles, noun

if TYPE_CHECKING:
    from cactions.app.live_caller import Calling
    from cactions.app.ports import Caller
    from cactions.app.vault.open_vault import VaultDesk
    from cactions.app.vault.ports import KeyHolder
    from cactions.cli.live_options import Answers
    from cactions.cli.vault_wiring import Ways
    from cactions.edges.cassette.writer import Tape
    from cactions.edges.keys.user_config import UserConfig
    from cactions.edges.store.row_encryption import Cover
    from cactions.logic.project import Shaped
    from cactions.model import Action, Check, Finding, Json, Project, Snapshot
    from cactions.render.output import Paper
    from cactions.render.text import Sheet

COMMANDS: Final = (
    "validate", "explain", "request", "test", "diff", "run", "runs", "people", "tokens", "vault",
    "doctor", "schema",
)  # fmt: skip
"""In the order in which help lists them; each is a module of this folder."""

VAULT: Final = "cactions.vault"
STATE: Final = ".cactions"


@noun
class Opened:
    """A project without errors and the folder that it lives in."""

    folder: Path
    project: Project
    cover: Cover | None = None

    def recording(self, action: Action) -> Path:
        """The file of an action's own. Raises AuthorError where the name leaves the folder."""
        return self.folder / cassette_name(action)


def commands(words: Sequence[str]) -> Iterator[tuple[str, ModuleType]]:
    """The command that the words begin with; all of them where they begin with something else."""
    named = [name for name in COMMANDS if [name] == list(words[:1])]
    for name in named or COMMANDS:
        yield name, late(f"commands.{name}")


def late(name: str) -> ModuleType:
    """A file of this folder that not every way through it needs."""
    return import_module(f"cactions.cli.{name}")


def paper() -> Paper:
    """Where words go: in colour if a terminal wants it, and without loading colours if not."""
    from cactions.render.output import Paper, wants_colour

    if not (wants_colour(sys.stdout) or wants_colour(sys.stderr)):
        return Paper(sys.stdout, sys.stderr, mask=streams.masked_sheet)
    from cactions.render.color_output import Screen

    return Screen(sys.stdout, sys.stderr, mask=streams.masked_sheet)


def picture(sheet: Sheet, *, room: int, command: str) -> str:
    """The sheet as an SVG picture, ``room`` cells wide, under the command that drew it."""
    from cactions.render.svg import picture

    return picture(streams.masked_sheet(sheet), room=room, command=streams.masked_text(command))


def treaty() -> ModuleType:
    """The JSON treaty, for commands that seldom speak it."""
    return import_module("cactions.logic.documents")


def changing() -> ModuleType:
    """Calls that change something, for commands that seldom make one."""
    return import_module("cactions.cli.write_calls")


def write_json(document: dict[str, Json]) -> None:
    """One JSON document on stdout; what a terminal would obey or hide stands in it as escapes."""
    import json

    from cactions.render.escape import safe_json

    shown = streams.masked_document(document)
    text = json.dumps(shown, ensure_ascii=False, indent=2, allow_nan=False)
    streams.write_text(safe_json(text) + "\n")


def shaped(paths: Sequence[Path], environment: str | None, *, leaks: bool = True) -> list[Shaped]:
    """What the files say, one for each folder that they are in; ``leaks``: with all rules."""
    from cactions.cli.load import checked

    return checked(paths, environment, snapshot, leaks=leaks)


def snapshot(path: Path) -> Snapshot:
    """What was known of the workspace's attributes."""
    from cactions.edges.files.attribute_snapshot import read_snapshot

    return read_snapshot(path)


def lacking_secrets(paths: Sequence[Path], found: Sequence[Shaped]) -> list[Finding]:
    """What the files need of the vaults beside them; without a vault, nothing is checked."""
    from cactions.edges.files import action_files

    vaults = [home / VAULT for home in action_files.folders(paths)]
    if not any(map(os.path.lexists, vaults)):
        return []
    from cactions.cli.vault_check import vetted

    return vetted(zip(vaults, found, strict=True))


def folder(paths: Sequence[Path] | None) -> Path:
    """The one folder of the action files. Raises OperatorError where there are several."""
    from cactions.edges.files import action_files

    return action_files.one_folder(paths)


def opened(paths: Sequence[Path] | None, environment: str | None, *, leaks: bool = True) -> Opened:
    """The project. Raises InvalidFiles with every error; ``leaks``: with those of the rules too."""
    home = folder(paths)
    [found] = shaped(paths or (), environment, leaks=leaks)
    if found.project is None:
        raise InvalidFiles(found.errors, found.sources)
    return Opened(home, found.project, covering(home))


def covering(home: Path) -> Cover:
    """How the runs of a folder are kept. The vault is opened when it is first needed, and once."""
    from cactions.edges.store.row_encryption import Uncovered

    if not os.path.lexists(home / VAULT):
        return Uncovered()
    from cactions.app.vault.row_cipher import Covered
    from cactions.cli.vault_wiring import Ways

    return Covered(lambda: vault_desk(Ways(home / VAULT)))


def vault_desk(ways: Ways, *, keep: Path | None = None) -> VaultDesk:
    """A vault with whoever holds the key to it; ``keep`` is a new file for a new key."""
    from cactions.cli.vault_wiring import Around, desk

    return desk(ways, Around(_keychain, paper().say), keep=keep)


def _keychain(config: UserConfig) -> KeyHolder:
    from cactions.edges.keys.keyring_store import Keychain

    return Keychain(config)


def caller(home: Opened, action: Action, answers: Answers) -> Caller:
    """Who answers: the action's recording, or the live service."""
    if not answers.replayed:
        return calling(home, answers, [action])
    from cactions.app.replay_caller import Replaying
    from cactions.edges.cassette.reader import Replay

    return Replaying(Replay(answers.cassette or home.recording(action)))


def tape(home: Opened, action: Action) -> Tape:
    """Where an action's recording is written."""
    from cactions.edges.cassette.writer import Tape

    return Tape(home.recording(action), makes_folder=True)


def calling(home: Opened, answers: Answers, called: Sequence[Action] = ()) -> Calling:
    """The live services of a project; the vault is opened when it is first needed."""
    from cactions.cli.live_wiring import Around, reach
    from cactions.cli.vault_wiring import Ways

    ways = Ways(home.folder / VAULT)
    return reach(answers, Around(home.project, called, lambda: vault_desk(ways), paper().say))


def examined(project: Project | None, answers: Answers, vault: Path | None) -> list[Check]:
    """What ``doctor`` finds beyond the files."""
    from cactions.cli.doctor_wiring import examined

    return examined(project, answers, vault)

"""The user's own configuration: ``config.toml`` in their configuration folder, which need not be.

    keyring_backend = "keyring.backends.kwallet.DBusKeyring"   # this exact class, and no other
    key_file = "~/keys/cactions.key"                           # instead of the keyring
    key_command = ["pass", "show", "cactions/key"]             # instead of the keyring, no shell

- It names commands and code. So it is never looked for in a project's folder, and it is refused
  where somebody else could have written it.
- What is not known is an error with the nearest name: a misspelt key must not become the keyring.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from platformdirs import user_config_path

from cactions.edges.files.owned_files import FilePolicy, OwnershipProblem, UntrustedFile, read_own
from cactions.logic.suggest import suggest
from cactions.model import Place, UsageError

NAME: Final = "config.toml"

_KEYS: Final = ("keyring_backend", "key_file", "key_command")
_CLASS: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_POSITION: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TRUST: Final = FilePolicy(limit=64 * 1024, others=0o022, links=True)
"""Some people keep their configuration elsewhere and link it."""
_REASON: Final = "your configuration names commands, so it must be yours alone to write"


@dataclass(frozen=True, slots=True)
class UserConfig:
    """What the user has settled for all their projects; empty where they have not.

    ``path`` is where the file is, or would be.
    """

    path: Path
    keyring_backend: str = ""
    key_file: Path | None = None
    key_command: tuple[str, ...] = ()


def config_path() -> Path:
    """Where the configuration is, or would be. Raises UsageError where that is nowhere."""
    try:
        path = user_config_path("cactions", appauthor=False) / NAME
    except RuntimeError:
        raise UsageError(
            "your configuration folder is not known: HOME is not set, and this user has no home",
            hint="Set HOME, or XDG_CONFIG_HOME, to a path that begins with /.",
        ) from None
    if not path.is_absolute():
        raise UsageError(
            f"your configuration folder is no absolute path: {path.parent}",
            hint="Set HOME, or XDG_CONFIG_HOME, to a path that begins with /.",
        )
    return path


def read_user_config(path: Path | None = None) -> UserConfig:
    """The user's configuration, by default from its own place; all empty where there is no file.

    Raises UsageError, with a place where one is known.
    """
    path = path or config_path()
    try:
        text = read_own(path, _TRUST).decode()
        return _shaped(path, tomllib.loads(text))
    except UntrustedFile as error:
        if error.problem is OwnershipProblem.MISSING:
            return UserConfig(path)
        raise UsageError(f"{error}: {_REASON}", hint=_mend(error.problem, path)) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text", hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, str(error)) from None
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        message = f"{path} holds a number that is too long, or is nested too deeply"
        raise UsageError(message, hint="Remove it: no key here takes either.") from None


def _mend(doubt: OwnershipProblem, path: Path) -> str:
    if doubt is OwnershipProblem.MODE:
        return f"Look at what it says, then: chmod go-w {path}"
    return "Put a file of your own in its place, that you may read."


def _syntax_error(path: Path, words: str) -> UsageError:
    found = _POSITION.search(words)
    place = None
    if found and found[1]:
        line, column = int(found[1]), int(found[2])
        place = Place(str(path), line, column, line, column + 1)
    what = words[: found.start()] if found else words
    return UsageError(
        f"{path} is not TOML: {what[:1].lower()}{what[1:]}",
        hint="Mend it there; texts stand in quotation marks.",
        place=place,
    )


def _shaped(path: Path, document: dict[str, Any]) -> UserConfig:
    for key in document:
        if key not in _KEYS:
            raise UsageError(f'{path} has an unknown key "{key}"', hint=suggest(key, _KEYS))
    return UserConfig(
        path,
        _backend(path, document.get("keyring_backend", "")),
        _file(path, document.get("key_file")),
        _command(path, document.get("key_command")),
    )


def _backend(path: Path, value: object) -> str:
    text = value if isinstance(value, str) else "?"
    if not text or _CLASS.fullmatch(text):
        return text
    raise _unfit(path, "keyring_backend", 'a class: "keyring.backends.kwallet.DBusKeyring"')


def _file(path: Path, value: object) -> Path | None:
    if value is None:
        return None
    if isinstance(value, str) and "\0" not in value:
        file = Path(value).expanduser() if value.startswith("~/") else Path(value)
        if file.is_absolute():
            return file
    raise _unfit(path, "key_file", 'an absolute path: "~/keys/cactions.key"')


def _command(path: Path, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if (
        isinstance(value, list)
        and value
        and all(isinstance(v, str) and "\0" not in v for v in value)
    ):
        program = value[0]
        if program and (Path(program).is_absolute() or Path(program).name == program):
            return tuple(value)
    raise _unfit(
        path,
        "key_command",
        "a list of a program (its name, or an absolute path) and its arguments: "
        '["pass", "show", "cactions/key"]',
    )


def _unfit(path: Path, key: str, form: str) -> UsageError:
    return UsageError(f'{path}: "{key}" does not fit', hint=f"It must be {form}.")

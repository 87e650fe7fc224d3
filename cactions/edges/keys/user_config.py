"""Reads the user's own configuration: an optional ``config.toml`` in their configuration folder.

    keyring_backend = "keyring.backends.kwallet.DBusKeyring"   # this exact class, and no other
    key_file = "~/keys/cactions.key"                           # instead of the keyring
    key_command = ["pass", "show", "cactions/key"]             # instead of the keyring, no shell
    database_file = "~/keys/cactions.database"                 # the address of a shared database

- It names commands and code. So it is never read from a project's folder, and it is refused if
  another user could have written it.
- An unknown key is an error that suggests the nearest name: with a misspelt key, the keyring must
  not be used silently.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from platformdirs import user_config_path

from cactions.edges.files.owned_files import FilePolicy, OwnershipProblem, UntrustedFile, read_own
from cactions.logic.suggest import suggest
from cactions.model import Place, UsageError

NAME: Final = "config.toml"

_KEYS: Final = ("keyring_backend", "key_file", "key_command", "database_file")
_CLASS_NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_POSITION: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_POLICY: Final = FilePolicy(limit=64 * 1024, others=0o022, links=True)
"""Links are allowed: some users keep their configuration elsewhere and link it."""
_REASON: Final = "your configuration names commands, so only you may be able to write it"


class UserConfig(Struct, frozen=True):
    """The user's settings, empty if unset; ``path`` is where the file is, or would be."""

    path: Path
    keyring_backend: str = ""
    key_file: Path | None = None
    key_command: tuple[str, ...] = ()
    database_file: Path | None = None


def get_config_path() -> Path:
    """The path of the configuration. Raises UsageError if there is no such folder."""
    try:
        path = user_config_path("cactions", appauthor=False) / NAME
    except RuntimeError:
        why = "unknown: HOME is not set, and this user has no home"
    else:
        if path.is_absolute():
            return path
        why = f"not an absolute path: {path.parent}"
    hint = "Set HOME, or XDG_CONFIG_HOME, to a path that begins with /."
    raise UsageError(f"your configuration folder is {why}", hint=hint)


def read_user_config(path: Path | None = None) -> UserConfig:
    """Read the configuration; all empty if there is no file. Raises UsageError."""
    path = path or get_config_path()
    try:
        text = read_own(path, _POLICY).decode()
        return _build_config(path, tomllib.loads(text))
    except UntrustedFile as error:
        if error.problem is OwnershipProblem.MISSING:
            return UserConfig(path)
        raise UsageError(f"{error}: {_REASON}", hint=_suggest_fix(error.problem, path)) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text", hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise _build_syntax_error(path, str(error)) from None
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        message = f"{path} holds a number that is too long, or is nested too deeply"
        raise UsageError(message, hint="Remove it: no key here takes either.") from None


def read_config_lines(path: Path) -> list[str]:
    """The lines of the configuration, none without a file; it was read without an error before."""
    try:
        return read_own(path, _POLICY).decode().splitlines()
    except (UntrustedFile, UnicodeDecodeError):
        return []


def _suggest_fix(problem: OwnershipProblem, path: Path) -> str:
    if problem is OwnershipProblem.MODE:
        return f"Check its content, then run: chmod go-w {path}"
    return "Replace it by a file that you own and can read."


def _build_syntax_error(path: Path, message: str) -> UsageError:
    position = _POSITION.search(message)
    place = None
    if position and position[1]:
        line, column = int(position[1]), int(position[2])
        place = Place(str(path), line, column, line, column + 1)
    problem = message[: position.start()] if position else message
    return UsageError(
        f"{path} is not TOML: {problem[:1].lower()}{problem[1:]}",
        hint="Fix it there; texts need quotation marks.",
        place=place,
    )


def _build_config(path: Path, document: dict[str, Any]) -> UserConfig:
    for key in document:
        if key not in _KEYS:
            raise UsageError(f'{path} has an unknown key "{key}"', hint=suggest(key, _KEYS))
    return UserConfig(
        path,
        _check_backend(path, document.get("keyring_backend", "")),
        _check_file(path, "key_file", document.get("key_file")),
        _check_command(path, document.get("key_command")),
        _check_file(path, "database_file", document.get("database_file")),
    )


def _check_backend(path: Path, value: object) -> str:
    text = value if isinstance(value, str) else "?"
    if not text or _CLASS_NAME.fullmatch(text):
        return text
    raise _build_value_error(
        path, "keyring_backend", 'a class: "keyring.backends.kwallet.DBusKeyring"'
    )


def _check_file(path: Path, key: str, value: object) -> Path | None:
    if value is None:
        return None
    if isinstance(value, str) and "\0" not in value:
        file = Path(value).expanduser() if value.startswith("~/") else Path(value)
        if file.is_absolute():
            return file
    example = f"~/keys/cactions.{key.removesuffix('_file')}"
    raise _build_value_error(path, key, f'an absolute path: "{example}"')


def _check_command(path: Path, value: object) -> tuple[str, ...]:
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
    raise _build_value_error(
        path,
        "key_command",
        "a list of a program (its name, or an absolute path) and its arguments: "
        '["pass", "show", "cactions/key"]',
    )


def _build_value_error(path: Path, key: str, form: str) -> UsageError:
    return UsageError(f'{path}: "{key}" has an invalid value', hint=f"It must be {form}.")

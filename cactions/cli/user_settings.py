"""The user's own settings: their configuration file and the environment, with what sets each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final

from cactions.cli.environment import list_variables
from cactions.edges.keys.key_sources import ORDER, find_key_source
from cactions.edges.keys.user_config import UserConfig, read_config_lines, read_user_config
from cactions.model import ConfigEntry, ConfigReport, ConfigSource

_ABOUT: Final = {
    "keyring_backend": "the class of the keyring that is used, and no other",
    "key_file": "the file with the key of the vault, instead of the keyring",
    "key_command": "a program that prints the key of the vault, instead of the keyring",
    "database_file": "the file with the address of a database that several machines share",
}


def read_user_settings(environment: Mapping[str, str]) -> ConfigReport:
    """What is set, and by what; nothing is changed, and no key is read. Raises UsageError."""
    config = read_user_config()
    lines = read_config_lines(config.path)
    return ConfigReport(
        config.path,
        os.path.lexists(config.path),
        tuple(_list_settings(config, lines)),
        tuple(list_variables(environment)),
        find_key_source(environment, config),
        ORDER,
    )


def _list_settings(config: UserConfig, lines: list[str]) -> Iterator[ConfigEntry]:
    values = {
        "keyring_backend": config.keyring_backend,
        "key_file": str(config.key_file or ""),
        "key_command": _shorten(config.key_command),
        "database_file": str(config.database_file or ""),
    }
    for name, value in values.items():
        if value:
            line = _find_line(name, lines)
            yield ConfigEntry(name, _ABOUT[name], ConfigSource.FILE, value, line)
        else:
            yield ConfigEntry(name, _ABOUT[name])


def _shorten(command: tuple[str, ...]) -> str:
    """The program alone: its arguments may hold what is not to be shown."""
    return " ".join([*command[:1], *("…" for _ in command[1:2])])


def _find_line(name: str, lines: list[str]) -> int | None:
    pattern = re.compile(rf"""\s*["']?{name}["']?\s*=""")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), None)

"""A setting of the user's own, outside every project: what it is, and what has set it."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from msgspec import Struct


class ConfigSource(Enum):
    """What has set a value."""

    DEFAULT = "default"
    FILE = "file"
    VARIABLE = "environment"


class ConfigEntry(Struct, frozen=True):
    """One setting; ``value`` never holds a secret, and ``line`` is that of the file, from 1.

    ``is_set`` is also true for a secret, whose value is not shown.
    """

    name: str
    about: str
    source: ConfigSource = ConfigSource.DEFAULT
    value: str | None = None
    line: int | None = None

    @property
    def is_set(self) -> bool:
        return self.source is not ConfigSource.DEFAULT


class ConfigReport(Struct, frozen=True):
    """The user's configuration file, its settings, the variables, and where a key comes from."""

    path: Path
    exists: bool
    settings: tuple[ConfigEntry, ...]
    variables: tuple[ConfigEntry, ...]
    key_source: str
    key_order: tuple[str, ...]

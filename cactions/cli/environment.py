"""Every environment variable that cactions reads, and what it does.

A test compares this table with what the code reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from cactions.logic.network.connection_string import mask_connection_string
from cactions.model import MASK, ConfigEntry, ConfigSource

VARIABLES: Final = {
    "CACTIONS_VAULT_KEY_FILE": "the file with the key of the vault",
    "CACTIONS_VAULT_KEY_FD": "the open descriptor with the key of the vault",
    "CACTIONS_VAULT_KEY": "the key of the vault itself",
    "CACTIONS_PROXY": "the HTTP proxy of live calls, as --proxy",
    "CACTIONS_CA_FILE": "the only certificate authorities of live calls, as --ca-file",
    "CACTIONS_DATABASE": "the PostgreSQL database that several machines share",
    "CACTIONS_DEBUG": "1 shows where an error came from, as --debug",
    "NO_COLOR": "no colours",
    "FORCE_COLOR": "colours, also where the output is not a terminal",
    "COLUMNS": "the width of the output",
    "TERM": "dumb: no colours and no progress bar",
    "PATH": "where the program of key_command is looked for",
    "XDG_CONFIG_HOME": "the folder of your configuration is in it (Linux)",
    "GITHUB_WORKSPACE": "paths of annotations are relative to it (--format github)",
    "GITHUB_STEP_SUMMARY": "the file for the summary of a job (--format github)",
    "PYTHON_KEYRING_BACKEND": "the keyring; only a trusted one is used",
    "KEYRING_PROPERTY_": "any variable that begins so: the keyring is refused while it is set",
}
"""In the order in which they are shown; the last one is the beginning of names."""

_SECRET: Final = ("CACTIONS_VAULT_KEY", "KEYRING_PROPERTY_")
_CONNECTION_STRINGS: Final = ("CACTIONS_DATABASE",)
_USER: Final = re.compile(r"(?<=//).*(?=@)|^(?!.*//).*(?=@)", re.DOTALL)
"""User and password of a proxy: all before the last ``@``."""


def list_variables(environment: Mapping[str, str]) -> Iterator[ConfigEntry]:
    """All of them, set or not; a secret is shown as dots."""
    for name, about in VARIABLES.items():
        if name.endswith("_"):
            found = [each for each in sorted(environment) if each.startswith(name)]
        else:
            found = [name] if name in environment else []
        for each in found:
            value = _mask(name, environment[each])
            yield ConfigEntry(each, about, ConfigSource.VARIABLE, value)
        if not found:
            yield ConfigEntry(name, about)


def _mask(name: str, value: str) -> str:
    if name in _SECRET:
        return MASK
    if name in _CONNECTION_STRINGS:
        return mask_connection_string(value)
    return _USER.sub(MASK, value)

"""The address of the database that several machines share, and the extra that it needs.

It may hold a password: so it is in a variable or in a file that only its user can read, never in
the files of a project, and once it is read, no output shows that password.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from cactions.cli.output_scrubber import register_secret
from cactions.edges.files.owned_files import FilePolicy, OwnershipProblem, UntrustedFile, read_own
from cactions.edges.keys.user_config import read_user_config
from cactions.logic.network.connection_string import find_passwords
from cactions.logic.shell import quote_word
from cactions.model import UsageError
from cactions.model.secret import Secret

DATABASE: Final = "CACTIONS_DATABASE"

_LIBRARIES: Final = ("psycopg", "procrastinate")
_POLICY: Final = FilePolicy(limit=64 * 1024, others=0o077, links=False)
_FORM: Final = "postgresql://USER:PASSWORD@HOST/DATABASE"


def read_database_address(environment: Mapping[str, str]) -> str:
    """The address, empty where none is set: that of the variable, else of the user's own file.

    Raises UsageError where one is set and cannot be used.
    """
    if DATABASE in environment:
        address = environment[DATABASE].strip()
        if not address:
            hint = f"Set it as {_FORM}, or unset it."
            raise UsageError(f"{DATABASE} is set, and empty", hint=hint)
    else:
        path = read_user_config().database_file
        address = _read_file(path) if path else ""
    for password in find_passwords(address):
        register_secret(Secret("the password of the database", password))
    return address


def _read_file(path: Path) -> str:
    try:
        text = read_own(path, _POLICY).decode().strip()
    except UntrustedFile as error:
        name = quote_word([str(path)])
        hints = {
            OwnershipProblem.MISSING: "Write the address into it, or correct `database_file`:"
            " `cactions config` shows where that is.",
            OwnershipProblem.MODE: f"If no other user has read it: `chmod 600 {name}`.",
        }
        hint = hints.get(error.problem, "Replace it by a file that you own and can read.")
        raise UsageError(f"the address of the database: {error}", hint=hint) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text", hint=f"It must hold {_FORM}.") from None
    if not text or "\n" in text:
        what = "holds more than one line" if text else "is empty"
        raise UsageError(f"the address of the database: {path} {what}", hint=f"Write {_FORM}.")
    return text


def require_cluster(environment: Mapping[str, str] = os.environ) -> None:
    """Raises UsageError where what uses the database is not installed; nothing is loaded."""
    if not all(map(find_spec, _LIBRARIES)):
        source = DATABASE if DATABASE in environment else "your configuration"
        raise UsageError(
            f'the database of {source} needs the extra "cluster"',
            hint='Install it: pip install "procrastinate>=3.10,<4" "psycopg[binary]>=3.2,<4"',
        )

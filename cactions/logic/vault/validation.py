"""Checks values, hosts and names before they are sealed.

A token with a stray newline or blank would fail late, at the service, so it is refused here. No
message repeats any part of a value.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from cactions.logic.name_grammar import SECRET_NAME
from cactions.logic.vault.line_parser import HOST, NAME
from cactions.model import UsageError
from cactions.model.secret import Passphrase, Secret

MIN_VALUE: Final = 8
MAX_VALUE: Final = 64 * 1024
MIN_PASSPHRASE: Final = 12


def check_secret(name: str, value: str, *, strip_newline: bool = False) -> Secret:
    """Check a value, without a line break at its end if that is asked for. Raises UsageError."""
    if strip_newline:
        value = value.removesuffix("\n").removesuffix("\r")
    _check_value(check_name(name, "secret"), value)
    return Secret(name, value)


def check_passphrase(name: str, value: str) -> Passphrase:
    """Check a new passphrase. Raises UsageError."""
    what = "the passphrase"
    _check_characters(what, value)
    if len(value) < MIN_PASSPHRASE:
        raise UsageError(
            f"{what} has fewer than {MIN_PASSPHRASE} characters; nothing was written",
            hint="Take five or six random words.",
        )
    return Passphrase(check_name(name, "recipient"), value)


def check_name(name: str, what: str) -> str:
    """Check a name. Raises UsageError if the vault's format does not allow it."""
    if not NAME.fullmatch(name) or (what == "secret" and not SECRET_NAME.fits(name)):
        raise UsageError(
            f"this is no valid name for a {what}; nothing was written",
            hint="Use up to 128 letters, digits, _ - . and @; begin with a letter, a digit or _. "
            "No two dots in a row for a secret.",
        )
    return name


def check_hosts(names: Iterable[str], option: str = "--host") -> tuple[str, ...]:
    """Sorted hosts in lower case, without duplicates; ``option`` gave them. Raises UsageError."""
    hosts = tuple(sorted({name.lower() for name in names}))
    invalid = [name for name in hosts if not HOST.fullmatch(name)]
    if invalid or not hosts:
        problem = f"{invalid[0]!r} is no host name" if invalid else "at least one host is needed"
        raise UsageError(
            f"{problem}; nothing was sealed",
            hint=f"Give the host alone, without https:// and path: {option} api.shop.example",
        )
    return hosts


def _check_value(name: str, value: str) -> None:
    what = f'the value for "{name}"'
    if value.endswith("\n"):
        raise UsageError(
            f"{what} ends with a line break; nothing was sealed",
            hint="Give --strip-newline if it does not belong to the value.",
        )
    _check_characters(what, value)
    if len(value) < MIN_VALUE:
        raise UsageError(
            f"{what} has fewer than {MIN_VALUE} characters; nothing was sealed",
            hint="A text this short appears by chance, so it could not be masked in the output. "
            "Ask the service for a longer one.",
        )
    if len(value.encode()) > MAX_VALUE:
        raise UsageError(
            f"{what} is longer than {MAX_VALUE:,} bytes; nothing was sealed",
            hint="Seal a token or a password, not a file.",
        )


def _check_characters(what: str, value: str) -> None:
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in value):
        raise UsageError(
            f"{what} holds a line break, a tab or another control character; nothing was written",
            hint="Give one line of plain text. Copy the value again, without formatting.",
        )
    if value != value.strip():
        raise UsageError(
            f"{what} begins or ends with a blank; nothing was written",
            hint="Copy the value again, without the blanks around it.",
        )

"""Reads secret input: typed without echo, or from stdin, never from an argument.

What was given here is known to the last net, which keeps it out of everything that is said.
"""

from __future__ import annotations

import getpass
import os
import re
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Final

from cactions.cli import output_scrubber
from cactions.logic.shell import quote_word
from cactions.logic.suggest import suggest
from cactions.logic.vault import validation
from cactions.logic.vault.private_key import find_private_key
from cactions.model import UsageError
from cactions.model.secret import Passphrase, Secret, VaultKey

_MOST: Final = 4 * validation.MAX_VALUE
"""In bytes: more than anything that may be sealed."""


def read_value(
    name: str, *, strip_newline: bool, normalize_key: Callable[[str, str], str]
) -> Secret:
    """The value of a secret, as it may be sealed; of a private key, what ``normalize_key`` says."""
    validation.check_name(name, "secret")
    text = _read_hidden_line(f'Value of "{name}": ') if _is_terminal() else _read_rest("value")
    if pem := find_private_key(text, name):
        output_scrubber.register_secret(Secret(name, pem))
        return output_scrubber.register_secret(Secret(name, normalize_key(name, pem)))
    return output_scrubber.register_secret(
        validation.check_secret(name, text, strip_newline=strip_newline)
    )


def read_user_tokens(
    pairs: Sequence[str], known: Collection[str], check: Callable[[str], None]
) -> dict[str, Secret]:
    """The end user's own tokens: ``NAME=N`` is read from descriptor N, ``NAME=-`` from stdin.

    ``known`` are their names. ``check`` is asked about every name before any token is read, and
    raises where one may not be used. Raises UsageError. One line break at the end is not part of
    a token.
    """
    sources = _parse_sources(pairs, known)
    for name in sources:
        check(name)
    found: dict[str, Secret] = {}
    for name, where in sources.items():
        text = _from_stdin(name) if where == "-" else _from_descriptor(name, int(where))
        found[name] = output_scrubber.register_secret(
            validation.check_secret(name, text, strip_newline=True)
        )
    return found


def _parse_sources(pairs: Sequence[str], known: Collection[str]) -> dict[str, str]:
    """Where each token is read from, by name."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, _, where = pair.partition("=")
        if not name or not _WHERE.fullmatch(where):
            raise UsageError(  # without its text: it may be the token itself
                "--user-token does not say where to read a token",
                hint="Write NAME=- for stdin, or NAME=N for descriptor N; never the token itself.",
            )
        if name not in known:
            raise UsageError(f'there is no user token "{name}"', hint=suggest(name, known))
        if name in found:
            raise UsageError(f'the user token "{name}" is given twice', hint="Keep one.")
        found[name] = where
    return found


_WHERE: Final = re.compile(r"-|[0-9]{1,9}")


def _from_stdin(name: str) -> str:
    return (
        _read_hidden_line(f'Token of the user, "{name}": ')
        if _is_terminal()
        else _read_rest("token")
    )


def _from_descriptor(name: str, number: int) -> str:
    try:
        with os.fdopen(number, "rb", closefd=False) as stream:
            return _decode(stream.read(_MOST), "token")
    except OSError:
        word = quote_word([f"{name}={number}"])
        raise UsageError(
            f'the user token "{name}" cannot be read from descriptor {number}',
            hint=f"Open it in the shell: `--user-token {word} {number}<FILE`",
        ) from None


def read_pasted_text(what: str, limit: int) -> str:
    """A text that may hold a credential: one line typed without echo, or stdin. In bytes."""
    if _is_terminal():
        return _read_hidden_line(f"Paste the {what}: ")
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise UsageError(f"stdin is longer than {limit:,} bytes", hint=f"Give only the {what}.")
    return _decode(data, what)


def read_access_token() -> Secret:
    """The access token of a workspace, for one command; it is kept nowhere."""
    name = "access token"
    text = (
        _read_hidden_line("Access token of the workspace: ") if _is_terminal() else _read_rest(name)
    )
    return output_scrubber.register_secret(
        validation.check_secret("intercom_token", text, strip_newline=True)
    )


def read_join_code() -> str:
    """A join code."""
    return _read_hidden_line("Join code: ") if _is_terminal() else _read_rest("join code")


def read_new_passphrase(name: str) -> Passphrase:
    """A new passphrase; on a terminal it is typed twice."""
    validation.check_name(name, "recipient")
    text = _read_passphrase_line(name)
    if _is_terminal() and text != _read_hidden_line("Repeat passphrase: "):
        raise UsageError("the passphrases do not match", hint="Run the command again.")
    return output_scrubber.register_secret(validation.check_passphrase(name, text))


def read_passphrase(name: str) -> Passphrase:
    """The passphrase of a recipient; not looked at, since only the vault knows the right one."""
    return output_scrubber.register_secret(Passphrase(name, _read_passphrase_line(name)))


class TypedKey:
    """A key holder that asks for a recipient's passphrase, once."""

    remembers = False

    def __init__(self, name: str) -> None:
        self.name = f'the passphrase of "{name}"'
        self._recipient = validation.check_name(name, "recipient")
        self._given: Passphrase | None = None

    def get_key(self, _vault_id: str) -> Passphrase:
        """What was typed."""
        self._given = self._given or read_passphrase(self._recipient)
        return self._given

    def keep(self, _vault_id: str, _key: VaultKey) -> None:
        """Raises UsageError: a passphrase or a key that was read cannot be kept."""
        raise UsageError(
            f"{self.name} opens a vault and keeps no key; nothing was written",
            hint="Leave --as out, or give --key-file FILE.",
        )

    def get_seen_generation(self, _vault_id: str) -> int | None:
        """Never known."""
        return None

    def remember_generation(self, _vault_id: str, _generation: int) -> None:
        """There is no place."""


def _read_passphrase_line(name: str) -> str:
    if _is_terminal():
        return _read_hidden_line(f'Passphrase of "{name}": ')
    return _decode(sys.stdin.buffer.readline(_MOST).rstrip(b"\r\n"), "passphrase")


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _read_hidden_line(question: str) -> str:
    """One line without echo. Raises UsageError where the terminal would show it."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        raise UsageError(
            "there is no terminal that can hide what is typed", hint="Give it on stdin: … <FILE"
        ) from None
    try:
        return getpass.getpass(question, stream=None)
    except EOFError:
        raise UsageError("nothing was typed", hint="Give the command again.") from None


def _read_rest(what: str) -> str:
    return _decode(sys.stdin.buffer.read(_MOST), what)


def _decode(data: bytes, what: str) -> str:
    """The text. An error holds nothing of it: a UnicodeDecodeError would hold it all."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if not text:
        raise UsageError(
            f"the {what} is empty: nothing came on stdin", hint="Type it on a terminal, or pipe it."
        )
    if "\ufffd" in text:
        raise UsageError(f"the {what} is not UTF-8 text", hint="Save it as UTF-8.")
    return text

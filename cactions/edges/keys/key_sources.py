"""Gets the key of a machine without a keyring: from a descriptor, file, command or the environment.

- The first source of ORDER that is given decides, and no other is tried if it fails; the error says
  which one was tried and which were not. The keyring is asked only if no source is given.
- A source gives one key text or several; the one for this vault is used.
- No source remembers a generation, and none is ever overwritten.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from cactions.edges.files.drafts import delete_drafts
from cactions.edges.files.file_io import open_private_draft, publish_file, store_errors
from cactions.edges.keys.key_readers import (
    build_no_key_error,
    read_descriptor,
    read_key_file,
    run_key_command,
)
from cactions.edges.keys.user_config import UserConfig
from cactions.logic.vault.key_encoding import KeyTextError, encode_key, find_key
from cactions.model import StoreError, UsageError
from cactions.model.secret import VaultKey
from cactions.model.vault import VaultError

FD: Final = "CACTIONS_VAULT_KEY_FD"
FILE: Final = "CACTIONS_VAULT_KEY_FILE"
KEY: Final = "CACTIONS_VAULT_KEY"

ORDER: Final = ("--key-fd", "--key-file", FD, FILE, "key_file", "key_command", KEY, "the keyring")
"""Every source; ``key_file`` and ``key_command`` are the user's own configuration."""

_Keyring = TypeVar("_Keyring")


class GivenKeyOptions(Struct, frozen=True):
    """Where a key may come from; the configuration is read only if nothing before it decides."""

    environment: Mapping[str, str]
    config: Callable[[], UserConfig]
    fd: int | None = None
    file: Path | None = None

    def __repr__(self) -> str:
        """Without the environment, which may hold secrets."""
        return f"GivenKeyOptions(fd={self.fd!r}, file={self.file!r})"


class _Source(Struct, frozen=True):
    """One source: its word in ORDER, how it is read, and its file, if it is one."""

    word: str
    read: Callable[[], bytes]
    file: Path | None = None

    @property
    def name(self) -> str:
        return f"{self.word} ({self.file})" if self.file else self.word


class GivenKey:
    """The key from one source; read once for each vault."""

    remembers = False

    def __init__(self, source: _Source) -> None:
        self.name = source.name
        self.caution = _CAUTION if source.word == KEY else ""
        self._source = source
        self._keys: dict[str, VaultKey] = {}

    def get_key(self, vault_id: str) -> VaultKey:
        """The key, of a recipient whose name is unknown. Raises VaultError."""
        if vault_id not in self._keys:
            self._keys[vault_id] = VaultKey("", self._read_key(vault_id))
        return self._keys[vault_id]

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """Write the named key file if it does not exist yet. Raises StoreError otherwise."""
        path = self._source.file
        if path is None:
            raise StoreError(
                f"{self.name} gives a key and cannot store one; nothing was stored",
                hint="Name a new file with --key-file, or give no source to use the keyring.",
            )
        if path.is_symlink() or path.exists():
            if self.get_key(vault_id).reveal() == key.reveal():
                return
            raise _build_exists_error(path)
        _write_key_file(path, encode_key(key.reveal(), vault_id, "key"))
        if self.get_key(vault_id).reveal() != key.reveal():
            raise StoreError(f"{path} does not hold what was written", hint="Name another disk.")

    def get_seen_generation(self, _vault_id: str) -> int | None:
        """Always None: the caller must say that an older vault is not detected."""
        return None

    def remember_generation(self, vault_id: str, generation: int) -> None:
        """Does nothing: there is no place to store it."""

    def _read_key(self, vault_id: str) -> bytes:
        try:
            text = self._source.read().decode("utf-8", "replace").removeprefix("\ufeff")
            return find_key(text, vault_id, "key")
        except KeyTextError as error:
            raise build_no_key_error(
                f"{self.name}: {error.message}", self._extend_hint(error.hint)
            ) from None
        except VaultError as error:
            message = f"{self.name}: {error}"
            raise VaultError(error.fault, message, hint=self._extend_hint(error.hint)) from None

    def _extend_hint(self, hint: str) -> str:
        """The next step, and which sources were tried and which were not."""
        untried = ORDER[ORDER.index(self._source.word) + 1 :]
        return f"{hint} Only {self._source.word} was tried; not tried: {', '.join(untried)}."


_CAUTION: Final = (
    f"{KEY} can be read by every other process of the same user; --key-fd and --key-file cannot "
    "be seen that way."
)


def choose_key_holder(
    options: GivenKeyOptions, keyring: Callable[[UserConfig], _Keyring]
) -> GivenKey | _Keyring:
    """Choose the key holder, by ORDER. Raises UsageError for options that contradict each other."""
    if options.fd is not None and options.file is not None:
        raise UsageError("--key-fd and --key-file are both given", hint="Use one of the two.")
    for source in _list_caller_sources(options):
        return GivenKey(source)
    config = options.config()
    for source in _list_user_sources(config, options.environment):
        return GivenKey(source)
    return keyring(config)


def find_key_source(environment: Mapping[str, str], config: UserConfig) -> str:
    """The word of ORDER that decides without options; no key is read. Raises UsageError."""
    options = GivenKeyOptions(environment, lambda: config)
    sources = [*_list_caller_sources(options), *_list_user_sources(config, environment)]
    return sources[0].word if sources else ORDER[-1]


def _list_caller_sources(options: GivenKeyOptions) -> Iterator[_Source]:
    environment = options.environment
    if options.fd is not None:
        yield _Source("--key-fd", partial(read_descriptor, options.fd))
    if options.file is not None:
        yield _build_file_source("--key-file", options.file)
    if FD in environment:
        yield _Source(FD, partial(read_descriptor, _parse_descriptor(environment[FD])))
    if FILE in environment:
        if not environment[FILE]:
            raise UsageError(f"{FILE} is set, and empty", hint="Give it a path, or unset it.")
        yield _build_file_source(FILE, Path(environment[FILE]))


def _list_user_sources(config: UserConfig, environment: Mapping[str, str]) -> Iterator[_Source]:
    if config.key_file:
        yield _build_file_source("key_file", config.key_file)
    if config.key_command:
        command_environment = {name: value for name, value in environment.items() if name != KEY}
        yield _Source(
            "key_command", partial(run_key_command, config.key_command, command_environment)
        )
    if KEY in environment:
        yield _Source(KEY, partial(environment[KEY].encode, "utf-8", "replace"))


def _build_file_source(word: str, path: Path) -> _Source:
    return _Source(word, partial(read_key_file, path), path)


def _parse_descriptor(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < len("1000000"):
        return int(text)
    raise UsageError(f"{FD} is not a descriptor number", hint=f"For example {FD}=3.")


def _build_exists_error(path: Path) -> StoreError:
    return StoreError(
        f"{path} already exists with another key; nothing was stored",
        hint="Name a new file: an overwritten key is lost for ever.",
    )


def _write_key_file(path: Path, text: str) -> None:
    """Make a new private file, durable on return; never replaces another."""
    prefix = f".{path.name}-"
    delete_drafts(path.parent, re.escape(prefix), "")
    with open_private_draft(path.parent, prefix) as draft:
        try:
            with store_errors(path), draft.open("wb") as file:
                file.write(text.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            publish_file(draft, path)
        except FileExistsError:
            raise _build_exists_error(path) from None
        finally:
            draft.unlink(missing_ok=True)

"""The key of a machine without a keyring: from a descriptor, a file, a command or the environment.

- The first source of ORDER that is given decides, and no other is tried when it fails; a refusal
  says which one was tried and which were not. Only where none is given, the keyring is asked.
- A source gives one key text, or several one after the other; the one of this vault is taken.
- None of them remembers a generation, and none is ever overwritten.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from cactions.edges.files.file_io import new_private_file, publish_file, store_errors
from cactions.edges.keys.key_readers import no_key, read_descriptor, read_key_file, run_key_command
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
    """Where a key may come from: flags of the command, the environment, the user's configuration.

    The configuration is read only where no flag and no file of the environment decides.
    """

    environment: Mapping[str, str]
    config: Callable[[], UserConfig]
    fd: int | None = None
    file: Path | None = None

    def __repr__(self) -> str:
        """Without the environment, which may hold secrets."""
        return f"GivenKeyOptions(fd={self.fd!r}, file={self.file!r})"


class _Source(Struct, frozen=True):
    """One source: its word of ORDER, what it gives, and the file that it is, if it is one."""

    word: str
    read: Callable[[], bytes]
    file: Path | None = None

    @property
    def name(self) -> str:
        return f"{self.word} ({self.file})" if self.file else self.word


class GivenKey:
    """The key that one source gives; asked once for each vault."""

    remembers = False

    def __init__(self, source: _Source) -> None:
        self.name = source.name
        self.caution = _CAUTION if source.word == KEY else ""
        self._source = source
        self._held: dict[str, VaultKey] = {}

    def key(self, vault_id: str) -> VaultKey:
        """The key, of a recipient whose name is not known. Raises VaultError."""
        if vault_id not in self._held:
            self._held[vault_id] = VaultKey("", self._read(vault_id))
        return self._held[vault_id]

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """Write the key file that is named and not there yet. Raises StoreError for all else."""
        path = self._source.file
        if path is None:
            raise StoreError(
                f"{self.name} gives a key and cannot keep one; nothing was kept",
                hint="Name a new file with --key-file, or give no source: then the keyring is.",
            )
        if path.is_symlink() or path.exists():
            if self.key(vault_id).reveal() == key.reveal():
                return
            raise _occupied(path)
        _write_key_file(path, encode_key(key.reveal(), vault_id, "key"))
        if self.key(vault_id).reveal() != key.reveal():
            raise StoreError(f"{path} does not hold what was written", hint="Name another disk.")

    def seen_generation(self, _vault_id: str) -> int | None:
        """Never known: whoever asks must say that an older vault is not noticed."""
        return None

    def remember_generation(self, vault_id: str, generation: int) -> None:
        """Nothing: there is no place for it."""

    def _read(self, vault_id: str) -> bytes:
        try:
            text = self._source.read().decode("utf-8", "replace").removeprefix("\ufeff")
            return find_key(text, vault_id, "key")
        except KeyTextError as error:
            raise no_key(f"{self.name}: {error.message}", self._hint(error.hint)) from None
        except VaultError as error:
            message = f"{self.name}: {error}"
            raise VaultError(error.fault, message, hint=self._hint(error.hint)) from None

    def _hint(self, hint: str) -> str:
        """The next step; then what was tried and what was not: nothing else stands in for it."""
        rest = ORDER[ORDER.index(self._source.word) + 1 :]
        return f"{hint} Only {self._source.word} was tried; not tried: {', '.join(rest)}."


_CAUTION: Final = (
    f"{KEY} can be read by every other process of the same user; --key-fd and --key-file cannot "
    "be seen that way."
)


def key_holder(
    given: GivenKeyOptions, keyring: Callable[[UserConfig], _Keyring]
) -> GivenKey | _Keyring:
    """Who holds the key, by ORDER. Raises UsageError where what is given does not fit."""
    if given.fd is not None and given.file is not None:
        raise UsageError("--key-fd and --key-file are both given", hint="Keep one of the two.")
    for source in _of_caller(given):
        return GivenKey(source)
    config = given.config()
    for source in _of_user(config, given.environment):
        return GivenKey(source)
    return keyring(config)


def _of_caller(given: GivenKeyOptions) -> Iterator[_Source]:
    environment = given.environment
    if given.fd is not None:
        yield _Source("--key-fd", partial(read_descriptor, given.fd))
    if given.file is not None:
        yield _key_file("--key-file", given.file)
    if FD in environment:
        yield _Source(FD, partial(read_descriptor, _descriptor(environment[FD])))
    if FILE in environment:
        if not environment[FILE]:
            raise UsageError(f"{FILE} is set, and empty", hint="Give it a path, or unset it.")
        yield _key_file(FILE, Path(environment[FILE]))


def _of_user(config: UserConfig, environment: Mapping[str, str]) -> Iterator[_Source]:
    if config.key_file:
        yield _key_file("key_file", config.key_file)
    if config.key_command:
        clean = {name: value for name, value in environment.items() if name != KEY}
        yield _Source("key_command", partial(run_key_command, config.key_command, clean))
    if KEY in environment:
        yield _Source(KEY, partial(environment[KEY].encode, "utf-8", "replace"))


def _key_file(word: str, path: Path) -> _Source:
    return _Source(word, partial(read_key_file, path), path)


def _descriptor(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < len("1000000"):
        return int(text)
    raise UsageError(f"{FD} is no number of a descriptor", hint=f"Such as {FD}=3.")


def _occupied(path: Path) -> StoreError:
    return StoreError(
        f"{path} is there already, with another key; nothing was kept",
        hint="Name a new file: a key that is overwritten is gone for ever.",
    )


def _write_key_file(path: Path, text: str) -> None:
    """A new file of its user's alone, durable on return; never instead of another."""
    draft = new_private_file(path.parent, f".{path.name}-")
    try:
        with store_errors(path), draft.open("wb") as file:
            file.write(text.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        publish_file(draft, path)
    except FileExistsError:
        raise _occupied(path) from None
    finally:
        draft.unlink(missing_ok=True)

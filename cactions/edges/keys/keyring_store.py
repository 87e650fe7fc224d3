"""Stores the key to a vault in the OS keyring. The only module that uses ``keyring``.

- The backend is one of five exact classes, or the exact class that the user's own configuration
  names. The library's own choice is never used: with another package installed it silently chooses
  a plaintext file. A class that is not used is not even imported.
- Every call has a deadline, and every write is read back; a failed write is reverted.
- The key and the highest generation are two items, so a write of the second cannot lose the key.
- Of a foreign exception only the class is shown: its text may contain what was to be stored.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final, TypeVar

from keyring.backend import KeyringBackend
from keyring.core import load_keyring
from keyring.errors import InitError, KeyringLocked, NoKeyringError
from keyring.util.platform_ import config_root

from cactions.edges.keys import keyring_errors as errors
from cactions.edges.keys.keyring_errors import Named, WriteEnd
from cactions.edges.keys.user_config import UserConfig
from cactions.edges.timeouts import Raised, Returned, TimedOut, call_with_timeout
from cactions.logic.vault import keyring_item
from cactions.logic.vault.errors import build_no_key
from cactions.model.secret import VaultKey

TRUSTED: Final = (
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)
CALL_SECONDS: Final = 20.0
"""For every single call; the user may have to type a password meanwhile."""

MAX_ITEM_UNITS: Final = 1280
"""The size of an item in the Windows Credential Manager."""

_PROPERTY_PREFIX: Final = "KEYRING_PROPERTY_"
_LOCKED_CLASSES: Final = {"LockedException", "PromptDismissedException"}
"""Exceptions of SecretStorage for a locked keyring, which the library does not translate."""

_T = TypeVar("_T")


class KeyringStore:
    """Stores one key and one highest generation for each vault."""

    name = "the keyring of the operating system"
    remembers = True

    def __init__(self, config: UserConfig, *, deadline: float = CALL_SECONDS) -> None:
        self._config = config
        self._deadline = deadline
        self._cached_backend: KeyringBackend | None = None

    def get_key(self, vault_id: str) -> VaultKey:
        """The key of this machine. Raises VaultError (NO_KEY) for none, else KeyringRefusal."""
        text = self._read(_build_key_item(vault_id), "read the key")
        if text is None:
            error = build_no_key(f"{self.name} ({self._describe_backend()})")
            error.hint = f"{error.hint} {errors.HEADLESS}"
            raise error
        key = keyring_item.parse_key(text, vault_id)
        if key is None:
            raise errors.describe_damaged("key", self._describe_backend())
        return key

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """Store the key; it replaces an older one and can be read back on return."""
        self._write(_build_key_item(vault_id), keyring_item.format_key(key, vault_id), "key")

    def get_seen_generation(self, vault_id: str) -> int | None:
        """The highest generation, None if never stored. Raises KeyringRefusal if it is damaged."""
        text = self._read(_build_mark_item(vault_id), "read the mark")
        mark = None if text is None else keyring_item.parse_mark(text)
        if text is not None and mark is None:
            raise errors.describe_damaged("mark", self._describe_backend())
        return mark

    def remember_generation(self, vault_id: str, generation: int) -> None:
        """Store the generation, even if it is lower."""
        self._write(_build_mark_item(vault_id), keyring_item.format_mark(generation), "mark")

    def forget(self, vault_id: str) -> None:
        """Delete both items of this vault, if they exist."""
        for item in (_build_key_item(vault_id), _build_mark_item(vault_id)):
            if self._read(item, "look for an item") is not None:
                self._call("delete an item", partial(self._backend().delete_password, *item))

    def _read(self, item: tuple[str, str], action: str) -> str | None:
        backend = self._backend()
        read_text: object = self._call(action, partial(backend.get_password, *item))
        return (
            read_text if isinstance(read_text, str | None) else ""
        )  # a value that is not text is not an item

    def _write(self, item: tuple[str, str], text: str, what: str) -> None:
        units = len(text.encode("utf-16-le")) // 2
        if units > MAX_ITEM_UNITS:
            raise errors.describe_too_long(what, units, MAX_ITEM_UNITS)
        backend = self._backend()
        before = self._read(item, f"read the {what} that is there")
        self._call(f"write the {what}", partial(backend.set_password, *item, text))
        read_text = self._read(item, f"read back the {what}")
        if read_text != text:
            end = self._restore(item, before)
            raise errors.read_back(
                what, self._describe_backend(), nothing=read_text is None, end=end
            )

    def _restore(self, item: tuple[str, str], before: str | None) -> WriteEnd:
        """Try to restore the earlier content; returns the state after that."""
        backend = self._backend()
        if before is None:
            call_with_timeout(self._deadline, partial(backend.delete_password, *item))
        else:
            call_with_timeout(self._deadline, partial(backend.set_password, *item, before))
        now = call_with_timeout(self._deadline, partial(backend.get_password, *item))
        if not isinstance(now, Returned) or now.value != before:
            return WriteEnd.UNKNOWN
        return WriteEnd.NOTHING if before is None else WriteEnd.AS_BEFORE

    def _call(self, action: str, call: Callable[[], _T]) -> _T:
        """Call the keyring. Raises KeyringRefusal."""
        outcome = call_with_timeout(self._deadline, call)
        if isinstance(outcome, Returned):
            return outcome.value
        if isinstance(outcome, TimedOut):
            raise errors.describe_hanging(action, outcome.seconds, self._describe_backend())
        if any(c is KeyringLocked or c.__name__ in _LOCKED_CLASSES for c in outcome.classes):
            raise errors.describe_locked(action, self._describe_backend())
        if InitError in outcome.classes:
            raise errors.describe_closed(action, self._describe_backend())
        if NoKeyringError in outcome.classes:
            raise errors.describe_no_backend(())
        raise errors.describe_failed(action, outcome.name, self._describe_backend())

    def _describe_backend(self) -> str:
        return (
            _get_class_name(type(self._cached_backend)) if self._cached_backend else "not found yet"
        )

    def _backend(self) -> KeyringBackend:
        """The backend, found once. Raises KeyringRefusal."""
        if self._cached_backend is None:
            named = _read_selection(self._config)
            self._cached_backend = self._load_selected(named) if named else self._find_best()
        return self._cached_backend

    def _load_selected(self, named: Named) -> KeyringBackend:
        """Load the configured class, if it is allowed and usable on this machine."""
        errors.check_is_keyring(named)
        if not named.by_user:
            if named.name not in TRUSTED:
                raise errors.describe_untrusted(named, self._config.path)
            self._check_properties()
        outcome = call_with_timeout(self._deadline, partial(_load_backend, named.name))
        if isinstance(outcome, TimedOut):
            raise errors.describe_hanging("start", outcome.seconds, named.name)
        if isinstance(outcome, Raised):
            raise errors.describe_not_loaded(named, outcome.name)
        return outcome.value

    def _find_best(self) -> KeyringBackend:
        """The trusted class with the highest priority on this machine."""
        self._check_properties()
        outcome = call_with_timeout(self._deadline, _find_best_trusted)
        if isinstance(outcome, TimedOut):
            raise errors.describe_hanging("start", outcome.seconds, "none found so far")
        read_text = outcome.value if isinstance(outcome, Returned) else None
        if read_text is None:
            raise errors.describe_no_backend(_list_foreign_modules())
        return read_text

    def _check_properties(self) -> None:
        """Refuse variables by which the library sets attributes of a backend: its path, too."""
        for name in sorted(os.environ):
            if name.startswith(_PROPERTY_PREFIX):
                raise errors.describe_properties(name, self._config.path)


def _build_key_item(vault_id: str) -> tuple[str, str]:
    """Service and user name; a service never has two users, since Windows would move the first."""
    return f"cactions key {vault_id}", vault_id


def _build_mark_item(vault_id: str) -> tuple[str, str]:
    return f"cactions generation {vault_id}", vault_id


def _read_selection(config: UserConfig) -> Named | None:
    """The backend that the user, the environment or the library's own file selects."""
    if config.keyring_backend:
        return Named(config.keyring_backend, str(config.path), by_user=True)
    if name := os.environ.get("PYTHON_KEYRING_BACKEND"):
        return Named(name, "PYTHON_KEYRING_BACKEND")
    path = Path(config_root()) / "keyringrc.cfg"
    setting = _read_library_setting(path)
    if setting is None:
        raise errors.describe_bad_settings(path)
    return Named(setting, str(path)) if setting else None


def _read_library_setting(path: Path) -> str | None:
    """The setting of the library's own file, empty if unset; None if it cannot be read."""
    settings = configparser.RawConfigParser()
    try:
        settings.read(path, encoding="utf-8")
        return settings.get("backend", "default-keyring", fallback="").strip()
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None


def _load_backend(name: str) -> KeyringBackend:
    """Load the backend of exactly this class. Raises any exception of the class."""
    backend = load_keyring(name)
    if _get_class_name(type(backend)) != name:
        raise ImportError(name)
    return backend


def _find_best_trusted() -> KeyringBackend | None:
    read_text: list[KeyringBackend] = []
    for name in TRUSTED:
        with suppress(Exception):  # each class fails in its own way if it is not on this machine
            read_text.append(_load_backend(name))
    return max(read_text, key=lambda backend: backend.priority, default=None)


def _get_class_name(backend: type[KeyringBackend]) -> str:
    return f"{backend.__module__}.{backend.__qualname__}"


def _list_foreign_modules() -> tuple[str, ...]:
    """Modules of other installed packages with backends."""
    modules = {entry_point.module for entry_point in entry_points(group="keyring.backends")}
    return tuple(sorted(m for m in modules if m.partition(".")[0] != "keyring"))

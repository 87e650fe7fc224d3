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
from keyring.errors import InitError, KeyringLocked
from keyring.util.platform_ import config_root

from cactions.edges.keys.keyring_errors import (
    HEADLESS,
    KeyringFault,
    KeyringRefusal,
    Named,
    WriteEnd,
    build_refusal,
    refuse_foreign,
    refuse_named,
)
from cactions.edges.keys.user_config import UserConfig
from cactions.edges.timeouts import Raised, Returned, TimedOut, call_with_timeout
from cactions.logic.vault import keyring_item
from cactions.logic.vault.errors import Problem, build_error
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

_NO_KEYRINGS: Final = {
    "keyring.backends.null.Keyring": KeyringFault.NULL,
    "keyring.backends.fail.Keyring": KeyringFault.FAIL,
    "keyring.backends.chainer.ChainerBackend": KeyringFault.CHAINER,
}
"""Not even the user can choose these: they have no keyring of their own."""

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
            where = f"{self.name} ({self._describe_backend()})"
            error = build_error(Problem.NO_KEY, where=where)
            error.hint = f"{error.hint} {HEADLESS}"
            raise error
        key = keyring_item.parse_key(text, vault_id)
        if key is None:
            raise self._refuse(KeyringFault.DAMAGED, what="key")
        return key

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """Store the key; it replaces an older one and can be read back on return."""
        self._write(_build_key_item(vault_id), keyring_item.format_key(key, vault_id), "key")

    def get_seen_generation(self, vault_id: str) -> int | None:
        """The highest generation, None if never stored. Raises KeyringRefusal if it is damaged."""
        text = self._read(_build_mark_item(vault_id), "read the mark")
        mark = None if text is None else keyring_item.parse_mark(text)
        if text is not None and mark is None:
            raise self._refuse(KeyringFault.DAMAGED, what="mark")
        return mark

    def remember_generation(self, vault_id: str, generation: int) -> None:
        """Store the generation, even if it is lower."""
        self._write(_build_mark_item(vault_id), keyring_item.format_mark(generation), "mark")

    def _read(self, item: tuple[str, str], action: str) -> str | None:
        backend = self._get_backend()
        read_text: object = self._call(action, partial(backend.get_password, *item))
        # a value that is not text is not an item
        return read_text if isinstance(read_text, str | None) else ""

    def _write(self, item: tuple[str, str], text: str, what: str) -> None:
        units = len(text.encode("utf-16-le")) // 2
        if units > MAX_ITEM_UNITS:
            raise build_refusal(KeyringFault.TOO_LONG, what=what, units=units, limit=MAX_ITEM_UNITS)
        backend = self._get_backend()
        before = self._read(item, f"read the {what} that is there")
        self._call(f"write the {what}", partial(backend.set_password, *item, text))
        read_text = self._read(item, f"read back the {what}")
        if read_text != text:
            end = self._restore(item, before)
            found = "nothing" if read_text is None else "something else"
            raise self._refuse(KeyringFault.READ_BACK, what=what, found=found, end=end.value)

    def _restore(self, item: tuple[str, str], before: str | None) -> WriteEnd:
        """Try to restore the earlier content; returns the state after that."""
        backend = self._get_backend()
        delete = partial(backend.delete_password, *item)
        put_back = partial(backend.set_password, *item, before or "")
        call_with_timeout(self._deadline, delete if before is None else put_back)
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
            raise self._refuse(KeyringFault.HANGING, action=action, seconds=outcome.seconds)
        if any(c is KeyringLocked or c.__name__ in _LOCKED_CLASSES for c in outcome.classes):
            raise self._refuse(KeyringFault.LOCKED, action=action)
        if InitError in outcome.classes:
            raise self._refuse(KeyringFault.CLOSED, action=action)
        raise self._refuse(KeyringFault.FAILED, action=action, why=outcome.name)

    def _refuse(self, fault: KeyringFault, **values: object) -> KeyringRefusal:
        """The error for a fault of the backend."""
        return build_refusal(fault, title=self._describe_backend(), **values)

    def _describe_backend(self) -> str:
        return _get_class_name(type(self._get_backend()))

    def _get_backend(self) -> KeyringBackend:
        """The backend, found once. Raises KeyringRefusal."""
        if self._cached_backend is None:
            named = _read_selection(self._config)
            self._cached_backend = self._load_selected(named) if named else self._find_best()
        return self._cached_backend

    def _load_selected(self, named: Named) -> KeyringBackend:
        """Load the configured class, if it is allowed and usable on this machine."""
        if named.name in _NO_KEYRINGS:
            raise refuse_named(_NO_KEYRINGS[named.name], named)
        if not named.by_user:
            if named.name not in TRUSTED:
                plain = named.name.startswith("keyrings.alt.") or "plaintext" in named.name.lower()
                fault = KeyringFault.PLAINTEXT if plain else KeyringFault.UNKNOWN_BACKEND
                raise refuse_named(fault, named, config=self._config.path)
            self._check_properties()
        outcome = call_with_timeout(self._deadline, partial(_load_backend, named.name))
        if isinstance(outcome, TimedOut):
            raise _refuse_start(outcome, named.name)
        if isinstance(outcome, Raised):
            raise refuse_named(KeyringFault.NOT_LOADED, named, why=outcome.name)
        return outcome.value

    def _find_best(self) -> KeyringBackend:
        """The trusted class with the highest priority on this machine."""
        self._check_properties()
        outcome = call_with_timeout(self._deadline, _find_best_trusted)
        if isinstance(outcome, TimedOut):
            raise _refuse_start(outcome, "none found so far")
        best = outcome.value if isinstance(outcome, Returned) else None
        if best is None:
            raise refuse_foreign(_list_foreign_modules())
        return best

    def _check_properties(self) -> None:
        """Refuse variables by which the library sets attributes of a backend: its path, too."""
        for name in sorted(os.environ):
            if name.startswith(_PROPERTY_PREFIX):
                raise build_refusal(
                    KeyringFault.PROPERTIES, variable=name, config=self._config.path
                )


def _refuse_start(timeout: TimedOut, title: str) -> KeyringRefusal:
    seconds = timeout.seconds
    return build_refusal(KeyringFault.HANGING, action="start", seconds=seconds, title=title)


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
        raise build_refusal(KeyringFault.BAD_SETTINGS, path=path)
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

"""The key to a vault in the keyring of the operating system. The one home of ``keyring``.

- The backend is one of five exact classes, or the exact class that the user's own configuration
  names. What the library would choose by itself is never asked: with another package installed it
  silently chooses a plaintext file. A class that is not wanted is not even imported.
- Every call has a deadline, and every write is read back; what did not arrive is taken back.
- The key and the high-water mark are two items, so that no write of the mark can cost the key.
- Nothing of a foreign exception but its class is shown: its text may hold what was to be stored.
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

from cactions.edges.keys import keyring_errors as faults
from cactions.edges.keys.keyring_errors import Named, WriteEnd
from cactions.edges.keys.user_config import UserConfig
from cactions.edges.timeouts import Raised, Returned, TimedOut, call_with_timeout
from cactions.logic.vault import keyring_item
from cactions.logic.vault.errors import no_key
from cactions.model.secret import VaultKey

TRUSTED: Final = (
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)
DEADLINE: Final = 20.0
"""In seconds, for every single call; somebody may have to type a password meanwhile."""

LONGEST: Final = 1280
"""In UTF-16 code units: what one item of the Windows Credential Manager holds."""

_PROPERTY: Final = "KEYRING_PROPERTY_"
_LOCKED: Final = {"LockedException", "PromptDismissedException"}
"""SecretStorage's own words for it, which the library lets through."""

_T = TypeVar("_T")


class KeyringStore:
    """Keeps one key and one mark for each vault."""

    name = "the keyring of the operating system"
    remembers = True

    def __init__(self, config: UserConfig, *, deadline: float = DEADLINE) -> None:
        self._config = config
        self._deadline = deadline
        self._found: KeyringBackend | None = None

    def key(self, vault_id: str) -> VaultKey:
        """The key of this machine. Raises VaultError (NO_KEY) for none, else KeyringRefusal."""
        text = self._read(_key_item(vault_id), "read the key")
        if text is None:
            error = no_key(f"{self.name} ({self._title()})")
            error.hint = f"{error.hint} {faults.HEADLESS}"
            raise error
        held = keyring_item.parse_key(text, vault_id)
        if held is None:
            raise faults.damaged("key", self._title())
        return held

    def keep(self, vault_id: str, key: VaultKey) -> None:
        """Keep the key, instead of an older one; on return it can be read back."""
        self._write(_key_item(vault_id), keyring_item.format_key(key, vault_id), "key")

    def seen_generation(self, vault_id: str) -> int | None:
        """The mark, None where none was ever kept. Raises KeyringRefusal where it is damaged."""
        text = self._read(_mark_item(vault_id), "read the mark")
        mark = None if text is None else keyring_item.parse_mark(text)
        if text is not None and mark is None:
            raise faults.damaged("mark", self._title())
        return mark

    def remember_generation(self, vault_id: str, generation: int) -> None:
        """Keep the mark as it is given, also where it is lower."""
        self._write(_mark_item(vault_id), keyring_item.format_mark(generation), "mark")

    def forget(self, vault_id: str) -> None:
        """Delete what is kept of this vault; nothing, where nothing is."""
        for item in (_key_item(vault_id), _mark_item(vault_id)):
            if self._read(item, "look for an item") is not None:
                self._ask("delete an item", partial(self._backend().delete_password, *item))

    def _read(self, item: tuple[str, str], asked: str) -> str | None:
        backend = self._backend()
        found: object = self._ask(asked, partial(backend.get_password, *item))
        return found if isinstance(found, str | None) else ""  # what is no text is no item

    def _write(self, item: tuple[str, str], text: str, what: str) -> None:
        units = len(text.encode("utf-16-le")) // 2
        if units > LONGEST:
            raise faults.too_long(what, units, LONGEST)
        backend = self._backend()
        before = self._read(item, f"read the {what} that is there")
        self._ask(f"write the {what}", partial(backend.set_password, *item, text))
        found = self._read(item, f"read back the {what}")
        if found != text:
            end = self._take_back(item, before)
            raise faults.read_back(what, self._title(), nothing=found is None, end=end)

    def _take_back(self, item: tuple[str, str], before: str | None) -> WriteEnd:
        """What stands there after trying to have again what stood there before."""
        backend = self._backend()
        if before is None:
            call_with_timeout(self._deadline, partial(backend.delete_password, *item))
        else:
            call_with_timeout(self._deadline, partial(backend.set_password, *item, before))
        now = call_with_timeout(self._deadline, partial(backend.get_password, *item))
        if not isinstance(now, Returned) or now.value != before:
            return WriteEnd.UNKNOWN
        return WriteEnd.NOTHING if before is None else WriteEnd.AS_BEFORE

    def _ask(self, asked: str, call: Callable[[], _T]) -> _T:
        """What the keyring answers. Raises KeyringRefusal."""
        outcome = call_with_timeout(self._deadline, call)
        if isinstance(outcome, Returned):
            return outcome.value
        if isinstance(outcome, TimedOut):
            raise faults.hanging(asked, outcome.seconds, self._title())
        if any(c is KeyringLocked or c.__name__ in _LOCKED for c in outcome.classes):
            raise faults.locked(asked, self._title())
        if InitError in outcome.classes:
            raise faults.closed(asked, self._title())
        if NoKeyringError in outcome.classes:
            raise faults.no_backend(())
        raise faults.failed(asked, outcome.name, self._title())

    def _title(self) -> str:
        return _class_name(type(self._found)) if self._found else "not found yet"

    def _backend(self) -> KeyringBackend:
        """The one backend that is used, found once. Raises KeyringRefusal."""
        if self._found is None:
            named = _named(self._config)
            self._found = self._chosen(named) if named else self._best()
        return self._found

    def _chosen(self, named: Named) -> KeyringBackend:
        """The class that somebody named, if they may; loaded and fit for this machine."""
        faults.check_is_keyring(named)
        if not named.by_user:
            if named.name not in TRUSTED:
                raise faults.not_trusted(named, self._config.path)
            self._check_properties()
        outcome = call_with_timeout(self._deadline, partial(_load, named.name))
        if isinstance(outcome, TimedOut):
            raise faults.hanging("start", outcome.seconds, named.name)
        if isinstance(outcome, Raised):
            raise faults.not_loaded(named, outcome.name)
        return outcome.value

    def _best(self) -> KeyringBackend:
        """Of the trusted classes, the one that puts itself first on this machine."""
        self._check_properties()
        outcome = call_with_timeout(self._deadline, _best_trusted)
        if isinstance(outcome, TimedOut):
            raise faults.hanging("start", outcome.seconds, "none found so far")
        found = outcome.value if isinstance(outcome, Returned) else None
        if found is None:
            raise faults.no_backend(_foreign_packages())
        return found

    def _check_properties(self) -> None:
        """The library lets the environment set any attribute of a backend: where it stores, too."""
        for name in sorted(os.environ):
            if name.startswith(_PROPERTY):
                raise faults.properties(name, self._config.path)


def _key_item(vault_id: str) -> tuple[str, str]:
    """Service and user name; no service has two users, since Windows would move the first."""
    return f"cactions key {vault_id}", vault_id


def _mark_item(vault_id: str) -> tuple[str, str]:
    return f"cactions generation {vault_id}", vault_id


def _named(config: UserConfig) -> Named | None:
    """The backend that is asked for: by the user, the environment, or the library's own file."""
    if config.keyring_backend:
        return Named(config.keyring_backend, str(config.path), by_user=True)
    if name := os.environ.get("PYTHON_KEYRING_BACKEND"):
        return Named(name, "PYTHON_KEYRING_BACKEND")
    path = Path(config_root()) / "keyringrc.cfg"
    chosen = _setting(path)
    if chosen is None:
        raise faults.bad_settings(path)
    return Named(chosen, str(path)) if chosen else None


def _setting(path: Path) -> str | None:
    """What the library's own file chooses, empty for nothing; None where nobody can tell."""
    settings = configparser.RawConfigParser()
    try:
        settings.read(path, encoding="utf-8")
        return settings.get("backend", "default-keyring", fallback="").strip()
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None


def _load(name: str) -> KeyringBackend:
    """The backend of exactly this class. Raises whatever the class does where it does not fit."""
    backend = load_keyring(name)
    if _class_name(type(backend)) != name:
        raise ImportError(name)
    return backend


def _best_trusted() -> KeyringBackend | None:
    found: list[KeyringBackend] = []
    for name in TRUSTED:
        with suppress(Exception):  # each has its own way of saying that it is not on this machine
            found.append(_load(name))
    return max(found, key=lambda backend: backend.priority, default=None)


def _class_name(backend: type[KeyringBackend]) -> str:
    return f"{backend.__module__}.{backend.__qualname__}"


def _foreign_packages() -> tuple[str, ...]:
    """Installed packages whose backends the library would have considered."""
    modules = {each.module for each in entry_points(group="keyring.backends")}
    return tuple(sorted(m for m in modules if m.partition(".")[0] != "keyring"))

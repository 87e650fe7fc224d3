"""Faulty keyrings: real backends of the keyring library, for child processes."""

from __future__ import annotations

import os
import time
from typing import ClassVar

from keyring import backend, errors
from keyring.backends import null


class Memory(backend.KeyringBackend):
    """Works correctly, but loses everything when the process ends."""

    priority = 9  # type: ignore[assignment]
    items: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[service, username]


class PlaintextMemory(Memory):
    """Stores keys in plain text, as its name says."""


class Hanging(Memory):
    """Waits for a user who never answers."""

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(600)
        return None


class HangingAtStart(Memory):
    """Already hangs when asked whether it is available."""

    def __init__(self) -> None:
        time.sleep(600)


class HangingWrite(Memory):
    """Receives the key and never returns."""

    def set_password(self, service: str, username: str, password: str) -> None:
        time.sleep(600)


class Locked(Memory):
    """Is locked, and no user can unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise errors.KeyringLocked("Failed to unlock the collection!")


class LockedByItsOwnWord(Memory):
    """Is locked and raises SecretStorage's own exception, which the library does not catch."""

    class LockedException(Exception):
        """SecretStorage's exception."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.LockedException(password)


class WithoutACollection(Memory):
    """The service runs, but has no collection for items."""

    def get_password(self, service: str, username: str) -> str | None:
        raise errors.InitError("Failed to create the collection: Prompt dismissed..")


class Forgetful(Memory):
    """Reports success, and stores nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items.pop((service, username), None)


class Cutting(Memory):
    """Stores the first 100 characters of a new value, but a restored value completely."""

    def set_password(self, service: str, username: str, password: str) -> None:
        known = os.environ.get("KNOWN", "")
        self.items[service, username] = password if password == known else password[:100]


class Stubborn(Memory):
    """Corrupts every write, and every attempt to restore the old value."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password[::-1]

    def delete_password(self, service: str, username: str) -> None:
        raise errors.PasswordDeleteError("no")


class Talkative(Memory):
    """Shows the value to be stored in its exceptions, as some backends do."""

    def set_password(self, service: str, username: str, password: str) -> None:
        reason = ValueError(password)
        raise errors.PasswordSetError(f"cannot store {password}") from reason


class Exiting(Memory):
    """Tries to end the program."""

    def get_password(self, service: str, username: str) -> str | None:
        raise SystemExit(service)


class NotText(Memory):
    """Returns a value that is not a text."""

    def get_password(self, service: str, username: str) -> str | None:
        return b"bytes"  # type: ignore[return-value]


class Strange(Memory):
    """Holds an item that is not ours; its content comes from the environment."""

    def get_password(self, service: str, username: str) -> str | None:
        return os.environ["HELD"]


class Unfit(Memory):
    """Not available on this machine."""

    @backend.properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        raise RuntimeError("somewhere else")


class NullByAnotherName(null.Keyring):
    """Stores nothing, under an unknown name."""


Alias = Memory
"""The same class under another name."""

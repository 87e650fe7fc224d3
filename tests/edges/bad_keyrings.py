"""Keyrings that do what bad ones do: real backends of the library, for child processes."""

from __future__ import annotations

import os
import time
from typing import ClassVar

from keyring import backend, errors
from keyring.backends import null


class Memory(backend.KeyringBackend):
    """Honest, but forgets everything at its end."""

    priority = 9  # type: ignore[assignment]
    items: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[service, username]


class PlaintextMemory(Memory):
    """What its name says."""


class Hanging(Memory):
    """Waits for somebody who never answers."""

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(600)
        return None


class HangingAtStart(Memory):
    """Does not even tell whether it is there."""

    def __init__(self) -> None:
        time.sleep(600)


class HangingWrite(Memory):
    """Takes the key and never answers."""

    def set_password(self, service: str, username: str, password: str) -> None:
        time.sleep(600)


class Locked(Memory):
    """Nobody unlocks it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise errors.KeyringLocked("Failed to unlock the collection!")


class LockedByItsOwnWord(Memory):
    """As SecretStorage says it, which the library lets through."""

    class LockedException(Exception):
        """Its own."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.LockedException(password)


class WithoutACollection(Memory):
    """The service runs, and has no place for items."""

    def get_password(self, service: str, username: str) -> str | None:
        raise errors.InitError("Failed to create the collection: Prompt dismissed..")


class Forgetful(Memory):
    """Says yes, and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items.pop((service, username), None)


class Cutting(Memory):
    """Keeps the first 100 characters of what is new; of what it is told to restore, all."""

    def set_password(self, service: str, username: str, password: str) -> None:
        known = os.environ.get("KNOWN", "")
        self.items[service, username] = password if password == known else password[:100]


class Stubborn(Memory):
    """Mangles every write, and every attempt to put the old value back."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password[::-1]

    def delete_password(self, service: str, username: str) -> None:
        raise errors.PasswordDeleteError("no")


class Talkative(Memory):
    """Tells in its exceptions what it was to store, as some do."""

    def set_password(self, service: str, username: str, password: str) -> None:
        reason = ValueError(password)
        raise errors.PasswordSetError(f"cannot store {password}") from reason


class Exiting(Memory):
    """Ends the program, or tries to."""

    def get_password(self, service: str, username: str) -> str | None:
        raise SystemExit(service)


class NotText(Memory):
    """Answers with what is no text."""

    def get_password(self, service: str, username: str) -> str | None:
        return b"bytes"  # type: ignore[return-value]


class Strange(Memory):
    """Holds something that is none of ours; what, the environment says."""

    def get_password(self, service: str, username: str) -> str | None:
        return os.environ["HELD"]


class Unfit(Memory):
    """Not for this machine."""

    @backend.properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        raise RuntimeError("somewhere else")


class NullByAnotherName(null.Keyring):
    """Keeps nothing, under a name that nobody knows."""


Alias = Memory
"""The same class under a name that is not its own."""

"""Errors of the OS keyring: each has a stable word and a next step.

No error contains what was stored or should have been stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Final

from msgspec import Struct

from cactions.model import StoreError

HEADLESS: Final = (
    "Without a keyring, give the key with --key-fd, --key-file, key_command in your configuration "
    "or CACTIONS_VAULT_KEY: none of them was given."
)
"""True in every keyring error: all these sources come before the keyring."""


class KeyringFault(Enum):
    """The stable word of each error."""

    NO_BACKEND = "no_backend"
    NULL = "null"
    FAIL = "fail"
    CHAINER = "chainer"
    PLAINTEXT = "plaintext"
    UNKNOWN_BACKEND = "unknown_backend"
    NOT_LOADED = "not_loaded"
    PROPERTIES = "properties"
    BAD_SETTINGS = "bad_settings"
    HANGING = "hanging"
    LOCKED = "locked"
    CLOSED = "closed"
    TOO_LONG = "too_long"
    READ_BACK = "read_back"
    DAMAGED = "damaged"
    FAILED = "failed"


class KeyringRefusal(StoreError):
    """The keyring is not used, or failed; nothing else was tried instead."""

    def __init__(self, fault: KeyringFault, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.fault = fault


class WriteEnd(Enum):
    """The state of the keyring after a failed write."""

    AS_BEFORE = "The earlier content was restored."
    NOTHING = "Nothing of it was left there."
    UNKNOWN = "Its content is unknown now."


class Named(Struct, frozen=True):
    """The class of a backend, and where it is configured; ``by_user``: by the user."""

    name: str
    where: str
    by_user: bool = False


_NO_KEYRINGS: Final = {
    "keyring.backends.null.Keyring": (
        KeyringFault.NULL,
        "which silently stores nothing",
    ),
    "keyring.backends.fail.Keyring": (KeyringFault.FAIL, "which refuses every call"),
    "keyring.backends.chainer.ChainerBackend": (
        KeyringFault.CHAINER,
        "which hides which keyring has the key",
    ),
}
"""Not even the user can choose these: they have no keyring of their own."""


def check_is_keyring(named: Named) -> None:
    """Raises KeyringRefusal (NULL, FAIL, CHAINER)."""
    if named.name not in _NO_KEYRINGS:
        return
    fault, words = _NO_KEYRINGS[named.name]
    raise KeyringRefusal(
        fault,
        f"{named.where} selects {named.name}, {words}",
        hint="Remove it there to use the keyring of your system. " + HEADLESS,
    )


def describe_untrusted(named: Named, config: Path) -> KeyringRefusal:
    """The error for a class that is not trusted; a plaintext one is named as such."""
    plain = named.name.startswith("keyrings.alt.") or "plaintext" in named.name.lower()
    words = (
        "which stores keys in a file, in plain text or barely protected"
        if plain
        else "which is not a keyring that cactions trusts"
    )
    return KeyringRefusal(
        KeyringFault.PLAINTEXT if plain else KeyringFault.UNKNOWN_BACKEND,
        f"{named.where} selects {named.name}, {words}",
        hint="Remove it there to use the keyring of your system. If you want this one, "
        f'write keyring_backend = "{named.name}" into {config}. ' + HEADLESS,
    )


def describe_not_loaded(named: Named, why: str) -> KeyringRefusal:
    """The error for an allowed class that is missing or cannot be used on this machine."""
    return KeyringRefusal(
        KeyringFault.NOT_LOADED,
        f"{named.where} selects {named.name}, which cannot be used on this machine ({why})",
        hint="Start that keyring, or remove the setting: nothing else is tried instead. "
        + HEADLESS,
    )


def describe_no_backend(foreign: Sequence[str]) -> KeyringRefusal:
    """The error for no trusted keyring; ``foreign`` are modules of other installed ones."""
    others = f" {', '.join(foreign)} is installed, but not trusted with keys." if foreign else ""
    return KeyringRefusal(
        KeyringFault.PLAINTEXT if "keyrings.alt" in str(foreign) else KeyringFault.NO_BACKEND,
        "no keyring is running here: no macOS Keychain, Windows Credential Manager, Secret Service "
        "(GNOME Keyring, KeePassXC) or KWallet",
        hint=f"Log in to a desktop or start one of them.{others} {HEADLESS}",
    )


def describe_properties(name: str, config: Path) -> KeyringRefusal:
    """The error for an environment variable that changes how or where the backend stores."""
    return KeyringRefusal(
        KeyringFault.PROPERTIES,
        f"{name} is set, and changes how the keyring stores its items",
        hint=f"Unset it, or select the keyring yourself: keyring_backend in {config}.",
    )


def describe_bad_settings(path: Path) -> KeyringRefusal:
    """The error for the library's own configuration file, if it cannot be parsed."""
    return KeyringRefusal(
        KeyringFault.BAD_SETTINGS,
        f"{path} cannot be read, and it may select the keyring",
        hint='Fix it, or move it away. It is an INI file with "[backend]" and "default-keyring".',
    )


def describe_hanging(asked: str, seconds: float, title: str) -> KeyringRefusal:
    """The error for no response before the deadline; the outcome of the call is unknown."""
    return KeyringRefusal(
        KeyringFault.HANGING,
        f"the keyring did not respond within {seconds:g} seconds when it was asked to {asked} "
        f"({title})",
        hint="If it asks for a password, enter it, and run the same command again. " + HEADLESS,
    )


def describe_locked(asked: str, title: str) -> KeyringRefusal:
    """The error for a keyring that stayed locked."""
    return KeyringRefusal(
        KeyringFault.LOCKED,
        f"the keyring is locked; it was asked to {asked} ({title})",
        hint="Unlock it (log in to the desktop, or enter its password), and run "
        "the same command again. " + HEADLESS,
    )


def describe_closed(asked: str, title: str) -> KeyringRefusal:
    """The error for a keyring service without a collection for items."""
    return KeyringRefusal(
        KeyringFault.CLOSED,
        f"the keyring has no place to store keys; it was asked to {asked} ({title})",
        hint="Create a default keyring in its own program, with a password. " + HEADLESS,
    )


def describe_too_long(what: str, units: int, limit: int) -> KeyringRefusal:
    """The error for an item that the smallest of all keyrings could not hold."""
    return KeyringRefusal(
        KeyringFault.TOO_LONG,
        f"the {what} with its recipient's name has {units:,} characters, and a keyring item holds "
        f"{limit:,}",
        hint="Give the recipient a shorter name. Nothing was stored.",
    )


def read_back(what: str, title: str, *, nothing: bool, end: WriteEnd) -> KeyringRefusal:
    """The error for an item that reads back differently."""
    words = "returns nothing" if nothing else "returns something else"
    return KeyringRefusal(
        KeyringFault.READ_BACK,
        f"the keyring took the {what} and {words} ({title}). {end.value}",
        hint="Do not use this keyring for keys: use another one. " + HEADLESS,
    )


def describe_damaged(what: str, title: str) -> KeyringRefusal:
    """The error for an item that cactions did not write."""
    return KeyringRefusal(
        KeyringFault.DAMAGED,
        f"the keyring has an item that is not a {what} of this vault ({title})",
        hint="If you did not change it: join the vault again (`cactions vault join`). " + HEADLESS,
    )


def describe_failed(asked: str, why: str, title: str) -> KeyringRefusal:
    """The error for any other exception of the backend; only its class is shown."""
    return KeyringRefusal(
        KeyringFault.FAILED,
        f"the keyring failed when it was asked to {asked}: {why} ({title})",
        hint="Check whether its own program shows its items. " + HEADLESS,
    )

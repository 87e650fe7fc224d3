"""What can be wrong with the OS keyring: each fault has its word, and each refusal a next step.

No refusal ever holds what was stored, or what was to be stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Final

from msgspec import Struct

from cactions.model import StoreError

HEADLESS: Final = (
    "Without a keyring, give the key by --key-fd, --key-file, a key_command of your configuration "
    "or CACTIONS_VAULT_KEY: none of them was given."
)
"""The way on. It is true wherever it is said: all of them come before the keyring."""


class KeyringFault(Enum):
    """The stable word of each refusal."""

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
    """The keyring is not used, or did not do what it was asked; nothing else was tried instead."""

    def __init__(self, fault: KeyringFault, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.fault = fault


class WriteEnd(Enum):
    """What stands in the keyring after a write that did not arrive."""

    AS_BEFORE = "What was there before is there again."
    NOTHING = "Nothing of it is left there."
    UNKNOWN = "What is there now is not known."


class Named(Struct, frozen=True):
    """A backend's class and where it is named; ``by_user``: in the user's own configuration."""

    name: str
    where: str
    by_user: bool = False


_NO_KEYRINGS: Final = {
    "keyring.backends.null.Keyring": (
        KeyringFault.NULL,
        "which keeps nothing and says that it does",
    ),
    "keyring.backends.fail.Keyring": (KeyringFault.FAIL, "which refuses every call"),
    "keyring.backends.chainer.ChainerBackend": (
        KeyringFault.CHAINER,
        "which does not tell which keyring has the key",
    ),
}
"""Not even the user can choose these: there is no keyring behind them, or any."""


def check_is_keyring(named: Named) -> None:
    """Raises KeyringRefusal (NULL, FAIL, CHAINER)."""
    if named.name not in _NO_KEYRINGS:
        return
    fault, words = _NO_KEYRINGS[named.name]
    raise KeyringRefusal(
        fault,
        f"{named.where} chooses {named.name}, {words}",
        hint="Take it out there, and the keyring of your system is found by itself. " + HEADLESS,
    )


def not_trusted(named: Named, config: Path) -> KeyringRefusal:
    """A class that is not on the list; a plaintext one is called so."""
    plain = named.name.startswith("keyrings.alt.") or "plaintext" in named.name.lower()
    words = (
        "which keeps keys in a file of its own, in plain text or little better"
        if plain
        else "which is none of the keyrings that cactions trusts"
    )
    return KeyringRefusal(
        KeyringFault.PLAINTEXT if plain else KeyringFault.UNKNOWN_BACKEND,
        f"{named.where} chooses {named.name}, {words}",
        hint="Take it out there, and the keyring of your system is found by itself. If you mean "
        f'it, write keyring_backend = "{named.name}" into {config}. ' + HEADLESS,
    )


def not_loaded(named: Named, why: str) -> KeyringRefusal:
    """A class that somebody may choose, and that is not there or does not fit this machine."""
    return KeyringRefusal(
        KeyringFault.NOT_LOADED,
        f"{named.where} chooses {named.name}, which cannot be used on this machine ({why})",
        hint="Start that keyring, or take the choice out there: nothing else is tried instead. "
        + HEADLESS,
    )


def no_backend(foreign: Sequence[str]) -> KeyringRefusal:
    """None of the trusted keyrings; ``foreign`` are modules of others that are installed."""
    others = f" {', '.join(foreign)} is installed, and not trusted with keys." if foreign else ""
    return KeyringRefusal(
        KeyringFault.PLAINTEXT if "keyrings.alt" in str(foreign) else KeyringFault.NO_BACKEND,
        "no keyring is running here: no macOS Keychain, Windows Credential Manager, Secret Service "
        "(GNOME Keyring, KeePassXC) or KWallet",
        hint=f"Log in to a desktop or start one of them.{others} {HEADLESS}",
    )


def properties(name: str, config: Path) -> KeyringRefusal:
    """The environment says how the backend stores, and perhaps where."""
    return KeyringRefusal(
        KeyringFault.PROPERTIES,
        f"{name} is set, and changes how the keyring keeps its items",
        hint=f"Unset it, or choose the keyring yourself: keyring_backend in {config}.",
    )


def bad_settings(path: Path) -> KeyringRefusal:
    """The library's own file, which may choose a backend, is not understood."""
    return KeyringRefusal(
        KeyringFault.BAD_SETTINGS,
        f"{path} cannot be read, and it may choose the keyring",
        hint='Mend it, or move it away. It is an INI file with "[backend]" and "default-keyring".',
    )


def hanging(asked: str, seconds: float, title: str) -> KeyringRefusal:
    """No answer within the deadline; what becomes of the call is not known."""
    return KeyringRefusal(
        KeyringFault.HANGING,
        f"the keyring did not answer within {seconds:g} seconds when it was asked to {asked} "
        f"({title})",
        hint="If it asks for a password, answer it, and give the same command again. " + HEADLESS,
    )


def locked(asked: str, title: str) -> KeyringRefusal:
    """Locked, and nobody unlocked it."""
    return KeyringRefusal(
        KeyringFault.LOCKED,
        f"the keyring is locked; it was asked to {asked} ({title})",
        hint="Unlock it (log in to the desktop, or answer its question for a password), and give "
        "the same command again. " + HEADLESS,
    )


def closed(asked: str, title: str) -> KeyringRefusal:
    """The service runs, but has no collection to keep items in."""
    return KeyringRefusal(
        KeyringFault.CLOSED,
        f"the keyring has no place to keep keys in; it was asked to {asked} ({title})",
        hint="Create a default keyring in its own program, and give it a password. " + HEADLESS,
    )


def too_long(what: str, units: int, most: int) -> KeyringRefusal:
    """More than the smallest of all keyrings takes: on another machine it would be lost."""
    return KeyringRefusal(
        KeyringFault.TOO_LONG,
        f"the {what} with its recipient's name has {units:,} characters, and a keyring item takes "
        f"{most:,}",
        hint="Give the recipient a shorter name. Nothing was stored.",
    )


def read_back(what: str, title: str, *, nothing: bool, end: WriteEnd) -> KeyringRefusal:
    """The keyring took it, and does not give the same back."""
    words = "gives nothing back" if nothing else "gives something else back"
    return KeyringRefusal(
        KeyringFault.READ_BACK,
        f"the keyring took the {what} and {words} ({title}). {end.value}",
        hint="Do not trust this keyring with keys: use another one. " + HEADLESS,
    )


def damaged(what: str, title: str) -> KeyringRefusal:
    """Something stands where cactions keeps its items, and it is none."""
    return KeyringRefusal(
        KeyringFault.DAMAGED,
        f"the keyring holds something that is no {what} of this vault ({title})",
        hint="If you did not change it: join the vault again (`cactions vault join`). " + HEADLESS,
    )


def failed(asked: str, why: str, title: str) -> KeyringRefusal:
    """Any other exception of the backend, of which only the class is told."""
    return KeyringRefusal(
        KeyringFault.FAILED,
        f"the keyring failed when it was asked to {asked}: {why} ({title})",
        hint="See whether its own program shows its items. " + HEADLESS,
    )

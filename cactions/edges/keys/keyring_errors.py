"""Errors of the OS keyring: each has a stable word, which is its name, and a next step.

No error contains what was stored or should have been stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from cactions.model import StoreError

HEADLESS: Final = (
    "Without a keyring, name a key file: `export CACTIONS_VAULT_KEY_FILE=FILE` (or set _KEY_FD, or "
    "CACTIONS_VAULT_KEY to the key itself), or write key_command into your configuration; or "
    "give --key-file or --key-fd. None of them was given."
)
"""True in every keyring error: all these sources come before the keyring."""


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


_REMOVE: Final = f"Remove it there to use the keyring of your system. {HEADLESS}"
_REMOVE_OR_TRUST: Final = (
    "Remove it there to use the keyring of your system. If you want this one, "
    f'write keyring_backend = "{{name}}" into {{config}}. {HEADLESS}'
)


class KeyringFault(Enum):
    """Every error: its message and its hint, with the names of the values in them."""

    NULL = ("{where} selects {name}, which silently stores nothing", _REMOVE)
    FAIL = ("{where} selects {name}, which refuses every call", _REMOVE)
    CHAINER = ("{where} selects {name}, which hides which keyring has the key", _REMOVE)
    PLAINTEXT = (
        "{where} selects {name}, which stores keys in a file, in plain text or barely protected",
        _REMOVE_OR_TRUST,
    )
    UNKNOWN_BACKEND = (
        "{where} selects {name}, which is not a keyring that cactions trusts",
        _REMOVE_OR_TRUST,
    )
    NOT_LOADED = (
        "{where} selects {name}, which cannot be used on this machine ({why})",
        f"Start that keyring, or remove the setting: nothing else is tried instead. {HEADLESS}",
    )
    NO_BACKEND = (
        (
            "no keyring is running here: no macOS Keychain, Windows Credential Manager, Secret "
            "Service (GNOME Keyring, KeePassXC) or KWallet"
        ),
        f"Log in to a desktop or start one of them.{{others}} {HEADLESS}",
    )
    PROPERTIES = (
        "{variable} is set, and changes how the keyring stores its items",
        "Unset it, or select the keyring yourself: keyring_backend in {config}.",
    )
    BAD_SETTINGS = (
        "{path} cannot be read, and it may select the keyring",
        'Fix it, or move it away. It is an INI file with "[backend]" and "default-keyring".',
    )
    HANGING = (
        (
            "the keyring did not respond within {seconds:g} seconds when it was asked to {action} "
            "({title})"
        ),
        f"If it asks for a password, enter it, and run the same command again. {HEADLESS}",
    )
    LOCKED = (
        "the keyring is locked; it was asked to {action} ({title})",
        (
            "Unlock it (log in to the desktop, or enter its password), and run "
            f"the same command again. {HEADLESS}"
        ),
    )
    CLOSED = (
        "the keyring has no place to store keys; it was asked to {action} ({title})",
        f"Create a default keyring in its own program, with a password. {HEADLESS}",
    )
    TOO_LONG = (
        (
            "the {what} with its recipient's name has {units:,} characters, and a keyring item "
            "holds {limit:,}"
        ),
        "Give the recipient a shorter name. Nothing was stored.",
    )
    READ_BACK = (
        "the keyring took the {what} and returns {found} ({title}). {end}",
        f"Do not use this keyring for keys: use another one. {HEADLESS}",
    )
    DAMAGED = (
        "the keyring has an item that is not a {what} of this vault ({title})",
        f"If you did not change it: join the vault again (`cactions vault join`). {HEADLESS}",
    )
    FAILED = (
        "the keyring failed when it was asked to {action}: {why} ({title})",
        f"Check whether its own program shows its items. {HEADLESS}",
    )


class KeyringRefusal(StoreError):
    """The keyring is not used, or failed; nothing else was tried instead."""

    def __init__(self, fault: KeyringFault, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.fault = fault


def build_refusal(fault: KeyringFault, **values: object) -> KeyringRefusal:
    """The error for a fault."""
    message, hint = fault.value
    return KeyringRefusal(fault, message.format(**values), hint=hint.format(**values))


def refuse_named(fault: KeyringFault, named: Named, **values: object) -> KeyringRefusal:
    """The error for a configured class."""
    return build_refusal(fault, name=named.name, where=named.where, **values)


def refuse_foreign(foreign: Sequence[str]) -> KeyringRefusal:
    """The error for no trusted keyring; ``foreign`` are modules of other installed ones."""
    others = f" {', '.join(foreign)} is installed, but not trusted with keys." if foreign else ""
    error = build_refusal(KeyringFault.NO_BACKEND, others=others)
    if "keyrings.alt" in str(foreign):
        error.fault = KeyringFault.PLAINTEXT
    return error

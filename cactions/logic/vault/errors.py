"""What can be wrong with a vault, in words: what happened, what was not done, the way out.

One function for each kind; the code that finds the fault raises its result.
"""

from __future__ import annotations

from typing import Final

from cactions.logic.shell import join_command, quote_word
from cactions.model import UsageError
from cactions.model.vault import VaultError, VaultFault

_BACK: Final = (
    "Take the file back from git or a backup, then run `cactions vault verify`. "
    "Without one, `cactions vault salvage` saves what still opens."
)
_ASK: Final = (
    "Ask a recipient of the vault for a join code (`cactions vault recipients add NAME`), "
    "then run `cactions vault join`."
)
_CLOSED: Final = "nothing of it was opened"


def build_not_a_vault() -> VaultError:
    """The first line is no head."""
    hint = "Name another file, or start a new vault with `cactions vault init`."
    return VaultError(VaultFault.NOT_A_VAULT, f"the file is no vault; {_CLOSED}", hint=hint, line=1)


def build_newer_version(version: int) -> VaultError:
    """The format has a higher number than ours."""
    return VaultError(
        VaultFault.NEWER_VERSION,
        f"the vault has format {version}, this cactions reads format 1; {_CLOSED}",
        hint="Install a newer cactions: `pip install --upgrade cactions`.",
        line=1,
    )


def build_too_big(limit: int, line: int = 0) -> VaultError:
    """The file, or the line, is longer than any that we write."""
    what = f"line {line} of the vault" if line else "the vault"
    return VaultError(
        VaultFault.TOO_BIG,
        f"{what} is longer than {limit:,} bytes; {_CLOSED}",
        hint=_BACK,
        line=line,
    )


def build_truncated(line: int) -> VaultError:
    """The end is missing."""
    message = f"the vault is cut off at line {line}; {_CLOSED}"
    return VaultError(VaultFault.TRUNCATED, message, hint=_BACK, line=line)


def build_not_canonical(line: int, why: str) -> VaultError:
    """A line is not as we would write it."""
    message = f"line {line} of the vault is not as cactions writes it: {why}; {_CLOSED}"
    return VaultError(VaultFault.NOT_CANONICAL, message, hint=_BACK, line=line)


def build_bad_parameters(line: int, why: str) -> VaultError:
    """Stretching a passphrase this way would be unsafe, or would take all memory."""
    message = f"line {line} of the vault has scrypt parameters that are refused: {why}; {_CLOSED}"
    return VaultError(VaultFault.BAD_PARAMETERS, message, hint=_BACK, line=line)


def build_not_derived(memory: int) -> VaultError:
    """There is not the memory, in bytes, that making a key of a passphrase takes."""
    message = f"a key could not be made of the passphrase: it takes {memory:,} bytes of memory"
    hint = "Free some memory, or open the vault with a key."
    return VaultError(VaultFault.BAD_PARAMETERS, f"{message}; {_CLOSED}", hint=hint)


def build_unknown_recipient(name: str) -> VaultError:
    """The given key is not of a recipient."""
    who = f'"{name}" is no recipient of the vault' if name else "no recipient has the key at hand"
    return VaultError(VaultFault.UNKNOWN_RECIPIENT, f"{who}; {_CLOSED}", hint=_ASK)


def build_wrong_key(name: str, seen: str, wanted: str) -> VaultError:
    """The recipient is there, with another key. ``seen`` and ``wanted`` are key ids."""
    message = (
        f'the vault is not for this key of "{name}": the key at hand is {seen[:8]}, '
        f"the vault wants {wanted[:8]}; {_CLOSED}"
    )
    hint = f"The vault may have been rekeyed. {_ASK}"
    return VaultError(VaultFault.WRONG_KEY, message, hint=hint)


def build_wrong_passphrase(name: str) -> VaultError:
    """The passphrase leads to another key."""
    return VaultError(
        VaultFault.WRONG_KEY,
        f'this is not the passphrase of "{name}"; {_CLOSED}',
        hint=f"Type it again. {_ASK}",
    )


def build_tampered() -> VaultError:
    """The bytes were not written with the data key."""
    message = f"the vault was changed without its key, or damaged; {_CLOSED}"
    return VaultError(VaultFault.TAMPERED, message, hint=_BACK)


def build_rollback(have: int, seen: int) -> VaultError:
    """The file is older than one that was seen on this machine."""
    return VaultError(
        VaultFault.ROLLBACK,
        f"the vault is of generation {have}, but generation {seen} was seen here; {_CLOSED}",
        hint="Take the newer file back. If the older one is meant (a branch switch), "
        f"run `cactions vault accept-generation {have}`.",
    )


def build_bad_entry(name: str) -> VaultError:
    """The file is whole, but this entry was not sealed for its place."""
    return VaultError(
        VaultFault.ENTRY,
        f'"{name}" was not sealed for the place where it stands; it was not opened',
        hint="A recipient of the vault put it there. Seal it again:"
        f" `{join_command(('vault', 'rotate'), name)}`.",
    )


def build_no_key(where: str) -> VaultError:
    """Nothing here opens the vault."""
    message = f"there is no key to this vault in {where}; {_CLOSED}"
    return VaultError(VaultFault.NO_KEY, message, hint=_ASK)


def build_missing(path: str) -> UsageError:
    """No file is there."""
    hint = "Make one with `cactions vault init`, or name another folder."
    return UsageError(f"there is no vault {path}; nothing was opened", hint=hint)


def open_to_all(path: str) -> VaultError:
    """Everybody on this machine may write the file."""
    return VaultError(
        VaultFault.MODE,
        f"everybody may write {path}; it was not used",
        hint=f"Run `chmod 644 {quote_word([path])}`, then `cactions vault verify`.",
    )


def build_linked(path: str, what: str = "a symbolic link") -> VaultError:
    """The file is not where it seems to be."""
    return VaultError(
        VaultFault.SYMLINK,
        f"{path} is {what}; it was neither read nor written",
        hint="Put the vault itself in its place, then run `cactions vault verify`.",
    )

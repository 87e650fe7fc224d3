"""What can be wrong with a vault, in words: what happened, what was not done, the way out."""

from __future__ import annotations

from enum import Enum
from typing import Final

from cactions.logic.shell import join_command
from cactions.model import UsageError
from cactions.model.vault import VaultError, VaultFault

_CLOSED: Final = "; nothing of it was opened"
_BACK: Final = (
    "Take the file back from git or a backup, then run `cactions vault verify`. "
    "Without one, `cactions vault salvage --into FILE` saves what still opens."
)
_ASK: Final = (
    "Ask a recipient of the vault for a join code (`cactions vault recipients add NAME`), "
    "then run `cactions vault join`."
)


_CONFLICT: Final = "line {line} of the vault is a mark of an unfinished git merge" + _CLOSED
_MERGE: Final = (
    "Take both sides from git (`git show :2:./cactions.vault >ours.vault`, and :3: for theirs),"
    " then `cactions vault merge ours.vault theirs.vault` joins them."
)


class Problem(Enum):
    """Every problem: its fault, its message and its hint, with the names of the values in them."""

    NOT_A_VAULT = (
        VaultFault.NOT_A_VAULT,
        "the file is no vault" + _CLOSED,
        "Name another file, or start a new vault with `cactions vault init`.",
    )
    NEWER_VERSION = (
        VaultFault.NEWER_VERSION,
        "the vault has format {version}, this cactions reads format 1" + _CLOSED,
        "Install a newer cactions, from where this one came from.",
    )
    TOO_BIG = (VaultFault.TOO_BIG, "the vault is longer than {limit:,} bytes" + _CLOSED, _BACK)
    LINE_TOO_BIG = (
        VaultFault.TOO_BIG,
        "line {line} of the vault is longer than {limit:,} bytes" + _CLOSED,
        _BACK,
    )
    TRUNCATED = (VaultFault.TRUNCATED, "the vault is cut off at line {line}" + _CLOSED, _BACK)
    NOT_CANONICAL = (
        VaultFault.NOT_CANONICAL,
        "line {line} of the vault is not as cactions writes it: {why}" + _CLOSED,
        _BACK,
    )
    IN_MERGE = (VaultFault.NOT_A_VAULT, _CONFLICT, _MERGE)
    MERGED_BY_LINES = (VaultFault.NOT_CANONICAL, _CONFLICT, _MERGE)
    CR_LF = (
        VaultFault.NOT_CANONICAL,
        "line {line} of the vault ends with CR LF, and cactions ends its lines with LF" + _CLOSED,
        (
            "git or an editor has changed it. Put the line `cactions.vault -text` into"
            " .gitattributes, then take it out:"
            " `tr -d '\\r' <cactions.vault >new.vault && mv new.vault cactions.vault`."
        ),
    )
    BAD_PARAMETERS = (
        VaultFault.BAD_PARAMETERS,
        "line {line} of the vault has scrypt parameters that are refused: {why}" + _CLOSED,
        _BACK,
    )
    NOT_DERIVED = (
        VaultFault.BAD_PARAMETERS,
        "a key could not be made of the passphrase: it takes {memory:,} bytes of memory" + _CLOSED,
        "Free some memory, or open the vault with a key.",
    )
    UNKNOWN_RECIPIENT = (
        VaultFault.UNKNOWN_RECIPIENT,
        '"{name}" is no recipient of the vault' + _CLOSED,
        _ASK,
    )
    UNKNOWN_KEY = (VaultFault.UNKNOWN_RECIPIENT, "no recipient has the key at hand" + _CLOSED, _ASK)
    WRONG_KEY = (
        VaultFault.WRONG_KEY,
        'the vault is not for this key of "{name}": the key at hand is {seen:.8}, '
        "the vault wants {wanted:.8}" + _CLOSED,
        f"The vault may have been rekeyed. {_ASK}",
    )
    WRONG_PASSPHRASE = (
        VaultFault.WRONG_KEY,
        'this is not the passphrase of "{name}"' + _CLOSED,
        f"Type it again. {_ASK}",
    )
    TAMPERED = (
        VaultFault.TAMPERED,
        "the vault was changed without its key, or damaged" + _CLOSED,
        _BACK,
    )
    ROLLBACK = (
        VaultFault.ROLLBACK,
        "the vault is of generation {have}, but generation {seen} was seen here" + _CLOSED,
        (
            "Take the newer file back. If the older one is meant (a branch switch), "
            "run `cactions vault accept-generation {have}`."
        ),
    )
    BAD_ENTRY = (
        VaultFault.ENTRY,
        '"{name}" was not sealed for the place where it stands; it was not opened',
        "A recipient of the vault put it there. Seal it again: `{command}`.",
    )
    NO_KEY = (VaultFault.NO_KEY, "there is no key to this vault in {where}" + _CLOSED, _ASK)
    OPEN_TO_ALL = (
        VaultFault.MODE,
        "everybody may write {path}; it was not used",
        "Run `chmod 644 {quoted_path}`, then `cactions vault verify`.",
    )
    LINKED = (
        VaultFault.SYMLINK,
        "{path} is {what}; it was neither read nor written",
        "Put the vault itself in its place, then run `cactions vault verify`.",
    )


def build_error(problem: Problem, *, line: int = 0, **values: str | int) -> VaultError:
    """The error for a problem, in a line of the vault if there is one."""
    fault, message, hint = problem.value
    return VaultError(
        fault, message.format(line=line, **values), hint=hint.format(**values), line=line
    )


def build_bad_entry(name: str) -> VaultError:
    """The file is whole, but this entry was not sealed for its place."""
    return build_error(
        Problem.BAD_ENTRY, name=name, command=join_command(("vault", "rotate"), name)
    )


def build_missing(path: str) -> UsageError:
    """No file is there."""
    hint = "Make one with `cactions vault init`, or name another folder."
    return UsageError(f"there is no vault {path}; nothing was opened", hint=hint)

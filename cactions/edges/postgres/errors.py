"""What PostgreSQL and its library say went wrong, in words; nothing of a row is repeated."""

from __future__ import annotations

from typing import Final

import psycopg

from cactions.edges.postgres.address import ADDRESS_FORM
from cactions.model import DatabaseAway, StoreError

_CHECK: Final = "Check that the server runs and can be reached from this machine."
_LOGIN: Final = f"Correct CACTIONS_DATABASE, or the file of `database_file`. {ADDRESS_FORM}"
_REFUSALS: Final = {
    "password authentication failed": "does not accept this user with this password",
    "no password supplied": "wants a password, and the address has none",
    "no pg_hba.conf entry": "lets this user in from this machine by no rule of its pg_hba.conf",
    "remaining connection slots": "has no connection left: too many are open",
    "too many clients": "has no connection left: too many are open",
    '" does not exist': "does not know this user or database",
    "failed to resolve host": "cannot be found: its host has no address",
    "could not translate host name": "cannot be found: its host has no address",
    "invalid integer value": "has a port that is no number",
    "certificate verify failed": "shows a certificate that is not trusted",
    "server does not support SSL": "offers no TLS, which another machine must",
}
"""Parts of what a server or libpq says, and what that is here."""


def describe_error(error: psycopg.Error, subject: str) -> StoreError:
    """The error in words; what PostgreSQL says of a row is left out, for it may hold values."""
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
        return StoreError(
            f"{subject} has no tables of cactions", hint="Make them: `cactions cluster init`."
        )
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        why = f"{subject} does not let this user do what is needed"
        return StoreError(why, hint="Grant the user the rights on the schema cactions.")
    if isinstance(error, psycopg.errors.DiskFull):
        return StoreError(f"{subject} has no room left", hint="Make room on its disk.")
    if refusal := _explain_refusal(str(error)):
        return StoreError(f"{subject} {refusal}", hint=_LOGIN)
    primary = error.diag.message_primary or ""
    if isinstance(error, psycopg.OperationalError) and _is_away(error.sqlstate):
        return DatabaseAway(f"{subject} cannot be reached", hint=_CHECK)
    why = f"{subject} refused: {primary or type(error).__name__}"
    return StoreError(why, hint="The server's log may say more.")


def _explain_refusal(text: str) -> str:
    """Why the server, which answers, lets no one in; empty for another error.

    libpq gives no code for it, only the server's English sentence.
    """
    return next((words for part, words in _REFUSALS.items() if part in text), "")


def _is_away(state: str | None) -> bool:
    """Whether there is no server, or it starts or ends; ``state`` is what it says itself."""
    return not state or state.startswith(("08", "57P"))

"""The address of the database that machines share, and what every connection to it is made with."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from cactions.model import UsageError

SCHEMA: Final = "cactions"
"""The schema of the database that has all our tables, and those of the queue."""
IDLE_SECONDS: Final = 10
"""So long a transaction may wait for its client."""

_CONNECT_SECONDS: Final = 10
_QUERY_SECONDS: Final = 60
_LOCK_SECONDS: Final = 30
_SILENT_MILLISECONDS: Final = 10_000
_SETTINGS: Final = (
    f"-c search_path={SCHEMA} -c statement_timeout={_QUERY_SECONDS}s"
    f" -c lock_timeout={_LOCK_SECONDS}s"
    f" -c idle_in_transaction_session_timeout={IDLE_SECONDS}s"
)
ADDRESS_FORM: Final = (
    "Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE; in the password, write @ as %40,"
    " : as %3A, / as %2F, # as %23 and % as %25."
)


def read_address(address: str) -> dict[str, Any]:
    """The parts of an address, with what is safe where it says nothing. Raises UsageError."""
    try:
        parts = dict(conninfo_to_dict(address))
    except psycopg.Error:  # its text may hold the password
        raise UsageError("the address of the database cannot be read", hint=ADDRESS_FORM) from None
    if _has_bare_password(address):
        raise UsageError(
            "the address of the database has characters in its password that must be encoded",
            hint=ADDRESS_FORM,
        )
    if not _is_near(str(parts.get("host") or "")):
        parts.setdefault("sslmode", "verify-full")
        if parts["sslmode"] == "verify-full":
            parts.setdefault("sslrootcert", "system")
    return parts


def _has_bare_password(address: str) -> bool:
    """Whether a part of the password would be taken for a host, a port or the database."""
    scheme, _, rest = address.partition("://")
    if not rest or "=" in scheme:  # the other form of an address
        return False
    return rest.partition("/")[0].count("@") > 1 or "@" in rest.partition("/")[2].partition("?")[0]


def _is_near(host: str) -> bool:
    """Whether a connection to the host cannot leave this machine."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def build_parameters(address: str) -> dict[str, Any]:
    """What every connection to an address is made with. Raises UsageError."""
    return add_defaults(read_address(address))


def add_defaults(parts: dict[str, Any]) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": "cactions",
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": _SILENT_MILLISECONDS,
    }
    settings = f"{parts.get('options') or ''} {_SETTINGS}".strip()
    return {**defaults, **parts, "options": settings}

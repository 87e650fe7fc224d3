"""An error as it is told: of which kind, whose fault, what, where, and what was not done."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from cactions.model.finding import Finding, Place


class ErrorFault(Enum):
    """Whose fault an error is: who can do something about it."""

    AUTHOR = "author"
    CALLER = "caller"
    SERVICE = "service"
    INTERCOM = "intercom"
    MACHINE = "machine"
    CACTIONS = "cactions"


class ErrorKind(Enum):
    """What kind of error a command ended with."""

    DEFINITION = "definition"
    USAGE = "usage"
    REMOTE = "remote"
    INTERCOM = "intercom"
    VAULT = "vault"
    STORE = "store"
    OUTCOME_UNKNOWN = "outcome_unknown"
    STOPPED = "stopped"
    PLANNING = "planning"
    OUTPUT = "output"
    MEMORY = "memory"
    INTERRUPTED = "interrupted"
    TERMINATED = "terminated"
    INTERNAL = "internal"

    @property
    def fault(self) -> ErrorFault:
        """Whose fault it is."""
        return _FAULTS.get(self, ErrorFault.MACHINE)


_FAULTS = {
    ErrorKind.DEFINITION: ErrorFault.AUTHOR,
    ErrorKind.USAGE: ErrorFault.CALLER,
    ErrorKind.REMOTE: ErrorFault.SERVICE,
    ErrorKind.PLANNING: ErrorFault.SERVICE,
    ErrorKind.INTERCOM: ErrorFault.INTERCOM,
    ErrorKind.INTERRUPTED: ErrorFault.CALLER,
    ErrorKind.TERMINATED: ErrorFault.CALLER,
    ErrorKind.INTERNAL: ErrorFault.CACTIONS,
}


class ErrorReport(Struct, frozen=True):
    """What is told of an error. ``findings`` are those of action files that were refused."""

    kind: ErrorKind
    message: str
    hint: str = ""
    place: Place | None = None
    findings: tuple[Finding, ...] = ()

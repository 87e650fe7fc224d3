"""Errors ask first whose fault it is: author, operator, the other service, or the store.

``str(error)`` says what happened; ``hint`` is the next step. What was *not* done is said in
one place, where the error leaves the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cactions.model.enums import FailureReason
from cactions.model.error_report import ErrorKind
from cactions.model.exchange import Proof
from cactions.model.finding import Finding, Place


class CactionsError(Exception):
    """Root of every error that this project raises on purpose."""

    kind: ClassVar[ErrorKind] = ErrorKind.INTERNAL

    def __init__(self, message: str, *, hint: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        self.place = place


class DefinitionError(CactionsError):
    """The YAML (or another file of the author) must be fixed."""

    kind = ErrorKind.DEFINITION


class InvalidFiles(DefinitionError):
    """Definitions with findings; ``sources`` are the texts, by file, that the places point into."""

    def __init__(self, findings: tuple[Finding, ...], sources: Mapping[str, str]) -> None:
        count = len(findings)
        super().__init__(f"{count} {'error' if count == 1 else 'errors'} in the action files")
        self.findings = findings
        self.sources = sources


class UsageError(CactionsError):
    """The command was called with something that does not fit; call it otherwise."""

    kind = ErrorKind.USAGE


class RemoteError(CactionsError):
    """The other service, or the recording that stands for it, did not answer as it should."""

    kind = ErrorKind.REMOTE


class StoreError(CactionsError):
    """People, vault or journal cannot be read or written."""

    kind = ErrorKind.STORE


class OutputError(StoreError):
    """The disk does not take a file that the operator asked for: it is full, or broken."""

    kind = ErrorKind.OUTPUT


class WorkspaceError(StoreError):
    """Intercom did not answer as its API should, or refused; nothing was written by this call.

    ``status`` is None where no answer came; ``codes`` are those of Intercom's error list.
    ``request_id`` is what Intercom's support asks for, empty if there was none.
    """

    kind = ErrorKind.INTERCOM

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int | None = None,
        codes: tuple[str, ...] = (),
        request_id: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.codes = codes
        self.request_id = request_id


class OutcomeUnknown(StoreError):
    """A store failed during a write to a person, which may have been kept or not."""

    kind = ErrorKind.OUTCOME_UNKNOWN


class RunAborted(StoreError):
    """A store failed, or is in use, and it is certain what was written; the message says it.

    ``written``: whether anything was, since the command began.
    """

    kind = ErrorKind.STOPPED

    written = False


class DatabaseAway(StoreError):
    """The database that machines share cannot be reached now; it may be there again soon."""


class LeaseLost(StoreError):
    """Another worker may carry out the part of the run by now: nothing more is written."""

    def __init__(self, *, known: bool = True) -> None:
        """``known``: the database said so; else it was not reached for too long."""
        why = "another worker has this part by now, or the run was stopped"
        if not known:
            why = "the database was not reached for so long that another worker may have this part"
        super().__init__(why, hint="What is left of it is done by another worker, or later.")


class PlanningError(CactionsError):
    """Nothing may be planned for this one person; becomes a ``Failed`` at the person's border.

    ``message`` holds no value that is redacted; both sides of ``same_person`` are in ``proof``.
    """

    kind = ErrorKind.PLANNING

    def __init__(
        self, reason: FailureReason, message: str, *, hint: str = "", proof: Proof | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.proof = proof


class RequestFailed(PlanningError):
    """The network gave no usable answer to one request.

    ``sent``: the server may have got it, since bytes of it left. ``status`` is that of an answer
    whose head came and whose body could not be used. ``again``: another try may do better.
    """

    def __init__(  # noqa: PLR0913 - all of them are facts about one failure
        self,
        message: str,
        *,
        reason: FailureReason,
        hint: str = "",
        sent: bool = False,
        status: int | None = None,
        again: bool = False,
    ) -> None:
        super().__init__(reason, message, hint=hint)
        self.sent = sent
        self.status = status
        self.again = again

"""Protocols that the use cases need; the edges and the test fakes implement them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cactions.app.planning_ports import AppliedValues, PlanningRows
from cactions.logic.follow import Follow, follow_silently

if TYPE_CHECKING:
    from cactions.logic.request.call import CallSpec
    from cactions.logic.vault.token_binding import TokenBinding
    from cactions.model import (
        Action,
        ClientCertificate,
        Condition,
        DiskSpace,
        JwtAssertion,
        Person,
        PersonQuery,
        Plan,
        Receipt,
        Request,
        Response,
        Run,
        RunEntry,
        RunHead,
        RunPhase,
        Token,
        UsageError,
    )
    from cactions.model.secret import Secret, SigningKey


class Sender(Protocol):
    """Sends requests to the live service, or replays a recording."""

    source: str
    """Empty for live calls, else the file that the responses come from."""

    def send(self, request: Request) -> Response:
        """The response. Raises RequestFailed for none, PlanningError if none is recorded."""


class Caller(Protocol):
    """Makes a whole call for a person, with its tokens and with retries where they are safe."""

    source: str
    """As in ``Sender``."""

    def prepare(self, action: Action) -> None:
        """Open what calls of the action need. Raises UsageError, DefinitionError, StoreError."""

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        """The response; ``sealed`` is the request without opened secrets, as it may be shown.

        Raises PlanningError if there is no response; UsageError, DefinitionError and StoreError if
        the call cannot be made for any person.
        """


class Sleeper(Protocol):
    """Waiting and randomness, as a parameter."""

    def wait(self, seconds: float) -> None:
        """Return after this many seconds."""

    def draw_jitter(self) -> float:
        """A random number from 0 to 1."""

    def new_idempotency_key(self) -> str:
        """A fresh key for a call outside a run."""


class Secrets(Protocol):
    """Opens secrets for the hosts that may get them, and says which hosts may get tokens."""

    def find_binding(self, token: Token) -> TokenBinding:
        """The hosts that may get a token; nothing is fetched.

        Raises UsageError if the vault or a secret of the fetch is missing, StoreError if the vault
        cannot be opened.
        """

    def open(
        self, names: Sequence[str], host: str, *, fetches: bool = False
    ) -> Mapping[str, Secret]:
        """Open secrets, by name; ``fetches``: for a request that fetches a token.

        Raises UsageError for one that is not sealed, DefinitionError for a host that may not get
        it, StoreError if the vault cannot be opened.
        """

    def sign(self, assertion: JwtAssertion, host: str) -> Secret:
        """A new JWT for a token service on this host; its key leaves the vault for nothing else.

        Raises as ``open``, and DefinitionError for a key that cannot sign it.
        """

    def open_certificate_key(self, presented: ClientCertificate, host: str) -> SigningKey:
        """The key of a client certificate, for the TLS connections to this host.

        Raises as ``open``, and DefinitionError for a certificate that is not valid with it.
        """


class People(Protocol):
    """The people of a workspace."""

    batch_size: int
    """How many people are written in one batch; 1 where each write is stored at once."""

    def open_batch(self, person_ids: Sequence[str] = ()) -> AbstractContextManager[None]:
        """Commits in it may be stored together at its end: their receipts are true then.

        These people may be read together for their commits. Raises as ``commit``, for all of them.
        """

    def find(self, query: PersonQuery) -> Person:
        """The one person who matches. Raises UsageError for none and for more than one."""

    def get(self, person_id: str) -> Person:
        """The person of this contact id. Raises UsageError if there is none."""

    def find_many(
        self, queries: Sequence[PersonQuery]
    ) -> Iterable[tuple[PersonQuery, Person | UsageError]]:
        """Each query, in order, with its person, or the reason why there is not exactly one.

        A pre-read in batches: a person who is ``from_search`` may be up to a minute old.
        """

    def search(self, conditions: Sequence[Condition]) -> Iterator[Person]:
        """Everyone for whom all conditions hold; without conditions, everyone.

        They are read page by page. A person who changes meanwhile may come twice, and what is said
        of a person may be as old as with ``find_many``.
        """

    def commit(self, plan: Plan, check: Callable[[], None] = lambda: None) -> Receipt:
        """Write the plan's effective changes if every ``before`` still holds, else none of them.

        ``check`` is called right before the write is sent, and raises where that must not be.

        Outcome APPLIED, UNCHANGED (nothing to write) or CONFLICT with the current values. Raises
        UsageError if the person no longer exists, StoreError if nothing was written, and
        OutcomeUnknown if something may have been written.
        """


class Journal(AppliedValues, Protocol):
    """Stores runs durably; each run has one writer."""

    def create_run(self, head: RunHead, phase: RunPhase = ...) -> None:
        """Create the run; by default it writes at once. Durable on return."""

    def reopen(self, run_id: str) -> Run:
        """Open the run to go on with it; everything in it is durable on return."""

    def record_plans(self, run_id: str, plans: Sequence[Plan]) -> Sequence[int]:
        """Store plans that are written at once, all or none; durable. Returns their numbers."""

    def save_plan(self, run_id: str, target: Path) -> None:
        """Copy a run that has not started to a file. Raises UsageError if it cannot be written."""

    def take_plan(self, source: Path) -> str:
        """Take a saved plan as a run; its id. Only one process can do it, and once.

        Raises UsageError for a file that cannot be read and for a plan that was started before,
        StoreError for a file that is no plan.
        """

    def get_disk_space(self) -> DiskSpace:
        """The room for further runs. Raises StoreError where that cannot be found out."""

    def open_rows(self, run_id: str) -> PlanningRows:
        """The part of the run that plans many people."""

    def replace_pending_plan(self, run_id: str, entry: int, plan: Plan) -> None:
        """Replace the pending plan by the one made from the call's response. Durable."""

    def start_entries(
        self, run_id: str, numbers: Iterable[int], outcomes: Iterable[tuple[int, Receipt]] = ()
    ) -> None:
        """Store that these plans are written now, and earlier outcomes; durable on return."""

    def record_outcomes(self, run_id: str, outcomes: Iterable[tuple[int, Receipt]]) -> None:
        """Store outcomes by entry. A lost one is found again by reading the person."""

    def read_open(
        self, run_id: str, after: int, most: int = ..., *, started: bool
    ) -> Sequence[RunEntry]:
        """The next entries without an outcome, by number: the started ones, or the others."""

    def read_range(self, run_id: str, first: int, last: int) -> Sequence[RunEntry]:
        """The entries of these numbers, both included, that have a plan."""

    def read_standing(self, run_id: str, after: int) -> Sequence[RunEntry]:
        """The next entries by number, at least all that may have left something."""

    def list_of_people(self, run_id: str, person_ids: Iterable[str]) -> Sequence[RunEntry]:
        """The entries of these people."""

    def finish(self, run_id: str) -> None:
        """Mark the run as complete."""

    def mark_undone(self, run_id: str, person_ids: Iterable[str], by_run: str) -> None:
        """Note in the run that ``by_run`` has undone its changes to these people."""

    def read(self, run_id: str) -> Run:
        """The run with its entries. Raises UsageError for an unknown id."""

    def list_runs(self) -> Iterable[Run]:
        """Every run, the last begun first. Raises StoreError for one that cannot be read."""

    def list_recent(self, since: float) -> Sequence[RunHead]:
        """The heads of the runs that began since then, and of those that are not finished."""

    def list_damaged(self) -> Sequence[tuple[str, str]]:
        """The runs that cannot be read, each with the reason."""

    def discard(self, run_id: str) -> None:
        """Delete the run and everything in it."""

    def forget(
        self,
        person_id: str,
        keys: Collection[PersonQuery] = (),
        follow: Follow = follow_silently,
    ) -> int:
        """Erase the person from every run, except for the outcomes; returns the number of entries.

        ``keys``: also rows without a person that have one of these keys.

        On return, no file of the journal contains the erased bytes, nor those of people who were
        forgotten before. Raises StoreError if a run could not be cleaned.
        """


class Clock(Protocol):
    """The time, as a parameter."""

    def get_time(self) -> float:
        """Unix seconds."""

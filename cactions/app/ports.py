"""What the use cases ask of the outside, as protocols. Edges and test fakes happen to be these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cactions.logic.request.call import CallSpec
    from cactions.logic.vault.token_binding import TokenBinding
    from cactions.model import (
        Action,
        Person,
        PersonQuery,
        Plan,
        Receipt,
        Request,
        Response,
        Run,
        RunHead,
        Token,
        Value,
    )
    from cactions.model.secret import Secret


class Sender(Protocol):
    """Answers requests: the live service or a recording."""

    source: str
    """Empty for live calls, else the file that the answers come from."""

    def send(self, request: Request) -> Response:
        """The answer. Raises RequestFailed where none came, PlanningError where none is recorded."""
        ...


class Caller(Protocol):
    """Makes a whole call for a person: with its tokens, and again where that is safe and helps."""

    source: str
    """As a sender's."""

    def prepare(self, action: Action) -> None:
        """Open what a call of the action will need, so that only the network can fail it then.

        Raises UsageError, DefinitionError and StoreError.
        """
        ...

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        """The answer; ``sealed`` is the request with nothing opened, as it may be shown.

        Raises PlanningError where there is no answer; UsageError, DefinitionError and StoreError where
        the call cannot be made for anybody.
        """
        ...


class Sleeper(Protocol):
    """Waiting and chance, as parameters."""

    def wait(self, seconds: float) -> None:
        """Return after so many seconds."""
        ...

    def jitter(self) -> float:
        """A number from 0 to 1, each time another one."""
        ...

    def new_idempotency_key(self) -> str:
        """The key of a call that no run gives one; never the same twice."""
        ...


class Secrets(Protocol):
    """Opens secrets for the one host that each may go to, and says where tokens may go."""

    def find_binding(self, token: Token) -> TokenBinding:
        """Where a token may go that is fetched or given; nothing is fetched.

        Raises UsageError where the vault or a secret of the fetch is not there, StoreError where
        the vault cannot be opened.
        """
        ...

    def open(
        self, names: Sequence[str], host: str, *, fetches: bool = False
    ) -> Mapping[str, Secret]:
        """By name; ``fetches``: for a request that fetches a token, not for one of an action.

        Raises UsageError for one that is not sealed, DefinitionError for a host that it may not go
        to, StoreError where the vault cannot be opened.
        """
        ...


class People(Protocol):
    """Where people live."""

    def find(self, query: PersonQuery) -> Person:
        """The one person who matches. Raises UsageError for none and for more than one."""
        ...

    def get(self, person_id: str) -> Person:
        """The person of this contact id. Raises UsageError where there is none."""
        ...

    def commit(self, plan: Plan) -> Receipt:
        """Write the plan's effective changes if every ``before`` still holds, else none of them.

        Outcome APPLIED, UNCHANGED (nothing to write) or CONFLICT with what was found.
        Raises UsageError where the person is gone, StoreError where nothing was written, and
        OutcomeUnknown where it cannot be known whether anything was.
        """
        ...


class Journal(Protocol):
    """What happened, durably; one writer a run."""

    def create_run(self, head: RunHead) -> None:
        """Create the run. Durable on return."""
        ...

    def reopen(self, run_id: str) -> Run:
        """The run, to go on with it: all that it holds is durable on return."""
        ...

    def record_plans(self, run_id: str, plans: Sequence[Plan]) -> Sequence[int]:
        """Keep the plans, with their before-images: all or none. Durable on return.

        The numbers of the entries: from 1, in the order of the plans.
        """
        ...

    def replace_pending_plan(self, run_id: str, entry: int, plan: Plan) -> None:
        """Put the plan that a call's answer gave in the place of the pending one. Durable."""
        ...

    def record_outcome(self, run_id: str, entry: int, receipt: Receipt) -> None:
        """Keep what became of it. A lost one is found again by reading the person."""
        ...

    def finish(self, run_id: str) -> None:
        """Mark the run as complete."""
        ...

    def mark_undone(self, run_id: str, person_id: str, by_run: str) -> None:
        """Note in the run that its changes to this person were taken back by ``by_run``."""
        ...

    def read(self, run_id: str) -> Run:
        """The run with its entries. Raises UsageError for an unknown id."""
        ...

    def runs(self) -> Iterable[Run]:
        """Every run, newest first."""
        ...

    def damaged(self) -> Sequence[tuple[str, str]]:
        """The runs that cannot be read, each with the reason."""
        ...

    def last_applied(self, person_id: str) -> Mapping[str, Value]:
        """By attribute, the value that a run applied last and that was not undone since."""
        ...

    def discard(self, run_id: str) -> None:
        """Delete the run with all that it holds."""
        ...

    def forget(self, person_id: str) -> int:
        """Erase the person from every run but for the outcomes; how many entries those were.

        On return no file of the journal holds the erased bytes any more, nor those of people who
        were forgotten before. Raises StoreError where a run could not be cleaned.
        """
        ...


class RunLock(Protocol):
    """One run at a time for each workspace and action."""

    def hold(self, head: RunHead) -> AbstractContextManager[None]:
        """As long as it is open, nobody else on this machine has the same one open.

        Raises Stopped, with who has it, where somebody does. It ends with the process, however
        that ends.
        """
        ...


class Clock(Protocol):
    """The time, as a parameter."""

    def now(self) -> float:
        """Unix seconds."""
        ...

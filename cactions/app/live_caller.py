"""Makes calls: drives the conversation with the network, the clock, the secrets and the tokens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import Final

from msgspec.structs import replace

from cactions.app.ports import Secrets, Sender, Sleeper
from cactions.app.token_cache import TokenCache
from cactions.logic.exchange.retry import (
    Conversation,
    GetToken,
    Send,
    Step,
    Wait,
    call_steps,
    fetch_steps,
)
from cactions.logic.exchange.token_response import FetchedToken, describe_missing_token, read_token
from cactions.logic.request import secret_refs
from cactions.logic.request.call import CallSpec
from cactions.logic.secrets.leak_check import remove_secrets, remove_secrets_from_head
from cactions.logic.vault.token_binding import TokenBinding
from cactions.model import (
    Action,
    ActionRequest,
    PlanningError,
    Request,
    RequestFailed,
    Response,
    Token,
    TokenFetch,
)
from cactions.model.secret import Secret

_SHARE: Final = 0.1
_AT_ONCE: Final = 10.0


class RetryBudget:
    """How often may be tried again: one in ten calls, and ten to begin with. For many threads."""

    def __init__(self) -> None:
        self._left = _AT_ONCE
        self._lock = Lock()

    def add_share(self) -> None:
        """A call was made."""
        with self._lock:
            self._left = min(_AT_ONCE, self._left + _SHARE)

    def take(self) -> bool:
        """Whether there may be another try."""
        with self._lock:
            granted = self._left >= 1
            self._left -= granted
        return granted


class LiveCaller:
    """The Caller that makes live calls; many threads may share it.

    No answer says a secret back that this caller has opened or fetched, for whichever call.
    """

    source = ""

    def __init__(
        self,
        sender: Sender,
        secrets: Secrets,
        tokens: TokenCache,
        pauses: Sleeper,
        on_retry: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``on_retry`` is told of each further try, before the pause."""
        self._on_retry = on_retry
        self._sender, self._secrets, self._tokens = sender, secrets, tokens
        self._pauses, self._budget = pauses, RetryBudget()
        self._known: tuple[Secret, ...] = ()
        self._lock = Lock()

    def prepare(self, action: Action) -> None:
        """Open the secrets of the request and of the fetches of its tokens."""
        self._open_secrets(action.request)
        for token in action.request.tokens:
            if token.fetch:
                self._open_fetch_secrets(token.fetch)

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        """The answer of the service."""
        secrets = self._open_secrets(asked.action.request)
        if asked.action.request.idempotency and not asked.key:
            asked = replace(asked, key=self._pauses.new_idempotency_key())
        self._budget.add_share()
        answer = self._drive(call_steps(asked, sealed, secrets, self._pauses.draw_jitter))
        return remove_secrets(answer, self._known)

    def fetch(self, token: Token) -> FetchedToken:
        """A new token from its service. Raises PlanningError (NO_TOKEN), or as ``call`` does."""
        return read_token(token, self.ask_for_token(token))

    def ask_for_token(self, token: Token) -> Response:
        """The answer that a token comes in; only its head is without secrets. Raises as before."""
        assert token.fetch, "only a dynamic token is fetched"
        secrets = self._open_fetch_secrets(token.fetch)
        try:
            answer = self._drive(fetch_steps(token, secrets, self._pauses.draw_jitter))
        except PlanningError as error:
            raise describe_missing_token(token, str(error), error.hint) from None
        return remove_secrets_from_head(answer, self._known)

    def find_binding(self, token: Token) -> TokenBinding:
        """Where the token may go. Raises what ``prepare`` raises."""
        return self._secrets.find_binding(token)

    def _open_secrets(self, request: ActionRequest) -> Mapping[str, Secret]:
        """The request's secrets, once all that it carries may go to its host.

        This stands before every conversation, so that no token is asked for, fetched or sent again
        that may not go there.
        """
        for token in request.tokens:
            if token.is_runtime_value:
                self.find_binding(token).check(request.host)
        names = secret_refs.list_request_secrets(request)
        self._check_certificate(request)
        opened = self._secrets.open(names, request.host)
        self._remember(opened.values())
        return opened

    def _open_fetch_secrets(self, fetch: TokenFetch) -> Mapping[str, Secret]:
        """What fills the request for a token; for a key that signs, the JWT that it has signed."""
        host, assertion = fetch.request.host, fetch.assertion
        names = secret_refs.list_request_secrets(fetch.request)
        self._check_certificate(fetch.request)
        if assertion:
            names = tuple(name for name in names if name != assertion.key)
        opened = dict(self._secrets.open(names, host, fetches=True))
        if assertion:
            opened[assertion.key] = self._secrets.sign(assertion, host)
        self._remember(opened.values())
        return opened

    def _check_certificate(self, request: ActionRequest) -> None:
        """Its key may sign for the host; the sender asks for it when a connection begins."""
        if request.client_certificate:
            self._secrets.open_certificate_key(request.client_certificate, request.host)

    def _remember(self, secrets: Collection[Secret]) -> None:
        """No answer says these back from now on."""
        if not secrets:
            return
        with self._lock:
            new = [secret for secret in secrets if secret not in self._known]
            self._known += tuple(dict.fromkeys(new))

    def _drive(self, steps: Conversation) -> Response:
        """What the conversation ends with; the tokens that it is given become known."""
        reply: object = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as done:
                answer: Response = done.value
                return answer
            reply = self._take_step(step)
            if isinstance(reply, Secret):
                self._remember([reply])

    def _take_step(self, step: Step) -> Response | RequestFailed | Secret | bool:
        match step:
            case GetToken(token=token, stale=stale):
                return self._tokens.get(token, stale, self.fetch)
            case Send(request=request):
                try:
                    return self._sender.send(request)
                except RequestFailed as lost:
                    return lost
            case pause:
                if granted := self._budget.take():
                    self._on_retry(_describe_retry(pause))
                    self._pauses.wait(pause.seconds)
                return granted


def _describe_retry(pause: Wait) -> str:
    why = pause.why[:1].upper() + pause.why[1:] if pause.why.startswith("the ") else pause.why
    return f"{why}. Another try in {pause.seconds:.1f} s."

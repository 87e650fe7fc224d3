"""Makes calls: drives the conversation with the network, the clock, the secrets and the tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Final

from cactions.app.ports import Pauses, Secrets, Sender
from cactions.app.token_cache import Tokens
from cactions.logic.exchange.retry import Conversation, Need, Send, Step, converse, fetch
from cactions.logic.exchange.token_response import FetchedToken, no_token, read_token
from cactions.logic.request import secret_refs
from cactions.logic.request.call import Asked
from cactions.logic.secrets.leak_check import unsaid, unsaid_head
from cactions.logic.vault.token_binding import TokenBinding
from cactions.model import Action, ActionRequest, NoAnswer, NoPlan, Request, Response, Token
from cactions.model.secret import Secret

_SHARE: Final = 0.1
_AT_ONCE: Final = 10.0


class Budget:
    """How often may be tried again: one in ten calls, and ten to begin with. For many threads."""

    def __init__(self) -> None:
        self._left = _AT_ONCE
        self._lock = Lock()

    def earn(self) -> None:
        """A call was made."""
        with self._lock:
            self._left = min(_AT_ONCE, self._left + _SHARE)

    def spend(self) -> bool:
        """Whether there may be another try."""
        with self._lock:
            granted = self._left >= 1
            self._left -= granted
        return granted


class Calling:
    """The Caller that makes live calls; many threads may share it.

    No answer says a secret back that this caller has opened or fetched, for whichever call.
    """

    source = ""

    def __init__(self, sender: Sender, secrets: Secrets, tokens: Tokens, pauses: Pauses) -> None:
        self._sender, self._secrets, self._tokens = sender, secrets, tokens
        self._pauses, self._budget = pauses, Budget()
        self._known: tuple[Secret, ...] = ()
        self._lock = Lock()

    def prepare(self, action: Action) -> None:
        """Open the secrets of the request and of whatever fetches its tokens.

        Raises AuthorError where a secret or a token may not go where it would.
        """
        self._opened(action.request)
        for token in action.request.tokens:
            if token.fetch:
                self._opened(token.fetch.request, fetches=True)

    def call(self, asked: Asked, _sealed: Request) -> Response:
        """The answer of the service."""
        secrets = self._opened(asked.action.request)
        asked = asked if asked.key else replace(asked, key=self._pauses.key())
        self._budget.earn()
        answer = self._driven(converse(asked, secrets, self._pauses.chance))
        return unsaid(answer, self._known)

    def fetch(self, token: Token) -> FetchedToken:
        """A new token, from its service. Raises NoPlan (NO_TOKEN) and what ``call`` raises."""
        assert token.fetch, "only a dynamic token is fetched"
        secrets = self._opened(token.fetch.request, fetches=True)
        try:
            answer = self._driven(fetch(token, secrets, self._pauses.chance))
        except NoPlan as error:
            raise no_token(token, str(error), error.hint) from None
        return read_token(token, unsaid_head(answer, self._known))

    def binding(self, token: Token) -> TokenBinding:
        """Where the token may go. Raises what ``prepare`` raises."""
        return self._secrets.binding(token)

    def _opened(self, request: ActionRequest, *, fetches: bool = False) -> Mapping[str, Secret]:
        """The request's secrets, once all that it carries may go to its host.

        This stands before every conversation, so that no token is asked for, fetched or sent again
        that may not go there.
        """
        for token in request.tokens:
            if token.is_held:
                self.binding(token).check(request.host)
        names = secret_refs.of_request(request)
        opened = self._secrets.opened(names, request.host, fetches=fetches)
        self._note(opened.values())
        return opened

    def _note(self, secrets: Iterable[Secret]) -> None:
        """No answer says these back from now on."""
        with self._lock:
            self._known = tuple(dict.fromkeys((*self._known, *secrets)))

    def _driven(self, steps: Conversation) -> Response:
        """What the conversation ends with; the tokens that it is given become known."""
        reply: object = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as done:
                answer: Response = done.value
                return answer
            reply = self._done(step)
            if isinstance(reply, Secret):
                self._note([reply])

    def _done(self, step: Step) -> Response | NoAnswer | Secret | bool:
        match step:
            case Need(token=token, stale=stale):
                return self._tokens.get(token, stale, self.fetch)
            case Send(request=request):
                try:
                    return self._sender.send(request)
                except NoAnswer as lost:
                    return lost
            case pause:
                if granted := self._budget.spend():
                    self._pauses.wait(pause.seconds)
                return granted

"""The live services, put together: network, secrets, tokens; what is given up is said aloud."""

from __future__ import annotations

from collections.abc import Callable

from cactions.app.calling import Calling
from cactions.app.opening import VaultDesk
from cactions.app.secrets import VaultSecrets
from cactions.app.tokens import Tokens
from cactions.cli import guarding, hidden, moment, wiring
from cactions.cli.answering import Answers
from cactions.edges.clock import SystemClock, SystemPauses
from cactions.edges.guard import Network
from cactions.edges.http import Live
from cactions.model import AllowedAddress, Request, Response


class _Told:
    """The live sender; once it has sent, the last words no longer say that nothing was."""

    source = Live.source

    def __init__(self, live: Live) -> None:
        self._live = live

    def send(self, request: Request) -> Response:
        """As the sender does."""
        moment.may_have_sent()
        return self._live.send(request)


def reach(
    answers: Answers, allowed: tuple[AllowedAddress, ...], vault: Callable[[], VaultDesk]
) -> Calling:
    """Who makes live calls. User tokens are read here, before anything else is."""
    given = hidden.user_tokens(answers.user_tokens)
    for caution in _cautions(answers):
        wiring.paper().say(caution)
    live = Live(Network(allowed, ca_file=answers.ca_file, proxy=answers.proxy))
    moment.at_end(live.close)
    secrets = VaultSecrets(vault, guarding.know)
    tokens = Tokens(SystemClock(), given, guarding.know)
    return Calling(_Told(live), secrets, tokens, SystemPauses())


def _cautions(answers: Answers) -> list[str]:
    said = []
    if answers.proxy:
        said.append(
            "Through a proxy: it looks up where hosts lead, so that nothing here keeps a request"
            " from a private address."
        )
    if answers.ca_file:
        said.append(
            "Only the authorities of the CA file are trusted: whoever holds their keys can read and"
            " change what is sent, secrets included."
        )
    return said

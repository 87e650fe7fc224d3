"""The live services, put together: network, secrets, tokens; what is given up is said aloud."""

from __future__ import annotations

from collections.abc import Callable

from cactions.app.calling import Calling
from cactions.app.opening import VaultDesk
from cactions.app.secrets import VaultSecrets
from cactions.app.tokens import Tokens
from cactions.cli import guarding, hidden, moment
from cactions.cli.answering import Answers
from cactions.edges.clock import SystemClock, SystemPauses
from cactions.edges.guard import Network
from cactions.edges.http import Live
from cactions.model import Project, Request, Response, noun


class _Told:
    """The live sender; once it has sent, the last words no longer say that nothing was."""

    source = Live.source

    def __init__(self, live: Live) -> None:
        self._live = live

    def send(self, request: Request) -> Response:
        """As the sender does."""
        moment.may_have_sent()
        return self._live.send(request)


@noun
class Around:
    """What lies around: the project, the vault, and where a caution is said."""

    project: Project
    vault: Callable[[], VaultDesk]
    say: Callable[[str], None]


def reach(answers: Answers, around: Around) -> Calling:
    """Who makes live calls. User tokens are read here, before anything else is."""
    project = around.project
    users = [token.name for token in project.tokens.values() if token.is_users]
    given = hidden.user_tokens(answers.user_tokens, users)
    for caution in _cautions(answers):
        around.say(caution)
    live = Live(Network(project.allowed, ca_file=answers.ca_file, proxy=answers.proxy))
    moment.at_end(live.close)
    secrets = VaultSecrets(around.vault, guarding.know)
    tokens = Tokens(SystemClock(), given, guarding.know)
    return Calling(_Told(live), secrets, tokens, SystemPauses())


def _cautions(answers: Answers) -> list[str]:
    said = []
    if answers.proxy:
        said.append(
            "Through a proxy: it looks up where hosts lead, and nothing here keeps a request from a"
            " private address. What is sent stays hidden from it."
        )
    if answers.ca_file:
        said.append(
            "Only the authorities of the CA file are trusted: whoever holds their keys can read and"
            " change what is sent, secrets included."
        )
    return said

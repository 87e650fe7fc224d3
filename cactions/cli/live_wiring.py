"""The live services, put together: network, secrets, tokens; what is given up is said aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import Final, TypeAlias

from msgspec import Struct

from cactions.app.live_caller import LiveCaller
from cactions.app.token_cache import TokenCache
from cactions.app.vault.open_vault import VaultContext
from cactions.app.vault.ports import AssertionSigner, CertificateChecker
from cactions.app.vault.secret_provider import VaultSecrets
from cactions.cli import output_scrubber, progress, secret_input
from cactions.cli.live_options import LiveOptions
from cactions.cli.tracked_sender import TrackedSender
from cactions.edges.clock import SystemClock, SystemSleeper
from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.model import Action, JwtAssertion, Project, Token
from cactions.model.secret import Secret, SigningKey

_MOST_NOTICES: Final = 5

OpenSigner: TypeAlias = Callable[[Callable[[], float], Callable[[Secret], Secret]], AssertionSigner]
"""Makes what signs JWTs, of a clock and of who is told of each."""


class LiveDeps(Struct, frozen=True):
    """What lies around: the project, the actions to call, the vault, where a caution is said."""

    project: Project
    called: Sequence[Action]
    vault: Callable[[], VaultContext]
    say: Callable[[str], None]
    open_signer: OpenSigner
    check_certificate: CertificateChecker

    def list_user_hosts(self, name: str) -> Iterator[tuple[Token, str]]:
        """The end user's token of this name, with each host that the calls would send it to."""
        for action in self.called:
            for token in action.request.tokens:
                if token.is_user_token and token.name == name:
                    yield token, action.request.host


def open_live_caller(options: LiveOptions, around: LiveDeps) -> LiveCaller:
    """Who makes live calls. User tokens are read here, once the vault lets them go to the calls.

    Raises DefinitionError where it does not, and UsageError.
    """
    project = around.project
    signer = LateSigner(around.open_signer)
    secrets = VaultSecrets(
        around.vault, output_scrubber.register_secret, signer, around.check_certificate
    )

    def check(name: str) -> None:
        for token, host in around.list_user_hosts(name):
            secrets.find_binding(token).check(host)

    users = [token.name for token in project.tokens.values() if token.is_user_token]
    texts = secret_input.read_user_tokens(options.user_tokens, users, check)
    for caution in () if options.cautioned else list_cautions(options):
        around.say(caution)
    network = NetworkRules(project.allowed, ca_file=options.ca_file, proxy=options.proxy)
    live = HttpSender(network, secrets.open_certificate_key)
    progress.add_closing_hook(live.close)
    tokens = TokenCache(SystemClock(), texts, output_scrubber.register_secret)
    notices = RetryNotices(around.say)
    return LiveCaller(TrackedSender(live), secrets, tokens, SystemSleeper(), notices.add)


class LateSigner:
    """Signs with what is opened when the first JWT is needed, which most projects never do."""

    def __init__(self, open_signer: OpenSigner) -> None:
        self._open_signer = open_signer

    def sign(self, assertion: JwtAssertion, key: SigningKey) -> Secret:
        """A new JWT. Raises UsageError where the library for it is not installed."""
        signer = self._open_signer(SystemClock().get_time, output_scrubber.register_secret)
        return signer.sign(assertion, key)


class RetryNotices:
    """Says of the first further tries of a command why they are made, and then no more."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._count, self._lock = say, 0, Lock()

    def add(self, text: str) -> None:
        """There will be another try."""
        with self._lock:
            self._count += 1
            if self._count <= _MOST_NOTICES:
                self._say(text)
            if self._count == _MOST_NOTICES:
                self._say("Of further tries nothing is said.")


def list_cautions(options: LiveOptions) -> list[str]:
    """What the operator should know of this way to the services."""
    cautions = []
    if options.proxy:
        cautions.append(
            "Through a proxy: it looks up where hosts lead, and nothing here keeps a request from a"
            " private address. What is sent stays hidden from it."
        )
    if options.ca_file:
        cautions.append(
            "Only the authorities of the CA file are trusted: the owners of their keys can read and"
            " change what is sent, secrets included."
        )
    return cautions

"""How the third party is asked: a request as its author wrote it, tokens, limits, success."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct, field

from cactions.model.assertion import JwtAssertion
from cactions.model.client_certificate import ClientCertificate
from cactions.model.json_value import ABSENT, Value, is_same
from cactions.model.template import (
    JsonTemplate,
    Path,
    Reference,
    SecretRef,
    Template,
    list_secret_places,
    list_templates,
)

MIB: Final = 1024 * 1024


class Effect(Enum):
    """What a call does to the third party."""

    READ = "read"
    WRITE = "write"


class BodyForm(Enum):
    """How a request body is written down."""

    JSON = "json"
    FORM = "form"
    TEXT = "text"
    MULTIPART = "multipart"
    """Text fields only."""


class TextLanguage(Enum):
    """What a text body is written in, so that values are escaped in it."""

    XML = "XML"
    JSON = "JSON"
    GRAPHQL = "GraphQL"
    FORM = "a form"


class RequestBody(Struct, frozen=True):
    """``content``: any JSON template for JSON, a Template for TEXT, else a flat mapping."""

    form: BodyForm
    content: JsonTemplate


class BodyCheck(Struct, frozen=True):
    """What must stand at a path of a body: ``equals``, or nothing at all where that is ABSENT.

    ``any_value``: whatever stands there, null too.
    """

    path: Path
    equals: Value = ABSENT
    any_value: bool = False

    def matches(self, found: Value) -> bool:
        """Whether the value that stands at the path is what the check asks for."""
        return found is not ABSENT if self.any_value else is_same(found, self.equals)


class Success(Struct, frozen=True):
    """What makes an answer a success; a 200 with an error body is none.

    ``headers`` pairs a name, in any case, with its exact value.
    """

    statuses: tuple[int, ...] = (200,)
    body: tuple[BodyCheck, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


class Denial(Struct, frozen=True):
    """What tells that a token was not accepted: any one of these, so that it is fetched again."""

    statuses: tuple[int, ...] = (401,)
    body: tuple[BodyCheck, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


class Limits(Struct, frozen=True):
    """What one exchange may take: seconds to connect and in all, bytes on the wire and decoded.

    ``retries`` is how often a call may be sent again that is safe to repeat.
    """

    connect: float = 5.0
    total: float = 15.0
    wire: int = MIB
    decoded: int = 2 * MIB
    retries: int = 3


MAX_LIMITS: Final = Limits(connect=15, total=60, wire=16 * MIB, decoded=32 * MIB, retries=5)
"""What an author may raise them to (security.md, section 3)."""


class AllowedAddress(Struct, frozen=True):
    """The only way to a name or an address that is not public; nothing is looked up for it."""

    host: str
    address: str
    port: int
    reason: str


class TokenFetch(Struct, frozen=True):
    """How a token is fetched. ``request`` reads nothing of a person.

    ``token_path`` is where the token stands in the answer; None where it is the value of its header
    ``token_header``, and the body is not read. ``expires_in_path`` says for how many seconds it is
    good (where that is missing: until it is denied). ``denied_when`` tells of a *call* that the
    token was not accepted. ``assertion`` is the JWT that stands in the request for its key.
    """

    request: ActionRequest
    token_path: Path | None
    expires_in_path: Path | None = None
    denied_when: Denial = field(default_factory=Denial)
    success_when: Success = field(default_factory=Success)
    token_header: str = ""
    assertion: JwtAssertion | None = None

    @property
    def source(self) -> str:
        """Where in the answer the token stands."""
        return (
            f"the header {self.token_header}" if self.token_path is None else f"{self.token_path}"
        )


class Token(Struct, frozen=True):
    """A credential in a request header: ``<header>: <prefix><value>``.

    Exactly one of these is there: ``value`` is sealed (text); ``username``, ``password`` or both
    (basic, its header is ``Authorization``); ``fetch`` (HTTP request, OAuth client credentials);
    none of them (user token: given anew for each run). ``is_oauth_client``: the pair is that of a
    client of OAuth, whose parts are encoded first. ``hosts`` are the only hosts it is sent to,
    as far as the vault lets it go there. ``token_id`` is Intercom's id of the token, if known.
    """

    name: str
    header: str
    hosts: tuple[str, ...]
    prefix: str = ""
    value: SecretRef | None = None
    username: SecretRef | str | None = None
    password: SecretRef | str | None = None
    fetch: TokenFetch | None = None
    token_id: str = ""
    is_oauth_client: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets in the token itself; those of its fetch go to another host."""
        parts = (self.value, self.username, self.password)
        return tuple(part.name for part in parts if isinstance(part, SecretRef))

    @property
    def is_user_token(self) -> bool:
        """Whether it is the end user's own, which only the operator of a run can give."""
        return self.value is None and not self.is_basic and self.fetch is None

    @property
    def is_basic(self) -> bool:
        """Whether it is a pair of Basic authentication."""
        return self.username is not None or self.password is not None

    @property
    def is_runtime_value(self) -> bool:
        """Whether its value is in memory only: fetched, or given for this run."""
        return self.fetch is not None or self.is_user_token


_CREDENTIAL_HEADERS: Final = ("authorization", "cookie")
_LANGUAGES: Final = {
    "application/graphql": TextLanguage.GRAPHQL,
    "application/x-www-form-urlencoded": TextLanguage.FORM,
}


class ActionRequest(Struct, frozen=True):
    """How to ask the third party.

    ``base`` is the literal origin of the server in the chosen environment (empty where ``url``
    is absolute); ``url`` follows it. ``host`` is the literal one of the two. A name of ``query``
    has one value, a Template or a SecretRef, or a list of them, in order.
    ``idempotency`` is the header that carries a key, so that a repeated call counts once.
    ``client_certificate`` is what its TLS connections present, and those of no other request.
    """

    http_method: str
    url: Template
    base: str = ""
    query: Mapping[str, JsonTemplate] = field(default_factory=dict)
    headers: Mapping[str, Template] = field(default_factory=dict)
    body: RequestBody | None = None
    tokens: tuple[Token, ...] = ()
    effect: Effect = Effect.READ
    idempotency: str = ""
    limits: Limits = field(default_factory=Limits)
    host: str = ""
    client_certificate: ClientCertificate | None = None

    @property
    def templates(self) -> tuple[Template, ...]:
        """Every text of it, in the order of the file format."""
        parts: list[JsonTemplate] = [self.url, dict(self.query), dict(self.headers)]
        parts += [self.body.content] if self.body else []
        return tuple(list_templates(parts))

    @property
    def references(self) -> tuple[Reference, ...]:
        """Everything that it reads, in the same order."""
        return tuple(each for template in self.templates for each in template.references)

    def list_secret_places(self, route: str = "request") -> tuple[tuple[str, str], ...]:
        """Where in the query and the body which secrets stand; those of tokens are not among them.

        A route is that of the file format, below ``route``.
        """
        places = [*list_secret_places(dict(self.query), f"{route}.query")] if self.query else []
        if self.body:
            places += list_secret_places(self.body.content, f"{route}.{self.body.form.value}")
        return tuple(places)

    @property
    def has_credential(self) -> bool:
        """Whether the service is told who asks: by a token, secret, header or certificate."""
        own = any(name.lower() in _CREDENTIAL_HEADERS for name in self.headers)
        certified = self.client_certificate is not None
        return own or certified or bool(self.tokens) or bool(self.list_secret_places())

    @property
    def language(self) -> TextLanguage | None:
        """The language of a text body, by its Content-Type; None where that tells none."""
        if self.body is None or self.body.form is not BodyForm.TEXT:
            return None
        texts = (text for name, text in self.headers.items() if name.lower() == "content-type")
        kind = str(next(texts, "")).partition(";")[0].strip().lower()
        if kind.endswith(("/xml", "+xml")):
            return TextLanguage.XML
        if kind.endswith(("/json", "+json")):
            return TextLanguage.JSON
        return _LANGUAGES.get(kind)

    @property
    def is_read(self) -> bool:
        """Whether it leaves the third party as it was."""
        return self.effect is Effect.READ

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.is_read or bool(self.idempotency)

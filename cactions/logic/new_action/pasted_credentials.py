"""Tokens of a pasted request, and the request without its secrets."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct, field

from cactions.logic.curl_line.pasted_request import ClientGrant, PastedRequest
from cactions.logic.curl_line.words import VARIABLE, PastedLineError, mark_variable
from cactions.logic.new_action.found_secrets import (
    SecretMark,
    SecretNames,
    has_named_secret,
    is_plain_user,
    is_secret_header,
    is_secret_member,
    is_secret_parameter,
)
from cactions.logic.request.checks import HEADER_NAME
from cactions.logic.yaml.writer import YamlValue, to_plain_text
from cactions.model import BodyForm, Token
from cactions.rules.credentials import (
    find_secret_elements,
    looks_like_secret,
)

_UNASKED: Final = re.compile(
    r"accept-(?:encoding|language|charset)|user-agent|host|content-length|connection|origin|referer"
    r"|sec-.*|dnt|cache-control|pragma|priority|upgrade-insecure-requests|te|if-none-match"
    r"|if-modified-since|expect|transfer-encoding|keep-alive|:.*|x-client-data|range"
)
"""What a client, and a browser above all, sends of its own."""
_SIGNED: Final = re.compile(r"(?i)oauth .*oauth_signature|aws4-hmac|hmac|signature |digest ")
_PREFIX: Final = re.compile(r"(?i:token token=)|[A-Za-z][A-Za-z-]* +(?=\S)")
_ONE_LETTER: Final = re.compile(r"([A-Za-z])\1*")
_IDEMPOTENCY: Final = frozenset({"idempotency-key", "x-idempotency-key", "paypal-request-id"})

MarkedValue = str | SecretMark


class CleanRequest(Struct):
    """A request without secrets. ``tokens`` are new ones by name, ``attached`` all that it uses."""

    method: str
    origin: str
    path: str
    query: list[tuple[str, MarkedValue]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    form: BodyForm | None = None
    content: object = None
    tokens: dict[str, YamlValue] = field(default_factory=dict)
    attached: list[YamlValue] = field(default_factory=list)
    idempotency: str = ""
    notes: list[str] = field(default_factory=list)


def take_credentials(
    request: PastedRequest, names: SecretNames, known: Mapping[str, Token]
) -> CleanRequest:
    """The request without its secrets, which ``names`` has. Raises PastedLineError.

    ``known`` are the tokens that the project has already.
    """
    start = request.starts.get("url", 0)
    clean = CleanRequest(request.method, request.origin, request.path)
    taker = _CredentialTaker(clean, names, known, request.credentials)
    if request.grant is not None:
        taker.take_grant(request.grant)
    if request.user is not None:
        taker.take_user(*request.user)
    for name, value in request.headers:
        taker.take_header(name, value, request.starts.get(name.lower(), start))
    for name, value in request.query:
        taker.take_parameter(name, value, start)
    taker.take_body(request)
    if request.follows:
        clean.notes.append("Redirects are not followed: the URL is the one that answers.")
    return clean


class _CredentialTaker:
    def __init__(
        self,
        clean: CleanRequest,
        names: SecretNames,
        known: Mapping[str, Token],
        credentials: Collection[str],
    ) -> None:
        self.clean, self.names, self.known = clean, names, known
        self.credentials = credentials

    def take_grant(self, grant: ClientGrant) -> None:
        """A token that is fetched with a client's id and secret."""
        before = {*self.names.found}
        host = urlsplit(grant.token_url).hostname or self.names.host
        token: dict[str, YamlValue] = {
            "type": to_plain_text("oauth_client_credentials"),
            "token_url": to_plain_text(grant.token_url),
        }
        for role, what in (("client_id", "the id"), ("client_secret", "the secret")):
            mark = self.names.take(mark_variable(role), role, f"{what} of the client", host)
            token[role] = {"secret": to_plain_text(mark.name)}
        if grant.scope:
            token["scope"] = grant.scope
        self._attach(token, "Authorization", "Bearer ", before)

    def take_user(self, user: str, password: str) -> None:
        """The pair of Basic authentication: what is no secret stays as it is."""
        before = {*self.names.found}
        token: dict[str, YamlValue] = {"type": to_plain_text("basic")}
        ignored = not password or _ONE_LETTER.fullmatch(password) is not None
        public = is_plain_user(user) or user in self.clean.path.split("/")
        if public and not ignored:
            token["username"] = to_plain_text(user)
        elif user:
            token["username"] = self._take(user, "key" if ignored else "user", "the user name")
        if password and ignored:
            token["password"] = to_plain_text(password)
        elif password:
            token["password"] = self._take(password, "password", "the password")
        self._attach(token, "Authorization", "", before)

    def take_header(self, name: str, value: str, start: int) -> None:
        lower = name.lower()
        if lower in _IDEMPOTENCY:
            self.clean.idempotency = name
            return
        if _UNASKED.fullmatch(lower) or (lower == "accept" and value == "*/*"):
            return
        if not HEADER_NAME.fullmatch(name):
            raise PastedLineError("this is no name of a header", "Leave the header out.", start)
        if _SIGNED.match(value) or re.search(r"(?i)sign(ature)?$|digest$", name):
            hint = "An action sends the same header each time."
            raise PastedLineError("this header is a signature of one request", hint, start)
        _refuse_hidden(name, "", start)
        named = lower in self.credentials
        if not (named or is_secret_header(name, value) or has_named_secret(value)):
            self.clean.headers.append((name, value))
            return
        pair = _decode_basic(value) if lower == "authorization" else None
        if pair is not None:
            self.take_user(*pair)
            return
        self._take_token(name, value)

    def _take_token(self, name: str, value: str) -> None:
        before = {*self.names.found}
        found = _PREFIX.match(value) if name.lower() == "authorization" else None
        prefix = found[0] if found else ""
        role = "cookie" if name.lower() == "cookie" else "token"
        mark = self._take(value[len(prefix) :], role, f"the header {name}")
        token: dict[str, YamlValue] = {
            "type": to_plain_text("text"),
            "value": mark,
            "header": to_plain_text(name),
        }
        if prefix:
            token["prefix"] = prefix
        if role == "cookie":
            self.clean.notes.append("The cookies of a browser end with its session.")
        self._attach(token, name, prefix, before)

    def _take(self, value: str, role: str, what: str) -> YamlValue:
        return {"secret": to_plain_text(self.names.take(value, role, what).name)}

    def _attach(
        self, token: dict[str, YamlValue], header: str, prefix: str, before: Collection[str]
    ) -> None:
        """A token of the project where it has one for this header and host, else the new one.

        ``before`` are the secrets that were found before those of this token.
        """
        host = self.names.host
        basic = token["type"] == "basic"
        for name, each in self.known.items():
            same = each.header.lower() == header.lower() and each.prefix == prefix
            if same and host in each.hosts and each.is_basic == basic and not each.is_user_token:
                self.names.reused |= {*self.names.found} - {*before}
                self.clean.notes.append(f"The token {name} of the project is used.")
                self.clean.attached.append(to_plain_text(name))
                return
        name = self.names.base
        if name in self.clean.tokens or name in self.known:
            name = f"{name}_{header.lower().replace('-', '_')}"
        self.clean.tokens[name] = {**token, "hosts": [to_plain_text(host)]}
        self.clean.attached.append(to_plain_text(name))

    def take_parameter(self, name: str, value: str, start: int) -> None:
        """A parameter of the query."""
        _refuse_hidden(name, "", start)
        named = name.lower() in self.credentials
        if value and (named or is_secret_parameter(name, value)):
            what = f"the parameter {name} of the query"
            self.clean.query.append((name, self.names.take(value, name.lower(), what)))
            return
        _refuse_hidden("", value, start)
        self.clean.query.append((name, value))

    def take_body(self, request: PastedRequest) -> None:
        body = request.body
        if body is None:
            return
        self.clean.form = body.form
        if body.form is BodyForm.TEXT:
            text = str(body.content)
            if find_secret_elements(text) or looks_like_secret(text) or has_named_secret(text):
                hint = "A text holds no secrets: ask the service for a way to send it in a header."
                raise PastedLineError("the body looks as if it holds a secret", hint, body.start)
            self.clean.content = text
        elif body.form is BodyForm.JSON:
            self.clean.content = self._clean_json(body.content, "", (), body.start)
        else:
            pairs = [*_list_pairs(body.content)]
            siblings = [name for name, _ in pairs]
            self.clean.content = [
                (name, self._clean_member(name, value, siblings, body.start))
                for name, value in pairs
            ]

    def _clean_json(
        self, value: object, name: str, siblings: tuple[str, ...], start: int
    ) -> object:
        if isinstance(value, dict):
            inside = tuple(value)
            for key in inside:
                _refuse_hidden(key, "", start)
            return {key: self._clean_json(item, key, inside, start) for key, item in value.items()}
        if isinstance(value, list):
            return [self._clean_json(item, name, siblings, start) for item in value]
        return self._clean_member(name, value, siblings, start) if isinstance(value, str) else value

    def _clean_member(
        self, name: str, value: str, siblings: Collection[str], start: int
    ) -> MarkedValue:
        _refuse_hidden(name, "", start)
        if value and is_secret_member(name, value, siblings):
            return self.names.take(value, name.lower(), f"{name} of the body")
        _refuse_hidden("", value, start)
        return value


def _refuse_hidden(name: str, value: str, start: int) -> None:
    """Raises PastedLineError for a credential that is a name, or only a part of a value."""
    if looks_like_secret(name):
        message, hint = "a name in the line looks like a secret", "A name cannot be sealed."
    elif has_named_secret(value):
        message = "a part of a value looks like a secret"
        hint = "Only a whole value can be sealed: send it in a header, or as a member of its own."
    else:
        return
    raise PastedLineError(message, hint, start)


def _list_pairs(content: object) -> Iterator[tuple[str, str]]:
    if isinstance(content, tuple):
        yield from content


def _decode_basic(value: str) -> tuple[str, str] | None:
    scheme, _, text = value.partition(" ")
    if scheme.lower() != "basic" or VARIABLE.search(text):
        return None
    try:
        decoded = base64.b64decode(text.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, mark, password = decoded.partition(":")
    return (user, password) if mark else None

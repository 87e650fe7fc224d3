"""Builds an action's request from one person's values, the inputs and the secrets. Pure.

- A reference without a value (absent, null or ``""``) stops the build: no request has a gap.
- A value is inserted exactly or not at all; ``encoding`` says what each position refuses.
- The built URL is compared with its literal text: no value can change the origin, the number of
  path segments, or what is behind the path.
- A secret is rendered twice, real and masked, and is in no message. A secret that was not opened
  stays masked: such a request can be shown and replayed, but not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.request import checks, encoding
from cactions.logic.request.basic_auth import build_basic_auth
from cactions.logic.request.body import build_body, build_pairs
from cactions.logic.request.checks import EncodingError
from cactions.logic.request.multipart import build_content_type
from cactions.logic.request.redaction import get_label
from cactions.logic.request.resolver import ValueResolver
from cactions.model import (
    MASK,
    Action,
    ActionRequest,
    BodyForm,
    DefinitionError,
    Effect,
    FailureReason,
    MaskedText,
    Person,
    PlanningError,
    Request,
    RequestBody,
    Scalar,
    Template,
    TokenFetch,
    is_empty,
)
from cactions.model.secret import Credentials

_NEW_KEY: Final = "<new for each call>"

_AUDIENCES: Final = {"user": "users", "lead": "leads", "visitor": "visitors"}

_CONTENT_TYPES: Final = {
    BodyForm.JSON: "application/json",
    BodyForm.FORM: "application/x-www-form-urlencoded",
    BodyForm.TEXT: "text/plain; charset=utf-8",
}


def build_request(
    action: Action,
    person: Person,
    inputs: Mapping[str, Scalar],
    credentials: Credentials,
    key: str = "",
) -> Request:
    """The exact request for this person.

    Secrets that are not in ``held`` stay masked. ``key`` is the idempotency key, where the action
    asks for one. Raises PlanningError (WRONG_AUDIENCE, NO_VALUE, UNFIT_VALUE), and DefinitionError
    for literal text of the action that is invalid for every person.
    """
    _check_audience(action, person)
    return _assemble_request(
        action.request, ValueResolver(person, inputs, credentials, action.redacted), key
    )


def add_credentials(  # noqa: PLR0913, PLR0917 - as build_request, and what that made
    sealed: Request,
    action: Action,
    person: Person,
    inputs: Mapping[str, Scalar],
    credentials: Credentials,
    key: str = "",
) -> Request:
    """The request to be sent, from what ``build_request`` made for the same person without secrets.

    Raises what ``build_request`` raises.
    """
    if sealed.is_complete:
        return sealed
    resolver = ValueResolver(person, inputs, credentials, action.redacted)
    request = action.request
    body = build_body(request, resolver)
    headers = tuple(_build_headers(request, resolver, key, body))
    url = _build_url(request, resolver) if sealed.url.is_unopened else sealed.url
    return replace(sealed, url=url, headers=headers, body=body)


def build_token_request(fetch: TokenFetch, credentials: Credentials) -> Request:
    """The request that fetches a token. Raises what ``build_request`` raises."""
    return _assemble_request(fetch.request, ValueResolver(_NO_PERSON, {}, credentials), "")


_NO_PERSON: Final = Person("")  # the request for a token reads no value of a person


def _assemble_request(request: ActionRequest, resolver: ValueResolver, key: str) -> Request:
    body = build_body(request, resolver)
    return Request(
        request.http_method.upper(),
        _build_url(request, resolver),
        tuple(_build_headers(request, resolver, key, body)),
        body,
        request.limits,
        fresh=request.effect is Effect.WRITE,
        client_certificate=request.client_certificate,
    )


def _check_audience(action: Action, person: Person) -> None:
    role = person.get_field("role")
    audience = _AUDIENCES.get("user" if is_empty(role) else str(role))
    if audience not in action.audiences:
        who = f"is one of the {audience}" if audience else "has an unknown role"
        hint = f"name a person of its audiences ({', '.join(action.audiences)}), or add one"
        raise PlanningError(
            FailureReason.WRONG_AUDIENCE, f"{get_label(person, action.redacted)} {who}", hint=hint
        )


def _build_url(request: ActionRequest, resolver: ValueResolver) -> MaskedText:
    """Origin, path and query; only literal text of the action may add path segments."""
    place = "the path of the URL"
    url = resolver.resolve_text(request.url, place, encoding.encode_path_segment)
    if request.base:
        url = MaskedText.of_plain(request.base) + url
    if not _build_frame(request.base, request.url).fits(url.reveal()):
        message = f"the values for {resolver.label} would change the structure of the URL"
        fix = "fix the value, or the literal text next to it"
        raise PlanningError(FailureReason.UNFIT_VALUE, message, hint=fix)
    if not request.query:
        return url
    pairs = build_pairs(request.query, resolver, "the query parameter", encoding.encode_query_part)
    return url + MaskedText.of_plain("?") + pairs


class _UrlFrame(Struct, frozen=True):
    """What no value may change. ``literal`` is the text of the action without the values.

    ``start`` is the origin with the character behind it, ``end`` all from the first ``?`` or ``#``.
    """

    literal: str
    start: str
    end: str

    def fits(self, url: str) -> bool:
        """Whether the values of a URL have changed nothing of it."""
        return url == self.literal or (
            url.startswith(self.start)
            and url.endswith(self.end)
            and url.count("/") == self.literal.count("/")
            and url.count("?") == self.literal.count("?")
            and url.count("#") == self.literal.count("#")
        )


@lru_cache(maxsize=64)
def _build_frame(base: str, template: Template) -> _UrlFrame:
    """The same for everyone."""
    literal = base + "".join(part for part in template.parts if isinstance(part, str))
    parts = urlsplit(literal)
    origin = len(f"{parts.scheme}://{parts.netloc}")
    behind = literal[origin : origin + 1] or "/"
    return _UrlFrame(literal, literal[:origin] + behind, literal[origin + len(parts.path) :])


def _build_headers(
    request: ActionRequest, resolver: ValueResolver, key: str, body: MaskedText | None
) -> Iterator[tuple[str, MaskedText]]:
    """Headers of the action, of its tokens, then the default ones; one value for each name."""
    used_names: set[str] = set()
    from_action, from_tokens = (
        _build_action_headers(request, resolver),
        _build_token_headers(request, resolver),
    )
    for name, value in [*from_action, *from_tokens, *_build_idempotency_header(request, key)]:
        if name.lower() in used_names:
            hint = "keep one of the header and the tokens that set it"
            raise DefinitionError(f"the header {name} has two values", hint=hint)
        used_names.add(name.lower())
        _encode_literal(
            f"the header {name}", checks.check_header_value, value.masked.replace(MASK, "x")
        )
        yield name, value
    for name, text in _list_default_headers(request.body, body):
        if name.lower() not in used_names:
            yield name, MaskedText.of_plain(text)


def _build_action_headers(
    request: ActionRequest, resolver: ValueResolver
) -> Iterator[tuple[str, MaskedText]]:
    for name, template in request.headers.items():
        text = resolver.resolve_text(template, f"the header {name}", checks.check_header_value)
        yield name, text


def _build_token_headers(
    request: ActionRequest, resolver: ValueResolver
) -> Iterator[tuple[str, MaskedText]]:
    for token in request.tokens:
        place = f"the header {token.header}"
        prefix = MaskedText.of_plain(token.prefix)
        if token.is_runtime_value:
            yield (
                token.header,
                prefix + resolver.resolve_token(token.name, place, checks.check_header_value),
            )
        elif token.value is None:
            yield token.header, build_basic_auth(token, resolver)
        else:
            secret = resolver.resolve_secret(token.value, place, checks.check_header_value)
            yield token.header, prefix + secret


def _build_idempotency_header(request: ActionRequest, key: str) -> Iterator[tuple[str, MaskedText]]:
    """The idempotency key, which is not secret, but only known right before the call."""
    if request.idempotency:
        yield (
            request.idempotency,
            MaskedText.of_plain(key) if key else MaskedText(_NEW_KEY, None),
        )


def _list_default_headers(
    body: RequestBody | None, built: MaskedText | None
) -> Iterator[tuple[str, str]]:
    yield "Accept", "application/json"
    if body is not None and built is not None:
        is_multipart = body.form is BodyForm.MULTIPART
        kind = build_content_type(built.masked) if is_multipart else _CONTENT_TYPES[body.form]
        yield "Content-Type", kind


def _encode_literal(what: str, write: Callable[[str], str], text: str) -> str:
    """The encoded literal text of the action. Raises DefinitionError where it is invalid there."""
    try:
        return write(text)
    except EncodingError as error:
        raise DefinitionError(f"{what} {error}") from None

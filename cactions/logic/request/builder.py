"""Fills an action's request with one person's values, the inputs and the secrets. Pure.

- A reference that is absent, null or ``""`` stops everything: nothing is sent with a hole in it.
- A value goes in exactly or not at all; ``encoding`` has the places and what each refuses.
- The built URL is parsed again: no value moves the origin or the number of path segments.
- A secret is rendered twice, real and shown, and stands in no message. One that is not given
  stays sealed: such a request can be shown and replayed, but not sent.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from cactions.logic import strict_json
from cactions.logic.request import encoding
from cactions.logic.request.encoding import Unfit, joined
from cactions.logic.request.inputs import resolve_inputs
from cactions.logic.request.redaction import label_of
from cactions.logic.request.resolver import Filler
from cactions.model import (
    DOTS,
    Action,
    ActionRequest,
    AuthorError,
    BodyForm,
    Effect,
    JsonTemplate,
    NoPlan,
    Person,
    Reason,
    Rendered,
    Request,
    RequestBody,
    Scalar,
    SecretRef,
    Template,
    Token,
    TokenFetch,
    is_empty,
)
from cactions.model.secret import Credentials

__all__ = ["bind", "resolve_inputs"]

_AUDIENCES: Final = {"user": "users", "lead": "leads", "visitor": "visitors"}

_CONTENT_TYPES: Final = {
    BodyForm.JSON: "application/json",
    BodyForm.FORM: "application/x-www-form-urlencoded",
    BodyForm.TEXT: "text/plain; charset=utf-8",
}


def bind(
    action: Action,
    person: Person,
    inputs: Mapping[str, Scalar],
    held: Credentials,
    key: str = "",
) -> Request:
    """The exact request for this person.

    What is not ``held`` stays sealed. ``key`` is what makes a repeated call count once, where the
    action asks for one. Raises NoPlan (WRONG_AUDIENCE, NO_VALUE, UNFIT_VALUE), and AuthorError for
    literal text that fits nobody.
    """
    _check_audience(action, person)
    return _bound(action.request, Filler(person, inputs, held, action.redacted), key)


def bind_fetch(fetch: TokenFetch, held: Credentials) -> Request:
    """The request that fetches a token. Raises as ``bind`` does."""
    return _bound(fetch.request, Filler(_NOBODY, {}, held), "")


_NOBODY: Final = Person("")
"""A token's request reads nothing of a person."""


def _bound(request: ActionRequest, filler: Filler, key: str) -> Request:
    return Request(
        request.http_method.upper(),
        _url(request, filler),
        tuple(_headers(request, filler, key)),
        None if request.body is None else _body(request.body, filler),
        request.limits,
        fresh=request.effect is Effect.WRITE,
    )


def _check_audience(action: Action, person: Person) -> None:
    role = person.field_value("role")
    audience = _AUDIENCES.get("user" if is_empty(role) else str(role))
    if audience not in action.audiences:
        who = f"is one of the {audience}" if audience else "has an unknown role"
        hint = f"name somebody of its audiences ({', '.join(action.audiences)}), or add theirs"
        raise NoPlan(Reason.WRONG_AUDIENCE, f"{label_of(person, action.redacted)} {who}", hint=hint)


def _url(request: ActionRequest, filler: Filler) -> Rendered:
    """Origin, path and query. The query is a map; the literal part of the path is the author's."""
    place = "the path of the URL"
    path = filler.text(request.url, place, encoding.path_segment)
    url = Rendered.plain(request.base) + path
    skeleton = (part for part in request.url.parts if isinstance(part, str))
    if _shape(url.reveal()) != _shape(request.base + "".join(skeleton)):
        message = f"the values for {filler.label} would change the structure of the URL"
        hint = "mend the value, or the literal text beside it"
        raise NoPlan(Reason.UNFIT_VALUE, message, hint=hint)
    query = joined((_query_pair(*item, filler) for item in request.query.items()), "&")
    return url + Rendered.plain("?") + query if request.query else url


def _query_pair(name: str, template: Template, filler: Filler) -> Rendered:
    value = filler.text(template, f"the query parameter {name}", str)
    return Rendered.plain(f"{encoding.query_part(name)}=") + value.written(encoding.query_part)


def _shape(url: str) -> tuple[str, str, int, str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc, parts.path.count("/"), parts.query, parts.fragment


def _headers(request: ActionRequest, filler: Filler, key: str) -> Iterator[tuple[str, Rendered]]:
    """The author's, the tokens', then what else a request needs; one value for each name."""
    taken: set[str] = set()
    own, tokens = _own_headers(request, filler), _token_headers(request, filler)
    for name, value in [*own, *tokens, *_key_header(request, key)]:
        if name.lower() in taken:
            hint = "keep one of the header and the tokens that set it"
            raise AuthorError(f"the header {name} has two values", hint=hint)
        taken.add(name.lower())
        _literally(f"the header {name}", encoding.header_value, value.shown.replace(DOTS, "x"))
        yield name, value
    for name, text in _default_headers(request.body):
        if name.lower() not in taken:
            yield name, Rendered.plain(text)


def _own_headers(request: ActionRequest, filler: Filler) -> Iterator[tuple[str, Rendered]]:
    for name, template in request.headers.items():
        text = filler.text(template, f"the header {name}", encoding.header_value)
        yield name, text


def _token_headers(request: ActionRequest, filler: Filler) -> Iterator[tuple[str, Rendered]]:
    for token in request.tokens:
        place = f"the header {token.header}"
        prefix = Rendered.plain(token.prefix)
        if token.is_held:
            yield token.header, prefix + filler.token(token.name, place, encoding.header_value)
        elif token.value is None:
            yield token.header, _basic(token, filler)
        else:
            secret = filler.secret(token.value, place, encoding.header_value)
            yield token.header, prefix + secret


def _key_header(request: ActionRequest, key: str) -> Iterator[tuple[str, Rendered]]:
    """A key is no secret, but it is known only once the call is about to be made."""
    if request.idempotency:
        yield request.idempotency, Rendered.plain(key) if key else Rendered(_NEW_KEY, None)


_NEW_KEY: Final = "<new for each call>"


def _default_headers(body: RequestBody | None) -> Iterator[tuple[str, str]]:
    yield "Accept", "application/json"
    if body is not None:
        yield "Content-Type", _CONTENT_TYPES[body.form]


def _basic(token: Token, filler: Filler) -> Rendered:
    """RFC 7617; the user name is hidden too, because base64 hides nothing by itself."""
    place = f'the token "{token.name}"'
    if isinstance(token.username, SecretRef):
        user = filler.secret(token.username, place, encoding.basic_user)
    else:
        name = _literally(f"the user name of {place}", encoding.basic_user, token.username or "")
        user = Rendered.plain(name)
    password = Rendered.plain("")
    if token.password is not None:
        password = filler.secret(token.password, place, encoding.basic_password)
    pair = joined((user, password), ":")
    real = None if pair.sealed else base64.b64encode(pair.reveal().encode()).decode()
    return Rendered.plain("Basic ") + Rendered(DOTS, real)


def _literally(what: str, write: Callable[[str], str], text: str) -> str:
    """The author's own text, written. Raises AuthorError where it does not fit its place."""
    try:
        return write(text)
    except Unfit as unfit:
        raise AuthorError(f"{what} {unfit}") from None


def _body(body: RequestBody, filler: Filler) -> Rendered:
    match body.form, body.content:
        case BodyForm.JSON, content:
            return _json(content, filler)
        case BodyForm.FORM, dict(content):
            return joined((_form_pair(*item, filler) for item in content.items()), "&")
        case BodyForm.TEXT, Template() as content:
            return filler.text(content, "the text body", encoding.body_text)
        case form, _:
            raise AuthorError(f"the content of the body does not fit {form.value}")


def _json(content: JsonTemplate, filler: Filler) -> Rendered:
    match content:
        case SecretRef():
            shown = strict_json.dumps(DOTS)
            return filler.secret(content, "the JSON body", encoding.json_text, shown)
        case Template():
            return _json_text(content, filler)
        case list():
            items = (_json(item, filler) for item in content)
            return Rendered.plain("[") + joined(items, ",") + Rendered.plain("]")
        case dict():
            members = (
                Rendered.plain(strict_json.dumps(name) + ":") + _json(item, filler)
                for name, item in content.items()
            )
            return Rendered.plain("{") + joined(members, ",") + Rendered.plain("}")
        case _:
            return Rendered.plain(strict_json.dumps(content))


def _json_text(template: Template, filler: Filler) -> Rendered:
    """A lone reference keeps the value's own type; anything around it makes a text."""
    if template.lone is not None:
        shown = strict_json.dumps(DOTS)
        return filler.value(template.lone, "the JSON body", encoding.json_text, shown)
    text = filler.text(template, "the JSON body", str)
    return text.written(strict_json.dumps)


def _form_pair(name: str, content: JsonTemplate, filler: Filler) -> Rendered:
    place = f"the form field {name}"
    match content:
        case SecretRef():
            value = filler.secret(content, place, encoding.form_value)
        case Template():
            value = filler.text(content, place, str).written(encoding.form_value)
        case _:
            raise AuthorError(f"{place} is no text", hint="write its value in quotes")
    return Rendered.plain(f"{encoding.form_value(name)}=") + value

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
from cactions.logic.request.encoding import EncodingError, join_parts
from cactions.logic.request.inputs import resolve_inputs
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
    JsonTemplate,
    MaskedText,
    Person,
    PlanningError,
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

__all__ = ["build_request", "resolve_inputs"]

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
    held: Credentials,
    key: str = "",
) -> Request:
    """The exact request for this person.

    What is not ``held`` stays sealed. ``key`` is what makes a repeated call count once, where the
    action asks for one. Raises PlanningError (WRONG_AUDIENCE, NO_VALUE, UNFIT_VALUE), and DefinitionError for
    literal text that fits nobody.
    """
    _check_audience(action, person)
    return _bound(action.request, ValueResolver(person, inputs, held, action.redacted), key)


def build_token_request(fetch: TokenFetch, held: Credentials) -> Request:
    """The request that fetches a token. Raises as ``bind`` does."""
    return _bound(fetch.request, ValueResolver(_NOBODY, {}, held), "")


_NOBODY: Final = Person("")
"""A token's request reads nothing of a person."""


def _bound(request: ActionRequest, filler: ValueResolver, key: str) -> Request:
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
        raise PlanningError(
            FailureReason.WRONG_AUDIENCE, f"{get_label(person, action.redacted)} {who}", hint=hint
        )


def _url(request: ActionRequest, filler: ValueResolver) -> MaskedText:
    """Origin, path and query. The query is a map; the literal part of the path is the author's."""
    place = "the path of the URL"
    path = filler.text(request.url, place, encoding.encode_path_segment)
    url = MaskedText.of_plain(request.base) + path
    skeleton = (part for part in request.url.parts if isinstance(part, str))
    if _shape(url.reveal()) != _shape(request.base + "".join(skeleton)):
        message = f"the values for {filler.label} would change the structure of the URL"
        hint = "mend the value, or the literal text beside it"
        raise PlanningError(FailureReason.UNFIT_VALUE, message, hint=hint)
    query = join_parts((_query_pair(*item, filler) for item in request.query.items()), "&")
    return url + MaskedText.of_plain("?") + query if request.query else url


def _query_pair(name: str, template: Template, filler: ValueResolver) -> MaskedText:
    value = filler.text(template, f"the query parameter {name}", str)
    return MaskedText.of_plain(f"{encoding.encode_query_part(name)}=") + value.map(
        encoding.encode_query_part
    )


def _shape(url: str) -> tuple[str, str, int, str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc, parts.path.count("/"), parts.query, parts.fragment


def _headers(
    request: ActionRequest, filler: ValueResolver, key: str
) -> Iterator[tuple[str, MaskedText]]:
    """The author's, the tokens', then what else a request needs; one value for each name."""
    taken: set[str] = set()
    own, tokens = _own_headers(request, filler), _token_headers(request, filler)
    for name, value in [*own, *tokens, *_key_header(request, key)]:
        if name.lower() in taken:
            hint = "keep one of the header and the tokens that set it"
            raise DefinitionError(f"the header {name} has two values", hint=hint)
        taken.add(name.lower())
        _literally(
            f"the header {name}", encoding.check_header_value, value.masked.replace(MASK, "x")
        )
        yield name, value
    for name, text in _default_headers(request.body):
        if name.lower() not in taken:
            yield name, MaskedText.of_plain(text)


def _own_headers(request: ActionRequest, filler: ValueResolver) -> Iterator[tuple[str, MaskedText]]:
    for name, template in request.headers.items():
        text = filler.text(template, f"the header {name}", encoding.check_header_value)
        yield name, text


def _token_headers(
    request: ActionRequest, filler: ValueResolver
) -> Iterator[tuple[str, MaskedText]]:
    for token in request.tokens:
        place = f"the header {token.header}"
        prefix = MaskedText.of_plain(token.prefix)
        if token.is_runtime_value:
            yield (
                token.header,
                prefix + filler.token(token.name, place, encoding.check_header_value),
            )
        elif token.value is None:
            yield token.header, _basic(token, filler)
        else:
            secret = filler.secret(token.value, place, encoding.check_header_value)
            yield token.header, prefix + secret


def _key_header(request: ActionRequest, key: str) -> Iterator[tuple[str, MaskedText]]:
    """A key is no secret, but it is known only once the call is about to be made."""
    if request.idempotency:
        yield (
            request.idempotency,
            MaskedText.of_plain(key) if key else MaskedText(_NEW_KEY, None),
        )


_NEW_KEY: Final = "<new for each call>"


def _default_headers(body: RequestBody | None) -> Iterator[tuple[str, str]]:
    yield "Accept", "application/json"
    if body is not None:
        yield "Content-Type", _CONTENT_TYPES[body.form]


def _basic(token: Token, filler: ValueResolver) -> MaskedText:
    """RFC 7617; the user name is hidden too, because base64 hides nothing by itself."""
    place = f'the token "{token.name}"'
    if isinstance(token.username, SecretRef):
        user = filler.secret(token.username, place, encoding.check_basic_user)
    else:
        name = _literally(
            f"the user name of {place}", encoding.check_basic_user, token.username or ""
        )
        user = MaskedText.of_plain(name)
    password = MaskedText.of_plain("")
    if token.password is not None:
        password = filler.secret(token.password, place, encoding.check_basic_password)
    pair = join_parts((user, password), ":")
    real = None if pair.is_unopened else base64.b64encode(pair.reveal().encode()).decode()
    return MaskedText.of_plain("Basic ") + MaskedText(MASK, real)


def _literally(what: str, write: Callable[[str], str], text: str) -> str:
    """The author's own text, written. Raises DefinitionError where it does not fit its place."""
    try:
        return write(text)
    except EncodingError as unfit:
        raise DefinitionError(f"{what} {unfit}") from None


def _body(body: RequestBody, filler: ValueResolver) -> MaskedText:
    match body.form, body.content:
        case BodyForm.JSON, content:
            return _json(content, filler)
        case BodyForm.FORM, dict(content):
            return join_parts((_form_pair(*item, filler) for item in content.items()), "&")
        case BodyForm.TEXT, Template() as content:
            return filler.text(content, "the text body", encoding.check_body_text)
        case form, _:
            raise DefinitionError(f"the content of the body does not fit {form.value}")


def _json(content: JsonTemplate, filler: ValueResolver) -> MaskedText:
    match content:
        case SecretRef():
            shown = strict_json.dump_json(MASK)
            return filler.secret(content, "the JSON body", encoding.encode_json, shown)
        case Template():
            return _json_text(content, filler)
        case list():
            items = (_json(item, filler) for item in content)
            return MaskedText.of_plain("[") + join_parts(items, ",") + MaskedText.of_plain("]")
        case dict():
            members = (
                MaskedText.of_plain(strict_json.dump_json(name) + ":") + _json(item, filler)
                for name, item in content.items()
            )
            return MaskedText.of_plain("{") + join_parts(members, ",") + MaskedText.of_plain("}")
        case _:
            return MaskedText.of_plain(strict_json.dump_json(content))


def _json_text(template: Template, filler: ValueResolver) -> MaskedText:
    """A lone reference keeps the value's own type; anything around it makes a text."""
    if template.lone is not None:
        shown = strict_json.dump_json(MASK)
        return filler.value(template.lone, "the JSON body", encoding.encode_json, shown)
    text = filler.text(template, "the JSON body", str)
    return text.map(strict_json.dump_json)


def _form_pair(name: str, content: JsonTemplate, filler: ValueResolver) -> MaskedText:
    place = f"the form field {name}"
    match content:
        case SecretRef():
            value = filler.secret(content, place, encoding.encode_form_value)
        case Template():
            value = filler.text(content, place, str).map(encoding.encode_form_value)
        case _:
            raise DefinitionError(f"{place} is no text", hint="write its value in quotes")
    return MaskedText.of_plain(f"{encoding.encode_form_value(name)}=") + value

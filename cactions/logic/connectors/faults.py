"""Why an action must not be sent to Intercom as it stands, and what Intercom would not do.

A value in a connector's header, body or URL is recorded in Intercom's own execution logs: a secret
travels there by an attached token only, whose value Intercom never gives back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.connectors.body import METHODS
from cactions.logic.secrets.leak_check import Known, find_secrets
from cactions.model import (
    Action,
    AttributeMapping,
    BodyForm,
    ConnectorBody,
    DefinitionError,
    Overwrite,
    Success,
    Template,
    Token,
    WhenEmpty,
    list_values,
)
from cactions.rules.ca301_hardcoded_secret import CARRIERS, plain
from cactions.rules.credentials import Name, has_secret_segment, looks_like_secret, suggests_secret

_ATTACH: Final = "seal it, declare a token for it, and attach that under `tokens`"


class PushFault(Struct, frozen=True):
    """One reason, with the place in the action and the next step."""

    where: str
    message: str
    hint: str


def list_push_faults(action: Action) -> tuple[PushFault, ...]:
    """Every reason; empty where the action may be sent."""
    return (
        *_list_method_faults(action),
        *_list_filter_faults(action),
        *_list_header_faults(action),
        *_list_text_faults(action),
        *_list_secret_faults(action),
        *(_build_token_fault(token) for token in action.request.tokens if not token.token_id),
    )


def find_push_error(action: Action, body: ConnectorBody, known: Known) -> DefinitionError | None:
    """Every reason in one error, at the action; None where it may be sent.

    ``known`` are the secrets of the vault: none of them may stand in the body.
    """
    held = find_secrets(strict_json.dump_json(body).encode(), known)
    faults = [
        *list_push_faults(action),
        *(PushFault("request", f'it holds the secret "{name}"', _ATTACH) for name in held),
    ]
    if not faults:
        return None
    reasons = "; ".join(f"{fault.where}: {fault.message}" for fault in faults)
    hints = dict.fromkeys(f"{fault.hint[0].upper()}{fault.hint[1:]}." for fault in faults)
    return DefinitionError(
        f'"{action.name}" cannot be sent to Intercom: {reasons}',
        hint=" ".join(hints),
        place=action.place,
    )


def list_not_carried(action: Action) -> tuple[str, ...]:
    """What cactions does with the answer, and Intercom has no field for."""
    response = action.response
    found = []
    if response.same_person:
        found.append("same_person")
    if response.rows:
        found.append("rows")
    if response.success_when != Success():
        found.append("success_when")
    if response.nothing_when:
        found.append("nothing_when")
    if action.request.idempotency:
        found.append("idempotency")
    return (
        *found,
        *(
            f"mapping.{mapping.attribute.name} ({', '.join(policies)})"
            for mapping in response.mapping
            if (policies := list(_list_policies(mapping)))
        ),
    )


def _list_policies(mapping: AttributeMapping) -> Iterator[str]:
    states = {
        "type": mapping.type is not None,
        "max_length": mapping.max_length is not None,
        "one_of": bool(mapping.one_of),
        "values": bool(mapping.values),
        "date": mapping.date is not None,
        "divide": mapping.divide is not None,
        "empty_when": bool(mapping.empty),
        "in": mapping.elements is not None and mapping.aggregate is None,
        "join": mapping.join is not None,
        "parse": mapping.parse is not None,
        "text": bool(mapping.text),
        mapping.aggregate.value if mapping.aggregate else "": mapping.aggregate is not None,
        "on_missing": mapping.on_missing is not WhenEmpty.KEEP,
        "on_null": mapping.on_null is not WhenEmpty.KEEP,
        "overwrite": mapping.overwrite is not Overwrite.ALWAYS,
    }
    return (name for name, is_stated in states.items() if is_stated)


def _list_method_faults(action: Action) -> Iterator[PushFault]:
    if action.request.http_method not in METHODS:
        method = action.request.http_method.upper()
        yield PushFault(
            "request.http_method", f"Intercom sends no {method}", "use another method, such as get"
        )
    if action.request.body and action.request.body.form is BodyForm.MULTIPART:
        hint = "use json or form, if the service takes one of them"
        yield PushFault("request.multipart", "Intercom has no multipart body", hint)


def _list_filter_faults(action: Action) -> Iterator[PushFault]:
    for template in action.request.templates:
        for hole in template.filtered:
            yield PushFault(
                "request",
                f"Intercom has no {hole.filter.value}: it would send {hole.reference} itself",
                "keep the result in an attribute, and send that",
            )


def _list_header_faults(action: Action) -> Iterator[PushFault]:
    for name, template in action.request.headers.items():
        says = Name.SECRET if plain(name) in CARRIERS else suggests_secret(name)
        if says >= Name.CREDENTIAL or looks_like_secret(_get_literal(template), says):
            yield PushFault(
                f"request.headers.{name}",
                "the value of this header would stand in Intercom's execution logs, unmasked",
                _ATTACH,
            )


def _list_text_faults(action: Action) -> Iterator[PushFault]:
    """Literal texts of the URL that look like credentials."""
    places = ["url"] if has_secret_segment(_get_literal(action.request.url)) else []
    places += [
        f"query.{name}"
        for name, values in action.request.query.items()
        for text in list_values(values)
        if isinstance(text, Template)
        and looks_like_secret(_get_literal(text), suggests_secret(name))
    ]
    for where in dict.fromkeys(places):
        yield PushFault(f"request.{where}", "a credential in a URL stands in every log", _ATTACH)


def _list_secret_faults(action: Action) -> Iterator[PushFault]:
    if action.request.client_certificate:
        yield PushFault(
            "request.client_certificate",
            "Intercom's connectors present no client certificate",
            "attach a token instead, if the service takes one",
        )
    body = action.request.body
    for where, name in action.request.list_secret_places():
        if where.startswith("request.query."):
            why = f'the URL would carry the secret "{name}", and stands in every log'
        else:
            why = (
                f'the body would carry the secret "{name}", and Intercom records bodies in its logs'
            )
        is_form = body is not None and body.form is BodyForm.FORM
        yield PushFault(
            where, why, f"{_ATTACH}, or let a token fetch with it" if is_form else _ATTACH
        )


def _build_token_fault(token: Token) -> PushFault:
    return PushFault(
        "request.tokens",
        f'the file does not say which token of Intercom "{token.name}" is',
        f"{_describe_token(token)}, then write its id as `token_id` under `tokens.{token.name}`."
        " `cactions connectors diff` shows the ids of the tokens that a connector has",
    )


def _describe_token(token: Token) -> str:
    """How the token is made in Intercom's web page; secrets by their names."""
    header = f'request header "{token.header}"'
    prefix = f', prefix "{token.prefix.strip()}"' if token.prefix.strip() else ""
    hosts = f", for {', '.join(token.hosts)} only"
    if token.value:
        sealed = f'with the value that is sealed as "{token.value.name}"'
        what = f"a text token: {header}{prefix}, {sealed}"
    elif token.is_user_token:
        what = f"a user token: {header}{prefix}"
    elif token.fetch is None:
        what = (
            f'a text token: {header}, prefix "Basic", with the base64 form of {_name_pair(token)}'
        )
    else:
        request = token.fetch.request
        url = f"{request.base}{request.url}"
        what = (
            f"an HTTP request token (or OAuth client credentials):"
            f" {request.http_method.upper()} {url}, the token at {token.fetch.source},"
            f" {header}{prefix}"
        )
    return f"create in Intercom's settings, among its authentication tokens, {what}{hosts}"


def _name_pair(token: Token) -> str:
    user = "user name" if token.username else ""
    return f'"{user}:{"password" if token.password else ""}"'


def _get_literal(template: Template) -> str:
    return " ".join(part for part in template.parts if isinstance(part, str))

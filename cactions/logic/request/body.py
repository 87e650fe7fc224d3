"""Builds the body of a request: JSON, a form, or text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cactions.logic import strict_json
from cactions.logic.request import checks, encoding
from cactions.logic.request.encoding import join_parts
from cactions.logic.request.multipart import build_multipart
from cactions.logic.request.resolver import ValueResolver
from cactions.logic.request.text_body import build_text, is_graphql
from cactions.model import (
    MASK,
    ActionRequest,
    BodyForm,
    DefinitionError,
    JsonTemplate,
    MaskedText,
    SecretRef,
    Template,
    TextLanguage,
    list_values,
)


def build_body(request: ActionRequest, resolver: ValueResolver) -> MaskedText | None:
    """The body for a person. Raises PlanningError (NO_VALUE, UNFIT_VALUE), DefinitionError."""
    body = request.body
    if body is None:
        return None
    match body.form, body.content:
        case BodyForm.JSON, content:
            return _build_json(content, resolver)
        case BodyForm.FORM, dict(content):
            return build_pairs(content, resolver, "the form field", encoding.encode_form_value)
        case BodyForm.MULTIPART, dict(content):
            return build_multipart(list(_list_fields(content, resolver)))
        case BodyForm.TEXT, Template() as content:
            return build_text(content, request.language, resolver, "the text body")
        case form, _:
            raise DefinitionError(f"the content of the body does not fit {form.value}")


def _build_json(content: JsonTemplate, resolver: ValueResolver) -> MaskedText:
    match content:
        case SecretRef():
            shown = strict_json.dump_json(MASK)
            return resolver.resolve_secret(content, "the JSON body", encoding.encode_json, shown)
        case Template():
            return _build_json_text(content, resolver)
        case list():
            items = (_build_json(item, resolver) for item in content)
            return MaskedText.of_plain("[") + join_parts(items, ",") + MaskedText.of_plain("]")
        case dict():
            members = (
                MaskedText.of_plain(strict_json.dump_json(name) + ":")
                + _build_member(name, item, resolver)
                for name, item in content.items()
            )
            return MaskedText.of_plain("{") + join_parts(members, ",") + MaskedText.of_plain("}")
        case _:
            return MaskedText.of_plain(strict_json.dump_json(content))


def _build_member(name: str, content: JsonTemplate, resolver: ValueResolver) -> MaskedText:
    if isinstance(content, Template) and is_graphql(name, content):
        text = build_text(content, TextLanguage.GRAPHQL, resolver, "the GraphQL query")
        return text.map(strict_json.dump_json)
    return _build_json(content, resolver)


def _build_json_text(template: Template, resolver: ValueResolver) -> MaskedText:
    """A lone reference keeps the type of its value; with text around it, it becomes text."""
    if template.lone is not None:
        shown = strict_json.dump_json(MASK)
        return resolver.resolve_value(template.lone, "the JSON body", encoding.encode_json, shown)
    text = resolver.resolve_text(template, "the JSON body", str)
    return text.map(strict_json.dump_json)


def _list_fields(
    content: Mapping[str, JsonTemplate], resolver: ValueResolver
) -> Iterator[tuple[str, MaskedText]]:
    for name, values in content.items():
        for value in list_values(values):
            place, check = f"the form field {name}", checks.check_body_text
            if isinstance(value, Template):
                yield name, resolver.resolve_text(value, place, check)
            else:
                yield name, _build_value(value, resolver, place, check)


def build_pairs(
    content: Mapping[str, JsonTemplate],
    resolver: ValueResolver,
    kind: str,
    encode: Callable[[str], str],
) -> MaskedText:
    """``name=value&…`` of a query or a form; a name with a list stands there for each value.

    Raises what ``build_body`` raises.
    """
    return join_parts(
        (
            MaskedText.of_plain(f"{encode(name)}=")
            + _build_value(value, resolver, f"{kind} {name}", encode)
            for name, values in content.items()
            for value in list_values(values)
        ),
        "&",
    )


def _build_value(
    content: JsonTemplate, resolver: ValueResolver, place: str, encode: Callable[[str], str]
) -> MaskedText:
    match content:
        case SecretRef():
            return resolver.resolve_secret(content, place, encode)
        case Template():
            return resolver.resolve_text(content, place, str).map(encode)
        case _:
            raise DefinitionError(f"{place} is not a text", hint="write its value in quotes")

"""What an action says of its data connector, and the request body that writes it.

- Both sides of a comparison are a ``Connector``: what the file does not state is empty or None.
- Only writable fields are sent. ``state`` is not among them: nothing here makes a version live.
- A secret stands here as dots; ``connector_faults`` refuses to send what would hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from cactions.logic import strict_json
from cactions.logic.connectors.template import format_template
from cactions.logic.request import encoding
from cactions.model import (
    MASK,
    Action,
    Attribute,
    BodyForm,
    Connector,
    ConnectorBody,
    ConnectorInput,
    ConnectorMapping,
    DataInput,
    DataType,
    Input,
    InputType,
    Json,
    JsonTemplate,
    Path,
    PersonAttribute,
    Reference,
    RequestBody,
    Scalar,
    SecretRef,
    Segment,
    Template,
    list_values,
)

WRITABLE: Final = (
    "name", "description", "http_method", "url", "body", "headers", "data_inputs", "audiences",
    "token_ids", "customer_authentication", "bypass_authentication", "validate_missing_attributes",
    "direct_fin_usage",
)  # fmt: skip
"""The fields that are written, in the order in which they are shown."""

METHODS: Final = ("get", "post", "put", "delete", "patch")
"""What Intercom sends."""

FLAGS: Final = WRITABLE[9:]

_ACCEPT: Final = ("Accept", "application/json")
_CONTENT_TYPES: Final = {
    BodyForm.JSON: "application/json",
    BodyForm.FORM: "application/x-www-form-urlencoded",
    BodyForm.TEXT: "text/plain; charset=utf-8",
    BodyForm.MULTIPART: "multipart/form-data",
}
_OBJECT: Final = "user"
_INDENT: Final = "  "


def build_connector(action: Action, attributes: Mapping[str, Attribute]) -> Connector:
    """The connector that the action describes.

    Its name is the action's where the file gives none; with an id it may have any name, so that
    ``name`` is empty then. A token without an id in Intercom is left out of ``token_ids``.
    """
    request = action.request
    own_name = "" if action.connector_id else action.name
    return Connector(
        id=action.connector_id,
        name=action.connector_name or own_name,
        state="",
        description=action.description,
        http_method=request.http_method.lower(),
        url=_restore_variables(_build_url(action), action),
        body=_restore_variables(
            _build_body(request.body, _TypedReferences(action.inputs, attributes)), action
        ),
        headers=tuple(
            (name, _restore_variables(value, action)) for name, value in _list_headers(action)
        ),
        inputs=tuple(_build_input(each) for each in action.inputs if not each.is_assigned),
        mappings=tuple(_list_mappings(action)),
        token_ids=tuple(token.token_id for token in request.tokens if token.token_id),
        token_headers=tuple(token.header for token in request.tokens if not token.token_id),
        audiences=action.audiences,
        customer_authentication=action.customer_authentication,
        bypass_authentication=action.bypass_authentication,
        validate_missing_attributes=action.validate_missing_attributes,
        direct_fin_usage=action.direct_fin_usage,
    )


def build_body(connector: Connector, fields: Sequence[str] = WRITABLE) -> ConnectorBody:
    """The body that writes these fields; what the connector does not state is left out."""
    values: ConnectorBody = {
        "name": connector.name or None,
        "description": connector.description or None,
        "http_method": connector.http_method,
        "url": connector.url,
        "body": connector.body,
        "headers": [{"name": name, "value": value} for name, value in connector.headers],
        "data_inputs": [_input_to_body(data_input) for data_input in connector.inputs],
        "audiences": list(connector.audiences),
        "token_ids": list(connector.token_ids),
        **{flag: getattr(connector, flag) for flag in FLAGS},
    }
    return {name: values[name] for name in WRITABLE if name in fields and values[name] is not None}


def is_default_header(name: str, value: str) -> bool:
    """Whether it is what a client sends unasked, so that its absence is no difference."""
    is_accept = (name.lower(), value) == (_ACCEPT[0].lower(), _ACCEPT[1])
    return is_accept or (name.lower() == "content-type" and value in _CONTENT_TYPES.values())


def format_response_path(segments: Sequence[Segment]) -> str:
    """A response path as Intercom writes it: ``customer.tier``, ``items[0].sku``."""
    text = ""
    for segment in segments:
        if isinstance(segment, str):
            text += f".{segment}" if text else segment
        else:
            text += f"[{segment}]" if isinstance(segment, int) else "[]"
    return text


def _restore_variables(text: str, action: Action) -> str:
    """With Intercom's own names of what it fills in: ``{{conversation.id}}`` is no data input."""
    for data_input in action.inputs:
        if data_input.is_assigned:
            dotted = data_input.name.replace("_", ".", 1)
            text = text.replace(f"{{{{{data_input.name}}}}}", f"{{{{{dotted}}}}}")
    return text


def _build_url(action: Action) -> str:
    request = action.request
    query = _format_pairs(request.query, encoding.encode_query_part)
    return f"{request.base}{format_template(request.url)}{f'?{query}' if query else ''}"


def _format_pairs(content: Mapping[str, JsonTemplate], encode: Callable[[str], str]) -> str:
    """A query or a form; what is filled in, the platform has to encode."""
    return "&".join(
        f"{encode(name)}={_format_value(value, encode)}"
        for name, values in content.items()
        for value in list_values(values)
    )


def _format_value(value: JsonTemplate, encode: Callable[[str], str]) -> str:
    if not isinstance(value, Template):
        return MASK
    parts = (encode(part) if isinstance(part, str) else part for part in value.parts)
    return format_template(Template(tuple(parts)))


def _list_headers(action: Action) -> Iterator[tuple[str, str]]:
    request = action.request
    carried = {name.lower() for name in request.headers}
    carried |= {token.header.lower() for token in request.tokens}
    for name, template in request.headers.items():
        yield name, format_template(template)
    if _ACCEPT[0].lower() not in carried:
        yield _ACCEPT
    if request.body and "content-type" not in carried:
        yield "Content-Type", _CONTENT_TYPES[request.body.form]


def _build_input(data_input: DataInput) -> ConnectorInput:
    """Intercom asks for a description of each input: without it, the name stands there."""
    return ConnectorInput(
        data_input.name,
        data_input.type.value,
        data_input.description or data_input.name,
        data_input.required,
        _format_scalar(data_input.default_value),
    )


def _input_to_body(data_input: ConnectorInput) -> Json:
    return {
        "name": data_input.name,
        "type": data_input.type,
        "description": data_input.description,
        "required": data_input.required,
        "default_value": data_input.default_value,
    }


def _format_scalar(value: Scalar) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return strict_json.dump_json(value)


def _list_mappings(action: Action) -> Iterator[ConnectorMapping]:
    rows = action.response.rows
    around: Sequence[Segment] = rows.path.segments if rows else ()
    for mapping in action.response.mapping:
        yield ConnectorMapping(
            _OBJECT,
            mapping.attribute.name,
            format_response_path(_join(around, mapping.path)),
            format_response_path(around),
        )


def _join(around: Sequence[Segment], path: Path) -> tuple[Segment, ...]:
    return (*around, *path.segments)


class _TypedReferences:
    """Which references stand in JSON without quotes: those of a type that is no text."""

    def __init__(self, inputs: Sequence[DataInput], attributes: Mapping[str, Attribute]) -> None:
        self._inputs = {data_input.name: data_input.type for data_input in inputs}
        self._attributes = attributes

    def is_text(self, reference: Reference) -> bool:
        """Whether its value is a text; unknown ones are."""
        if isinstance(reference, Input):
            return self._inputs.get(reference.name, InputType.STRING) is InputType.STRING
        if isinstance(reference, PersonAttribute) and reference.name in self._attributes:
            return self._attributes[reference.name].data_type is DataType.STRING
        return True


def _build_body(body: RequestBody | None, types: _TypedReferences) -> str:
    match body:
        case None:
            return ""
        case RequestBody(form=BodyForm.TEXT, content=Template() as content):
            return format_template(content)
        case RequestBody(form=BodyForm.FORM | BodyForm.MULTIPART, content=dict(content)):
            return _format_pairs(content, encoding.encode_form_value)
        case _:
            return _dump_json(body.content, types, "\n")


def _dump_json(content: JsonTemplate, types: _TypedReferences, line: str) -> str:
    """JSON with holes; ``line`` is a line break with the indent of this place."""
    deeper = line + _INDENT
    match content:
        case SecretRef():
            return strict_json.dump_json(MASK)
        case Template():
            text = format_template(content)
            is_bare = content.lone is not None and not types.is_text(content.lone)
            return text if is_bare else strict_json.dump_json(text)
        case list() if content:
            items = (f"{deeper}{_dump_json(item, types, deeper)}" for item in content)
            return f"[{','.join(items)}{line}]"
        case dict() if content:
            members = (
                f"{deeper}{strict_json.dump_json(name)}: {_dump_json(item, types, deeper)}"
                for name, item in content.items()
            )
            return f"{{{','.join(members)}{line}}}"
        case list() | dict():
            return "{}" if isinstance(content, dict) else "[]"
        case _:
            return strict_json.dump_json(content)

"""Small OpenAPI documents: each shows one thing that a document can say."""

from __future__ import annotations

import textwrap

ANSWER = """\
responses:
  "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/C"}}}}
"""
CUSTOMER = """\
schemas:
  C: {type: object, properties: {email: {type: string}, tier: {type: string}}}
"""


def write_document(  # noqa: PLR0913 - what a document has
    operation: str,
    *,
    path: str = "/me",
    method: str = "get",
    version: str = "3.0.3",
    components: str = CUSTOMER,
    servers: str = "[{url: 'https://api.shop.example/v1'}]",
    more: str = "",
) -> str:
    """A whole document with one operation, ``do``."""
    lines = [
        f"openapi: {version}", "info: {title: T, version: '1'}", f"servers: {servers}", more,
        "paths:", f'  "{path}":', f"    {method}:", "      operationId: do",
        textwrap.indent(operation, "      "), "components:", textwrap.indent(components, "  "),
    ]  # fmt: skip
    return "\n".join(lines)


def write_answer(schema: str, *, version: str = "3.0.3", components: str = "schemas: {}") -> str:
    """A document whose operation answers as a schema says."""
    content = f"{{application/json: {{schema: {schema}}}}}"
    operation = f'responses: {{"200": {{description: ok, content: {content}}}}}'
    return write_document(operation, version=version, components=components)


def write_body(schema: str, kind: str = "application/json", *, components: str = CUSTOMER) -> str:
    """A document whose operation takes a body as a schema says."""
    body = f"requestBody: {{required: true, content: {{{kind}: {{schema: {schema}}}}}}}"
    return write_document(f"{body}\n{ANSWER}", method="post", components=components)


def write_secured(scheme: str, wanted: str = "[{s: []}]") -> str:
    """A document whose operation wants a credential."""
    components = f"{CUSTOMER}securitySchemes:\n  s: {scheme}\n  lock: {{type: mutualTLS}}\n"
    return write_document(f"security: {wanted}\n{ANSWER}", components=components)


def write_parameters(parameters: str, path: str = "/me") -> str:
    """A document whose operation has parameters."""
    return write_document(f"parameters: {parameters}\n{ANSWER}", path=path)

"""The URL of an operation: by its own servers, those of its path, or the document's."""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.curl_line.pasted_request import PastedRequest, take_url_apart
from cactions.logic.curl_line.words import PastedLineError
from cactions.logic.openapi.document import OpenApiDocument, OpenApiError
from cactions.logic.openapi.operation import ApiOperation
from cactions.logic.yaml.nodes import Node

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
_LEFT: Final = re.compile(r"[{}]")
_HINT: Final = "Say the host with --host HOST."


def build_base(document: OpenApiDocument, operation: ApiOperation, host: str) -> PastedRequest:
    """A request for the base URL, without a slash at its end. ``host`` replaces that of the server.

    Raises OpenApiError where no server says an https URL and there is no host.
    """
    node, url = _choose_server(document, operation)
    span = node.span if node is not None else operation.node.span
    if host:
        path = re.sub(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*", "", url)
        url = f"https://{host}{path if path.startswith('/') else ''}"
    elif "://" not in url:
        raise OpenApiError("the document does not say the host of the service", _HINT, span)
    if _LEFT.search(url):
        hint = f"Its server has a variable without a default. {_HINT}"
        raise OpenApiError("the URL of the server is not complete", hint, span)
    try:
        return take_url_apart(url.partition("?")[0].rstrip("/"), 0, globs=False)
    except PastedLineError as error:
        raise OpenApiError(
            f"the URL of the server cannot be used: {error.message}", error.hint, span
        ) from None


def _choose_server(document: OpenApiDocument, operation: ApiOperation) -> tuple[Node | None, str]:
    """The first with https, or else the first."""
    for owner in (operation.node, operation.item, document.root):
        servers = [*document.list_items(document.get(owner, "servers"))]
        urls = [(server, _fill_variables(document, server)) for server in servers]
        if urls:
            return next((each for each in urls if each[1].startswith("https://")), urls[0])
    return None, ""


def _fill_variables(document: OpenApiDocument, server: Node) -> str:
    variables = document.get(server, "variables")
    url = document.get_text(server, "url")
    return _VARIABLE.sub(
        lambda found: document.get_text(variables, found[1], "default") or found[0], url
    )

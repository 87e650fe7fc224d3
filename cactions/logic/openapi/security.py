"""The credentials that an operation wants; each becomes a token, and none has a value here."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

from msgspec import Struct, field

from cactions.logic.curl_line.pasted_request import ClientGrant
from cactions.logic.curl_line.words import mark_variable
from cactions.logic.openapi.document import OpenApiDocument, OpenApiError, cut_name
from cactions.logic.openapi.operation import ApiOperation
from cactions.logic.yaml.nodes import MapNode, Node

_HINT: Final = (
    "An action sends a key in a header, a query or a cookie, a bearer token, a user with a"
    " password, or a token of OAuth 2 with client credentials."
)


class ApiCredentials(Struct):
    """What of a request carries them. ``names`` are those of headers and parameters."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    query: list[tuple[str, str]] = field(default_factory=list)
    user: tuple[str, str] | None = None
    grant: ClientGrant | None = None
    names: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def read_security(
    document: OpenApiDocument, operation: ApiOperation, origin: str
) -> ApiCredentials:
    """The first of the alternatives that an action can send.

    Raises OpenApiError where there are some, and none can be sent.
    """
    own = document.get(operation.node, "security")
    security = own if own is not None else document.get(document.root, "security")
    fault: OpenApiError | None = None
    is_optional = False
    for wanted in document.list_items(security):
        if not isinstance(wanted, MapNode) or not wanted.entries:
            is_optional = True
            continue
        reader = _SchemeReader(document, origin)
        try:
            for name, scopes in wanted.entries:
                reader.read(name.text, scopes)
        except _UnfitSchemeError as error:
            fault = fault or OpenApiError(error.args[0], _HINT, error.args[1].span)
        else:
            return reader.found
    if fault is not None and not is_optional:
        raise fault
    return ApiCredentials()


class _UnfitSchemeError(Exception):
    """A scheme that an action cannot send: why, and the node of it."""


class _SchemeReader:
    def __init__(self, document: OpenApiDocument, origin: str) -> None:
        self.document = document
        self.origin = origin
        self.found = ApiCredentials()

    def read(self, name: str, scopes: Node) -> None:
        """Add what the scheme of a name sends."""
        document = self.document
        scheme = document.get(document.root, "components", "securitySchemes", name)
        if scheme is None:
            raise OpenApiError(
                f'the document has no security scheme "{cut_name(name)}"',
                "Correct the document: it stands under components, securitySchemes.",
                scopes.span,
            )
        kind = document.get_text(scheme, "type")
        if kind == "apiKey":
            self._read_key(scheme, name)
        elif kind == "http":
            self._read_http(scheme)
        elif kind == "oauth2":
            self._read_oauth(scheme, scopes)
        else:
            raise _UnfitSchemeError(
                f'a scheme of the type "{cut_name(kind)}" cannot be sent', scheme
            )

    def _read_key(self, scheme: Node, name: str) -> None:
        key = self.document.get_text(scheme, "name")
        where = self.document.get_text(scheme, "in")
        if not key or where not in ("header", "query", "cookie"):
            raise OpenApiError("this key has no name, or no place", "Correct it.", scheme.span)
        value = mark_variable(
            "".join(c if c.isascii() and c.isalnum() else "_" for c in f"credential_{name}")
        )
        if where == "cookie":
            self._add_header("Cookie", f"{key}={value}")
        elif where == "header":
            self._add_header(key, value)
        else:
            self.found.query.append((key, value))
            self.found.names.add(key.lower())

    def _read_http(self, scheme: Node) -> None:
        word = self.document.get_text(scheme, "scheme").lower()
        if word == "bearer":
            self._add_header("Authorization", f"Bearer {mark_variable('credential_token')}")
        elif word == "basic":
            user, password = mark_variable("credential_user"), mark_variable("credential_password")
            self.found.user = (user, password)
        else:
            raise _UnfitSchemeError(f'the HTTP scheme "{cut_name(word)}" cannot be sent', scheme)

    def _read_oauth(self, scheme: Node, scopes: Node) -> None:
        flows = self.document.get(scheme, "flows")
        url = self.document.get_text(flows, "clientCredentials", "tokenUrl")
        if url:
            texts = [self.document.get_text(item) for item in self.document.list_items(scopes)]
            self.found.grant = ClientGrant(urljoin(f"{self.origin}/", url), " ".join(texts))
            return
        names = [key.text for key, _ in self.document.list_entries(flows)]
        if not names:
            raise _UnfitSchemeError("this scheme has no flow", scheme)
        self._add_header("Authorization", f"Bearer {mark_variable('credential_token')}")
        self.found.notes.append(
            f"The token of the flow {cut_name(names[0])} is a person's: seal one that the service"
            " has given out, and renew it in time."
        )

    def _add_header(self, name: str, value: str) -> None:
        self.found.headers.append((name, value))
        self.found.names.add(name.lower())

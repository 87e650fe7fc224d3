"""Lists the secrets of the vault that a request or a token refers to."""

from __future__ import annotations

from cactions.model import ActionRequest


def list_request_secrets(request: ActionRequest) -> tuple[str, ...]:
    """The names of all secrets that are sent to the request's host, each once."""
    if not request.tokens and request.body is None and not request.query:
        return ()
    names = [name for token in request.tokens for name in token.secrets]
    return tuple(dict.fromkeys([*names, *list_own_secrets(request)]))


def list_own_secrets(request: ActionRequest) -> tuple[str, ...]:
    """The secrets in the query and in the body, each once."""
    return tuple(dict.fromkeys(name for _, name in request.list_secret_places()))


def list_needed_secrets(request: ActionRequest) -> tuple[str, ...]:
    """The secrets that are sent, and the key of its client certificate, which signs."""
    return tuple(dict.fromkeys([*list_request_secrets(request), *list_keys(request)]))


def list_keys(request: ActionRequest) -> tuple[str, ...]:
    """The name of the private key that its connections sign with; mostly none."""
    presented = request.client_certificate
    return (presented.key.name,) if presented else ()

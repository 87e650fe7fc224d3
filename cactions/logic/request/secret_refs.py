"""Lists the secrets of the vault that a request or a token refers to."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import ActionRequest, SecretRef, Token


def list_request_secrets(request: ActionRequest) -> tuple[str, ...]:
    """The names of all secrets that are sent to the request's host, each once."""
    if not request.tokens and request.body is None and not request.query:
        return ()
    names = [name for token in request.tokens for name in list_token_secrets(token)]
    return tuple(dict.fromkeys([*names, *list_own_secrets(request)]))


def list_token_secrets(token: Token) -> Iterator[str]:
    """The secrets in the token itself; those of its fetch go to another host."""
    for part in (token.value, token.username, token.password):
        if isinstance(part, SecretRef):
            yield part.name


def list_own_secrets(request: ActionRequest) -> tuple[str, ...]:
    """The secrets in the query and in the body, each once."""
    return tuple(dict.fromkeys(name for _, name in request.list_secret_places()))

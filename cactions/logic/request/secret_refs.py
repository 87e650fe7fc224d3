"""Lists the secrets of the vault that a request or a token refers to."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import ActionRequest, JsonTemplate, SecretRef, Token


def list_request_secrets(request: ActionRequest) -> tuple[str, ...]:
    """The names of all secrets that are sent to the request's host, each once."""
    if not request.tokens and request.body is None:
        return ()
    names = [name for token in request.tokens for name in list_token_secrets(token)]
    return tuple(dict.fromkeys([*names, *list_body_secrets(request)]))


def list_token_secrets(token: Token) -> Iterator[str]:
    """The secrets in the token itself; those of its fetch go to another host."""
    for part in (token.value, token.username, token.password):
        if isinstance(part, SecretRef):
            yield part.name


def list_body_secrets(request: ActionRequest) -> Iterator[str]:
    """The secrets in the body."""
    if request.body:
        yield from _list_content_secrets(request.body.content)


def _list_content_secrets(content: JsonTemplate) -> Iterator[str]:
    match content:
        case SecretRef(name=name):
            yield name
        case dict():
            for part in content.values():
                yield from _list_content_secrets(part)
        case list():
            for part in content:
                yield from _list_content_secrets(part)

"""Which sealed secrets a request, or a token, is filled with."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import ActionRequest, JsonTemplate, SecretRef, Token


def list_request_secrets(request: ActionRequest) -> tuple[str, ...]:
    """The names of all that go to the request's host, each once: its tokens' and its body's."""
    names = [name for token in request.tokens for name in list_token_secrets(token)]
    return tuple(dict.fromkeys([*names, *list_body_secrets(request)]))


def list_token_secrets(token: Token) -> Iterator[str]:
    """Those that stand in the token itself; what fetches one goes elsewhere."""
    for part in (token.value, token.username, token.password):
        if isinstance(part, SecretRef):
            yield part.name


def list_body_secrets(request: ActionRequest) -> Iterator[str]:
    """Those that stand in the body."""
    if request.body:
        yield from _inside(request.body.content)


def _inside(content: JsonTemplate) -> Iterator[str]:
    match content:
        case SecretRef(name=name):
            yield name
        case dict():
            for part in content.values():
                yield from _inside(part)
        case list():
            for part in content:
                yield from _inside(part)

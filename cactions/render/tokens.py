"""A token that was fetched for a test: everything but its value."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.logic.exchange.token_response import FetchedToken
from cactions.logic.vault.token_binding import TokenBinding
from cactions.model import Token
from cactions.render.layout import Fact, facts, prose
from cactions.render.messages import listed
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone, ink, quiet


def fetched(token: Token, came: FetchedToken, binding: TokenBinding) -> Sheet:
    """Where it came from, where it stood, what it looks like, and where it would go."""

    def draw(room: int) -> list[Line]:
        title = (Ink("Token "), Ink(token.name, Tone.STRONG), Ink(" was fetched.", Tone.GOOD))
        return [*prose(title, room), BLANK, *facts(_told(token, came, binding), room)]

    return draw


def _told(token: Token, came: FetchedToken, binding: TokenBinding) -> list[Fact]:
    assert token.fetch, "only a dynamic token is fetched"
    request = token.fetch.request
    asked = f"{request.http_method.upper()} to {request.host}"
    lifetime = "the answer does not say: until it is denied"
    if came.expires_in is not None:
        lifetime = f"{came.expires_in:,.0f} seconds"
    header = (Ink(token.header, Tone.PATH), Ink(": "), Ink(token.prefix), *quiet("(the token)"))
    return [
        Fact("Asked", (ink(asked, Tone.CODE),)),
        Fact("Answer", (ink(f"{came.status}", Tone.CODE),)),
        Fact("Found", ((Ink(str(token.fetch.token_path), Tone.PATH), Ink(f", {came.shape}")),)),
        Fact("Good for", (ink(lifetime),)),
        Fact("Sent as", (header,)),
        *_places(binding),
    ]


def _places(binding: TokenBinding) -> Iterator[Fact]:
    """Where it may go, and what the YAML names beyond that, with the command that allows it."""
    allowed, missing = [*binding.hosts], [*binding.missing]
    yield Fact("Sent to", (ink(listed(allowed)) if allowed else quiet("no host yet"),))
    if missing:
        remedy = f"; only if it is meant to go there: {binding.remedy(missing)}"
        yield Fact("Not to", (ink(f"{listed(missing)}{remedy}"),))

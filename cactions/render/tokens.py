"""A token that was fetched for a test: everything but its value."""

from __future__ import annotations

from cactions.logic.token_answers import FetchedToken
from cactions.model import Token
from cactions.render.ink import BLANK, Ink, Line, Sheet, Tone, ink, quiet
from cactions.render.layout import Fact, facts, prose
from cactions.render.words import listed


def fetched(token: Token, came: FetchedToken) -> Sheet:
    """Where it came from, where it stood, what it looks like, and where it would go."""

    def draw(room: int) -> list[Line]:
        title = (Ink("Token "), Ink(token.name, Tone.STRONG), Ink(" was fetched.", Tone.GOOD))
        return [*prose(title, room), BLANK, *facts(_told(token, came), room)]

    return draw


def _told(token: Token, came: FetchedToken) -> list[Fact]:
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
        Fact("Sent to", (ink(listed([*token.hosts])),)),
    ]

"""A token that was fetched for a test: everything but its value."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.logic.exchange.token_response import FetchedToken
from cactions.logic.vault.token_binding import TokenBinding
from cactions.model import Token
from cactions.render.layout import LabeledValue, render_labeled_values, wrap_paragraph
from cactions.render.messages import join_words
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span


def render_token_test(token: Token, fetched_token: FetchedToken, binding: TokenBinding) -> View:
    """Where it came from, where it stood, what it looks like, and where it would go."""

    def draw(width: int) -> list[StyledLine]:
        title = (Span("Token "), Span(token.name, Style.STRONG), Span(" was fetched.", Style.GOOD))
        return [
            *wrap_paragraph(title, width),
            BLANK,
            *render_labeled_values(_describe_fetched(token, fetched_token, binding), width),
        ]

    return draw


def _describe_fetched(
    token: Token, fetched_token: FetchedToken, binding: TokenBinding
) -> list[LabeledValue]:
    assert token.fetch, "only a dynamic token is fetched"
    request = token.fetch.request
    asked = f"{request.http_method.upper()} to {request.host}"
    lifetime = "not in the response; the token is used until it is rejected"
    if fetched_token.expires_in is not None:
        lifetime = f"{fetched_token.expires_in:,.0f} seconds"
    header = (Span(token.header, Style.PATH), Span(": "), Span(token.prefix), *dim("(the token)"))
    return [
        LabeledValue("Request", (span(asked, Style.CODE),)),
        LabeledValue("Response", (span(f"{fetched_token.status}", Style.CODE),)),
        LabeledValue(
            "Found at",
            ((Span(token.fetch.source, Style.PATH), Span(f", {fetched_token.shape}")),),
        ),
        LabeledValue("Valid for", (span(lifetime),)),
        LabeledValue("Sent as", (header,)),
        *_describe_hosts(binding),
    ]


def _describe_hosts(binding: TokenBinding) -> Iterator[LabeledValue]:
    """Where it may go, and what the YAML names beyond that, with the command that allows it."""
    allowed, missing = [*binding.hosts], [*binding.missing]
    yield LabeledValue("Sent to", (span(join_words(allowed)) if allowed else dim("no host yet"),))
    if missing:
        remedy = f"; only if it is meant to go there: {binding.get_remedy(missing)}"
        yield LabeledValue("Not to", (span(f"{join_words(missing)}{remedy}"),))

"""What a site's Messenger settings prove of a user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cactions.logic.identity.proof import choose_declaration
from cactions.model import IdentityProof, IdentityVerification, SignatureKind
from cactions.render.duration import format_duration
from cactions.render.layout import LabeledValue, render_labeled_values, wrap_paragraph
from cactions.render.messages import join_words
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span

_KINDS: Final = {
    SignatureKind.USER_HASH: "user_hash (HMAC-SHA256)",
    SignatureKind.JWT: "intercom_user_jwt (HS256)",
    SignatureKind.NONE: "none",
}


def render_identity_proof(proof: IdentityProof, mismatch: str, now: float) -> View:
    """The verdict, what is signed and what is not; ``now`` is in Unix seconds."""

    def draw(width: int) -> list[StyledLine]:
        lines = wrap_paragraph(_describe_verdict(proof), width)
        lines += [BLANK, *render_labeled_values([*_list_facts(proof, now)], width)]
        for mark, style, texts in (
            ("x", Style.BAD, proof.problems),
            ("!", Style.CAUTION, [*proof.cautions, *([mismatch] if mismatch else [])]),
        ):
            for text in texts:
                line = (Span(f"{mark} ", style), Span(f"{text[0].upper()}{text[1:]}."))
                lines += [BLANK, *wrap_paragraph(line, width)]
        return lines

    return draw


def _describe_verdict(proof: IdentityProof) -> StyledLine:
    if not proof.accepted:
        return (Span("It proves nothing of the user.", Style.BAD),)
    fields = join_words([field.replace("_", " ") for field in proof.proven])
    other = "" if len(proof.proven) > 1 else ", and nothing else of who they are"
    return (Span(f"It proves the {fields}{other}.", Style.GOOD),)


def _list_facts(proof: IdentityProof, now: float) -> Iterator[LabeledValue]:
    yield LabeledValue("Signature", (span(_KINDS[proof.kind]),))
    for field, value in proof.proven.items():
        yield LabeledValue(field, (span(value, Style.CODE),))
    if proof.signed:
        yield LabeledValue("Signed too", (_list_names(proof.signed),))
    if proof.unsigned:
        text = (*_list_names(proof.unsigned), *dim(": any user can change it in the browser"))
        yield LabeledValue("Not signed", (text,))
    if proof.expires_at is not None:
        left = proof.expires_at - now
        when = f"in {format_duration(left)}" if left > 0 else f"{format_duration(-left)} ago"
        yield LabeledValue("Expires" if left > 0 else "Expired", (span(when),))
    if (declared := choose_declaration(proof)) is not IdentityVerification.OFF:
        text = span(f"identity_verification: {declared.value}", Style.CODE)
        yield LabeledValue("In the YAML", (text,))


def _list_names(names: Sequence[str]) -> StyledLine:
    return span(", ".join(names), Style.PATH)

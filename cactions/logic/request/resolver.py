"""Resolves references and secrets to encoded text for a position in a request.

No message contains a value: a person's value may be private, and a secret always is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from cactions.logic.expressions.references import resolve_reference
from cactions.logic.request.checks import EncodingError
from cactions.logic.request.encoding import encode_slashed_segment, encode_text
from cactions.logic.request.redaction import get_label
from cactions.logic.request.text_hash import hash_text
from cactions.logic.shell import quote_word
from cactions.model import (
    MASK,
    FailureReason,
    Filter,
    FilteredValue,
    Hole,
    Input,
    MaskedText,
    Person,
    PlanningError,
    Reference,
    Scalar,
    SecretRef,
    Template,
    Value,
    is_empty,
)
from cactions.model.secret import Credentials, Secret


class ValueResolver(Struct, frozen=True):
    """One person's values, the inputs, the opened secrets and the fetched tokens."""

    person: Person
    inputs: Mapping[str, Scalar]
    held: Credentials
    redacted: frozenset[Reference] = frozenset()

    @property
    def label(self) -> str:
        """The name of the person for messages."""
        return get_label(self.person, self.redacted)

    def resolve_text(
        self, template: Template, place: str, encode: Callable[[str], str]
    ) -> MaskedText:
        """The template with all values inserted. Raises PlanningError (NO_VALUE, UNFIT_VALUE)."""
        return MaskedText.join(
            [
                MaskedText.of_plain(part)
                if isinstance(part, str)
                else self.resolve_hole(part, place, encode)
                for part in template.parts
            ]
        )

    def resolve_hole(self, hole: Hole, place: str, encode: Callable[[str], str]) -> MaskedText:
        """The encoded text of a value, or of what its filter makes of it. Raises as before."""
        if not isinstance(hole, FilteredValue):
            return self.resolve_value(hole, place, encode_as_text(encode))
        if hole.filter is Filter.ENCODE_SLASH:
            write: Callable[[str], str] = encode_slashed_segment
        else:
            kind = hole.filter
            write = lambda text: encode(hash_text(text, kind))  # noqa: E731
        return self.resolve_value(hole.reference, place, encode_as_text(write))

    def resolve_value(
        self, reference: Reference, place: str, encode: Callable[[Value], str], mask: str = MASK
    ) -> MaskedText:
        """The encoded value of a reference; masked by ``shown`` where it is redacted.

        Raises PlanningError (NO_VALUE, UNFIT_VALUE).
        """
        value = resolve_reference(reference, self.person, self.inputs)
        if is_empty(value):
            hint = _build_hint(reference)
            raise PlanningError(
                FailureReason.NO_VALUE, f"{reference} has no value for {self.label}", hint=hint
            )
        try:
            text = encode(value)
        except EncodingError as error:
            message = f"{reference} of {self.label} is invalid in {place}: it {error}"
            hint = "values are sent unchanged: fix it where it is stored"
            raise PlanningError(FailureReason.UNFIT_VALUE, message, hint=hint) from None
        is_redacted = reference in self.redacted
        return MaskedText.of_redacted(text, mask) if is_redacted else MaskedText.of_plain(text)

    def resolve_secret(
        self, secret: SecretRef, place: str, encode: Callable[[str], str], mask: str = MASK
    ) -> MaskedText:
        """The encoded secret with its mask; only the mask where it was not opened.

        Raises PlanningError (NO_VALUE, UNFIT_VALUE).
        """
        return _encode_secret(
            self.held.secrets.get(secret.name), f'the secret "{secret.name}"', place, encode, mask
        )

    def resolve_token(self, name: str, place: str, encode: Callable[[str], str]) -> MaskedText:
        """The encoded token of that name with its mask; only the mask where there is none.

        Raises PlanningError (NO_VALUE, UNFIT_VALUE).
        """
        return _encode_secret(
            self.held.tokens.get(name), f'the token "{name}"', place, encode, MASK
        )


def _encode_secret(
    secret: Secret | None, what: str, place: str, encode: Callable[[str], str], mask: str
) -> MaskedText:
    if secret is None:
        return MaskedText(mask, None)
    if not (value := secret.reveal()):
        raise PlanningError(FailureReason.NO_VALUE, f"{what} is empty", hint="seal it again")
    try:
        return MaskedText(mask, encode_as_text(encode)(value))
    except EncodingError as error:
        message = f"{what} is invalid in {place}: it {error}"
        raise PlanningError(FailureReason.UNFIT_VALUE, message, hint="seal it again") from None


def encode_as_text(encode: Callable[[str], str]) -> Callable[[Value], str]:
    """The same for any value: its text is encoded."""
    return lambda value: encode(encode_text(value))


def _build_hint(reference: Reference) -> str:
    if isinstance(reference, Input):
        return f"use `--input {quote_word([f'{reference.name}=VALUE'])}`"
    return "no request is sent without it: set a value for the person, or leave the person out"

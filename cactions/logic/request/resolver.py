"""What references and secrets stand for, written down for the place where they go.

No message here holds a value: of a person it could be private, of a secret it always is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cactions.logic.expressions.references import resolve_reference
from cactions.logic.request.encoding import EncodingError, encode_text, join_parts
from cactions.logic.request.redaction import get_label
from cactions.logic.shell import quote_word
from cactions.model import (
    MASK,
    FailureReason,
    Input,
    MaskedText,
    Person,
    PlanningError,
    Reference,
    Scalar,
    SecretRef,
    Template,
    Value,
    frozen,
    is_empty,
)
from cactions.model.secret import Credentials, Secret


@frozen
class ValueResolver:
    """One person's values, the inputs, and what was opened and fetched."""

    person: Person
    inputs: Mapping[str, Scalar]
    held: Credentials
    redacted: frozenset[Reference] = frozenset()

    @property
    def label(self) -> str:
        """What to call the person."""
        return get_label(self.person, self.redacted)

    def text(self, template: Template, place: str, write: Callable[[str], str]) -> MaskedText:
        """The template with every hole filled. Raises PlanningError (NO_VALUE, UNFIT_VALUE)."""
        return join_parts(
            MaskedText.of_plain(part)
            if isinstance(part, str)
            else self.value(part, place, _as_text(write))
            for part in template.parts
        )

    def value(
        self, reference: Reference, place: str, write: Callable[[Value], str], shown: str = MASK
    ) -> MaskedText:
        """The referenced value, written; beside what stands for it where nobody may see it.

        Raises PlanningError (NO_VALUE, UNFIT_VALUE).
        """
        value = resolve_reference(reference, self.person, self.inputs)
        label = self.label
        if is_empty(value):
            hint = _next_step(reference)
            raise PlanningError(
                FailureReason.NO_VALUE, f"{reference} has no value for {label}", hint=hint
            )
        try:
            text = write(value)
        except EncodingError as unfit:
            message = f"{reference} of {label} does not fit into {place}: it {unfit}"
            hint = "no value is repaired on the way: mend it where it comes from"
            raise PlanningError(FailureReason.UNFIT_VALUE, message, hint=hint) from None
        hidden = reference in self.redacted
        return MaskedText.of_redacted(text, shown) if hidden else MaskedText.of_plain(text)

    def secret(
        self, secret: SecretRef, place: str, write: Callable[[str], str], shown: str = MASK
    ) -> MaskedText:
        """The secret, written, beside what stands for it; sealed where it is not given.

        Raises PlanningError (NO_VALUE, UNFIT_VALUE).
        """
        return _written(
            self.held.secrets.get(secret.name), f'the secret "{secret.name}"', place, write, shown
        )

    def token(self, name: str, place: str, write: Callable[[str], str]) -> MaskedText:
        """The token of that name that is held, written; sealed where none is.

        Raises PlanningError (NO_VALUE, UNFIT_VALUE).
        """
        return _written(self.held.tokens.get(name), f'the token "{name}"', place, write, MASK)


def _written(
    opened: Secret | None, what: str, place: str, write: Callable[[str], str], shown: str
) -> MaskedText:
    if opened is None:
        return MaskedText(shown, None)
    if not (value := opened.reveal()):
        raise PlanningError(FailureReason.NO_VALUE, f"{what} is empty", hint="seal it again")
    try:
        return MaskedText(shown, _as_text(write)(value))
    except EncodingError as unfit:
        message = f"{what} does not fit into {place}: it {unfit}"
        raise PlanningError(FailureReason.UNFIT_VALUE, message, hint="seal it again") from None


def _as_text(write: Callable[[str], str]) -> Callable[[Value], str]:
    return lambda value: write(encode_text(value))


def _next_step(reference: Reference) -> str:
    if isinstance(reference, Input):
        return f"say `--input {quote_word([f'{reference.name}=VALUE'])}`"
    return "nothing is sent without it: give the person a value, or leave them out"

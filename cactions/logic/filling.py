"""What references and secrets stand for, written down for the place where they go.

No message here holds a value: of a person it could be private, of a secret it always is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cactions.logic.encoding import Unfit, joined, plain_text
from cactions.logic.matching import resolve
from cactions.logic.redacting import label_of
from cactions.model import (
    DOTS,
    Input,
    NoPlan,
    Person,
    Reason,
    Reference,
    Rendered,
    Scalar,
    SecretRef,
    Template,
    Value,
    is_empty,
    noun,
)


@noun
class Filler:
    """One person's values, the inputs, and the opened secrets by name."""

    person: Person
    inputs: Mapping[str, Scalar]
    secrets: Mapping[str, str]
    redacted: frozenset[Reference] = frozenset()

    @property
    def label(self) -> str:
        """What to call the person."""
        return label_of(self.person, self.redacted)

    def text(self, template: Template, place: str, write: Callable[[str], str]) -> Rendered:
        """The template with every hole filled. Raises NoPlan (NO_VALUE, UNFIT_VALUE)."""
        return joined(
            Rendered.plain(part)
            if isinstance(part, str)
            else self.value(part, place, _as_text(write))
            for part in template.parts
        )

    def value(
        self, reference: Reference, place: str, write: Callable[[Value], str], shown: str = DOTS
    ) -> Rendered:
        """The referenced value, written; beside what stands for it where nobody may see it.

        Raises NoPlan (NO_VALUE, UNFIT_VALUE).
        """
        value = resolve(reference, self.person, self.inputs)
        label = self.label
        if is_empty(value):
            hint = _next_step(reference)
            raise NoPlan(Reason.NO_VALUE, f"{reference} has no value for {label}", hint=hint)
        try:
            text = write(value)
        except Unfit as unfit:
            message = f"{reference} of {label} does not fit into {place}: it {unfit}"
            hint = "no value is repaired on the way: mend it where it comes from"
            raise NoPlan(Reason.UNFIT_VALUE, message, hint=hint) from None
        hidden = reference in self.redacted
        return Rendered.redacted(text, shown) if hidden else Rendered.plain(text)

    def secret(
        self, secret: SecretRef, place: str, write: Callable[[str], str], shown: str = DOTS
    ) -> Rendered:
        """The secret, written, beside what stands for it; sealed where it is not given.

        Raises NoPlan (NO_VALUE, UNFIT_VALUE).
        """
        opened = self.secrets.get(secret.name)
        if opened is None:
            return Rendered(shown, None)
        if not opened:
            message = f'the secret "{secret.name}" is empty'
            raise NoPlan(Reason.NO_VALUE, message, hint="seal it again")
        try:
            return Rendered(shown, _as_text(write)(opened))
        except Unfit as unfit:
            message = f'the secret "{secret.name}" does not fit into {place}: it {unfit}'
            raise NoPlan(Reason.UNFIT_VALUE, message, hint="seal it again") from None


def _as_text(write: Callable[[str], str]) -> Callable[[Value], str]:
    return lambda value: write(plain_text(value))


def _next_step(reference: Reference) -> str:
    if isinstance(reference, Input):
        return f"say --input {reference.name}=VALUE"
    return "nothing is sent without it: give the person a value, or leave them out"

"""Templates of connectors: ``{{user.email}}`` in Intercom, ``{{ person.email }}`` in our files."""

from __future__ import annotations

from cactions.model import Input, PersonField, Reference, Template


def format_template(template: Template) -> str:
    """The text of a template as Intercom writes it."""
    return "".join(
        part if isinstance(part, str) else f"{{{{{_format_reference(part)}}}}}"
        for part in template.parts
    )


def _format_reference(reference: Reference) -> str:
    if isinstance(reference, Input):
        return reference.name
    if isinstance(reference, PersonField):
        return f"user.{reference.name}"
    return f"user.custom_attributes.{reference.name}"

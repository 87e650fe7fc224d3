"""Scalars of the YAML as values of an attribute, by the same rules as people's own values."""

from __future__ import annotations

from cactions.logic.people.declared_type import InvalidValue, parse_declared_value
from cactions.logic.project.scope import Scope
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import WRONG_VALUE
from cactions.model import Attribute, Scalar, is_empty


def build_scalar(at: LocatedValue, attribute: Attribute, scope: Scope) -> Scalar:
    """The value as the attribute holds it; None where it is null or does not fit."""
    try:
        value = parse_declared_value(at.value, attribute.data_type)
    except InvalidValue as unfit:
        kind = attribute.data_type.value
        scope.add_fault(
            WRONG_VALUE, at, f'"{attribute.name}" ({kind}): it {unfit.message}', unfit.hint
        )
        return None
    assert not isinstance(value, list | dict)
    return value


def build_scalars(
    at: LocatedValue | None, attribute: Attribute, scope: Scope
) -> tuple[Scalar, ...]:
    """A list of values that an attribute may take; none of them is empty."""
    found = [(item, build_scalar(item, attribute, scope)) for item in at.value] if at else []
    for item, _ in found:
        if is_empty(item.value):
            scope.add_fault(WRONG_VALUE, item, "an empty value is always allowed", "leave it out")
    return tuple(value for _, value in found if not is_empty(value))

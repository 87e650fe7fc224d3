"""What people of a workspace are searched by."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from cactions.model.json_value import Scalar
from cactions.model.person import DataType

CUSTOM_ATTRIBUTES: Final = "custom_attributes."
"""The prefix of a custom attribute in a search, as Intercom writes it."""


class Condition(Struct, frozen=True):
    """One comparison of a search, in Intercom's words.

    ``field`` is ``role`` or ``custom_attributes.tier``; ``values`` has several values for IN and
    NIN only, each in the type of the field. A date is Unix seconds, and stands for its day.
    """

    field: str
    operator: str
    values: tuple[Scalar, ...]
    data_type: DataType = DataType.STRING

    @property
    def attribute(self) -> str:
        """The name of the custom attribute; empty for a field of the contact."""
        is_custom = self.field.startswith(CUSTOM_ATTRIBUTES)
        return self.field.removeprefix(CUSTOM_ATTRIBUTES) if is_custom else ""

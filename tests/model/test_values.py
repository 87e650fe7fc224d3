"""Every value of the model is immutable, compared by content, and hashed by it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

import cactions.model

FILES = sorted(Path(cactions.model.__file__).parent.glob("[!_]*.py"))
STRUCTS = [
    value
    for file in FILES
    for value in vars(import_module(f"cactions.model.{file.stem}")).values()
    if isinstance(value, type) and issubclass(value, msgspec.Struct)
    if value.__module__ == f"cactions.model.{file.stem}"
]


def build(struct: Any) -> Any:
    """An instance with texts in its required fields: types are not checked at run time."""
    required = len(struct.__struct_fields__) - len(struct.__struct_defaults__)
    return struct(*["x"] * required)


def test_the_model_has_value_classes() -> None:
    """So that the tests below have input."""
    assert len(STRUCTS) > 60


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_a_value_is_immutable(struct: Any) -> None:
    """No field can be set, deleted or added."""
    value = build(struct)
    for name in (*struct.__struct_fields__, "another"):
        with pytest.raises(AttributeError):
            setattr(value, name, "y")
    assert value == build(struct)
    assert struct.__struct_config__.frozen

"""Data inputs: converts the given values to the declared types.

Text is read as a number or a boolean only in exactly the form that JSON writes: ``12``, ``0.5``,
``true``; not ``012``, ``1e3`` or ``TRUE``. So nothing is rounded and nothing is guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from cactions.logic import strict_json
from cactions.logic.shell import quote_word
from cactions.logic.strict_json import StrictJsonError
from cactions.logic.suggest import suggest
from cactions.model import (
    Action,
    DataInput,
    InputType,
    Scalar,
    UsageError,
    is_empty,
)

_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,17}")


class _TypeRule(NamedTuple):
    types: tuple[type, ...]
    description: str
    example: str


_TYPE_RULES: Final = {
    InputType.STRING: _TypeRule((str,), "a text", "TEXT"),
    InputType.INTEGER: _TypeRule((int,), "an integer", "12"),
    InputType.DECIMAL: _TypeRule((int, float), "a decimal number", "12.5"),
    InputType.BOOLEAN: _TypeRule((bool,), "a boolean", "true"),
}


class InputError(UsageError):
    """A value that does not fit its input; ``example`` fits, and is empty for a missing value."""

    def __init__(self, message: str, hint: str, example: str = "") -> None:
        super().__init__(message, hint=hint)
        self.example = example


def resolve_inputs(action: Action, values_given: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The action's inputs by name, with defaults; optional inputs without a value are left out.

    None counts as no value. Raises UsageError for an unknown name, and InputError for a value of
    another type and a required input without a value.
    """
    check_input_names(action, values_given)
    return resolve_known_inputs(action, values_given)


def resolve_known_inputs(action: Action, values_given: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """As ``resolve_inputs``, where the names are known to be inputs. Raises InputError."""
    values = {
        data_input.name: _resolve_value(data_input, values_given.get(data_input.name))
        for data_input in action.inputs
    }
    return {name: value for name, value in values.items() if value is not None}


def check_input_names(action: Action, values_given: Iterable[str]) -> None:
    """Raises UsageError for a name that is no input of the action."""
    names = [data_input.name for data_input in action.inputs]
    for name in values_given:
        if name not in names:
            hint = suggest(name, names) or "leave it out: the action takes no inputs"
            raise UsageError(f'the action {action.name} has no input "{name}"', hint=hint)


def _resolve_value(data_input: DataInput, values_given: Scalar) -> Scalar:
    value = data_input.default_value if values_given is None else values_given
    if data_input.required and is_empty(value):
        message = f'the input "{data_input.name}" needs a value'
        raise InputError(message, f"use `--input {quote_word([f'{data_input.name}=VALUE'])}`")
    return None if value is None else _convert_value(data_input, value)


def _convert_value(data_input: DataInput, values_given: Scalar) -> Scalar:
    types, description, example = _TYPE_RULES[data_input.type]
    is_word = isinstance(values_given, str) and data_input.type is not InputType.STRING
    value = _parse_canonical(str(values_given)) if is_word else values_given
    # bool is an int in Python and a number nowhere else, hence type() and not isinstance()
    if type(value) not in types or (isinstance(value, float) and not math.isfinite(value)):
        message = f'the input "{data_input.name}" is not {description}'
        word = quote_word([f"{data_input.name}={example}"])
        raise InputError(message, f"for example `--input {word}`", example)
    return value


def _parse_canonical(text: str) -> Scalar:
    """The value that JSON writes exactly like this text; the text itself if there is none."""
    if _WHOLE.fullmatch(text):  # most numbers of a long file, eight times as fast
        return int(text)
    try:
        value = strict_json.parse_json(text)
    except StrictJsonError:
        return text
    if isinstance(value, list | dict) or strict_json.dump_json(value) != text:
        return text
    return value

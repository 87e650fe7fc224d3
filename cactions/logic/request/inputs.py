"""Data inputs: what is given, by name, becomes values of the declared types.

Text stands for a number or a boolean only exactly as JSON would write that value: ``12``, ``0.5``,
``true``; neither ``012`` nor ``1e3`` nor ``TRUE``. So nothing is rounded and nothing is guessed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
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


class _Typed(NamedTuple):
    types: tuple[type, ...]
    words: str
    example: str


_TYPED: Final = {
    InputType.STRING: _Typed((str,), "a text", "TEXT"),
    InputType.INTEGER: _Typed((int,), "an integer", "12"),
    InputType.DECIMAL: _Typed((int, float), "a decimal number", "12.5"),
    InputType.BOOLEAN: _Typed((bool,), "a boolean", "true"),
}


def resolve_inputs(action: Action, given: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The action's inputs by name, defaults filled in; what is optional and not given is left out.

    None counts as not given. Raises UsageError for an unknown name, a value of another type
    and a required input without a value.
    """
    _check_names(action, given)
    values = {wanted.name: _value(wanted, given.get(wanted.name)) for wanted in action.inputs}
    return {name: value for name, value in values.items() if value is not None}


def _check_names(action: Action, given: Mapping[str, Scalar]) -> None:
    names = [wanted.name for wanted in action.inputs]
    for name in given:
        if name not in names:
            hint = suggest(name, names) or "leave it out: the action takes no inputs"
            raise UsageError(f'the action {action.name} has no input "{name}"', hint=hint)


def _value(wanted: DataInput, given: Scalar) -> Scalar:
    value = wanted.default_value if given is None else given
    if wanted.required and is_empty(value):
        message = f'the input "{wanted.name}" needs a value'
        raise UsageError(message, hint=f"say `--input {quote_word([f'{wanted.name}=VALUE'])}`")
    return None if value is None else _typed(wanted, value)


def _typed(wanted: DataInput, given: Scalar) -> Scalar:
    types, words, example = _TYPED[wanted.type]
    is_word = isinstance(given, str) and wanted.type is not InputType.STRING
    value = _canonical(str(given)) if is_word else given
    # bool is an int in Python and a number nowhere else, hence type() and not isinstance()
    if type(value) not in types or (isinstance(value, float) and not math.isfinite(value)):
        message = f'the input "{wanted.name}" is not {words}'
        given = quote_word([f"{wanted.name}={example}"])
        raise UsageError(message, hint=f"write for example `--input {given}`")
    return value


def _canonical(text: str) -> Scalar:
    """The value that JSON writes exactly like this; the text itself where there is none."""
    try:
        value = strict_json.parse_json(text)
    except StrictJsonError:
        return text
    if isinstance(value, list | dict) or strict_json.dump_json(value) != text:
        return text
    return value

"""Options that several commands share as one value: a decorator adds them to a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from inspect import Parameter, signature
from typing import Any

Command = Callable[..., None]


def share_options(
    options: Mapping[str, Any], defaults: Mapping[str, Any], build: Callable[..., object]
) -> Callable[[Command], Command]:
    """A decorator: the command takes these options, and gets what ``build`` makes of them first.

    An option without a default is None where it is not given.
    """

    def decorated(command: Command) -> Command:
        def called(**texts: Any) -> None:  # noqa: ANN401 (whatever Typer has read)
            command(build(**{name: texts.pop(name) for name in options}), **texts)

        own = [*signature(command, eval_str=True).parameters.values()][1:]
        return _add_parameters(called, command, own, _list_parameters(options, defaults))

    return decorated


def wrap_command(
    options: Mapping[str, Any], enter: Callable[..., AbstractContextManager[None]]
) -> Callable[[Command], Command]:
    """A decorator: the command takes these options, too, and runs within what they enter."""

    def decorated(command: Command) -> Command:
        def called(**texts: Any) -> None:  # noqa: ANN401 (whatever Typer has read)
            with enter(**{name: texts.pop(name) for name in options}):
                command(**texts)

        own = [*signature(command, eval_str=True).parameters.values()]
        return _add_parameters(called, command, own, _list_parameters(options, {}))

    return decorated


def join_options(
    outer: Callable[[Command], Command], inner: Callable[[Command], Command]
) -> Callable[[Command], Command]:
    """A decorator that adds the options of both."""
    return lambda command: outer(inner(command))


def _list_parameters(options: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[Parameter]:
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=defaults.get(name), annotation=form)
        for name, form in options.items()
    ]


def _add_parameters(
    called: Command, command: Command, own: Sequence[Parameter], shared: Sequence[Parameter]
) -> Command:
    """``called`` in the place of the command, as Typer reads it: with the shared options last."""
    kept = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in own]
    of_command = signature(command).replace(parameters=[*kept, *shared])
    called.__signature__ = of_command  # type: ignore[attr-defined]
    called.__annotations__ = {}
    called.__name__, called.__doc__ = command.__name__, command.__doc__
    return called

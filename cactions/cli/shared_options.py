"""Options that several commands share as one value: a decorator adds them to a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
        shared = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=defaults.get(name), annotation=form)
            for name, form in options.items()
        ]
        own = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in own]
        of_command = signature(command).replace(parameters=[*own, *shared])
        called.__signature__ = of_command  # type: ignore[attr-defined]
        called.__annotations__ = {}
        called.__name__, called.__doc__ = command.__name__, command.__doc__
        return called

    return decorated

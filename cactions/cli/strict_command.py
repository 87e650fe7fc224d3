"""A command that refuses an option with one value that is given twice.

Typer takes the last value and says nothing of the others: the person who stands first would be
left out, without a word.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperOption

from cactions.model import UsageError


class StrictCommand(TyperCommand):
    """What every command of ours is made of."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 (not public)
        """Raises UsageError where an option takes one value and stands twice."""
        _, _, found = self.make_parser(ctx).parse_args(args=list(args))
        seen: set[str | None] = set()
        for option in found:
            if not isinstance(option, TyperOption) or option.multiple or option.is_flag:
                continue
            if option.name in seen:
                raise UsageError(f"{option.opts[0]} is given twice", hint="Keep one.")
            seen.add(option.name)
        return super().parse_args(ctx, args)

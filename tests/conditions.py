"""Conditions of ``--where`` as texts: bare words where they can stand bare, else in quotes."""

from __future__ import annotations

import re

from cactions.logic.strict_json import dump_json
from cactions.model import Condition

_BARE_FIELD = re.compile(r"""[^\s"'=!<>~^$,()]+""")
_BARE_VALUE = re.compile(r"""[^\s"',()]+""")
_SIGNS = "=!<>~^$"


def format_condition(condition: Condition) -> str:
    """The text of a condition; ``parse_conditions`` reads it as the same condition."""
    texts = (each if isinstance(each, str) else dump_json(each) for each in condition.values)
    values = ", ".join(_quote(text, _BARE_VALUE) for text in texts)
    return f"{_quote(condition.field, _BARE_FIELD)} {condition.operator} {values}"


def _quote(text: str, bare: re.Pattern[str]) -> str:
    if bare.fullmatch(text) and text[0] not in _SIGNS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

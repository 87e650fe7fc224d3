"""Puts the errors of a schema into sentences: the place in the document, and the rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from jsonschema import ValidationError  # type: ignore[import-untyped]

MAX_VALUE = 60


def explain_errors(errors: Sequence[ValidationError], root: str) -> list[str]:
    """One sentence for each error; ``root`` is the name of the document, such as ``body``."""
    return [text for error in errors for text in _explain(error, root)]


def _explain(error: ValidationError, place: str) -> Iterator[str]:
    place += show_path(error.path)
    if error.validator in ("oneOf", "anyOf"):
        yield from _explain_alternatives(error, place)
    else:
        yield f"{place}: {_describe(error)}"


def show_path(path: Sequence[Any]) -> str:
    """``.data[0].email``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _describe(error: ValidationError) -> str:
    rule: Any = error.validator_value
    value = show_value(error.instance)
    match error.validator:
        case "type":
            kinds = rule if isinstance(rule, list) else [rule]
            return f"{value} is no {' and no '.join(kinds)}"
        case "enum":
            words = ["null" if item is None else str(item) for item in rule]
            return f"{value} is not in [{', '.join(words)}]"
        case "required" | "closed":
            return str(error.message)
        case "format":
            return f"{value} is no {rule}"
        case _:
            return f"{value} breaks {error.validator} {rule}"


def show_value(value: Any) -> str:
    """The value as JSON; shortened, and without what an array or object holds."""
    if isinstance(value, dict | list) and value:
        return "{…}" if isinstance(value, dict) else "[…]"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"


def _explain_alternatives(error: ValidationError, place: str) -> Iterator[str]:
    """The errors of the alternative that fits best."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    if not branches:
        yield f"{place}: {show_value(error.instance)} fits more than one alternative"
        return
    best = min(branches.values(), key=_rank)
    for inner in best:
        yield from _explain(inner, place)


def _rank(errors: list[ValidationError]) -> tuple[bool, int]:
    """An alternative of another type fits worst; then the number of errors counts."""
    wrong_type = any(not e.path and e.validator in ("type", "enum") for e in errors)
    return wrong_type, len(errors)

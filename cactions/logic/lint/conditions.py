"""How well a tree of conditions binds a record to its owner, whatever the tree means in detail.

Of conditions that all hold, the best counts. Of alternatives, and of several values under one name,
the worst: each may be the one that holds. A negation says nothing of whose record is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import Final

from cactions.logic.lint.vocabulary import split_words
from cactions.model import JsonTemplate, Template

Steps = tuple[str, ...]
"""The names from the top of the tree to a value."""


class Grade(IntEnum):
    """What a value at its place says of whose record is found."""

    NONE = 0
    WEAK = 1
    """It names a person, and nothing says that the record is theirs."""
    PROVEN = 2


MeasureLeaf = Callable[[Template, Steps], Grade]

_ALTERNATIVES: Final = frozenset(
    "or any anyof oneof should some either disjunction filtergroups orfilters".split()
)
_NEGATIONS: Final = frozenset(
    "not nor mustnot exclude excludes excluding except without unless ne neq notequals"
    " notequal noteq nin notin isnot notcontains differs".split()
)
_NEGATING: Final = frozenset(["not", "ne", "neq", "nin", "except", "without", "exclude"])
_COMBINATORS: Final = frozenset(
    "conjunction operator op logic combinator condition logical logicaloperator match"
    " matchtype matching join boolean filteroperator mode type combine".split()
)
_OPERATORS: Final = frozenset(
    "operator op comparator comparison condition predicate relation matchtype type match".split()
)
_EITHER: Final = frozenset(["or", "any", "some", "either", "||", "|", "anyof"])
_EXACT: Final = frozenset(
    [
        "eq",
        "equal",
        "equals",
        "is",
        "=",
        "==",
        "===",
        "in",
        "contains",
        "like",
        "match",
        "exact",
        "term",
        "and",
        "all",
        "&&",
        "&",
        "text",
        "string",
    ]
)
_COMPARED: Final = frozenset(
    [
        "gt",
        "gte",
        "lt",
        "lte",
        "ge",
        "le",
        ">",
        ">=",
        "<",
        "<=",
        "exists",
        "greater",
        "less",
        "between",
        "hasproperty",
        "nothasproperty",
    ]
)
_NAMING: Final = frozenset(
    "field property propertyname name key attribute column path fieldname by lhs left".split()
)
_VALUES: Final = frozenset("value values is equals eq operand rhs right term query".split())


def measure_tree(content: JsonTemplate, measure_leaf: MeasureLeaf, steps: Steps = ()) -> Grade:
    """The grade of a body, or of the arguments of a field."""
    if isinstance(content, Template):
        return measure_leaf(content, steps)
    if isinstance(content, list):
        values = [item for item in content if isinstance(item, Template) and item.references]
        others = [item for item in content if item not in values]
        grades = [measure_tree(item, measure_leaf, steps) for item in others]
        grades += [min(measure_leaf(value, steps) for value in values)] if values else []
        return max(grades, default=Grade.NONE)
    if not isinstance(content, dict) or _is_turned_around(content):
        return Grade.NONE
    return max(_measure_members(content, measure_leaf, steps), default=Grade.NONE)


def _measure_members(
    content: Mapping[str, JsonTemplate], measure_leaf: MeasureLeaf, steps: Steps
) -> Iterator[Grade]:
    either = _has_literal(content, _COMBINATORS, _EITHER)
    named = _find_named(content)
    names = {_plain(name) for name in content}
    for name, item in content.items():
        word = _plain(name)
        below = (*steps, named) if named and word in _VALUES else (*steps, name)
        if word in _NEGATIONS or (word == "should" and _is_optional(names)):
            yield Grade.NONE
        elif word in _ALTERNATIVES or (either and isinstance(item, list)):
            yield _measure_alternatives(item, measure_leaf, below)
        else:
            yield measure_tree(item, measure_leaf, below)


def _measure_alternatives(content: JsonTemplate, measure_leaf: MeasureLeaf, steps: Steps) -> Grade:
    if isinstance(content, dict):
        branches = [
            measure_tree({name: item}, measure_leaf, steps) for name, item in content.items()
        ]
    elif isinstance(content, list):
        branches = [measure_tree(item, measure_leaf, steps) for item in content]
    else:
        return Grade.NONE
    return min(branches, default=Grade.NONE)


def _is_optional(names: set[str]) -> bool:
    """Whether alternatives of Elasticsearch only change the order of the hits."""
    return not names.isdisjoint(("must", "filter")) and "minimumshouldmatch" not in names


def _is_turned_around(content: Mapping[str, JsonTemplate]) -> bool:
    """Whether the operator of one condition negates or orders, and so binds nothing."""
    for name, item in content.items():
        word = _read_literal(item) if _plain(name) in _OPERATORS else ""
        negates = word.startswith(("!", "<>", "~")) or not _NEGATING.isdisjoint(split_words(word))
        if negates or word in _COMPARED or _plain(word) in _NEGATIONS:
            return True
    return False


def _has_literal(
    content: Mapping[str, JsonTemplate], names: frozenset[str], words: frozenset[str]
) -> bool:
    return any(
        _plain(name) in names and _read_literal(item) in words for name, item in content.items()
    )


def _find_named(content: Mapping[str, JsonTemplate]) -> str:
    """The field that a condition is about, where it stands beside the value."""
    found = (_read_literal(item) for name, item in content.items() if _plain(name) in _NAMING)
    return next((text for text in found if text), "")


def _read_literal(item: JsonTemplate) -> str:
    """A text without variables in small letters; empty where it is none."""
    if isinstance(item, Template):
        return "" if item.references else "".join(map(str, item.parts)).strip().lower()
    return item.strip().lower() if isinstance(item, str) else ""


def _plain(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalpha())


def list_names(steps: Steps) -> Iterator[str]:
    """The names of a place that say what is compared, the innermost first: no operators."""
    for step in reversed(steps):
        if _plain(step) not in _EXACT | _VALUES:
            yield step

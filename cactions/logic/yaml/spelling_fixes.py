"""Safe fixes of what is wrong with the format: where only one thing can have been meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from msgspec.structs import replace

from cactions.logic.suggest import find_closest
from cactions.logic.yaml.nodes import Node, ScalarNode
from cactions.model import Edit, Finding, Fix, Place

_MOST_COMPARED: Final = 20  # keys of one map
_LEAST: Final = 5
"""In characters: shorter names are one slip apart from too many others."""
_UNQUOTED: Final = (
    r"[ ]*(?:-[ ]+)*(?:[\w.-]+:[ ]+)?"
    r"(?P<value>\{\{[^{}\"'\\#]*\}\}(?:[ ]?(?:[^{}\"'\\#\s,:]|\{\{[^{}\"'\\#]*\}\}))*)"
    r"[ ]*(?:[ ]#.*)?"
)
"""A line whose value begins with a template and is nothing but templates and plain characters."""


def fix_key_spelling(key: ScalarNode, place: Place, known: Collection[str]) -> Fix | None:
    """The one known key that is a single slip away."""
    near = [name for name in known if _is_slip(key.value, name)]
    if len(near) != 1 or not _is_bare(key, place):
        return None
    return Fix(f"write {near[0]}", (Edit(place, near[0]),), safe=True)


def fix_word_spelling(word: ScalarNode, place: Place, known: Collection[str]) -> Fix | None:
    """The one word that differs in nothing but large and small letters."""
    meant = [text for text in known if text.lower() == word.value.lower()]
    if len(meant) != 1 or not _is_bare(word, place):
        return None
    return Fix(f"write {meant[0]}", (Edit(place, meant[0]),), safe=True)


def quote_value(finding: Finding, lines: Sequence[str]) -> Finding:
    """A finding about a template without quotes, with the quotes; unchanged if unsure."""
    place = finding.place
    line = lines[place.line - 1].rstrip() if place and place.line <= len(lines) else ""
    found = re.fullmatch(_UNQUOTED, line)
    if place is None or found is None:
        return finding
    edits = tuple(Edit(_build_insertion_point(place, at + 1), '"') for at in found.span("value"))
    return replace(finding, fix=Fix("quote the template", edits, safe=True))


def _build_insertion_point(place: Place, column: int) -> Place:
    """Where something is put in. What stands there already is not repeated: it may be a secret."""
    return Place(place.file, place.line, column, place.line, column)


def _is_bare(node: ScalarNode, place: Place) -> bool:
    """Whether the place holds exactly the text, without quotes around it."""
    whole = place.end_column - place.column == len(node.value)
    return place.line == place.end_line and whole


def _is_slip(word: str, name: str) -> bool:
    """One letter too many, too few, wrong, or two in each other's place; or another case."""
    if len(name) < _LEAST or word == name:
        return False
    if word.lower().replace("-", "_") == name:
        return True
    at = next((n for n, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), None)
    at = min(len(word), len(name)) if at is None else at
    rest, other = word[at:], name[at:]
    return (
        rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )  # fmt: skip


def list_meant_names(
    known: Collection[str], entries: Sequence[tuple[ScalarNode, Node]]
) -> set[str]:
    """The names of the keys, and those that misspelt ones stand for: one mistake, one fault."""
    names = {name.value for name, _ in entries}
    unknown = [name for name in names if name not in known][:_MOST_COMPARED]
    return names | {find_closest(name, known) for name in unknown}


def find_misspelt(known: str, entries: Sequence[tuple[ScalarNode, Node]]) -> ScalarNode | None:
    """The key that stands for a name, misspelt."""
    nodes = (name for name, _ in entries[:_MOST_COMPARED])
    return next((node for node in nodes if find_closest(node.value, [known])), None)

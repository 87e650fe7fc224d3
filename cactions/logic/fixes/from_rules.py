"""Turns the smallest change that a rule proposes into edits of the file, in the author's layout."""

from __future__ import annotations

from cactions.logic.fixes.suppressions import remove_item, remove_rule
from cactions.logic.project.source_map import Location, SourceMap
from cactions.logic.yaml.nodes import MapNode
from cactions.model import Edit, Fix, Place
from cactions.rules.rule import EditKind, SuggestedFix


def fix_from_suggestion(
    suggestion: SuggestedFix, places: SourceMap, at: Place | None = None
) -> Fix | None:
    """The change as edits; None where its place cannot be told. ``at``: where it has no route."""
    if suggestion.kind is EditKind.REMOVE:
        edit = _build_removal(suggestion, at, places)
    elif suggestion.kind is EditKind.INSERT:
        edit = _build_insertion(suggestion, places)
    else:
        place = places.place(suggestion.route)
        exact = place is not None and place.line == place.end_line
        edit = Edit(place, suggestion.text) if place and exact else None
    return Fix(suggestion.title, (edit,), suggestion.safe) if edit else None


def _build_removal(suggestion: SuggestedFix, at: Place | None, places: SourceMap) -> Edit | None:
    if suggestion.route:
        return remove_item(suggestion.route, at, places)
    return remove_rule(suggestion.text, at, places)


def _build_insertion(suggestion: SuggestedFix, places: SourceMap) -> Edit | None:
    """A key before the first one of the map; on a line of its own unless that is in braces."""
    found = places.find(suggestion.route)
    if found is None or not found.whole or not isinstance(found.node, MapNode):
        return None
    if not found.node.entries:
        return None
    first = found.node.entries[0][0].span
    at = Place(found.file, first.line + 1, first.column + 1, first.line + 1, first.column + 1)
    if _in_braces(found, places):
        return Edit(at, f"{suggestion.text}, ")
    return Edit(at, f"{suggestion.text}\n{' ' * first.column}")


def _in_braces(found: Location, places: SourceMap) -> bool:
    span = found.node.span
    return places.get_line(found.file, span.line)[span.column : span.column + 1] == "{"

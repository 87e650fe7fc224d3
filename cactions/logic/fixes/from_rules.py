"""Turns the smallest change that a rule proposes into edits of the file, in the author's layout."""

from __future__ import annotations

from cactions.logic.fixes.suppressions import remove_item, remove_rule
from cactions.logic.project.source_map import Location, SourceMap
from cactions.logic.yaml.nodes import MapNode
from cactions.model import Edit, Fix, Place
from cactions.rules.rule import EditKind, SuggestedFix


def fix_from_suggestion(
    mend: SuggestedFix, places: SourceMap, at: Place | None = None
) -> Fix | None:
    """The change as edits; None where its place cannot be told. ``at``: where it has no route."""
    if mend.kind is EditKind.REMOVE:
        edit = _removed(mend, at, places)
    elif mend.kind is EditKind.INSERT:
        edit = _insert(mend, places)
    else:
        place = places.place(mend.route)
        exact = place is not None and place.line == place.end_line
        edit = Edit(place, mend.text) if place and exact else None
    return Fix(mend.title, (edit,), mend.safe) if edit else None


def _removed(mend: SuggestedFix, at: Place | None, places: SourceMap) -> Edit | None:
    if mend.route:
        return remove_item(mend.route, at, places)
    return remove_rule(mend.text, at, places)


def _insert(mend: SuggestedFix, places: SourceMap) -> Edit | None:
    """A key before the first one of the map; on a line of its own unless that is in braces."""
    found = places.find(mend.route)
    if found is None or not found.whole or not isinstance(found.node, MapNode):
        return None
    if not found.node.entries:
        return None
    first = found.node.entries[0][0].span
    at = Place(found.file, first.line + 1, first.column + 1, first.line + 1, first.column + 1)
    if _in_braces(found, places):
        return Edit(at, f"{mend.text}, ")
    return Edit(at, f"{mend.text}\n{' ' * first.column}")


def _in_braces(found: Location, places: SourceMap) -> bool:
    span = found.node.span
    return places.line(found.file, span.line)[span.column : span.column + 1] == "{"

"""Turns the smallest change that a rule proposes into edits of the file, in the author's layout."""

from __future__ import annotations

from cactions.logic.fixes.suppressions import item_removed, rule_removed
from cactions.logic.project.source_map import Found, Places
from cactions.logic.yaml.nodes import MapNode
from cactions.model import Edit, Fix, Place
from cactions.rules.rule import Deed, Mend


def fix_of(mend: Mend, places: Places, at: Place | None = None) -> Fix | None:
    """The change as edits; None where its place cannot be told. ``at``: where it has no route."""
    if mend.deed is Deed.REMOVE:
        edit = _removed(mend, at, places)
    elif mend.deed is Deed.INSERT:
        edit = _insert(mend, places)
    else:
        place = places.place(mend.route)
        exact = place is not None and place.line == place.end_line
        edit = Edit(place, mend.text) if place and exact else None
    return Fix(mend.title, (edit,), mend.safe) if edit else None


def _removed(mend: Mend, at: Place | None, places: Places) -> Edit | None:
    if mend.route:
        return item_removed(mend.route, at, places)
    return rule_removed(mend.text, at, places)


def _insert(mend: Mend, places: Places) -> Edit | None:
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


def _in_braces(found: Found, places: Places) -> bool:
    span = found.node.span
    return places.line(found.file, span.line)[span.column : span.column + 1] == "{"

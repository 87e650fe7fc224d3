"""Shapes where the value of an attribute comes from."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.project.row_choices import ORDERS, build_rows, is_list_path
from cactions.logic.project.scope import Scope
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import BAD_TEMPLATE, CONTRADICTION, MISSING_KEY, WRONG_VALUE
from cactions.model import EACH, Aggregate, Path, Rows

AGGREGATES = tuple(kind.value for kind in Aggregate)
SOURCES = ("path", "text", *AGGREGATES)
_CHOICES = ("where", "is", *ORDERS)
_HOLE = re.compile(r"\{\{[ \t]*([^{}]*?)[ \t]*\}\}")
MAX_PARTS = 20


class ValueSource(Struct, frozen=True):
    """Where a value comes from, as in ``AttributeMapping``."""

    path: Path
    elements: Rows | None = None
    aggregate: Aggregate | None = None
    text: tuple[str | Path, ...] = ()
    parse: Path | None = None


def build_value_source(at: LocatedValue, scope: Scope) -> ValueSource | None:
    """The source that an entry of ``mapping`` names; None where it is broken."""
    name = _find_source_key(at, scope)
    item = at.get(name) if name else None
    if name is None or item is None:
        return None
    if name == "text":
        source = _build_text(at, item, scope)
    elif name == "path":
        source = _build_path(at, item, scope)
    else:
        source = _build_aggregate(at, item, Aggregate(name), scope)
    parse = at.get("parse")
    path = scope.parse_path(parse) if parse else None
    if parse and name not in ("path", "text"):
        scope.refuse_key(parse, f"{name} gives a number, and no text to parse")
    return replace(source, parse=path) if source and path else source


def _find_source_key(at: LocatedValue, scope: Scope) -> str | None:
    """The one key that says where the value stands; None for none."""
    named = [name for name in SOURCES if at.has(name)]
    if not named and not at.has_like(SOURCES):
        hint = "add path: $.member; or text, count, sum, min or max"
        message = "it does not say where the value stands"
        scope.faults.add(MISSING_KEY, at.key, message, hint=hint, route=at.route)
    for other in named[1:]:
        if found := at.get(other):
            message = f"the value comes from {named[0]} already"
            scope.faults.add(CONTRADICTION, found.key, message, hint="keep one", route=found.route)
    return named[0] if named else None


def _build_path(at: LocatedValue, item: LocatedValue, scope: Scope) -> ValueSource | None:
    """One value; with ``in``, that of the one element that is meant."""
    elements = _build_elements(at, scope)
    path = scope.parse_path(item, rows=at.get("in") is None)
    if path is None or (at.has("in") and elements is None):
        return None
    return ValueSource(_extend(elements, path), elements)


def _build_aggregate(
    at: LocatedValue, item: LocatedValue, kind: Aggregate, scope: Scope
) -> ValueSource | None:
    elements = None if kind is Aggregate.COUNT else _build_elements(at, scope)
    path = scope.parse_path(item, rows=True)
    if path is None or (kind is not Aggregate.COUNT and at.has("in") and elements is None):
        return None
    if kind is Aggregate.COUNT:
        if found := at.get("in"):
            scope.refuse_key(found, "count names the list itself")
            return None
        elements = _build_counted(at, item, path, scope)
    full = path if kind is Aggregate.COUNT else _extend(elements, path)
    if EACH not in full.segments:
        message = f"{kind.value} takes every element of a list"
        scope.add_fault(WRONG_VALUE, item, message, f'write "{path}[*]"')
        return None
    return ValueSource(full, elements, kind)


def _build_counted(at: LocatedValue, item: LocatedValue, path: Path, scope: Scope) -> Rows | None:
    """The elements that count, where ``where`` or ``is`` chooses among them."""
    _refuse_orders(at, scope)
    if not (at.get("is") or at.get("where")):
        return None
    if not is_list_path(path):
        message = "elements are chosen: the path must end in [*]"
        scope.add_fault(WRONG_VALUE, item, message)
        return None
    return build_rows(at, item, scope)


def _build_elements(at: LocatedValue, scope: Scope) -> Rows | None:
    """The elements that ``in`` names, and which of them is meant."""
    in_at = at.get("in")
    if in_at is None:
        for name in _CHOICES:
            if not at.has("in") and (found := at.get(name)):
                message = f"{name} chooses among the elements of in, which is not there"
                scope.refuse_key(found, message)
        return None
    if any(at.has(name) for name in AGGREGATES):
        _refuse_orders(at, scope)
    rows = build_rows(at, in_at, scope)
    if rows and not is_list_path(rows.path):
        message = "in names the elements of a list: it ends in [*]"
        scope.add_fault(WRONG_VALUE, in_at, message, f'write "{rows.path}[*]"')
        return None
    return rows


def _refuse_orders(at: LocatedValue, scope: Scope) -> None:
    for name in ORDERS:
        if found := at.get(name):
            scope.refuse_key(found, f"{name} takes one element, and all are taken here")


def _extend(elements: Rows | None, path: Path) -> Path:
    """The path from where the answer's paths start."""
    if elements is None:
        return path
    before = elements.path
    return Path(before.text + path.text.lstrip()[1:], (*before.segments, *path.segments))


def _build_text(at: LocatedValue, item: LocatedValue, scope: Scope) -> ValueSource | None:
    """Texts and response paths in turn."""
    for name in ("in", *_CHOICES):
        if found := at.get(name):
            scope.refuse_key(found, f"{name} belongs to path")
    parts: list[str | Path] = []
    end = 0
    for hole in _HOLE.finditer(item.value):
        parts.append(item.value[end : hole.start()])
        path = scope.parse_path_text(hole[1], item.node, item.route)
        if path is None:
            return None
        parts.append(path)
        end = hole.end()
    parts.append(item.value[end:])
    if any(isinstance(part, str) and "{{" in part for part in parts):
        message = "a hole of this text is {{ $.path }}: only paths of the answer stand here"
        scope.add_fault(BAD_TEMPLATE, item, message)
        return None
    paths = [part for part in parts if isinstance(part, Path)]
    if not 0 < len(paths) <= MAX_PARTS:
        message = f"a text has 1 to {MAX_PARTS} values of the answer: {{{{ $.path }}}}"
        scope.add_fault(BAD_TEMPLATE, item, message)
        return None
    return ValueSource(paths[0], text=tuple(part for part in parts if part != ""))

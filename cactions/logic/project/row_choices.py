"""Shapes which row of an answer, or which element of a list, is meant."""

from __future__ import annotations

from cactions.logic.project.date_formats import build_date_format
from cactions.logic.project.scope import Scope
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION
from cactions.model import EACH, Order, Path, Reference, RowOrder, Rows, Scalar

ORDERS = tuple(order.value for order in Order)


def build_rows(at: LocatedValue, path_at: LocatedValue | None, scope: Scope) -> Rows | None:
    """The choice of a row; ``path_at`` is where the path of all rows stands."""
    path = scope.parse_path(path_at, rows=True) if path_at else None
    where, literals, order = _build_where(at, scope), _build_literals(at, scope), None
    found = [(name, item) for name in ORDERS if (item := at.get(name))]
    for name, item in found[1:]:
        message = f"rows are put in order once: by {found[0][0]}, or by {name}"
        scope.faults.add(CONTRADICTION, item.key, message, hint="keep one", route=item.route)
    if found:
        order = _build_order(*found[0], scope)
    return Rows(path, where, literals, order) if path else None


def is_list_path(path: Path) -> bool:
    """Whether the last step of a path is every element."""
    return bool(path.segments) and path.segments[-1] is EACH


def _build_where(at: LocatedValue, scope: Scope) -> tuple[tuple[Path, Reference], ...]:
    where_at = at.get("where")
    found: list[tuple[Path, Reference]] = []
    for text, item in where_at.items() if where_at else ():
        path = scope.parse_path_text(text, item.front, item.route)
        reference = scope.parse_reference(item)
        if path and reference:
            found.append((path, reference))
    return tuple(found)


def _build_literals(at: LocatedValue, scope: Scope) -> tuple[tuple[Path, Scalar], ...]:
    is_at = at.get("is")
    found: list[tuple[Path, Scalar]] = []
    for text, item in is_at.items() if is_at else ():
        path = scope.parse_path_text(text, item.front, item.route)
        if path:
            found.append((path, item.value))
    return tuple(found)


def _build_order(name: str, at: LocatedValue, scope: Scope) -> RowOrder | None:
    is_short = isinstance(at.value, str)
    path_at = at if is_short else at.get("path")
    path = scope.parse_path(path_at) if path_at else None
    date_at = None if is_short else at.get("date")
    date = build_date_format(date_at, scope) if date_at else None
    return RowOrder(Order(name), path, date) if path else None

"""Small changes of meaning in a module, made from its syntax tree; everything else stays as it is.

Left out are annotations, docstrings, assertions, errors' messages and texts: what is shown to a
reader is compared by golden files.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.BitOr: ("|", "&"), ast.BitAnd: ("&", "|"),
    ast.FloorDiv: ("//", "*"), ast.Mult: ("*", "+"),
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed module. Its key stays the same where other code changes."""

    path: str
    place: str
    line: int
    key: str
    text: str


@dataclass(frozen=True)
class Change:
    """Where a text of the source is replaced."""

    node: ast.expr | ast.stmt
    after: str
    place: str


def list_mutants(path: Path, root: Path) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    source = path.read_text()
    name, seen = str(path.relative_to(root)), Counter[str]()
    found = []
    for change in _list_changes(ast.parse(source)):
        start, stop = _find_span(source, change.node)
        before = source[start:stop]
        if before == change.after:
            continue
        short = " ".join(before.split())
        key = f"{name} {change.place}: {short} -> {change.after}"
        seen[key] += 1
        key += f" ({seen[key]})" if seen[key] > 1 else ""
        text = source[:start] + change.after + source[stop:]
        found.append(Mutant(name, change.place, change.node.lineno, key, text))
    return found


def _find_span(source: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def locate(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return locate(node.lineno, node.col_offset), locate(node.end_lineno, node.end_col_offset)


def _list_changes(tree: ast.Module) -> Iterator[Change]:
    for node, place in _walk(tree, ""):
        for changed, after in _change(node):
            yield Change(changed, after, place)


def _walk(node: ast.AST, place: str) -> Iterator[tuple[ast.AST, str]]:
    """Every node that has a meaning at run time, and the name of the function around it."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "bases", "decorator_list", "type_params"):
            continue
        if field == "keywords" and isinstance(node, ast.ClassDef):  # frozen=True, of ``Struct``
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Assert):
                continue
            if isinstance(child, ast.Raise):  # removed as a whole; its message is for readers
                yield child, place
                continue
            inner = place
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{place}.{child.name}".strip(".")
            yield child, inner
            yield from _walk(child, inner)


def _change(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:  # noqa: PLR0912 - a table
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            after = f"{_write(left)} {COMPARISONS[type(operator)]} {_write(right)}"
            yield node, after
        case ast.BoolOp(op=operator, values=values):
            word = " or " if isinstance(operator, ast.And) else " and "
            yield node, f"({word.join(_write(value) for value in values)})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, _write(operand)
        case ast.Expr(value=ast.Call() | ast.YieldFrom(value=ast.Call())):
            yield node, "pass"
        case ast.Raise():
            yield node, "pass"
        case ast.Constant(value=bool() as value):
            yield node, str(not value)
        case ast.Constant(value=int() | float() as value):
            yield node, repr(value + 1)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            yield node, f"({_write(left)} {OPERATORS[type(operator)][1]} {_write(right)})"
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield test, "False"
            if not isinstance(node, ast.While):
                yield test, "True"
        case ast.Return(value=ast.expr() as value) if isinstance(value, ast.Call | ast.Compare):
            yield value, f"not ({_write(value)})" if isinstance(value, ast.Compare) else "None"
        case ast.Call(func=ast.Name(id="any"), args=args):
            yield node, f"all({', '.join(map(_write, args))})"
        case ast.Call(func=ast.Name(id="all"), args=args):
            yield node, f"any({', '.join(map(_write, args))})"


def _write(node: ast.expr) -> str:
    text = ast.unparse(node)
    plain = isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript)
    return text if plain else f"({text})"

"""The rules for names, checked like the import contracts: standard terms, verbs, nouns."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cactions"
FILES = sorted(PACKAGE.rglob("*.py"))

VERBS = frozenset(
    """
    abandon abort accept acquire add advance align analyze annotate append apply archive arrange ask
    assemble atomic attach audit authenticates begin bind build by call capture change check choose
    clean clear clone
    close coerce collect commit compare compose compress compute confirm connect continue convert
    copy count create
    cut decode decompress delete derive describe detect dim discard discards divide draft draw drop
    dump emits encode end ensure enter equals erase error escape evaluate exclude execute
    exit expand explain export extract fail feed fetch fileno fill filter find finds
    finish fires fits fix flush follow forbid force forget format freeze from gather get give group
    guess handle has hash hide hold ignore import in indent index info init insert invert invite is
    isatty join judge keep leave leaves limit lint list load lock log look looks loses main make
    map mark mask match matches may measure meets merge minimize move name narrow new
    normalize observe offer open order pad parse pass patch place plan prepare preview print probe
    propose prove proves
    prune publish pull put query quote raise read rebuild receive record redact refuse
    register reject rekey release remember remove rename render reopen replace report require
    resolve restore rests restyle resume retry returns reveal revoke rewrap rotate run
    salvage save scrub seal search send serve set settle shake share show sign skip sleep sort
    span split stack start stop store strip suggest suggests sum sync take test to track
    truncate try turn undo unlock unpad unseal unwrap update use validate verify wait walk
    wants widen without wrap writable write yield
    carry complete hand note renew
    of items scalar lines blanked plain
    diff digest generalize rank
    """.split()  # noqa: SIM905 - a list of words
)
"""First words of public functions: imperative verbs, and those of questions and conversions.

The last five are accessors named like those of a mapping.
"""

DIALECT_CLASSES = frozenset(
    [
        "Asked",
        "Asker",
        "Books",
        "Desk",
        "Doors",
        "Doubts",
        "Doubt",
        "Enrolment",
        "Facts",
        "Filler",
        "Flows",
        "Heard",
        "Ink",
        "Knocked",
        "Listening",
        "Live",
        "Mend",
        "Misread",
        "Noun",
        "Opened",
        "Paper",
        "Patience",
        "Pauses",
        "Question",
        "Replaying",
        "Rendered",
        "Sheet",
        "Site",
        "Spot",
        "Stopped",
        "Told",
        "Tone",
        "Turns",
        "Undone",
        "Ways",
        "Words",
    ]
)
DIALECT_WORDS = re.compile(
    r"\b(nobody|whoever|somebody|mend|mends|mended|gravest|hop by hop|of its own accord)\b",
    re.IGNORECASE,
)
VAGUE_NAMES = frozenset(["one", "told", "given", "came", "said"])
MODULES = frozenset({"encoding", "finding"})
"""Nouns of the field that end in -ing; wiring, tracking and binding are compounds of it."""

GERUNDS_OF_THE_FIELD = ("Finding", "Warning", "Mapping", "Binding", "Listing")

FORBIDDEN_MODULES = frozenset(["utils", "helpers", "common", "base", "manager", "service", "misc"])


@cache
def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def name_of(file: Path) -> str:
    return str(file.relative_to(PACKAGE))


def classes() -> Iterator[tuple[str, str]]:
    """Every class at the top of a module, with its file."""
    for file in FILES:
        for node in parse(file).body:
            if isinstance(node, ast.ClassDef):
                yield node.name, name_of(file)


def public_functions(file: Path) -> Iterator[ast.FunctionDef]:
    """Public functions, and public methods that are not properties."""
    for node in parse(file).body:
        bodies = [node.body] if isinstance(node, ast.ClassDef) else [[node]]
        for item in (item for body in bodies for item in body):
            if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
                decorators = {ast.unparse(decorator) for decorator in item.decorator_list}
                if not decorators & {"property", "cached_property", "classmethod"} and not any(
                    decorator.endswith(".setter") for decorator in decorators
                ):
                    yield item


def test_class_names_are_unique() -> None:
    """A private class may share its name, since no other file can see it."""
    counted = Counter(name for name, _ in classes() if not name.startswith("_"))
    assert [] == [name for name, count in counted.items() if count > 1]


def test_class_names_are_standard_terms() -> None:
    """In CamelCase, no gerunds, and none of the words that only this project used."""
    wrong = [
        f"{file}: {name}"
        for name, file in classes()
        if not re.fullmatch(r"_?[A-Z][A-Za-z0-9]*", name)
        or (name.endswith("ing") and not name.endswith(GERUNDS_OF_THE_FIELD))
        or name.lstrip("_") in DIALECT_CLASSES
    ]
    assert WRONG_CLASSES == wrong


def test_module_names_are_nouns() -> None:
    """No gerund, and no name that could mean anything."""
    stems = {file.stem for file in FILES} | {file.parent.name for file in FILES}
    assert set() == {s for s in stems if s.endswith("ing") and "_" not in s} - MODULES - {"wiring"}
    assert set() == stems & FORBIDDEN_MODULES


def test_public_functions_begin_with_a_verb() -> None:
    """Exceptions: Typer commands are named by their module; the function of a rule is ``check``."""
    wrong = [
        f"{name_of(file)}: {node.name}"
        for file in FILES
        if not name_of(file).startswith("cli/commands/")
        for node in public_functions(file)
        if node.name.split("_")[0] not in VERBS
        if not re.search(r"_(to|from)_(json|sarif|lines)$", node.name)
    ]
    assert sorted(WRONG_FUNCTIONS) == sorted(wrong)


def test_constants_are_defined_above_their_use() -> None:
    """A reader sees a limit before the code that uses it."""
    wrong = []
    for file in FILES:
        tree = parse(file)
        defined = {
            target.id: node.lineno
            for node in tree.body
            for target in (
                node.targets if isinstance(node, ast.Assign)
                else [node.target] if isinstance(node, ast.AnnAssign) else []
            )
            if isinstance(target, ast.Name) and re.fullmatch(r"_?[A-Z][A-Z0-9_]+", target.id)
            if isinstance(node.value, ast.Constant)
        }  # fmt: skip
        wrong += [
            f"{name_of(file)}: {node.id}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and node.lineno < defined.get(node.id, 0)
        ]
    assert [] == sorted(set(wrong))


def vague_names(file: Path) -> Iterator[str]:
    for node in ast.walk(parse(file)):
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Store)
            and node.id in VAGUE_NAMES
        ):
            yield node.id
        if isinstance(node, ast.arg) and node.arg in VAGUE_NAMES:
            yield node.arg


def test_local_names_are_specific() -> None:
    """Vague local names are not allowed."""
    assert VAGUE_LEFT == sum(1 for file in FILES for _ in vague_names(file))


TEXTS = [
    ROOT / "README.md",
    *sorted((ROOT / ".github").glob("*.md")),
    *sorted(PACKAGE.rglob("*.md")),
]


@pytest.mark.parametrize("kind", ["documents", "code"])
def test_prose_names_roles(kind: str) -> None:
    """End user, teammate, service, attacker, operator; and "fix" where something is fixed."""
    files = TEXTS if kind == "documents" else FILES
    found = sum(len(DIALECT_WORDS.findall(file.read_text())) for file in files)
    assert {"documents": 0, "code": DIALECT_LEFT}[kind] == found


WRONG_CLASSES: list[str] = []
WRONG_FUNCTIONS: list[str] = []
VAGUE_LEFT = 0
DIALECT_LEFT = 0

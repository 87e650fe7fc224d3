"""The laws of the house, run instead of remembered: floors, circles, seats, sizes, late imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from importlinter import cli as importlinter

from cactions import model

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cactions"
FILES = sorted(PACKAGE.rglob("*.py"))

SEATS = {
    "typer": {"cli/"},
    "rich": {"render/"},
    "yaml": {"logic/yaml/composer.py", "logic/yaml/parser.py"},
    "sqlite3": {"edges/store/sqlite.py"},
    "httpx": {"edges/http/client.py"},
    "httpcore": {"edges/http/client.py", "edges/http/connection.py"},
    "h11": set(),
    "certifi": {"edges/http/tls.py"},
    "vcr": {"edges/cassette/writer.py"},
    "keyring": {"edges/keys/keyring_store.py"},
    "platformdirs": {"edges/keys/user_config.py"},
    "cryptography": {"edges/keys/crypto.py"},
    "click": set(),
}
"""Each outside library, and the one place that may import it; an empty set: none."""

HEAVY = ("httpx", "requests", "keyring", "vcr", "rich", "cryptography", "sqlite3", "http.client")


@cache
def imports(file: Path) -> tuple[tuple[str, bool], ...]:
    """Every import of a file: the top-level name, and whether it stands inside a function."""
    return tuple(_imports(ast.parse(file.read_text())))


def _imports(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    inner = {
        id(node)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], id(node) in inner) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0], id(node) in inner


def test_imports_go_down_only_and_never_in_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    """import-linter holds the floors, and every new folder must be given one."""
    monkeypatch.chdir(ROOT)
    assert importlinter.lint_imports(str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("library", SEATS)
def test_each_library_has_one_home(library: str) -> None:
    """Swapping a library is a change of one file."""
    homes = {str(f.relative_to(PACKAGE)) for f in FILES if library in dict(imports(f))}
    strangers = {h for h in homes if not any(h.startswith(seat) for seat in SEATS[library])}
    assert set() == strangers


def test_a_context_of_tls_is_made_in_one_place() -> None:
    """What every connection demands of a certificate is said once."""
    makes = re.compile(
        r"SSLContext\(|create_(?:default|urllib3)_context|_create_\w+_context|wrap_socket"
    )
    assert ["edges/http/tls.py"] == [
        str(f.relative_to(PACKAGE)) for f in FILES if makes.search(f.read_text())
    ]


def looks_up_modules(file: Path) -> bool:
    """Whether a file imports by a name that is computed, which no reader sees at its top."""
    names = {
        node.id for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Name)
    }
    return not names.isdisjoint({"import_module", "__import__", "importlib"})


def test_late_imports_stand_in_the_wiring_and_at_the_front_door_only() -> None:
    """Everywhere else, what a file needs can be read at its top."""
    late = {str(f.relative_to(PACKAGE)) for f in FILES if any(inside for _, inside in imports(f))}
    homes = {"cli/workspace.py", "cli/wiring.py", "cli/reporters.py", "__main__.py"}
    assert late == {*homes, "cli/commands/validate.py"}  # fixing is not needed to look


def test_modules_are_looked_up_by_the_application_only() -> None:
    """A look-up by name hides an import from the contracts; it hides no circle.

    Only ``main`` imports the application, which looks its commands up.
    """
    looking = {str(f.relative_to(PACKAGE)) for f in FILES if looks_up_modules(f)}
    assert looking == {"cli/app.py"}
    importing = {
        f.stem for f in FILES if re.search(r"\bcactions\.cli(\.| import )app\b", f.read_text())
    }
    assert importing == {"main"}


KEYS = {"secret", "vault"}
"""The values of keys are not exported: the few files that handle them name them in full."""

MODEL = sorted(f for f in (PACKAGE / "model").glob("[!_]*.py") if f.stem not in KEYS)


def public_names(file: Path) -> Iterator[str]:
    """What a file defines at its top level and does not call private."""
    for node in ast.parse(file.read_text()).body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                defined = [name]
            case ast.AnnAssign(target=ast.Name(id=name)):
                defined = [name]
            case ast.Assign(targets=targets):
                defined = [target.id for target in targets if isinstance(target, ast.Name)]
            case _:
                defined = []
        yield from (name for name in defined if not name.startswith("_"))


@pytest.mark.parametrize("file", MODEL, ids=lambda file: file.stem)
def test_the_model_exports_every_public_name(file: Path) -> None:
    """``from cactions.model import X`` works for each X but those of keys."""
    home = import_module(f"cactions.model.{file.stem}")
    for name in public_names(file):
        assert getattr(model, name) is getattr(home, name)


def test_no_import_is_of_a_private_name() -> None:
    """Private parts of libraries change without notice."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not any(part.startswith("_") and part not in {"__future__", "__main__"}
                               for part in node.module.split(".")), (file, node.module)  # fmt: skip


def test_functions_are_short() -> None:
    """Nine of ten under 30 lines, none over 50, docstrings not counted."""
    lengths = [
        (length(node), f"{file.relative_to(PACKAGE)}:{node.name}")
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
    assert [] == [name for lines, name in lengths if lines > 50]
    assert len([1 for lines, _ in lengths if lines > 30]) * 10 <= len(lengths)


def length(function: ast.FunctionDef) -> int:
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_files_are_small() -> None:
    """A room is redesigned before it gets crowded."""
    assert {} == {
        str(f.relative_to(PACKAGE)): lines
        for f in FILES
        if (lines := len(f.read_text().splitlines())) > 275
    }


def test_every_file_says_what_it_is() -> None:
    """A file opens with one sentence that a newcomer can read."""
    silent = [f for f in FILES if not ast.get_docstring(ast.parse(f.read_text()))]
    assert [] == silent


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has imported by its end."""
    program = (
        "import sys; from cactions.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return set(done.stderr.split())


FORMATS = {
    "text": set(),
    "json": set(),
    "sarif": {"cactions.logic.documents.sarif"},
    "github": {"cactions.render.github", "cactions.render.markdown"},
    "junit": {"cactions.render.junit", "xml.etree.ElementTree"},
    "markdown": {"cactions.render.markdown"},
}
"""What each format of findings needs beyond what every one needs."""


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_loads_nothing_of_another(form: str) -> None:
    """Nor what only fixing needs."""
    others = set().union(*FORMATS.values()) | {
        "html",
        "xml.sax",
        "cactions.cli.commands.validate_fix",
    }
    found = loaded("validate", "actions.example.yaml", f"--format={form}")
    assert FORMATS[form] == found & others


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_validate_loads_nothing_heavy(form: tuple[str, ...]) -> None:
    """The command that runs most often, in editors and in CI, pays for nothing it does not use."""
    assert set() == loaded("validate", "actions.example.yaml", *form) & {*HEAVY}


def test_version_loads_nothing_at_all() -> None:
    """Not even Typer."""
    assert set() == loaded("--version") & {*HEAVY, "typer", "yaml", "dataclasses", "re"}


def test_validate_answers_without_looking_at_the_packages_metadata() -> None:
    """Asking the installed metadata for a version costs four bare start-ups."""
    assert "importlib.metadata" not in loaded("validate", "actions.example.yaml")


def test_no_pattern_is_possessive() -> None:
    """Before Python 3.11.5, a possessive group that could go back matches wrongly (gh-106052)."""
    possessive = re.compile(r"[])}*.wd][*+?]\+(?![^\[]*\])")
    assert [] == [
        f"{file.name}: {text}"
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(text := node.value, str)
        if ("[" in text or "(?" in text) and possessive.search(text)
    ]

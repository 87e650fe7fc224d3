"""The rules of the architecture as tests: layers, import cycles, libraries, sizes, late imports."""

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

LIBRARY_PLACES = {
    "typer": {"cli/"},
    "rich": {"render/"},
    "yaml": {"logic/yaml/composer.py", "logic/yaml/parser.py", "cli/completion/names.py"},
    "sqlite3": {"edges/store/sqlite.py", "edges/store/sqlite_connection.py"},
    "httpx": {"edges/http/client.py"},
    "httpcore": {"edges/http/client.py", "edges/http/connection.py"},
    "h11": set(),
    "certifi": {"edges/http/tls.py"},
    "vcr": {"edges/cassette/writer.py"},
    "keyring": {"edges/keys/keyring_store.py"},
    "platformdirs": {"edges/keys/user_config.py"},
    "cryptography": {
        "edges/keys/client_certificate.py",
        "edges/keys/crypto.py",
        "edges/keys/private_key.py",
    },
    "jwt": {"edges/keys/jwt_signer.py", "edges/keys/messenger_jwt.py"},
    "click": set(),
    "openpyxl": {"edges/files/xlsx_table.py"},
    "pyarrow": {"edges/files/parquet_table.py"},
}
"""Each outside library, and the one place that may import it; an empty set: none."""

HEAVY = (
    "httpx", "requests", "keyring", "vcr", "rich", "cryptography", "sqlite3", "http.client",
    "openpyxl", "pyarrow",
)  # fmt: skip


@cache
def imports(file: Path) -> tuple[tuple[str, bool], ...]:
    """Every import of a file: the top-level name, and whether it is inside a function."""
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


def test_imports_follow_the_layers_without_cycles(monkeypatch: pytest.MonkeyPatch) -> None:
    """import-linter checks the layers, and every new folder must be assigned to one."""
    monkeypatch.chdir(ROOT)
    assert importlinter.lint_imports(str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("library", LIBRARY_PLACES)
def test_each_library_is_imported_in_one_place(library: str) -> None:
    """Replacing a library changes only one file."""
    places = {str(f.relative_to(PACKAGE)) for f in FILES if library in dict(imports(f))}
    wrong_places = {
        h for h in places if not any(h.startswith(place) for place in LIBRARY_PLACES[library])
    }
    assert set() == wrong_places


def test_tls_contexts_are_created_in_one_place() -> None:
    """The requirements for certificates are defined once."""
    makes = re.compile(
        r"SSLContext\(|create_(?:default|urllib3)_context|_create_\w+_context|wrap_socket"
    )
    assert ["edges/http/tls.py"] == [
        str(f.relative_to(PACKAGE)) for f in FILES if makes.search(f.read_text())
    ]


def looks_up_modules(file: Path) -> bool:
    """Whether a file imports by a computed name, which is not visible at its top."""
    names = {
        node.id for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Name)
    }
    return not names.isdisjoint({"import_module", "__import__", "importlib"})


def test_only_the_wiring_and_the_entry_point_import_late() -> None:
    """In all other files, the imports are at the top."""
    late = {str(f.relative_to(PACKAGE)) for f in FILES if any(inside for _, inside in imports(f))}
    homes = {
        "cli/workspace.py", "cli/wiring.py", "cli/key_wiring.py", "cli/reporters.py",
        "cli/json_ends.py", "cli/journal_wiring.py", "cli/cluster_wiring.py",
        "cli/session_wiring.py", "__main__.py",
    }  # fmt: skip
    extras = {
        "cli/completion/names.py",  # YAML, which most completions do not need
        "cli/job_files.py",  # reads an optional library
        "cli/bulk.py",  # of the extra "cluster", as the next two
        "cli/commands/cluster.py",
        "cli/worker_service.py",
        "logic/exchange/answer_body.py",  # XML
        "logic/values/dates.py",  # time zones
    }
    many = {f"cli/commands/{name}.py" for name in ("diff", "run", "runs_resume", "runs_retry")}
    assert late == {*homes, *extras, *many, "cli/commands/validate.py"}  # for the rarer case


def test_only_the_application_imports_modules_by_name() -> None:
    """An import by name bypasses the import contracts; this one hides no circle.

    Only ``main`` imports the application, which looks its commands up.
    """
    looking = {str(f.relative_to(PACKAGE)) for f in FILES if looks_up_modules(f)}
    assert looking == {"cli/app.py"}
    application = re.compile(r"\bcactions\.cli(\.| import )app\b")
    assert {"main"} == {f.stem for f in FILES if application.search(f.read_text())}


KEYS = {"secret", "vault"}
"""Classes for keys are not exported: the few files that use them import them directly."""

MODEL = sorted(f for f in (PACKAGE / "model").glob("[!_]*.py") if f.stem not in KEYS)


def public_names(file: Path) -> Iterator[str]:
    """The public top-level names of a file."""
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
    """``from cactions.model import X`` works for each X except those for keys."""
    home = import_module(f"cactions.model.{file.stem}")
    for name in public_names(file):
        assert getattr(model, name) is getattr(home, name)


def test_no_private_name_is_imported() -> None:
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
    """A module is split before it gets too large."""
    assert {} == {
        str(f.relative_to(PACKAGE)): lines
        for f in FILES
        if (lines := len(f.read_text().splitlines())) > 275
    }


def test_every_file_has_a_docstring() -> None:
    """A file starts with one sentence that a new reader can understand."""
    silent = [f for f in FILES if not ast.get_docstring(ast.parse(f.read_text()))]
    assert [] == silent


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    program = (
        "import sys; from cactions.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=300,
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
"""The modules of each findings format, in addition to those of every format."""


@pytest.mark.parametrize("form", FORMATS)
def test_an_output_format_loads_only_its_own_modules(form: str) -> None:
    """Nor the modules that only fixing needs."""
    others = set().union(*FORMATS.values()) | {
        "html",
        "xml.sax",
        "cactions.cli.commands.validate_fix",
        "cactions.logic.documents.shapes.parts",
    }
    found = loaded("validate", "actions.example.yaml", f"--format={form}")
    assert FORMATS[form] == found & others


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_validate_loads_no_heavy_library(form: tuple[str, ...]) -> None:
    """The command that runs most often, in editors and in CI, loads nothing unnecessary."""
    assert set() == loaded("validate", "actions.example.yaml", *form) & {*HEAVY}


IDLE = re.compile(
    r"cactions\.(?:app|edges\.(?!files\b)"
    r"|logic\.(?:bulk|connectors|cassette\.(?!file_name)|documents|exchange|identity|new_action|plan"
    r"|probe|request|strict_json|vault)\b(?!$)(?!\.(?:checks|equality|text_positions)$))"
    r"|dataclasses$"
)
"""What sends, reads answers, plans or keeps; and what makes classes slowly. Two files of checks and
one of numbers are for both."""


def test_validate_loads_nothing_that_sends_or_plans() -> None:
    """A file is judged without what acts on it; so it stays as capabilities are added."""
    assert [] == [name for name in loaded("validate", "actions.example.yaml") if IDLE.match(name)]
    assert any(map(IDLE.match, loaded("diff", "loyalty", "--person", "u-1", "--replay")))


def test_version_loads_almost_nothing() -> None:
    """Not even Typer."""
    assert set() == loaded("--version") & {*HEAVY, "typer", "yaml", "dataclasses", "re"}


def test_validate_does_not_read_package_metadata() -> None:
    """Reading the installed metadata for a version takes as long as four bare start-ups."""
    assert "importlib.metadata" not in loaded("validate", "actions.example.yaml")


def test_no_pattern_is_possessive() -> None:
    """Before Python 3.11.5, a possessive group that can backtrack matches wrongly (gh-106052)."""
    possessive = re.compile(r"[])}*.wd][*+?]\+(?![^\[]*\])")
    assert [] == [
        f"{file.name}: {text}"
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(text := node.value, str)
        if ("[" in text or "(?" in text) and possessive.search(text)
    ]

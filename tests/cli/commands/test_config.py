"""``cactions config`` shows what is set and by what, all variables that are read, and no secret."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cactions.cli.environment import VARIABLES
from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Cli
from tests.test_house import HEAVY, loaded

FILES = sorted((ROOT / "cactions").rglob("*.py"))
PAGE = (ROOT / "cactions/help/config.md").read_text()
READERS = {"environ", "environment"}


def list_read_names(tree: ast.Module) -> Iterator[str]:
    """The variables that a file looks up, by a text or by a constant of the file."""
    texts = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }

    def resolve(node: ast.AST) -> Iterator[str]:
        value = node.value if isinstance(node, ast.Constant) else texts.get(getattr(node, "id", ""))
        if isinstance(value, str):
            yield value

    def is_environment(node: ast.AST) -> bool:
        return (getattr(node, "attr", None) or getattr(node, "id", None)) in READERS

    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and is_environment(node.value):
            yield from resolve(node.slice)
        if isinstance(node, ast.Compare) and any(map(is_environment, node.comparators)):
            yield from resolve(node.left)
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute) and is_environment(function.value) and node.args:
                yield from resolve(node.args[0])
            if isinstance(function, ast.Attribute) and function.attr == "getenv":
                yield from resolve(node.args[0])
            for keyword in node.keywords:
                if keyword.arg == "envvar":
                    yield from resolve(keyword.value)


def find_read_names() -> set[str]:
    found: set[str] = set()
    for file in FILES:
        text = file.read_text()
        found |= {*list_read_names(ast.parse(text))}
        found |= {*re.findall(r"\bCACTIONS_[A-Z_]*[A-Z]\b", text)}
        found |= {*re.findall(r'"(KEYRING_PROPERTY_)"', text)}
    return {name for name in found if not name.startswith("_")}  # of our own shell scripts


def test_every_variable_that_the_code_reads_is_shown_and_explained(cli: Cli) -> None:
    """In ``cactions config``, as text and JSON, and on the page of the help; and no other is."""
    read = find_read_names()
    assert len(read) > 10
    assert "NO_COLOR" in read
    assert read | {"XDG_CONFIG_HOME"} == {*VARIABLES}, "platformdirs reads that one"
    done = cli("config")
    shown = {each["name"] for each in cli("config", "--json").json["environment"]}
    for name in VARIABLES:
        assert name in done.out
        assert any(each.startswith(name) for each in shown)
        assert name in PAGE
    assert {*re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b_?", PAGE)} <= {*VARIABLES}


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A configuration with all settings."""
    path = tmp_path / "config/cactions/config.toml"
    path.parent.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path.write_text(
        'keyring_backend = "keyring.backends.kwallet.DBusKeyring"\n\n# mine\n'
        'key_file = "/keys/one.key"\n  "key_command" = ["pass", "CANARY-argument"]\n'
        'database_file = "/keys/one.database"\n'
    )
    return path


def test_each_setting_has_its_value_and_its_line(cli: Cli, configured: Path) -> None:
    """Arguments of a program are not shown: they may be secret."""
    found = cli("config", "--json").json
    assert {"path": str(configured), "exists": True} == found["file"]
    assert found["format"] == "cactions.config/1"
    assert [
        ("keyring_backend", "keyring.backends.kwallet.DBusKeyring", "file", 1),
        ("key_file", "/keys/one.key", "file", 4),
        ("key_command", "pass …", "file", 5),
        ("database_file", "/keys/one.database", "file", 6),
    ] == [(each["name"], each["value"], each["source"], each["line"]) for each in found["settings"]]
    text = cli("config").out
    assert all(word in text for word in (str(configured), "line 1", "line 4", "line 5", "line 6"))
    assert "CANARY" not in text + str(found)


def test_without_a_file_every_setting_has_its_default(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And it is said where the file would be."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    found = cli("config", "--json").json
    assert found["file"] == {"path": str(tmp_path / "none/cactions/config.toml"), "exists": False}
    assert [False] * 4 == [each["set"] for each in found["settings"]]
    assert "does not exist" in cli("config").out
    assert not (tmp_path / "none").exists(), "nothing is made"


def test_no_secret_of_the_environment_is_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is shown as set; a proxy without its user and password, escapes as text."""
    monkeypatch.setenv("CACTIONS_VAULT_KEY", "CANARY-1")
    monkeypatch.setenv("KEYRING_PROPERTY_KEYRING_KEY", "CANARY-2")
    monkeypatch.setenv("COLUMNS", "300")
    for user in ("http://ada:CANARY-3", "ada:CANARY@4", "http://ada:CANARY/5", "//a:CANARY?6"):
        proxy = f"{user}@proxy.example:8080"
        monkeypatch.setenv("CACTIONS_PROXY", proxy)
        done = [cli("config"), cli("config", "--json")]
        assert [Exit.CLEAN] * 2 == [each.code for each in done]
        for each in done:
            assert "CANARY" not in each.out + each.err
            assert "proxy.example" in each.out
            assert "KEYRING_PROPERTY_KEYRING_KEY" in each.out
    for address in (
        "postgresql://ada:CANARY-7@db.example/x?sslmode=require&password=CANARY-8",
        "host=db.example user=ada password='CANARY 9' sslmode=require",
    ):
        monkeypatch.setenv("CACTIONS_DATABASE", address)
        for each in (cli("config"), cli("config", "--json")):
            assert "CANARY" not in each.out + each.err
            assert "ada" not in each.out
            assert "db.example" in each.out
            assert "sslmode=require" in each.out
    monkeypatch.setenv("CACTIONS_CA_FILE", "\x1b[31mred")
    assert "\x1b" not in cli("config").out + cli("config", "--json").out


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("CACTIONS_VAULT_KEY_FD", "CACTIONS_VAULT_KEY_FD"),
        ("CACTIONS_VAULT_KEY_FILE", "CACTIONS_VAULT_KEY_FILE"),
        ("CACTIONS_VAULT_KEY", "key_file"),
    ],
)
def test_the_source_of_a_key_is_the_one_that_would_be_asked(
    cli: Cli, configured: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str
) -> None:
    """In the order of the sources; the key is not read."""
    monkeypatch.setenv(name, "3")
    assert source == cli("config", "--json").json["vault_key"]["source"]


def test_an_unusable_configuration_is_an_error_with_its_place(cli: Cli, configured: Path) -> None:
    """It would be refused by the next command that needs a key, too."""
    configured.write_text("key_fil = 'x'\n")
    done = cli("config")
    assert Exit.MISUSE == done.code
    assert str(configured) in "".join(done.err.split())


def test_no_heavy_library_is_loaded() -> None:
    """Neither an HTTP client nor a keyring nor cryptography."""
    assert set() == loaded("config") & {*HEAVY}

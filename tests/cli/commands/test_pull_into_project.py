"""A pull into any valid project leaves a valid project, and none of its author's words is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Work
from tests.connector_samples import fill_workspace, list_honest, maps
from tests.intercom_projects import API
from tests.workspace import WorkspaceServer

Files = dict[str, dict[str, Any]]
"""The files of a project by the part of the name that differs."""

READ = {"http_method": "get", "url": "https://api.shop.example/{{person.user_id}}"}
OWN = {"match": "user_id", "request": READ, "response": {}}
SHOP_TOKEN = {
    "type": "text", "header": "X-Key", "value": {"secret": "shop_token"},
    "hosts": ["api.shop.example"],
}  # fmt: skip


def build_workspace(intercom: WorkspaceServer) -> dict[str, Any]:
    """What names the workspace, and the way to it."""
    return {
        "workspace": {
            "kind": "intercom", "url": intercom.url, "token": {"secret": "intercom_token"},
        },
        "network": {"allow": [
            {"host": API, "address": "127.0.0.1", "port": intercom.port, "reason": "a test"}
        ]},
    }  # fmt: skip


PROJECTS: dict[str, Callable[[dict[str, Any]], Files]] = {
    "the workspace alone": lambda home: {"": home},
    "attributes in another file": lambda home: {
        "": home, ".kinds": {"attributes": {"level": {"data_type": "string"}}},
    },
    "attributes beside the workspace": lambda home: {
        "": {**home, "attributes": {"level": {"data_type": "integer"}}},
    },
    "the attribute that the workspace lacks": lambda home: {
        "": {**home, "attributes": {"unlisted": {"data_type": "string"}}},
    },
    "the workspace in the shared file": lambda home: {".workspace": home},
    "all in the shared file": lambda home: {
        ".workspace": {
            **home,
            "attributes": {"level": {"data_type": "string"}},
            "tokens": {"shop": SHOP_TOKEN},
        },
    },
    "servers in the shared file": lambda home: {
        "": home, ".workspace": {"servers": {"x": {"p": "https://x.example"}}},
    },
    "a token without its id": lambda home: {
        "": {**home, "tokens": {"intercom_token_t22": {**SHOP_TOKEN, "header": "X-A"}}},
    },
    "a token with its id": lambda home: {
        "": {**home, "tokens": {"club": {**SHOP_TOKEN, "header": "Authorization",
                                         "token_id": "t22"}}},
    },
    "a token of a header's name": lambda home: {
        "": {**home, "tokens": {"hidden_header_21_authorization": SHOP_TOKEN}},
    },
    "a file of tokens": lambda home: {
        "": home, ".workspace": {"servers": {"x": {"p": "https://x.example"}}},
        ".tokens": {"tokens": {"shop": SHOP_TOKEN}},
    },
    "an action of a connector's name": lambda home: {"": {**home, "actions": {"member_2": OWN}}},
    "a file of a connector's name": lambda home: {
        "": home, ".member_2": {"actions": {"points": OWN}},
    },
    "a file of a connector's name with all that is shared": lambda home: {
        ".member_2": {**home, "tokens": {"shop": SHOP_TOKEN}},
    },
    "a connector in a file with another action": lambda home: {
        "": home,
        ".member_2": {"actions": {"member_2": {**OWN, "connector_id": "12345"}, "points": OWN}},
    },
    "a connector in a file with a token of its own": lambda home: {
        "": home,
        ".member_2": {
            "tokens": {"shop": SHOP_TOKEN},
            "actions": {"member_2": {**OWN, "connector_id": "12345"}},
        },
    },
    "a connector in another file": lambda home: {
        "": {**home, "actions": {"workspace": {**OWN, "connector_id": "12345"}}},
    },
}  # fmt: skip
KEYS = ("12345", "12346", "12347", "12348")
"""Member 2, Hidden header 21, With token 22, and Workspace, whose attribute no one lists."""

LEFT_OUT = {
    "attributes in another file": {"12348"},
    "attributes beside the workspace": {"12348"},
    "all in the shared file": {"12348"},
    "a token of a header's name": {"12346"},
}
"""The connectors that do not fit, by project."""
COMMANDS = ("connectors pull", "connectors pull --update", "audit --save .")


def write_files(home: Path, files: Files) -> dict[Path, str]:
    """Write a project; its texts by path."""
    (home / "actions.yaml").unlink()
    texts = {
        home / f"actions{name}.yaml": json.dumps({"version": 1, **part})
        for name, part in files.items()
    }
    for path, text in texts.items():
        path.write_text(text)
    return texts


def list_authors_words(texts: dict[Path, str]) -> list[str]:
    """The names of what is lost from the files: each thing but what a pull makes itself."""
    lost = []
    for path, text in texts.items():
        if path.read_text() == text:
            continue
        document = json.loads(text)
        own = {key: value for key, value in document.items() if key not in ("version", "actions")}
        others = [n for n, a in document.get("actions", {}).items() if "connector_id" not in a]
        lost += [f"{path.name}: {name}" for name in (*own, *others)]
    return lost


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each project with one command in the normal run, with each of them in the long form."""
    if "command" in metafunc.fixturenames:
        is_long = metafunc.config.option.markexpr == "hostile"
        pairs = [
            (name, command)
            for at, name in enumerate(PROJECTS)
            for number, command in enumerate(COMMANDS)
            if is_long or number == at % len(COMMANDS)
        ]
        metafunc.parametrize(("name", "command"), pairs)


@pytest.mark.hostile
def test_a_valid_project_stays_valid(
    work: Work, home: Path, intercom: WorkspaceServer, name: str, command: str
) -> None:
    """Twice the same command: no name, no attributes and no workspace stand twice."""
    honest = list_honest()
    fill_workspace(intercom, [honest[number] for number in (2, 21, 22)], ())
    intercom.add_connector({
        "name": "Workspace", "http_method": "get", "url": "https://api.shop.example/{{user.email}}",
        "object_mappings": maps(("level", "unlisted")),
    })  # fmt: skip
    texts = write_files(home, PROJECTS[name](build_workspace(intercom)))
    assert work("attributes pull").code == Exit.CLEAN
    assert Exit.CLEAN == work("validate --fail-on error").code
    for _ in range(2):
        done = work(command)
        assert Exit.CLEAN == done.code, done
        found = work("validate --format json").json["findings"]
        assert [] == [each for each in found if each["rule"].startswith("CA0")], done.err
        assert [] == list_authors_words(texts)
    there = "".join(path.read_text() for path in home.glob("actions*.yaml"))
    missing = {
        key
        for key in KEYS
        if f'connector_id: "{key}"' not in there.replace('"connector_id"', "connector_id")
    }
    assert LEFT_OUT.get(name, set()) == missing, done.err


def test_a_pull_beside_a_file_of_its_own_leaves_a_valid_project(
    work: Work, home: Path, intercom: WorkspaceServer
) -> None:
    """A token that no file declares is declared in a file of its own."""
    write_files(home, {"": build_workspace(intercom)})
    fill_workspace(intercom, list_honest()[:36], ())
    (home / "actions.workspace.yaml").write_text(
        "version: 1\nservers: {x: {p: https://x.example}}\n"
    )
    done = work("connectors pull")
    assert "actions.workspace.yaml" in done.err
    assert "intercom_token_t22" in (home / "actions.shared.yaml").read_text()
    assert Exit.CLEAN == work("validate --fail-on error").code


def test_a_pull_takes_no_name_of_another_action(
    work: Work, home: Path, intercom: WorkspaceServer
) -> None:
    """An action that no connector has keeps its name, and the project stays valid."""
    write_files(home, {"": build_workspace(intercom)})
    text = (home / "actions.yaml").read_text()
    own = json.loads(text)
    request = {"http_method": "get", "url": "https://api.test/hours"}
    own["actions"] = {"loyalty": {"match": "user_id", "request": request, "response": {}}}
    (home / "actions.yaml").write_text(json.dumps(own))
    intercom.add_connector({"name": "Loyalty", "http_method": "get", "url": "https://api.test/x"})
    work("connectors pull --update")
    assert (home / "actions.loyalty_2.yaml").exists()
    assert Exit.CLEAN == work("validate --fail-on error").code


def test_what_does_not_fit_is_left_out_with_its_reason(
    work: Work, home: Path, intercom: WorkspaceServer
) -> None:
    """In words and in JSON; the other connectors are written, and nothing is left out twice."""
    intercom.add_connector(
        {
            "name": "Points", "http_method": "get", "url": "https://api.shop.example/x",
            "object_mappings": maps(("points", "unlisted")),
        }
    )  # fmt: skip
    intercom.add_connector({"name": "Hours", "http_method": "get", "url": "https://a.example/y"})
    kinds = {"attributes": {"level": {"data_type": "string"}}}
    write_files(home, {"": build_workspace(intercom), ".kinds": kinds})
    done = work("connectors pull --json")
    reason = 'there is no attribute "unlisted"'
    assert [{"file": "actions.points.yaml", "reason": reason}] == done.json["left_out"]
    assert ["actions.hours.yaml", "attributes.lock.json"] == done.json["written"]
    said = " ".join(work("connectors pull").err.split())
    assert f"Change it, then pull again: actions.points.yaml: {reason}" in said


def test_an_audit_is_saved_beside_an_action_of_the_same_name(
    work: Work, home: Path, intercom: WorkspaceServer
) -> None:
    """Also where the project of that folder is of no workspace at Intercom."""
    intercom.add_connector({"name": "Loyalty", "http_method": "get", "url": "https://a.example/x"})
    write_files(home, {"": build_workspace(intercom)})
    kept = home / "kept"
    kept.mkdir()
    document = {"version": 1, "workspace": {"kind": "local"}, "actions": {"loyalty": OWN}}
    (kept / "actions.yaml").write_text(json.dumps(document))
    done = work("audit --save kept")
    assert (kept / "actions.loyalty_2.yaml").exists(), done
    assert Exit.CLEAN == work("validate kept --fail-on error").code

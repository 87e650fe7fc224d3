"""With ``--json``, each command prints exactly one document, and it fits its published schema."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.main import get_command

from cactions.cli.app import build_application
from cactions.cli.cluster_wiring import require_shared_database
from cactions.cli.commands.schema import DOCUMENTS
from cactions.cli.exit_codes import Exit
from cactions.edges.http.page_server import PageServer
from cactions.logic.documents.shapes.registry import list_shapes
from cactions.model import PartStep, RunPart
from tests.cli.conftest import ROOT, Cli, Work
from tests.cli.scenes import every_outcome
from tests.cli.test_live_calls import WRITE, silent, tokens
from tests.intercom_projects import add_ada, remote_project
from tests.json_documents import check_output, list_faults, validator
from tests.projects import SECRET, project, write
from tests.publications import record_probe
from tests.run_report import REPORT
from tests.servers import authority, serving
from tests.workspace import Settings, WorkspaceServer

LOYALTY = "loyalty --person u-1 --replay"
ERROR = "cactions.error/1"


def leaves() -> Iterator[tuple[str, Any]]:
    """Every command that is not a group, by its words."""
    commands: list[tuple[tuple[str, ...], Any]] = [((), get_command(build_application([])))]
    for words, command in commands:
        below = getattr(command, "commands", {})
        commands += [((*words, name), each) for name, each in below.items()]
        if not below:
            yield " ".join(words), command


LEAVES = dict(leaves())
ENDLESS = {"watch"}
"""They print lines until Ctrl-C; their own tests hold each line to its schema."""


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_has_the_option(name: str) -> None:
    """Without an exception."""
    assert any("--json" in param.opts for param in LEAVES[name].params)


LOCAL = (
    ("help", ""), ("help vault", ""), ("schema", ""), ("schema --of cactions.plan/1", ""),
    ("init new", ""), ("new crm --from-curl - -f new", "curl https://api.crm.example/v1/me"),
    ("validate", ""), ("explain --all", ""), ("request loyalty --person u-1", ""),
    ("test --coverage --slowest 2", ""), (f"diff {LOYALTY}", ""),
    ("diff loyalty --person u-3 --replay", ""), ("diff loyalty --all --replay", ""),
    ("config", ""), ("completion zsh", ""), ("doctor", ""), ("people list", ""),
    ("people show u-1", ""), ("people import people.csv", ""), (f"run {LOYALTY} --yes", ""),
    ("runs list", ""), ("review last", ""),
    ("runs show last", ""), ("runs export last --out run.jsonl", ""), ("runs undo last --yes", ""),
    ("run loyalty --people who.csv --replay --yes", ""), ("runs retry last --yes", ""),
    ("runs prune --keep 9 --yes", ""), ("runs forget --person user_id=u-2 --yes", ""),
    ("runs resume 20260101 --yes --unsealed", ""), ("runs prune --keep 0 --yes", ""),
    ("probe loyalty --replay", ""), ("publish loyalty --yes", ""), ("publish loyalty --yes", ""),
    ("live list", ""), ("live show loyalty", ""), ("live diff loyalty", ""),
    ("live rollback loyalty --to 1 --yes", ""),
    ("vault seal identity_secret --signing", SECRET), ("vault rotate shop_token", SECRET + "2"),
    ("vault bind jwt --user --token-host api.shop.example", ""), ("vault list", ""),
    ("vault status", ""), ("vault verify", ""), ("vault recipients add robot --machine", ""),
    ("vault recipients add pass --passphrase", "correct horse battery staple\n"),
    ("vault recipients list", ""), ("vault recipients remove robot", ""), ("vault rekey", ""),
    ("vault merge cactions.vault cactions.vault", ""),
    ("vault salvage --into saved.vault --new-key-file saved.key", ""),
    ("identity sign --user-id u-1", ""), ("identity sign --jwt --user-id u-1", ""),
    ("identity verify --user-id u-1", "0" * 64), ("identity check --user-id u-1", "0" * 64),
)  # fmt: skip
"""Calls in a folder with the example and a vault, and what stands on their stdin."""

REMOTE = (
    "attributes pull", "attributes diff", "people pull", "people show u-1",
    "connectors push loyalty --yes", "connectors list", "connectors diff", "connectors pull",
    "connectors logs loyalty", "connectors versions loyalty", "audit", "doctor", "validate",
    "diff loyalty --person u-1",
)  # fmt: skip
"""Calls in a folder whose people are at Intercom."""


def read_table() -> dict[str, set[str]]:
    """What `cactions help json` says of each command: the documents that it prints."""
    page = (ROOT / "cactions/help/json.md").read_text().partition("## Documents")[2]
    return {
        name: set(re.findall(r"`([a-z-]+)`", documents))
        for names, documents in re.findall(r"^\| (`.*?) \| (.*) \|$", page, re.MULTILINE)
        for name in re.findall(r"`([a-z -]+)`", names)
    }


def test_the_page_names_every_command_and_every_document() -> None:
    """In both directions, as `schema --of` does."""
    table = read_table()
    assert set(LEAVES) == set(table)
    assert list(DOCUMENTS) == list(list_shapes())
    page = (ROOT / "cactions/help/json.md").read_text()
    assert [] == [name for name in DOCUMENTS if f"`{name}`" not in page and name != "error"]


def test_the_examples_of_the_page_run(cli: Cli) -> None:
    """Each prints one document; the error that it shows is exactly what is printed."""
    page = (ROOT / "cactions/help/json.md").read_text()
    examples = re.findall(r"^\$ cactions (.*)$", page, re.MULTILINE)
    assert len(examples) > 2
    for line in examples:
        done = cli(*line.split())
        assert (Exit.CLEAN, True) == (done.code, isinstance(done.json, dict)), line
    [example] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    shown = cli("diff", "loyalty", "--person", "u-9", "--replay", "--json").json
    assert json.loads(example) == shown


def test_the_lines_of_an_export_fit_their_schemas(cli: Cli, home: Path) -> None:
    """The head first, then a line for each person."""
    every_outcome(home)
    lines = [json.loads(line) for line in cli("runs", "export", "last").out.splitlines()]
    names = ["export", *["export-entry"] * (len(lines) - 1)]
    assert len(lines) > 5
    for name, line in zip(names, lines, strict=True):
        assert [] == [error.message for error in validator(name).iter_errors(line)]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_is_valid_and_closed(cli: Cli, name: str) -> None:
    """Each object allows either no other member, or names that users choose."""
    done = cli("schema", "--of", name)
    Draft202012Validator.check_schema(done.json)
    assert done.json["$schema"].endswith("/2020-12/schema")
    objects = [part for part in done.json["$defs"].values() if "properties" in part]
    assert objects
    assert all(part["additionalProperties"] is False for part in objects)


def test_an_unknown_document_names_a_near_one(cli: Cli) -> None:
    """With and without the prefix and the version of its format."""
    done = cli("schema", "--of", "finding")
    assert (Exit.MISUSE, True) == (done.code, 'Did you mean "findings"?' in done.err)
    assert cli("schema", "--of", "runs").json == cli("schema", "--of", "cactions.runs/1").json


@pytest.mark.parametrize("name", ["plan", "error", "findings"])
def test_a_member_that_is_not_in_the_schema_is_noticed(cli: Cli, name: str) -> None:
    """So is a missing one: what a later version changes is noticed here first."""
    words = {"plan": f"diff {LOYALTY}", "error": "diff", "findings": "validate"}[name]
    document = cli(*words.split(), "--json").json
    assert [] == [*list_faults(document)]
    for member in document.keys() - {"format", "workspace"}:  # which a plan within has not
        rest = {key: value for key, value in document.items() if key != member}
        assert [*list_faults(rest)], member
    assert [*list_faults({**document, "extra": 1})]


class Listener:
    """Gives commands with ``--json``, and remembers which documents they printed."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.formats: dict[str, set[str]] = {}
        self.codes: Counter[int] = Counter()
        self.calls: list[str] = []

    def call(self, words: str, stdin: str = "") -> Any:
        done = self._work(f"{words} --json", stdin)
        self.calls.append(f"{words}: {done.code} {done.out[:300]}")
        document = check_output((*shlex.split(words), "--json"), done.out)
        name = max((leaf for leaf in LEAVES if f"{words} ".startswith(f"{leaf} ")), key=len)
        form = document.get("format", "a schema")
        if form == ERROR:
            assert (done.code, True) == (document["exit_code"], bool(document["message"])), done
        self.formats.setdefault(name, set()).add(form)
        self.codes[done.code] += 1
        return document

    def list_failing(self) -> list[str]:
        """The commands that were never heard with a document of their own."""
        return [
            name for name in LEAVES.keys() - ENDLESS if not self.formats.get(name, set()) - {ERROR}
        ]


def prepare(home: Path) -> None:
    """Files that the calls name: people, a run that was cut off, and a probe that passed."""
    every_outcome(home)
    (home / "people.csv").write_text("user_id,email,name,tier\nu-4,m@example.com,Mary,gold\n")
    (home / "who.csv").write_text("user_id\nu-1\nu-3\n")
    record_probe(home)


def hear_cluster(listener: Listener, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """A run of this machine that is moved into a database, and handed to the workers there."""
    listener.call("run loyalty --person u-1 --draft --yes")
    monkeypatch.setenv("CACTIONS_DATABASE", address)
    listener.call("cluster init")
    run_id = listener.call("cluster import last")["run"]
    shared = require_shared_database(Path())
    part = RunPart(run_id, PartStep.WRITE, 1, 1)
    shared.open_cluster().begin(shared.open_journal().read(run_id).head, [part], shared.needs)
    listener.call("cluster status")
    listener.call("cluster stop last")
    listener.call("worker --until-idle")
    shared.database.close()
    monkeypatch.delenv("CACTIONS_DATABASE")


def hear_team(listener: Listener, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """A vault of its own, which a second person joins."""
    monkeypatch.chdir(home / "team")
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", "ada.key")
    listener.call("vault init --name ada")
    [handout] = listener.call("vault recipients add grace")["codes"]
    generation = listener.call("vault status")["vault"]["generation"]
    listener.call(f"vault accept-generation {generation}")
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", "grace.key")
    listener.call("vault join", handout["code"])


def hear_services(listener: Listener, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """A token that is fetched, and a request whose answer is lost."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", "ada.key")
    monkeypatch.setenv("CACTIONS_CA_FILE", str(authority().ca_file))
    listener.call("vault rotate shop_token --host api.test", SECRET)
    listener.call("vault seal crm_secret --host api.test --token-host api.test", SECRET)
    with serving(tokens) as server:
        write(home, project(server))
        listener.call("tokens test crm")
    with serving(silent) as server:
        write(home, project(server, **WRITE))
        listener.call("run loyalty --person u-1 --yes")
    listener.call("runs settle last --not-done --yes")


def hear_intercom(listener: Listener, monkeypatch: pytest.MonkeyPatch, far: Path) -> None:
    """A folder whose people are at Intercom."""
    monkeypatch.chdir(far)
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(far.parent / "ada.key"))
    for words in REMOTE:
        listener.call(words)


@pytest.mark.parametrize("settings", [Settings(versions=True, default_version="2.17")])
def test_every_command_prints_one_document_that_fits_its_schema(
    work: Work,
    home: Path,
    intercom: WorkspaceServer,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """The schema that is published, which allows no other member; and each one is heard."""
    prepare(home)
    monkeypatch.setattr(PageServer, "serve_for", lambda _server, _seconds: None)  # waits for no one
    far = home / "far"
    for folder in (far / "cassettes", home / "team"):
        folder.mkdir(parents=True)
    shutil.copy(home / "cactions.vault", far)
    document = remote_project(request.getfixturevalue("shop"), intercom, api_version="2.17")
    document["tokens"]["shop"]["token_id"] = "1234"
    write(far, document)
    add_ada(intercom)
    listener = Listener(work)
    for words, stdin in LOCAL:
        listener.call(words, stdin)
    hear_intercom(listener, monkeypatch, far)
    hear_cluster(listener, monkeypatch, request.getfixturevalue("postgres_address"))
    hear_team(listener, monkeypatch, home)
    hear_services(listener, monkeypatch, home)
    assert [] == listener.list_failing(), listener.calls
    for name in LEAVES:
        assert Exit.MISUSE == listener.call(f"{name} --no-such-option")["exit_code"]
    table = read_table()
    for name, forms in listener.formats.items():
        documents = {form.removeprefix("cactions.").partition("/")[0] for form in forms - {ERROR}}
        assert documents <= {*table[name], "notes", "a schema"}, name
    kinds = {form for forms in listener.formats.values() for form in forms}
    REPORT.append(
        f"--json: {len(LEAVES)} commands, {listener.codes.total()} calls, {len(kinds)} kinds of"
        f" documents; by exit code: {dict(sorted(listener.codes.items()))}"
    )

"""From an empty folder to an applied change on a service of one's own, by help and hints alone.

Every command was shown by an earlier one; files come from a help page, with the reader's own host.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import list_writes
from tests.cli.newcomer import FIRST, Newcomer, build_customer_service
from tests.intercom_projects import API, add_ada
from tests.run_report import REPORT
from tests.servers import HERE, HOST, Server, serving, tls_for
from tests.workspace import WorkspaceServer

MOST_COMMANDS = 15
SECRET = "tok-7d1f-e02a"
EXAMPLE_HOST = "api.shop.example"
CUSTOMERS = {"u-1": {"email": "ada@example.com", "tier": "gold"}}

pytestmark = pytest.mark.skipif(
    sys.platform == "darwin", reason="the vault's key would go into the keychain of this machine"
)


@pytest.fixture
def service() -> Iterator[Server]:
    with serving(build_customer_service(CUSTOMERS, SECRET), tls_for("localhost", HOST)) as server:
        yield server


def make_vault(newcomer: Newcomer) -> None:
    """On a machine without a keyring."""
    newcomer.do("cactions vault init", Exit.NOTHING_DONE)
    newcomer.do("export CACTIONS_VAULT_KEY_FILE=FILE", FILE="~/cactions.key")
    newcomer.do("cactions vault init")
    newcomer.do("cactions vault seal NAME", answers=SECRET, NAME="shop_token")


def connect(newcomer: Newcomer, service: Server, **secrets: str) -> None:
    """To a service with an authority of its own; ``secrets`` are those that doctor asks for."""
    newcomer.do("cactions doctor", Exit.FINDINGS)
    newcomer.do("export CACTIONS_CA_FILE=FILE", FILE=str(service.ca_file))
    for name, value in secrets.items():
        [seal] = [hint for hint in newcomer.hinted if f"seal {name} " in hint]
        newcomer.do(seal, answers=value)
    assert "No problems found." in newcomer.do("cactions doctor")


def report(story: str, newcomer: Newcomer) -> None:
    """There were few commands up to here, and no hint is left that was not tried."""
    counts = f"{len(newcomer.commands)} commands, {newcomer.edits} edits of the file"
    assert len(newcomer.commands) <= MOST_COMMANDS, newcomer.commands
    newcomer.follow_rest()
    REPORT.append(f"newcomer, {story}: {counts}, {len(newcomer.hinted)} hints, all followed")


def test_a_newcomer_gets_to_an_applied_change(service: Server, tmp_path: Path) -> None:
    """In the local workspace; and back."""
    newcomer = Newcomer(tmp_path)
    newcomer.do(FIRST)
    newcomer.do("cactions help start")
    [file] = newcomer.list_blocks("yaml")
    host = f"localhost:{service.port}"
    own = {f"//{EXAMPLE_HOST}": f"//{host}", EXAMPLE_HOST: "localhost"}
    newcomer.save("actions.yaml", file, own)
    refused = newcomer.do("cactions validate", Exit.FINDINGS)
    [entry] = re.findall(r"write (network: .*)$", refused, re.MULTILINE)
    newcomer.save("actions.yaml", entry)
    newcomer.do("cactions validate")
    make_vault(newcomer)
    connect(newcomer, service)
    assert "silver → gold" in newcomer.do("cactions diff loyalty --person u-1")
    applied = newcomer.do("cactions run loyalty --person u-1", answers="y")
    assert re.search(r"Applied.* 1 overwritten\.", applied)
    report("local workspace", newcomer)
    assert re.search(r"tier +gold", newcomer.do("cactions people show u-1"))
    [undo] = re.findall(r"To undo: (.*)$", applied, re.MULTILINE)
    assert re.search(r"restored +tier +gold → silver", newcomer.do(undo, answers="y"))


def test_a_newcomer_gets_to_a_change_at_intercom(
    service: Server, intercom: WorkspaceServer, tmp_path: Path
) -> None:
    """The same file with the workspace of another page; what a test server needs is added."""
    ada = add_ada(intercom)
    newcomer = Newcomer(tmp_path)
    newcomer.do(FIRST)
    newcomer.do("cactions help start")
    newcomer.do("cactions help intercom")
    start, page, *_ = newcomer.list_blocks("yaml")
    workspace = re.sub(r"(?s)^.*(workspace:.*?)actions:.*", r"\1", page)
    newcomer.save("actions.yaml", workspace, {"region: us": f"url: {intercom.url}"})
    rest = start[start.index("attributes:\n  tier:") :]
    host = f"{HOST}:{service.port}"
    newcomer.save("actions.yaml", rest, {f"//{EXAMPLE_HOST}": f"//{host}", EXAMPLE_HOST: HOST})
    entries = [{"host": host, "address": HERE, "port": port, "reason": "a test"}
               for host, port in ((HOST, service.port), (API, intercom.port))]  # fmt: skip
    with (newcomer.folder / "actions.yaml").open("a") as file:
        file.write(f"version: 1\nnetwork: {json.dumps({'allow': entries})}\n")
    newcomer.do("cactions validate")
    make_vault(newcomer)
    connect(newcomer, service, intercom_token=intercom.token)
    shown = newcomer.do("cactions diff loyalty --person u-1")
    [run] = re.findall(r"For test people: (.*)$", shown, re.MULTILINE)
    newcomer.do(run, answers="y")
    assert [f"PUT /contacts/{ada}"] == list_writes(intercom)
    report("Intercom", newcomer)

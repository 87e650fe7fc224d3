"""The first hour with a service of one's own: from an empty folder to an undone run.

Each step has what its output must name. Before it, the commands that it is needed for are tried
too early: each is refused, and names the step.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from cactions.cli.exit_codes import Exit
from tests.cli.newcomer import FIRST, Newcomer, build_customer_service
from tests.run_report import REPORT
from tests.servers import Server, serving, tls_for

MOST_COMMANDS = 12
TOKEN = "tok-7d1f-e02a"
CUSTOMERS = {
    "u-1": {"email": "ada@example.com", "tier": "gold"},
    "u-2": {"email": "grace@example.com", "tier": "silver"},
}
LINE = "curl 'https://localhost:PORT/v1/customers/u-1' -H 'Authorization: Bearer TOKEN'"
NEW = (
    f'cactions new loyalty --from-curl "{LINE}" --from-answer answer.json --person u-1'
    " --map 'tier=$.tier'"
)
DIFF = "cactions diff loyalty --person u-1"
RUN = "cactions run loyalty --person u-1"
PROBE = "cactions probe loyalty --as u-1 --victim u-2 --record"

pytestmark = pytest.mark.skipif(
    sys.platform == "darwin", reason="the vault's key would go into the keychain of this machine"
)


class Early(Struct, frozen=True):
    """A command that is given too early, and what it names: the step, or what is to be written."""

    command: str
    code: Exit
    names: str


class Step(Struct, frozen=True):
    """A command, the lines that are typed at its questions, and what its output names.

    ``write`` is what the reader changes in ``actions.yaml`` before it: a text, and its new text.
    """

    command: str
    names: tuple[str, ...]
    early: tuple[Early, ...] = ()
    answers: str = ""
    write: tuple[str, str] = ("", "")


NETWORK = (
    "network: {allow: [{host: localhost, address: 127.0.0.1, port: PORT, reason: a test service}]}"
)
STORY = (
    Step(
        "cactions init",
        ("cactions new loyalty --from-curl -", "cactions validate"),
        (
            Early("cactions validate", Exit.MISUSE, "`cactions init`"),
            Early(NEW, Exit.MISUSE, "`cactions init`"),
            Early(RUN, Exit.MISUSE, "`cactions init`"),
            Early("cactions doctor", Exit.FINDINGS, "`cactions init`"),
        ),
    ),
    Step(
        "cactions vault init",
        ("cactions vault seal NAME",),
        (
            Early(
                "cactions vault seal localhost_token --host localhost",
                Exit.MISUSE,
                "`cactions vault init`",
            ),
            Early("cactions live list", Exit.MISUSE, "`cactions vault init`"),
        ),
    ),
    Step(
        "cactions vault seal localhost_token --host localhost",
        ('"localhost_token" is sealed for localhost.',),
        (
            Early(
                "cactions vault seal localhost_token",
                Exit.MISUSE,
                "`cactions vault seal localhost_token --host HOST`",
            ),
        ),
        answers=TOKEN,
    ),
    Step(
        NEW,
        (
            "Made actions.loyalty.yaml and cassettes/loyalty.json.",
            "cactions validate",
            "cactions test loyalty",
            "cactions diff loyalty --person user_id=u-1 --replay",
        ),
        (
            Early(DIFF, Exit.MISUSE, "`cactions new --help`"),
            Early("cactions test loyalty", Exit.MISUSE, "`cactions new --help`"),
            Early("cactions new loyalty", Exit.MISUSE, "--from-curl LINE"),
        ),
        answers="y",
    ),
    Step(
        "cactions validate",
        ("1 warning and 2 notes in 2 files.",),
        (
            Early("cactions validate", Exit.FINDINGS, f"write {NETWORK}"),
            Early(NEW, Exit.MISUSE, "delete actions.loyalty.yaml"),
            Early(DIFF, Exit.NOTHING_DONE, f"write {NETWORK}"),
        ),
        write=("", f"{NETWORK}\n"),
    ),
    Step(
        "cactions test loyalty --record",
        ("Ask live, and replace cassettes/loyalty.json?", "loyalty.json was recorded", "1 ok"),
        answers="y",
    ),
    Step(DIFF, ("1 to add", RUN)),
    Step(
        PROBE,
        ("none got through", "cassettes/loyalty.probe.json was recorded"),
        (
            Early("cactions probe loyalty", Exit.MISUSE, f"`{PROBE.removesuffix(' --record')}`"),
            Early("cactions publish loyalty", Exit.NOTHING_DONE, "messenger_writable: true or f"),
        ),
        write=("{data_type: string}", "{data_type: string, messenger_writable: false}"),
    ),
    Step(
        "cactions publish loyalty",
        ("1 test passed", "29 attacks, none got through", "loyalty version 1 is live"),
        answers="y",
    ),
    Step(
        RUN,
        ("To undo: cactions runs undo ",),
        (Early("cactions runs undo last", Exit.MISUSE, "`cactions runs list`"),),
        answers="y",
    ),
    Step("cactions runs undo last", ("restored  tier  gold → (empty)",), answers="y"),
)


@pytest.fixture
def service() -> Iterator[Server]:
    with serving(build_customer_service(CUSTOMERS, TOKEN), tls_for("localhost")) as server:
        yield server


def test_twelve_commands_lead_from_an_empty_folder_to_an_undone_run(
    service: Server, tmp_path: Path
) -> None:
    """Whatever is tried too early says which step is missing."""
    key = str(tmp_path / "cactions.key")
    env = {"CACTIONS_VAULT_KEY_FILE": key, "CACTIONS_CA_FILE": str(service.ca_file)}
    newcomer = Newcomer(tmp_path, env)
    help_text = newcomer.give(FIRST)
    (newcomer.folder / "answer.json").write_text(json.dumps(CUSTOMERS["u-1"]))
    tried = 0
    for step in STORY:
        assert f" {step.command.split()[1]} " in help_text
        for early in step.early:
            printed = newcomer.give(fill_in(early.command, service), early.code)
            assert fill_in(early.names, service) in printed, (early.command, printed)
            tried += 1
        write_into(newcomer.folder / "actions.yaml", step.write, service)
        printed = newcomer.give(fill_in(step.command, service), answers=step.answers)
        for name in step.names:
            assert name in printed, (step.command, printed)
    assert len(STORY) <= MOST_COMMANDS
    for path in newcomer.folder.rglob("*"):
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes(), path
    REPORT.append(f"first story: {len(STORY)} commands, {tried} errors that name the next step")


def fill_in(text: str, service: Server) -> str:
    return text.replace("PORT", str(service.port)).replace("TOKEN", TOKEN)


def write_into(path: Path, change: tuple[str, str], service: Server) -> None:
    """Replace a text of the file; an empty one stands for its end."""
    before, after = change
    if before:
        assert 1 == path.read_text().count(before)
        path.write_text(path.read_text().replace(before, after))
    elif after:
        path.write_text(path.read_text() + fill_in(after, service))

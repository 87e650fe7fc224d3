"""Leak findings on the command line: which commands stop, and from which severity on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from cactions.model import SNAPSHOT_FILE
from tests.cli.conftest import Cli
from tests.definitions import BY_EMAIL, action, file, response

EXAMPLE = "actions.yaml"
REPLAYED = ("--person", "u-1", "--replay")


def leaky(home: Path) -> None:
    """The workspace no longer verifies identities."""
    path = home / EXAMPLE
    text = path.read_text()
    path.write_text(text.replace("identity_verification: jwt", "identity_verification: false"))


@pytest.mark.parametrize(
    "words",
    [("diff", "loyalty", *REPLAYED), ("run", "loyalty", *REPLAYED, "--yes"), ("test", "loyalty")],
    ids=lambda words: words[0],
)
def test_a_leak_stops_commands_that_send_or_write(
    cli: Cli, home: Path, words: tuple[str, ...]
) -> None:
    """The finding is shown, and nothing is sent or written."""
    leaky(home)
    done = cli(*words)
    assert Exit.NOTHING_DONE == done.code
    assert "error CA104" in done.err
    assert not (home / ".cactions").exists()


@pytest.mark.parametrize(
    "words",
    [("request", "loyalty", "--person", "u-1"), ("people", "list"), ("runs", "list"),
     ("people", "show", "u-1")],
    ids=lambda words: " ".join(words[:2]),
)  # fmt: skip
def test_a_leak_does_not_stop_read_only_commands(
    cli: Cli, home: Path, words: tuple[str, ...]
) -> None:
    """An author who fixes a leak needs to see the request and the people."""
    leaky(home)
    assert Exit.CLEAN == cli(*words).code


@pytest.mark.parametrize(
    ("severity", "code"), [("error", Exit.CLEAN), ("warning", Exit.FINDINGS), ("info", 1)]
)
@pytest.mark.usefixtures("home")
def test_the_author_chooses_the_failing_severity(
    cli: Cli, home: Path, severity: str, code: int
) -> None:
    """Errors always fail; warnings and notes on request."""
    (home / "w.yaml").write_text(file(action(read=response({**BY_EMAIL, "verified": "TODO"}))))
    assert code == cli("validate", "w.yaml", "--fail-on", severity).code
    assert Exit.CLEAN == cli("validate", EXAMPLE, "--fail-on", severity).code


def attributes(**changed: object) -> str:
    document = {
        "format": "cactions.attributes/1",
        "taken": 1_700_000_000,
        "identity_verification": True,
        "attributes": [
            {"name": "tier", "data_type": "string", "options": ["silver", "gold"],
             "messenger_writable": False}
        ],
    }  # fmt: skip
    return json.dumps(document | changed)


def test_an_old_snapshot_is_a_warning_with_its_file(cli: Cli, home: Path) -> None:
    """It stops no command."""
    (home / SNAPSHOT_FILE).write_text(attributes())
    done = cli("validate")
    assert (Exit.CLEAN, True) == (done.code, f"{SNAPSHOT_FILE}:1:1: warning CA103" in done.out)
    assert Exit.CLEAN == cli("diff", "loyalty", *REPLAYED).code


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        (attributes(format="cactions.attributes/2"), "has the format"),
        (attributes(taken="yesterday"), "should be a time"),
        (attributes(attributes=[{"name": "tier"}]), "missing"),
        (attributes(more=1), "more"),
        (attributes(identity_verification="yes"), "true or false"),
    ],
)
def test_an_invalid_snapshot_is_refused(cli: Cli, home: Path, text: str, words: str) -> None:
    """A partial snapshot would be worse than none."""
    (home / SNAPSHOT_FILE).write_text(text)
    done = cli("validate")
    assert Exit.NOTHING_DONE == done.code
    assert words in " ".join(done.err.split())
    assert SNAPSHOT_FILE in done.err


def test_every_rule_is_explained(cli: Cli) -> None:
    """One by one, in any letter case, or all of them; as text and as JSON."""
    every = cli("explain", "--all")
    assert Exit.CLEAN == every.code
    rules = cli("explain", "--all", "--json").json["rules"]
    assert len(rules) > 30
    for rule in rules:
        assert rule["summary"] in " ".join(every.out.split())
    assert cli("explain", "ca104").out == cli("explain", "CA104").out


def test_a_line_with_a_secret_is_never_quoted(cli: Cli, home: Path) -> None:
    """Neither its own finding, nor another finding, a label or a fix on that line quotes it."""
    secret = "sk_" + "live_0123456789abcdef"
    text = file(action()).replace('"headers"', '"x"')
    flow = text.replace("\n", " ").replace(
        '"http_method": "get"', f'"http_method": "get", "headers": {{"X-Api-Key": "{secret}"}}'
    )
    (home / "s.yaml").write_text(flow)
    for form in ((), ("--json",)):
        done = cli("validate", "s.yaml", *form)
        assert "CA301" in done.out
        assert secret not in done.out + done.err

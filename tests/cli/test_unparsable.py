"""A file that cannot be parsed is not quoted: it may hold credentials, named by mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli
from tests.run_report import REPORT

CANARY = "canary7d1fe02a"
FORMATS = ("text", "json", "sarif", "github", "junit", "markdown")

FILES = {
    "environ": f"HOME=/root\0TOKEN={CANARY}\0PATH=/bin",
    "env": f"# {CANARY}\nexport TOKEN={CANARY}\nOTHER={CANARY}: x\n",
    "aws": f"[default]\naws_access_key_id = {CANARY}\n",
    "netrc": f"machine api.example login ada password {CANARY}\n",
    "git": f"https://ada:{CANARY}@example.com\n",
    "passwd": f"root:{CANARY}:0:0:root:/root:/bin/sh\n",
    "pem": f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n",
    "account": json.dumps({"type": "service_account", "private_key": CANARY}),
    "account in lines": json.dumps({"type": "x", "private_key": CANARY}, indent=2),
    "kubernetes": f"apiVersion: v1\nkind: Secret\ndata: {{token: {CANARY}}}\n",
    "compose": f'version: "3.8"\nservices: {{web: {{environment: [TOKEN={CANARY}]}}}}\n',
    "tokens alone": json.dumps({"tokens": [CANARY], "x": {"y": CANARY}}),
    "a type": f"tokens: {{a: {{type: {CANARY}}}}}\n",
    "a host": f"tokens: {{a: {{type: text, hosts: ['{CANARY} x'], header: X}}}}\n",
    "a version": f"version: {CANARY}\nsecrets: {{{CANARY}: x}}\n",
    "a state": json.dumps({"version": 4, "outputs": {"pw": {"value": CANARY}}}),
    "users": f"version: 1\nusers: {{a: {CANARY}}}\n",
    "a format": json.dumps({"format": CANARY, "attributes": []}),
    "one value": CANARY,
    "a list": f"- {CANARY}\n- x\n",
    "a pair": f"{CANARY}=x: y\n",
    "an alias": f"a: *{CANARY}\nb: [\n",
    "an anchor": f"a: &{CANARY} x\nb: [\n",
    "a tag": f"a: !{CANARY} x\nb: [\n",
    "twice": f"{CANARY}=: 1\n{CANARY}=: 2\n",
    "twice and broken": f"{CANARY}=: 1\n{CANARY}=: 2\nb: [\n",
    "broken": f"version: 1\nactions:\n  loyalty: [{CANARY}\n  x: y\n",
    "a comment": f"version: 1\nactions: [ # {CANARY}\n}}\n",
    "a key in braces": f"version: 1\nactions: {{{{{CANARY}}}: x\n",
    "tabs": f"version: 1\n\tactions: {CANARY}\n",
    "quotes": f'version: 1\nactions: "{CANARY}\n',
    "unseen": f"version: 1\n# {CANARY}\u200b\n",
    "a line end": f"version: 1\n# {CANARY}\u2028actions: {CANARY}\n",
    "a template": f"password: {{{{ x }}}}{CANARY}\n",
    "two documents": f"a: {CANARY}\n---\nb: {CANARY}\n",
    "deep": "[" * 40 + CANARY,
}


@pytest.mark.parametrize("name", FILES)
def test_an_invalid_action_file_is_not_quoted(cli: Cli, home: Path, name: str) -> None:
    """In every format, by every command, including names and repeated keys."""
    for other in home.glob("actions*"):
        other.unlink()
    (home / "actions.yaml").write_text(FILES[name])
    commands = [("validate", f"--format={form}") for form in FORMATS]
    commands += [("test",), ("validate", "--fix"), ("validate", "actions.yaml", "--json")]
    for words in commands:
        done = cli(*words)
        assert done.code in {Exit.FINDINGS, Exit.NOTHING_DONE}, (words, done)
        assert CANARY not in done.out + done.err, words
    assert FILES[name] == (home / "actions.yaml").read_text()
    if name == [*FILES][-1]:
        REPORT.append(f"files that are no action files: {len(FILES)} tried, 0 quoted")


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl"])
@pytest.mark.parametrize("name", FILES)
def test_an_invalid_people_file_is_not_quoted(cli: Cli, home: Path, name: str, kind: str) -> None:
    """Whatever its file name is."""
    (home / f"people.{kind}").write_text(FILES[name])
    done = cli("people", "import", f"people.{kind}")
    assert done.code in {Exit.FINDINGS, Exit.NOTHING_DONE}, done
    assert CANARY not in done.out + done.err


@pytest.mark.parametrize("name", FILES)
def test_an_invalid_lock_file_is_not_quoted(cli: Cli, home: Path, name: str) -> None:
    """Neither by a check nor by a test."""
    (home / "attributes.lock.json").write_text(FILES[name])
    for words in (("validate",), ("validate", "--format=sarif"), ("test",)):
        done = cli(*words)
        assert Exit.NOTHING_DONE == done.code, done
        assert CANARY not in done.out + done.err


@pytest.mark.parametrize("name", FILES)
def test_an_invalid_recording_or_vault_is_not_quoted(cli: Cli, home: Path, name: str) -> None:
    """Neither in a replay nor in information about a vault."""
    (home / "cassettes" / "loyalty.json").write_text(FILES[name])
    (home / "cactions.vault").write_text(FILES[name])
    for words in (
        ("test", "loyalty"),
        ("diff", "loyalty", "--person", "u-1", "--replay"),
        ("vault", "status"),
    ):
        done = cli(*words)
        assert done.code in {Exit.FINDINGS, Exit.NOTHING_DONE}, done
        assert CANARY not in done.out + done.err


def test_a_valid_action_file_is_quoted(cli: Cli, home: Path) -> None:
    """The author sees the line of the error."""
    text = (home / "actions.yaml").read_text().replace("http_method: get", "http_method: fetch", 1)
    (home / "actions.yaml").write_text(text)
    assert "http_method: fetch" in cli("validate").out

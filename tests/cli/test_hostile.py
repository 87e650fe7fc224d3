"""Hostile people and answers, end to end: the terminal output is printable and complete."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from cactions.render.width import measure_width
from tests.cli.conftest import Cli

TEXTS = {
    "escape codes": "\x1b[2J\x1b]0;owned\x07\x1b[31mred",
    "markup": "[red]bold[/red] :smile: [link=https://evil.example]x[/link]",
    "ten thousand characters": "x" * 10_000,
    "ten kilobytes of wide ones": "漢" * 3_400,
    "right to left": "\u202egnp.exe \u2066\u05e9\u05dc\u05d5\u05dd\u2069 \u0645\u0631\u062d",
    "emoji": "👩🏽‍🚀🏳️‍🌈👨‍👩‍👧‍👦🇬🇧",
    "combining characters": "a" + "\u0301" * 300 + "Z̷̡̛",
    "line ends": "one\r\ntwo\x0bthree\u2028four\x85five",
    "what looks like ours": "(empty) → gold  $.tier\n  1 to add\nNothing was written.",
    "quotes and backslashes": "\"'\\\\x1b[31m ${HOME} `id` %s {0}",
    "nothing that can be seen": "\u200b\u00ad\ufeff\u2800\u3164",
    "blank": "   ",
}
MANY = 200


def project(text: str) -> dict[str, Any]:
    """A person whose name and attributes hold the text, and an action that maps 200 of them."""
    names = [f"a{number:03}" for number in range(MANY)]
    return {
        "version": 1,
        "workspace": {
            "identity_verification": "jwt",
            "people": [
                {
                    "user_id": "u-1",
                    "email": "ada@example.com",
                    "name": text,
                    "attributes": dict.fromkeys(names[::10], f"{text}-old"),
                }
            ],
        },
        "attributes": {
            name: {"data_type": "string", "messenger_writable": False} for name in names
        },
        "actions": {
            "all": {
                "match": "user_id",
                "request": {
                    "http_method": "post",
                    "effect": "read",
                    "url": "https://api.shop.example/all",
                    "json": {"name": "{{ person.name }}"},
                },
                "response": {
                    "same_person": {"path": "$.email", "equals": "person.email"},
                    "mapping": {name: f"$.{name}" for name in names},
                },
            }
        },
    }


def yaml(document: Any) -> str:
    """As JSON, which is YAML except for surrogate pairs."""
    pair = re.compile(r"\\u(d[89ab]..)\\u(d[c-f]..)")
    return pair.sub(lambda found: "".join(json.loads(f'"{found[0]}"')), json.dumps(document))


def recording(text: str) -> dict[str, Any]:
    """An answer in which every second value is too long, unusual, or new."""
    answer = {f"a{number:03}": f"{text}{number}" for number in range(MANY)}
    sent = json.dumps({"name": text}, ensure_ascii=False, separators=(",", ":"))
    request = {
        "method": "POST",
        "uri": "https://api.shop.example/all",
        "body": sent,
        "headers": {"Content-Type": ["application/json"]},
    }
    body = {"string": json.dumps({"email": "ada@example.com", **answer})}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": body}
    return {"version": 1, "interactions": [{"request": request, "response": response}]}


@pytest.fixture(params=TEXTS)
def text(request: pytest.FixtureRequest, home: Path) -> str:
    """A hostile text, and the folder that is full of it."""
    found = TEXTS[request.param]
    (home / "actions.yaml").write_text(yaml(project(found)))
    (home / "cassettes" / "all.json").write_text(json.dumps(recording(found)))
    return found


ALL = ("all", "--person", "u-1", "--replay")
COMMANDS = {
    "request": ("request", "all", "--person", "u-1"),
    "diff": ("diff", *ALL),
    "run": ("run", *ALL, "--yes"),
    "runs show": ("runs", "show", "last"),
    "people show": ("people", "show", "u-1"),
    "people list": ("people", "list"),
    "runs undo": ("runs", "undo", "last", "--yes"),
}


@pytest.mark.parametrize("columns", [40, 80])
def test_no_personal_data_controls_the_terminal(
    cli: Cli, text: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every command that shows people: printable, and cut to a readable length."""
    monkeypatch.setenv("COLUMNS", str(columns))
    for command, words in COMMANDS.items():
        if command.startswith("runs") and not changed(cli):
            continue  # every value was refused
        done = cli(*words)
        shown = (done.out + done.err).replace("\n", "").replace("\u3000", "")
        assert [] == [c for c in shown if not c.isprintable()], command
        assert done.code in {Exit.CLEAN, Exit.FINDINGS}, done.err
        wide = [line for line in done.out.split("\n") if measure_width(line) > max(columns, 75)]
        assert command in {"request", "people show"} or not wide, (command, wide[:1])


def test_every_attribute_is_accounted_for(cli: Cli, text: str) -> None:
    """Two hundred attributes, each listed once with its planned change."""
    out = cli("diff", *ALL).out
    document = cli("diff", *ALL, "--json").json
    named = [one["attribute"] for one in [*document["changes"], *document["left"]]]
    assert MANY == len(named) == len(set(named))
    assert [] == [name for name in named if name not in out]


def test_json_keeps_every_character(cli: Cli, text: str) -> None:
    """JSON for programs is exact, and ends with one newline."""
    out = cli("people", "show", "u-1", "--json").out
    assert text == json.loads(out)["people"][0]["name"]
    assert not set(out) & {"\x1b", "\x07", "\x0b"}


def test_undo_restores_hostile_values_byte_for_byte(cli: Cli, text: str) -> None:
    """A run and its undo leave every value unchanged."""
    before = cli("people", "show", "u-1", "--json").json
    assert cli("run", *ALL, "--yes").code in {Exit.CLEAN, Exit.FINDINGS}
    assert Exit.CLEAN == cli("runs", "undo", "last", "--yes").code or not changed(cli)
    assert before == cli("people", "show", "u-1", "--json").json


def changed(cli: Cli) -> int:
    """The number of runs."""
    return len(cli("runs", "list", "--json").json["runs"])

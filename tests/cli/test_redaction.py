"""A value redacted at one place of a project is shown by no command, wherever it occurs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli, Done

ADA = ("loyalty", "--person", "u-1", "--replay")
MAPPED = "nickname: {path: $.nickname, overwrite: if_empty"
DECLARED = "nickname: {data_type: string"
URL = "url: /v1/customers/{{ person.user_id }}"
HOLE = "{{ person.attributes.nickname }}"

Edit = tuple[str, str]

BY_MAPPING: Edit = (MAPPED, MAPPED.replace("{path", "{redacted: true, path"))
BY_ATTRIBUTE: Edit = (DECLARED, DECLARED + ", redacted: true")
BY_ANOTHER_ACTION: Edit = (
    "mapping:\n        delivery_due",
    "mapping:\n        nickname: {path: $.nick, redacted: true}\n        delivery_due",
)


def edited(*edits: Edit) -> None:
    """The action file in the working directory, with these texts replaced."""
    path = Path("actions.yaml")
    text = path.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)


def everything(cli: Cli) -> list[Done]:
    """The output of every command, as text and as JSON."""
    return [
        cli(*words, *form)
        for form in ((), ("--json",))
        for words in (
            ("request", *ADA[:3]), ("diff", *ADA), ("test",), ("run", *ADA, "--yes"),
            ("runs", "show", "last"), ("people", "show", "u-1"), ("people", "list"),
            ("runs", "undo", "last", "--yes"), ("runs", "list"),
        )
    ]  # fmt: skip


def said(seen: list[Done]) -> str:
    return "".join(done.out + done.err for done in seen)


@pytest.mark.parametrize("redacting", [BY_MAPPING, BY_ATTRIBUTE, BY_ANOTHER_ACTION])
@pytest.mark.parametrize(
    "asking",
    [
        (URL, URL),
        (URL, f"url: /v1/customers/{HOLE}"),
        (URL, f'{URL}\n      query: {{nick: "{HOLE}", more: "x{HOLE}"}}'),
        (URL, f'{URL}\n      headers: {{X-Nick: "{HOLE}"}}'),
    ],
    ids=["mapped", "path", "query", "header"],
)
@pytest.mark.usefixtures("home")
def test_a_value_redacted_anywhere_is_shown_nowhere(
    cli: Cli, asking: Edit, redacting: Edit
) -> None:
    """The same for an attribute, for one of its mappings, or for a mapping of another action."""
    edited(redacting, asking)
    seen = everything(cli)
    assert "Countess" not in said(seen)
    assert "••••••" in seen[1].out
    assert Exit.NOTHING_DONE not in {done.code for done in seen}


@pytest.mark.parametrize(
    "body",
    [
        f'json: {{filter: {{nick: "{HOLE}"}}}}',
        f'json: {{filter: {{nick: "x {HOLE}"}}}}',
        f'form: {{nick: "{HOLE}"}}',
        f'text: "nick {HOLE}"',
    ],
)
@pytest.mark.usefixtures("home")
def test_a_request_body_masks_a_redacted_value(cli: Cli, body: str) -> None:
    """Each form of body has dots in its place."""
    edited(
        BY_MAPPING,
        ('json: {filter: {customer: "{{ person.user_id }}"}, limit: 10}', body),
        ("nickname: Countess", "nickname: Cöuntess"),
    )
    for form in ((), ("--json",)):
        for words in (("request", "billing", "--person", "u-1"),
                      ("diff", "billing", "--person", "u-1", "--replay")):  # fmt: skip
            done = cli(*words, *form)
            assert not [part for part in ("untess", "%C3%B6") if part in done.out + done.err]
    assert "••••••" in cli("request", "billing", "--person", "u-1").out


def re_recorded(home: Path, change: Callable[[str], str]) -> None:
    path = home / "cassettes" / "loyalty.json"
    document = json.loads(path.read_text())
    for one in document["interactions"]:
        one["request"]["uri"] = change(one["request"]["uri"])
    path.write_text(json.dumps(document))


@pytest.mark.parametrize(
    "asking",
    [(URL, f"url: /v1/customers/{HOLE}"), (URL, f'{URL}\n      query: {{nick: "{HOLE}"}}')],
    ids=["path", "query"],
)
def test_a_recording_matches_the_exact_redacted_value_only(
    cli: Cli, home: Path, asking: Edit
) -> None:
    """The real values are compared; if they differ, neither is quoted."""
    edited(BY_MAPPING, asking)
    in_query = "query" in asking[1]
    for held, code in (("Countess", Exit.CLEAN), ("Baroness", Exit.FINDINGS)):
        end = f"u-1?nick={held}" if in_query else held
        re_recorded(home, lambda _, end=end: f"https://api.shop.example/v1/customers/{end}")
        done = cli("diff", *ADA)
        assert code == done.code
        assert not [name for name in ("Countess", "Baroness") if name in done.out + done.err]
    assert "it holds a redacted value" in " ".join(done.out.split())


def test_a_redacted_identity_check_hides_the_field_everywhere(cli: Cli, home: Path) -> None:
    """A person without a name is shown by another key, and a key is not repeated."""
    hide = "path: $.email\n"
    edited(
        (hide, f"{hide}        redacted: true\n"),
        ("      name: Ada Lovelace\n", ""),
        ("match: user_id", "match: email"),
        ("equals: person.email\n", "equals: person.email # cactions: ignore[CA205] as a test\n"),
        (URL, f'{URL}\n      query: {{mail: "{{{{ person.email }}}}"}}'),
    )
    who = ("--person", "email=ada@example.com")
    re_recorded(home, lambda uri: f"{uri}?mail=ada%40example.com")
    picture = home / "diff.svg"
    seen = [
        cli(*words, *form)
        for form in ((), ("--json",))
        for words in (
            ("diff", "loyalty", *who, "--replay", "--svg", str(picture)),
            ("request", "loyalty", *who), ("run", "loyalty", *who, "--replay", "--yes"),
            ("runs", "show", "last"), ("runs", "undo", "last", "--yes"), ("people", "list"),
            ("people", "show", "u-1"), ("test",),
        )
    ]  # fmt: skip
    assert "loyalty for u-1" in seen[0].out
    assert "matched by email ••••••" in seen[0].out
    for text in (said(seen), picture.read_text()):
        assert "ada@" not in text
        assert "ada%40" not in text


@pytest.mark.usefixtures("home")
def test_a_people_row_with_a_redacted_cell_is_not_quoted(cli: Cli, home: Path) -> None:
    """The place and the message of an error are enough."""
    edited(BY_MAPPING)
    (home / "people.csv").write_text("user_id,nickname,loyalty_points\nu-9,Duchess,many\n")
    done = cli("people", "import", "people.csv")
    assert (Exit.NOTHING_DONE, True) == (done.code, "people.csv:2:" in done.err)
    assert "Duchess" not in done.out + done.err


@pytest.mark.usefixtures("home")
def test_a_failed_test_does_not_show_redacted_values(cli: Cli) -> None:
    """Neither the expected nor the actual value."""
    edited(BY_MAPPING, ("{tier: gold, loyalty_points: 1280,", "{nickname: Marquise, tier: gold,"))
    for form in ((), ("--json",)):
        done = cli("test", "loyalty", *form)
        assert (Exit.FINDINGS, True) == (done.code, "nickname: another value" in done.out)
        assert not [name for name in ("Countess", "Marquise") if name in done.out + done.err]

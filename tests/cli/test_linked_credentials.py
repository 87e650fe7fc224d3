"""A credentials file in the place of an action file is never quoted."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.case_counts import choose_number
from tests.cli.conftest import Cli

LETTERS = string.ascii_letters + string.digits
COUNT = choose_number(50, 200)
FORMS = {
    "environ": "export PATH=/usr/bin\nDB_PASSWORD={}\n",
    "quoted environ": 'TOKEN="{}" # {}\nA: b: c\n',
    "AWS": "[default]\naws_access_key_id = AKIA{}\naws_secret_access_key = {}\n",
    "netrc": "machine api.shop.example login ada password {}\n",
    "one netrc": "machine {} login ada: {}\n",
    "PEM": "-----BEGIN PRIVATE KEY-----\n{}\n{}==\n-----END PRIVATE KEY-----\n",
    "kubeconfig": "apiVersion: v1\nusers:\n- name: a\n  user:\n    token: {}\n",
    "broken kubeconfig": "users:\n- name: a\n  token: {}\n bad: [{}\n",
    "npmrc": "//registry.npmjs.org/:_authToken={}\n",
    "JSON key": '{{"type": "service_account", "private_key": "{}", "project": 1}}\n',
    "broken JSON key": '{{\n  "private_key": "{}",\n  "client": {}: x\n}}}}\n',
    "ssh": "ssh-ed25519 AAAA{} ada@example.com\n",
    "shadow": "root:$6${}${}:19000:0:99999:7:::\n",
    "anchors": "a: &{} x\nb: *{}\n",
    "tags": "!{} x\n",
    "twice": "? {} {}\n: a\n? {} {}\n: b\n",
    "template": "a: {{{{ {} }}}}{}\nb: [\n",
    "key with words": "password of {} is {}: x\n",
    "comment": "# {}\n",
    "password": "{}\n",
    "hidden": "token: {}\u200b # {}\n",
    "bytes": "token: {}\udcff{}\n",
    "merge": "<<<<<<< HEAD\ntoken: {}\n=======\ntoken: {}\n>>>>>>> {}\n",
    "documents": "token: {}\n---\ntoken: {}\n",
    "deep": "[" * 20 + "{}",
}
WAYS = (
    ("validate",), ("validate", "--json"), ("validate", "--format", "sarif"),
    ("validate", "--format", "github"), ("validate", "--format", "junit"),
    ("validate", "--format", "markdown"), ("validate", "--diff"),
)  # fmt: skip


def files() -> Iterator[tuple[str, str, list[str]]]:
    """The kind, the text and the secrets of each file: two of each form, or eight."""
    chance = random.Random(11)
    kinds = [*FORMS.items()]
    for number in range(COUNT):
        kind, form = kinds[number % len(kinds)]
        secret = "".join(chance.choices(LETTERS, k=chance.randint(8, 40)))
        yield kind, form.replace("{}", "\0").format().replace("\0", secret), [secret]


def shown(secret: str, text: str) -> bool:
    """Whether any six consecutive characters of the secret are in the text."""
    return any(secret[at : at + 6] in text for at in range(len(secret) - 5))


@pytest.mark.hostile
@pytest.mark.parametrize("words", WAYS, ids="_".join)
def test_no_credential_is_quoted(cli: Cli, home: Path, words: tuple[str, ...]) -> None:
    """Of files of every form, no six consecutive characters of a secret are shown."""
    quoted = []
    for kind, text, secrets in files():
        (home / "actions.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
        done = cli(*words)
        assert Exit.FINDINGS == done.code
        if any(shown(secret, done.out + done.err) for secret in secrets):
            quoted.append((kind, done.out))
    assert [] == quoted


@pytest.mark.hostile
@pytest.mark.parametrize(
    "file", ["attributes.lock.json", "people.json", "people.csv", "people.jsonl"]
)
def test_no_credential_is_quoted_from_other_files(cli: Cli, home: Path, file: str) -> None:
    """The lock file, and people files."""
    quoted = []
    for kind, text, secrets in files():
        (home / file).write_bytes(text.encode("utf-8", "surrogateescape"))
        done = cli("validate") if "lock" in file else cli("people", "import", file)
        assert done.code in {Exit.NOTHING_DONE, Exit.FINDINGS}
        if any(shown(secret, done.out + done.err) for secret in secrets):
            quoted.append((kind, done.out + done.err))
    assert [] == quoted


def test_structure_is_shown_in_place(cli: Cli, home: Path) -> None:
    """Keys, dashes, brackets and quotes stay; the caret is at the right position."""
    (home / "actions.yaml").write_text('actions:\n  loyalty: "a b" c\n')
    lines = cli("validate").out.split("\n")
    assert '   2 |   loyalty: "•••"••' == lines[2]
    assert "     |                  ^" == lines[3]


def test_readable_action_files_are_quoted(cli: Cli, home: Path) -> None:
    """A file with one of our keys that can be parsed shows its lines."""
    (home / "actions.yaml").write_text("version: 2\nactions: {}\n")
    assert "   1 | version: 2" in cli("validate").out
    assert json.loads(cli("validate", "--json").out)["findings"]

"""Hints say what can be done: with the options that were given, and where a thing belongs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from cactions.render.messages import to_sentence
from tests.cli.conftest import KEY, Cli, Say
from tests.cli.test_golden import ALL

VALUE = "a value to seal"


def flat(text: str) -> str:
    return " ".join(text.split())


# The vault


@pytest.fixture
def keyed(say: Say, monkeypatch: pytest.MonkeyPatch) -> Say:
    """A vault whose key is only in the file of --key-file."""
    monkeypatch.delenv(KEY)
    done = say("vault init --name ada --key-file ada.key")
    assert done.code == Exit.CLEAN
    assert "cactions vault seal NAME --key-file ada.key" in flat(done.out)
    return say


def test_a_secret_is_sealed_for_the_one_host_of_the_yaml(keyed: Say) -> None:
    """Which is said before the value is read."""
    done = keyed("vault seal pay_password --key-file ada.key", VALUE)
    assert Exit.CLEAN == done.code
    assert '"pay_password" goes to api.pay.example, as the YAML says.' in flat(done.err)
    listed = keyed("vault list --json --key-file ada.key").json["secrets"]
    assert [("pay_password", ["api.pay.example"])] == [(s["name"], s["hosts"]) for s in listed]


def test_of_several_hosts_the_operator_chooses(keyed: Say) -> None:
    """Without a terminal the whole command is named; it can be followed."""
    done = keyed("vault seal shop_token --key-file ada.key", VALUE)
    assert Exit.MISUSE == done.code
    [command] = re.findall(r"`cactions (.*?)`", flat(done.err))
    assert command == (
        "vault seal shop_token --host api.shop.example --host staging.shop.example"
        " --key-file ada.key"
    )
    assert Exit.CLEAN == keyed(command, VALUE).code


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("shop_tokn", 'Did you mean "shop_token"?'),
        ("other", "Known: pay_password, shop_token Use"),
    ],
)
def test_a_secret_that_the_yaml_does_not_name_needs_a_host(
    keyed: Say, name: str, words: str
) -> None:
    """Nothing is sealed for a host that nobody has named."""
    done = keyed(f"vault seal {name} --key-file ada.key", VALUE)
    assert Exit.MISUSE == done.code
    assert f'the action files send no secret "{name}" anywhere; nothing was sealed' in flat(
        done.err
    )
    assert words in flat(done.err)
    assert f"`cactions vault seal {name} --host HOST --key-file ada.key`" in flat(done.err)


def test_without_action_files_the_host_is_asked_for(keyed: Say, home: Path) -> None:
    """And with broken ones: they may say anything."""
    (home / "actions.yaml").write_text("a: [1\n")
    assert "Say where the secret may go" in flat(
        keyed("vault seal shop_token --key-file ada.key", VALUE).err
    )
    (home / "actions.yaml").unlink()
    assert Exit.MISUSE == keyed("vault seal shop_token --key-file ada.key", VALUE).code


@pytest.mark.parametrize(
    "words",
    [
        "vault seal pay_password --host api.pay.example",
        "vault list --min-generation 9",
        "vault accept-generation 9",
        "vault rotate nothing",
    ],
)
def test_hints_keep_the_options_that_lead_to_the_vault(keyed: Say, home: Path, words: str) -> None:
    """The file of the key, and the vault itself."""
    keyed("vault seal pay_password --key-file ada.key", VALUE)
    shutil.move(home / "cactions.vault", home / "a vault")
    done = keyed(f"{words} --key-file ada.key --vault 'a vault'", VALUE)
    assert Exit.CLEAN != done.code
    commands = re.findall(r"`(cactions vault .*?)`", flat(done.err))
    assert commands
    assert [] == [line for line in commands if "--vault 'a vault' --key-file ada.key" not in line]


# Options and capitals


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("probe loyalty --people x", "--people is an option of diff, run."),
        ("test --people x", "--people is an option of diff, run."),
        ("request loyalty --persn u-1", 'Did you mean "--person"?'),
        ("diff loyalty --person u-1 --replya", 'Did you mean "--replay"?'),
        ("diff --nope", "`cactions diff --help` shows what fits."),
        ("runs list --yes", "--yes is an option of"),
        ("people --peple", "`cactions people --help` shows what fits."),
    ],
)
def test_an_option_of_another_command_is_named_there(cli: Cli, words: str, hint: str) -> None:
    """A misspelt one by its name; anything else by the help."""
    done = cli(*words.split())
    assert Exit.MISUSE == done.code
    assert f"Next: {hint}" in flat(done.err)


def test_a_command_keeps_its_small_letter() -> None:
    """At the beginning of a sentence, too."""
    assert to_sentence("cactions explain CA101") == "cactions explain CA101."
    assert to_sentence("this is it") == "This is it."
    assert "Cactions" not in ALL


def test_recordings_are_made_by_our_own_command(cli: Cli, home: Path) -> None:
    """What the hint names makes a recording; another tool is not needed."""
    (home / "cassettes" / "loyalty.json").write_text("{")
    done = cli("diff", "loyalty", "--person", "u-1", "--replay")
    assert "`cactions test --record` records it anew" in flat(done.err)


def test_a_curl_command_trusts_the_same_authorities(cli: Cli, home: Path) -> None:
    """The service is reached in the same way, from any folder."""
    words = ("request", "loyalty", "--person", "u-1", "--curl", "--ca-file", "ca.pem")
    assert f"--cacert {home}/ca.pem" in cli(*words, "--proxy", "http://127.0.0.1:3128").out
    assert "--cacert" not in cli(*words[:5]).out

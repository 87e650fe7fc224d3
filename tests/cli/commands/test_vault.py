"""The vault on the command line: the output of its commands, and what runs store sealed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import KEY, ROOT, Say
from tests.golden import assert_golden
from tests.stored_texts import list_texts
from tests.tampering import change_database, spoil_mac

GOLDEN = Path(__file__).parents[1] / "golden" / "vault"
RUN = "run loyalty --person u-1 --replay --yes"
VALUE = "tok-7d1f-e02a"


@pytest.fixture
def vault(say: Say) -> Say:
    """A project with a vault that holds one secret."""
    assert say("vault init --name ada").code == Exit.CLEAN
    assert say("vault seal shop_token --host api.shop.example", VALUE).code == Exit.CLEAN
    return say


SCENES: dict[str, tuple[tuple[str, str], ...]] = {
    "secrets": (
        ("vault list", ""),
        ("vault seal pay_password --host api.pay.example --host pay.example", VALUE),
        ("vault rotate shop_token --strip-newline", f"{VALUE}-2\n"),
        ("vault list", ""),
        ("vault list --json --min-generation 3", ""),
        ("vault verify --min-generation 4", ""),
        ("vault status", ""),
        ("vault status --json", ""),
    ),
    "recipients": (
        ("vault recipients list", ""),
        ("vault recipients add grace", ""),
        ("vault recipients add ci --machine", ""),
        ("vault recipients add office --passphrase", "five or six words\n"),
        ("vault list --as office", "five or six words\n"),
        ("vault list --as office", "some other words\n"),
        ("vault recipients list", ""),
        ("vault recipients list --json", ""),
        ("vault rekey --keep office", "five or six words\n"),
        ("vault recipients remove grace", ""),
        ("vault recipients list", ""),
        ("vault verify", ""),
    ),
    "misuse": (
        ("vault init", ""),
        ("vault seal shop_token --host api.shop.example", VALUE),
        ("vault seal shop_token", VALUE),
        ("vault seal other --host https://x.example/", VALUE),
        ("vault seal other --host x.example", f"{VALUE}\n"),
        ("vault seal other --host x.example", "short"),
        ("vault seal other --host x.example", ""),
        ("vault seal ../x --host x.example", VALUE),
        ("vault rotate other", VALUE),
        ("vault recipients remove nobody", ""),
        ("vault recipients remove ada", ""),
        ("vault recipients add x --machine --passphrase", ""),
        ("vault join", "no code at all"),
        ("vault list --min-generation 9", ""),
        ("vault accept-generation 9", ""),
        ("vault list --vault nowhere.vault", ""),
        ("vault status --vault nowhere.vault", ""),
        ("vault list --key-file nowhere.key", ""),
        ("vault salvage --into cactions.vault", ""),
        ("vault", ""),
    ),
    "salvage": (
        ("vault verify", ""),
        ("vault salvage --into saved.vault --new-key-file new.key", ""),
        ("vault verify --vault saved.vault --key-file new.key", ""),
    ),
    "tokens": (
        ("vault seal crm_secret --host auth.crm.example --token-host api.crm.example", VALUE),
        ("vault bind jwt --user --token-host api.shop.example", ""),
        ("vault list", ""),
        ("vault bind shop_token --token-host EU.shop.example --token-host api.shop.example", ""),
        ("vault bind jwt --user --token-host eu.shop.example", ""),
        ("vault rotate crm_secret", VALUE),
        ("vault list --min-generation 7", ""),
        ("vault list --json --min-generation 7", ""),
        ("vault recipients add ci --machine", ""),
        ("vault recipients remove ci", ""),
        ("vault verify --min-generation 9", ""),
        ("vault bind crm_secrt --token-host api.crm.example", ""),
        ("vault bind jwt --token-host api.shop.example", ""),
        ("vault bind crm_secret --user --token-host api.crm.example", ""),
        ("vault bind crm_secret --token-host https://api.crm.example", ""),
        ("vault bind crm_secret", ""),
        ("vault bind ../x --user --token-host api.crm.example", ""),
        ("vault seal jwt --host api.shop.example", VALUE),
        ("vault rotate jwt", VALUE),
    ),
    "sealed_runs": (
        (RUN, ""),
        ("runs list", ""),
        ("vault rekey", ""),
        ("runs show last", ""),
    ),
    "sealed_runs_without_the_key": (
        (RUN, ""),
        ("runs list", ""),
        ("runs list --json", ""),
        ("runs show last", ""),
        ("runs undo last --yes", ""),
        ("runs resume last --yes", ""),
        ("runs prune --keep 0 --yes", ""),
        ("diff loyalty --person u-1 --replay", ""),
        (RUN, ""),
    ),
}


def steady(text: str) -> str:
    """The text without random values."""
    ids = list(dict.fromkeys(re.findall(r"\d{8}-\d{6}-[0-9a-f]{8}", text)))
    for number, found in enumerate(ids, start=1):
        text = text.replace(found, f"20260101-000000-{number:08}")
    text = re.sub(r"(cactions-(?:key|join)-1:)[A-Z2-7-]+", r"\1XXXXXXXX", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-01-01T00:00:00Z", text)
    text = re.sub(r"202[6-9]-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?", "2026-01-01", text)
    text = re.sub(r"\b[0-9a-f]{32}\b", "0" * 32, text)
    text = re.sub(r'"started": ?[\d.]+', '"started": 0.0', text)
    text = re.sub(r'"operator": "[^"]*"', '"operator": "me@here"', text)
    return re.sub(r"UTC by \S+", "UTC by me@here", text)


@pytest.mark.parametrize("name", SCENES)
def test_vault_output_matches_the_golden_files(
    vault: Say, home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command and every refusal; no secret value is ever shown."""
    if name == "salvage":
        spoil_mac(home / "cactions.vault")
    shown = []
    for number, (words, stdin) in enumerate(SCENES[name]):
        if number and name.endswith("without_the_key"):
            monkeypatch.setenv(KEY, "nowhere.key")
        done = vault(words, stdin)
        said = f"--- stderr\n{done.err}" * bool(done.err)
        shown.append(f"$ cactions {words}\n{done.out}{said}--- exit {done.code}\n")
    text = steady("\n".join(shown))
    assert VALUE not in text
    assert_golden(GOLDEN / f"{name}.txt", text)


def test_every_golden_file_is_used() -> None:
    """A golden file that no test compares proves nothing."""
    assert set(SCENES) == {path.stem for path in GOLDEN.glob("*.txt")}


def test_a_teammate_joins_and_both_can_use_the_vault(
    vault: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an invitation code on stdin; their file gets a new key, and the code works only once."""
    [code] = re.findall(r"cactions-join-\S+", vault("vault recipients add grace").out)
    monkeypatch.setenv(KEY, "grace.key")
    joined = vault("vault join", code)
    assert (Exit.CLEAN, True) == (joined.code, "as grace" in joined.out)
    assert vault("vault seal other --host x.example", VALUE).code == Exit.CLEAN
    monkeypatch.setenv(KEY, "third.key")
    assert vault("vault join", code).code != Exit.CLEAN
    monkeypatch.setenv(KEY, "ada.key")
    assert "other" in vault("vault list").out
    assert 0o600 == (home / "grace.key").stat().st_mode & 0o777


def kept(home: Path) -> bytes:
    """All bytes of the runs and of the files derived from them."""
    state = home / ".cactions"
    files = [*(state / "runs").iterdir(), *state.glob("*applied*")]
    return b"".join(path.read_bytes() for path in files)


PERSONAL = ["Ada", "ada@example.com", "u-1", "SPRING24", "silver", "gold", "Marylebone"]
LONG = 6
"""Random bytes hold a word of three letters once in 3,000 runs; one of six, never."""


def test_with_a_vault_a_run_stores_no_personal_data_in_plain_text(vault: Say, home: Path) -> None:
    """No values, names, keys or contact id; only the head is readable."""
    assert vault(RUN).code == Exit.CLEAN
    assert vault("runs undo last --yes").code == Exit.CLEAN
    bytes_kept = kept(home)
    texts = [
        text for path in (home / ".cactions" / "runs").glob("*.db") for text in list_texts(path)
    ]
    [person] = re.findall(r"Person +id (\S+),", vault("diff loyalty --person u-1 --replay").out)
    words = [*PERSONAL, person]
    found = {each for text in texts for each in re.findall(r"[\w@.-]+", text)}
    assert {"loyalty", "running"} < found
    assert [] == [word for word in words if word in found]
    assert [] == [word for word in words if len(word) >= LONG and word.encode() in bytes_kept]
    assert b'"action":"loyalty"' in bytes_kept


def test_without_a_vault_only_the_first_run_warns(say: Say) -> None:
    """The second run does not warn; with a vault there is no warning at all."""
    assert "unsealed" in say(RUN).err
    assert "unsealed" not in say("run billing --person u-1 --replay --yes").err


def test_after_a_rekey_older_runs_are_shown_and_undone(vault: Say) -> None:
    """The vault keeps the old keys; a run from before the vault is unchanged."""
    assert vault(RUN).code == Exit.CLEAN
    for _ in range(2):
        assert vault("vault rekey").code == Exit.CLEAN
    assert "SPRING24" in vault("runs show last").out
    undone = vault("runs undo last --yes")
    assert (Exit.CLEAN, True) == (undone.code, "Restored: Ada Lovelace." in undone.out)
    assert vault("runs forget --person user_id=u-1 --yes").code == Exit.CLEAN
    assert "A forgotten person" in vault("runs show last").out


def test_runs_from_before_the_vault_stay_readable(say: Say) -> None:
    """Also when searching for the last applied values."""
    assert say(RUN).code == Exit.CLEAN
    made = say("vault init --name ada")
    assert "stay unsealed" in made.err
    assert say("run billing --person u-1 --replay --yes").code == Exit.CLEAN
    assert 2 == say("runs list").out.count("finished")
    assert say("runs undo last --yes").code == Exit.CLEAN


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET receipt = plan",
        "UPDATE entry SET plan = flipped(plan)",
        "UPDATE entry SET number = 2",
    ],
)
def test_a_moved_or_changed_sealed_cell_is_refused(vault: Say, home: Path, change: str) -> None:
    """The error message says so."""
    assert vault(RUN).code == Exit.CLEAN
    [file] = (home / ".cactions" / "runs").glob("*.db")
    change_database(file, change)
    shown = vault("runs show " + file.stem)
    assert (Exit.NOTHING_DONE, True) == (
        shown.code,
        "changed without a key" in " ".join(shown.err.split()),
    )


def test_the_index_of_applied_values_is_sealed(say: Say, home: Path) -> None:
    """An index from before the vault is deleted."""
    for _ in range(6):
        assert say(RUN).code == Exit.CLEAN
        assert say("runs undo last --yes").code == Exit.CLEAN
    assert say(RUN).code == Exit.CLEAN
    age(home)
    assert say("diff loyalty --person u-1 --replay").code == Exit.CLEAN
    assert [True] == [b"gold" in path.read_bytes() for path in indexes(home)]
    assert say("vault init --name ada").code == Exit.CLEAN
    assert [] == indexes(home)
    assert say("runs undo last --yes --unsealed").code == Exit.CLEAN
    assert say(RUN).code == Exit.CLEAN
    age(home)
    assert say("diff loyalty --person u-1 --replay").code == Exit.CLEAN
    [index] = indexes(home)
    assert (True, False) == (index.name.startswith("sealed-"), b"gold" in index.read_bytes())


def indexes(home: Path) -> list[Path]:
    return sorted((home / ".cactions").glob("*applied-*.db"))


def age(home: Path) -> None:
    """Make the index older than the runs: recently changed runs are read directly."""
    for path in (home / ".cactions" / "runs").glob("*.db*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))


def test_one_command_reads_the_key_once(
    vault: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator who types a keyring passphrase does so once."""
    monkeypatch.delenv(KEY)
    config = home / "config" / "cactions"
    config.mkdir(parents=True, mode=0o700)
    asked, key = home / "asked", home / "ada.key"
    config.joinpath("config.toml").write_text(
        f'key_command = ["/bin/sh", "-c", "echo once >> {asked}; cat {key}"]\n'
    )
    for words in (RUN, "runs list", "runs show last", "runs undo last --yes", "vault list"):
        asked.unlink(missing_ok=True)
        assert vault(words).code == Exit.CLEAN
        assert (words, "once\n") == (words, asked.read_text())


def test_validate_warns_about_secrets_missing_in_the_vault(vault: Say, home: Path) -> None:
    """Names and hosts need no key; the exit code stays 0 for a warning."""
    done = vault("validate")
    lacks = [
        'the secret "pay_password" is not in the vault',
        'the secret "shop_token" is not sealed for staging.shop.example',
    ]
    output = " ".join(done.out.split())
    assert (Exit.CLEAN, [True, True]) == (done.code, [text in output for text in lacks])
    (home / "cactions.vault").write_text("{}\n")
    assert "secrets were not checked: the file is no vault" in " ".join(
        vault("validate").out.split()
    )


def test_validate_is_silent_if_the_vault_is_complete(vault: Say) -> None:
    """Every secret, for every host that its token names."""
    hosts = "--host api.shop.example --host staging.shop.example"
    assert vault(f"vault rotate shop_token {hosts}", VALUE).code == Exit.CLEAN
    assert vault("vault seal pay_password --host api.pay.example", VALUE).code == Exit.CLEAN
    assert vault("validate").out.startswith("No problems in 3 actions")


def test_validate_loads_no_cryptography_despite_a_vault(vault: Say, home: Path) -> None:
    """And no keyring."""
    program = (
        "import sys; from cactions.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "sys.exit(any(name in sys.modules for name in ('cryptography', 'keyring', 'httpx')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "validate"],
        cwd=home, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=300,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert 0 == done.returncode


def test_a_secret_typed_on_a_terminal_is_not_echoed(vault: Say, home: Path) -> None:
    """Neither by the terminal nor by cactions."""
    spawned = pexpect.spawn(
        sys.executable, ["-m", "cactions", "vault", "rotate", "shop_token"], cwd=home,
        encoding="utf-8", timeout=30, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    spawned.expect_exact('Value of "shop_token": ')
    spawned.sendline(f"{VALUE}-typed")
    spawned.expect_exact("has a new value")
    shown = spawned.before + spawned.read()
    spawned.close()
    assert (Exit.CLEAN, False) == (spawned.exitstatus, "typed" in shown)

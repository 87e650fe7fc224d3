"""``cactions identity``: sign, verify and check, with a secret that is sent nowhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Say
from tests.written_files import read_files

SECRET = "canary-0123456789abcdef0123456789abcdef"


@pytest.fixture
def site(say: Say) -> Say:
    """A project whose vault holds the site's secret, and another one."""
    assert say("vault init --name ada").code == Exit.CLEAN
    assert say("vault seal identity_secret --signing", SECRET).code == Exit.CLEAN
    assert say("vault seal shop_token --host api.shop.example", "tok-7d1f-e02a").code == Exit.CLEAN
    return say


def test_what_is_signed_is_verified_for_this_user_only(site: Say) -> None:
    for sign, good, bad in (
        ("--user-id u-1", "--user-id u-1", "--user-id u-2"),
        ("--email a@b.example", "--email a@b.example", "--email c@d.example"),
        ("--jwt --user-id u-1 --email a@b.example", "--user-id u-1", "--email c@d.example"),
        ("--jwt --user-id u-1", "--user-id u-1", "--user-id u-1 --email a@b.example"),
    ):
        signature = site(f"identity sign {sign}").out
        assert Exit.CLEAN == site(f"identity verify {good}", signature).code
        done = site(f"identity verify {bad}", signature)
        assert (Exit.FINDINGS, True) == (done.code, "does not prove" in done.out)


def test_the_check_names_what_the_files_declare_beyond_the_signature(site: Say) -> None:
    """The example declares `jwt`; a user hash beside an e-mail address does not prove that."""
    user_hash = site("identity sign --user-id u-1").out.strip()
    sent = json.dumps({"user_id": "u-1", "email": "ada@example.com", "user_hash": user_hash})
    done = site("identity check", sent)
    assert Exit.FINDINGS == done.code
    assert "identity_verification: jwt" in " ".join(done.out.split())
    assert user_hash not in done.out + done.err
    found = site("identity check --json", sent).json
    assert ({"user_id": "u-1"}, ["email"]) == (found["proven"], found["unsigned"])
    assert found["mismatch"]
    jwt = site("identity sign --jwt --user-id u-1 --email ada@example.com").out
    done = site("identity check", jwt)
    assert (Exit.CLEAN, True) == (done.code, "proves the user id and email" in done.out)


def test_a_signing_key_is_sent_nowhere_and_a_sent_secret_signs_nothing(
    site: Say, home: Path
) -> None:
    done = site("identity sign --user-id u-1 --secret shop_token")
    assert (Exit.MISUSE, True) == (done.code, "to be sent" in done.err)
    done = site("identity sign --user-id u-1 --secret unknown")
    assert (Exit.MISUSE, True) == (done.code, "--signing" in done.err)
    file = home / "actions.yaml"
    file.write_text(file.read_text().replace("secret: shop_token", "secret: identity_secret"))
    assert "identity_secret" in file.read_text()
    done = site("diff loyalty --person u-1 --live")
    assert "sent nowhere" in done.err + done.out
    assert "(signs)" in site("vault list").out


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("sign", "signs one value"),
        ("sign --user-id a --email b", "signs one value"),
        ("sign --user-id a --claim plan=pro", "signs no attributes"),
        ("sign --jwt --email a@b.example", "needs the user's id"),
        ("sign --jwt --user-id a --claim exp=1", "set already"),
        ("sign --jwt --user-id a --claim seats:=x", "is no json"),
        ("sign --jwt --user-id a --claim seats", "has no name"),
        ("verify", "say which user"),
        ("check missing.json", "there is no file"),
        ("check actions.yaml", "plain value"),
    ],
)
def test_misuse(site: Say, words: str, text: str) -> None:
    done = site(f"identity {words}")
    assert Exit.MISUSE == done.code
    assert text in " ".join(done.err.split()).lower(), done.err
    assert SECRET not in done.err


def test_no_output_and_no_file_holds_the_secret(site: Say, home: Path) -> None:
    outputs = []
    for words in ("sign --user-id u-1", "sign --jwt --user-id u-1", "verify --user-id u-1"):
        done = site(f"identity {words}", "0" * 64)
        outputs.append(done.out + done.err)
    pasted = {"user_id": SECRET, "user_hash": "0" * 64}  # the secret itself, pasted by mistake
    done = site("identity check", json.dumps(pasted))
    outputs.append(done.out + done.err)
    assert not any(SECRET in text for text in outputs)
    assert not any(SECRET.encode() in data for data in read_files(home).values())


def test_a_hash_needs_no_library_of_jwts() -> None:
    """The extra is loaded only where there is a JWT."""
    code = (
        "import sys; sys.modules['jwt'] = None\n"
        "from cactions.cli import key_wiring\n"
        "from cactions.cli.commands import identity\n"
        "try: key_wiring.create_messenger_jwt()\n"
        "except Exception as error: print(type(error).__name__, error.hint)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.startswith("UsageError")
    assert "pip install" in done.stdout

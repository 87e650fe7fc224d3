"""``cactions doctor`` against real servers: what works, and what does not."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from email.utils import formatdate
from pathlib import Path
from time import monotonic, time
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from cactions.model import Health
from tests.cli.conftest import KEY, ROOT, Cli, Say
from tests.documents import checks_from_json
from tests.projects import ABOUT_ADA, project, write
from tests.servers import HOST, Server, Talk, answering, authority, refusing, serving, tls_with

OK, PROBLEM = Health.OK, Health.PROBLEM


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    monkeypatch.setenv("CACTIONS_CA_FILE", str(authority().ca_file))
    with ExitStack() as found:
        yield found


def healths(cli: Cli) -> tuple[int, dict[str, Health]]:
    """The exit code and the health of each topic; for hosts, that of the last one."""
    done = cli("doctor", "--json")
    return done.code, {check.topic: check.health for check in checks_from_json(done.json)}


def dated(skew: float = 0.0) -> list[str]:
    return [f"Date: {formatdate(time() + skew, usegmt=True)}"]


def checked(home: Path, stack: ExitStack, *, skew: float = 0.0, **parts: Any) -> Server:
    """A project whose only host is this server."""
    server = stack.enter_context(serving(answering(b"", headers=dated(skew)), **parts))
    write(home, project(server))
    return server


@pytest.fixture
def keyed(say: Say) -> Say:
    """A vault with the one secret that the action sends."""
    assert say("vault init --name ada").code == Exit.CLEAN
    assert say(f"vault seal shop_token --host {HOST}", "tok-7d1f-e02a").code == Exit.CLEAN
    return say


def test_a_working_project_has_no_problem(
    keyed: Say, cli: Cli, home: Path, stack: ExitStack
) -> None:
    """Exit 0; the one request holds no secret."""
    assert keyed
    server = checked(home, stack)
    topics = ("files", "vault", "state", "trust", "proxy", "name", "connection", "clock")
    assert (Exit.CLEAN, dict.fromkeys(topics, OK)) == healths(cli)
    [asked] = server.received
    assert asked.startswith(b"HEAD / ")
    assert b"X-Shop-Token" not in asked
    assert "No problems found." in cli("doctor").out


def list_problems(cli: Cli) -> list[tuple[str, str]]:
    """What is wrong, with the next step."""
    found = checks_from_json(cli("doctor", "--json").json)
    return [(check.message, check.hint) for check in found if check.health is PROBLEM]


def test_what_a_call_lacks_of_the_vault_is_a_problem_with_its_command(
    say: Say, cli: Cli, home: Path, stack: ExitStack
) -> None:
    """Each command mends one; at their end there is no problem, and the live call works."""
    with serving(answering(ABOUT_ADA, headers=dated())) as server:
        write(home, project(server))
        steps = 0
        while problems := list_problems(cli):
            message, hint = problems[0]
            assert "vault" in message
            [command] = re.findall(r"`cactions (.*?)`", hint)
            assert Exit.CLEAN != say("diff loyalty --person u-1").code
            assert Exit.CLEAN == say(command, "tok-7d1f-e02a").code
            steps += 1
        assert 2 == steps
        assert Exit.CLEAN == say("diff loyalty --person u-1").code


@pytest.mark.parametrize("url", ["https://lab/x", "https://10.0.0.7/x", "http://lab.test/x"])
def test_a_host_that_cannot_be_called_is_an_error_of_the_files(
    keyed: Say, home: Path, stack: ExitStack, url: str
) -> None:
    """All else is looked at; the same holds while a secret is sealed for it."""
    server = stack.enter_context(serving(answering(b"", headers=dated())))
    write(home, project(server, url=url))
    done = keyed("doctor")
    assert (Exit.FINDINGS, True) == (done.code, done.out.startswith("problem  Action files: 1 er"))
    assert "ok       Vault" in done.out
    assert keyed("vault seal crm_secret", "a value").code in {Exit.CLEAN, Exit.MISUSE}


def test_a_key_that_cannot_be_had_is_a_problem(
    keyed: Say, cli: Cli, home: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vault holds the secret, and yet no call could be made."""
    assert keyed
    checked(home, stack)
    monkeypatch.setenv(KEY, "nowhere.key")
    [(message, hint)] = list_problems(cli)
    assert "nowhere.key" in message
    assert hint


def test_a_secret_for_another_host_is_a_problem(
    say: Say, cli: Cli, home: Path, stack: ExitStack
) -> None:
    """It would not be sent."""
    checked(home, stack)
    say("vault init --name ada")
    say("vault seal shop_token --host other.test", "tok-7d1f-e02a")
    [(message, hint)] = list_problems(cli)
    assert "is not sealed for api.test" in message
    assert "cactions vault rotate shop_token --host api.test" in hint


def test_a_project_without_secrets_needs_no_vault(cli: Cli, home: Path, stack: ExitStack) -> None:
    """Nor is one missed."""
    server = stack.enter_context(serving(answering(b"", headers=dated())))
    write(home, project(server, tokens=[]))
    code, found = healths(cli)
    assert (Exit.CLEAN, OK) == (code, found["vault"])


def test_tokens_of_end_users_are_named(cli: Cli, home: Path, stack: ExitStack) -> None:
    """They are given with each call, and a vault may say where they go."""
    server = stack.enter_context(serving(answering(b"", headers=dated())))
    write(home, project(server, tokens=["jwt"]))
    assert "--user-token jwt=-" in cli("doctor").out


def test_a_state_folder_that_cannot_be_used_is_a_problem(
    keyed: Say, cli: Cli, home: Path, stack: ExitStack
) -> None:
    """A run could not keep the old values."""
    assert keyed
    checked(home, stack)
    (home / ".cactions").rename(home / "elsewhere") if (home / ".cactions").exists() else None
    (home / ".cactions").symlink_to(home)
    [(message, hint)] = list_problems(cli)
    assert "is a symbolic link" in message
    assert hint


def test_a_wrong_clock_is_a_problem(cli: Cli, home: Path, stack: ExitStack) -> None:
    """More than a minute of difference to the host's clock."""
    checked(home, stack, skew=-300)
    code, found = healths(cli)
    assert (Exit.FINDINGS, PROBLEM, OK) == (code, found["clock"], found["connection"])
    assert "ahead of api.test" in cli("doctor").out


def test_an_expired_certificate_is_a_problem_and_leaves_the_clock_unknown(
    cli: Cli, home: Path, stack: ExitStack
) -> None:
    """Such a host gets no request, so its clock is not known."""
    server = checked(home, stack, context=tls_with(authority().certify(HOST, days=(-9, -2))))
    code, found = healths(cli)
    assert (Exit.FINDINGS, OK, PROBLEM) == (code, found["name"], found["connection"])
    assert (Health.UNKNOWN, []) == (found["clock"], server.received)
    assert "the certificate of api.test has expired" in " ".join(cli("doctor").out.split())


def test_a_hanging_host_does_not_block_doctor(cli: Cli, home: Path, stack: ExitStack) -> None:
    """The whole check ends within seconds."""

    def hang(talk: Talk) -> None:
        talk.socket.settimeout(60)
        while talk.socket.recv(65536):
            pass

    server = stack.enter_context(serving(hang, secure=False))
    write(home, project(server))
    start = monotonic()
    assert Exit.FINDINGS == cli("doctor").code
    assert monotonic() - start < 30


def test_unusable_network_settings_are_a_problem_and_no_host_is_contacted(
    cli: Cli, home: Path, stack: ExitStack
) -> None:
    """A CA file without certificates, and an invalid proxy address."""
    server = checked(home, stack)
    (home / "ca.pem").write_text("nothing")
    for words, topic in ((("--ca-file", "ca.pem"), "trust"), (("--proxy", "x:1"), "proxy")):
        done = cli("doctor", "--json", *words)
        found = {check.topic: check.health for check in checks_from_json(done.json)}
        assert (Exit.FINDINGS, PROBLEM, False) == (done.code, found[topic], "name" in found)
    assert 0 == server.connections


def test_doctor_checks_the_machine_despite_a_broken_action_file(
    cli: Cli, home: Path, stack: ExitStack
) -> None:
    """Problems of the machine are still reported."""
    (home / "actions.yaml").write_text("version: 1\nactoins: {}\n")
    code, found = healths(cli)
    assert (Exit.FINDINGS, PROBLEM, OK) == (code, found["files"], found["trust"])


def test_an_unreachable_proxy_is_reported_for_each_host(
    cli: Cli, home: Path, stack: ExitStack
) -> None:
    """No request bypasses the proxy."""
    server = checked(home, stack)
    with refusing() as port:
        done = cli("doctor", "--proxy", f"http://127.0.0.1:{port}")
    assert (Exit.FINDINGS, 0) == (done.code, server.connections)
    assert "the proxy refuses the connection" in done.out


def test_help_loads_no_http_client() -> None:
    """The client is loaded only when doctor runs its checks."""
    program = (
        "import sys; from cactions.__main__ import main\n"
        "try: main()\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "doctor", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert set() == {"httpx", "cryptography", "ssl", "vcr"} & set(done.stderr.split())

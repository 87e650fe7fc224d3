"""No hint that cannot be followed: each command that a golden file names is run where it is named.

It may fail for what it finds. It may not be refused as misuse.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import test_vault as vaults
from tests.cli.conftest import KEY, Cli, Say
from tests.cli.hint_follower import HintFollower, list_hints
from tests.cli.scenes import SCENES
from tests.cli.test_golden import GOLDEN
from tests.cli.test_live_calls import SCENES as LIVE_SCENES
from tests.cli.test_live_calls import Live, live  # noqa: F401 - a fixture
from tests.projects import project, write
from tests.run_report import REPORT
from tests.servers import serving
from tests.tampering import spoil_mac

BY_HAND = re.compile(r"--json|--format|^schema")
"""Commands whose output is for programs: it has the same hints in another form."""


@pytest.fixture(scope="module")
def total() -> Iterator[Counter[str]]:
    """Of all scenes."""
    counted: Counter[str] = Counter()
    yield counted
    REPORT.append(f"hints followed: {dict(counted)}")


@pytest.fixture
def follower(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, total: Counter[str]
) -> Iterator[HintFollower]:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv(KEY, "ada.key")
    follower = HintFollower(cli, home, monkeypatch)
    yield follower
    total.update(follower.counts)


WITH_HINTS = [
    name for name in SCENES if name != "help" and list_hints((GOLDEN / f"{name}.txt").read_text())
]
"""What help says is shown by its examples, which ``test_help`` runs."""


@pytest.mark.parametrize("name", WITH_HINTS)
def test_every_hint_of_a_scene_can_be_followed(
    follower: HintFollower, cli: Cli, home: Path, name: str
) -> None:
    """Those of every error and every finding, without a network."""
    scene = SCENES[name]
    scene.prepare(home)
    for words in scene.commands:
        done = cli(*words.split())
        if not BY_HAND.search(words):
            follower.follow(words, done)
    assert [] == follower.faults


@pytest.mark.parametrize("name", LIVE_SCENES)
def test_every_hint_of_a_live_scene_can_be_followed(
    follower: HintFollower,
    live: Live,  # noqa: F811
    say: Say,
    home: Path,
    name: str,
) -> None:
    """Those of services that do not answer as they should."""
    scene = LIVE_SCENES[name]
    with serving(scene.behave) as server:
        write(home, project(server, **scene.parts))
        for words in scene.commands:
            done = say(words) if words.startswith("runs") else live(words, server)
            if not BY_HAND.search(words):
                follower.follow(words, done)
    assert [] == follower.faults


@pytest.mark.parametrize("name", vaults.SCENES)
def test_every_hint_of_a_vault_can_be_followed(
    follower: HintFollower, say: Say, home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a vault that is whole, damaged, missing or locked."""
    say("vault init --name ada")
    say("vault seal shop_token --host api.shop.example", vaults.VALUE)
    if name == "salvage":
        spoil_mac(home / "cactions.vault")
    for number, (words, stdin) in enumerate(vaults.SCENES[name]):
        if number and name.endswith("without_the_key"):
            monkeypatch.setenv(KEY, "nowhere.key")
        done = say(words, stdin)
        if not BY_HAND.search(words):
            follower.follow(words, done)
    assert [] == follower.faults


def test_there_are_hints_to_follow() -> None:
    """Guards against a search that finds nothing."""
    assert len(WITH_HINTS) > 20
    text = "look: `cactions runs list`, or\n  cactions vault init\nTo apply it: cactions run a\n"
    found = ["cactions runs list", "cactions run a", "cactions vault init"]
    assert found == list_hints(f"Usage: cactions [OPTIONS]\n{text}")

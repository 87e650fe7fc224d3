"""A project that 0.1.0 has left is read by this version: with a vault, and without one.

What it holds is in ``tests/stored/README.md``; it is never made again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from cactions.edges.store.run_schema import LAYOUTS
from cactions.logic import documents, strict_json
from tests.cli.conftest import Cli, Done
from tests.edges.store.test_stored_files import STORED
from tests.run_report import REPORT

RELEASE = "0.1.0"
MADE = 1_795_940_460
"""Unix seconds."""
KINDS = ("plain", "sealed")
Call = Callable[[str], Done]


@pytest.fixture(params=KINDS)
def stored(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project; git keeps no modes, and no folder that ignores itself."""
    home = tmp_path / "project"
    shutil.copytree(STORED / RELEASE / request.param, home)
    (home / "state").rename(home / ".cactions")
    for path in home.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    if request.param == "sealed":
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", "ada.key")
    return home


@pytest.fixture
def call(cli: Cli, stored: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """A command in it that must succeed."""
    monkeypatch.chdir(stored)

    def run(line: str) -> Done:
        done = cli(*line.split())
        assert Exit.CLEAN == done.code, (line, done.out, done.err)
        return done

    return run


def read_tiers(call: Call) -> dict[str, Any]:
    people = call("people list --json").json["people"]
    return {each["name"]: each["attributes"].get("tier") for each in people}


def test_runs_are_listed_shown_and_exported(call: Call) -> None:
    """All three, in their order, with every value."""
    listed = call("runs list --json").json["runs"]
    assert ["apply", "undo", "apply"] == [run["head"]["kind"] for run in listed]
    for run in listed:
        assert "Ada Lovelace" in call(f"runs show {run['head']['id']}").out
        assert "SPRING24" in call(f"runs export {run['head']['id']}").out
    REPORT.append(f"runs of {RELEASE}: {len(listed)} read, 0 refused")


def test_the_last_run_is_undone_and_forgotten(call: Call) -> None:
    """Old values come back; a new run is made after it, and everything can be erased."""
    before = {"Ada Lovelace": "gold", "Grace Hopper": "silver"}
    assert before.items() <= read_tiers(call).items()
    call("runs undo last --yes")
    assert "silver" == read_tiers(call)["Ada Lovelace"]
    call("run loyalty --person u-1 --replay --yes")
    newest = call("runs list --json").json["runs"][0]["head"]
    assert ("apply", "gold") == (newest["kind"], read_tiers(call)["Ada Lovelace"])
    call("runs forget --person user_id=u-1 --yes")
    assert "SPRING24" not in call("runs show last").out
    call("runs prune --keep 0 --yes")


def test_stored_people_and_their_last_values_are_known(call: Call) -> None:
    """A diff finds no changes, and the imported person is there."""
    assert "Mary Jackson" in read_tiers(call)
    assert "No changes" in call("diff loyalty --person u-1 --replay").out


def test_a_saved_plan_is_refused_with_what_helps(
    cli: Cli, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day later it is refused as too old, and not as damaged.

    In its time, it is to be made again: an action can say more now, and its digest differs.
    """
    words = ("run", "loyalty", "--plan", "monday.plan", "--replay", "--yes")
    monkeypatch.setattr("cactions.edges.clock.SystemClock.get_time", lambda _: MADE + 90_000)
    done = cli(*words)
    assert (Exit.MISUSE, True) == (done.code, "24 hours" in done.err), done
    monkeypatch.setattr("cactions.edges.clock.SystemClock.get_time", lambda _: MADE + 3_600)
    done = cli(*words)
    again = "Make it again: `cactions diff loyalty" in done.err
    assert (Exit.MISUSE, True) == (done.code, again), done


def test_recordings_are_replayed(call: Call) -> None:
    """The tests of the action pass."""
    assert "3 ok" in call("test loyalty").out


def test_a_vault_with_its_definitions_opens(cli: Cli, call: Call, stored: Path) -> None:
    """Each entry is authentic; what is published is listed and shown; the file stays as it is."""
    vault = stored / "cactions.vault"
    if not vault.exists():
        assert Exit.MISUSE == cli("vault", "list").code
        return
    before = vault.read_bytes()
    assert "shop_token" in call("vault list").out
    call("vault verify")
    assert "loyalty" in call("live list").out
    assert "coupon" in call("live show loyalty").out
    assert before == vault.read_bytes()


def test_a_recorded_probe_is_read_whole() -> None:
    """Every attack, and what it has found."""
    text = (STORED / RELEASE / "sealed" / "cassettes" / "loyalty.probe.json").read_text()
    report = documents.probe_from_json(strict_json.parse_json(text))
    assert len(json.loads(text)["cases"]) == len(report.cases) > 3
    assert report == documents.probe_from_json(documents.probe_to_json(report))


def test_each_layout_has_a_stored_file() -> None:
    """Of runs: a layout without one would not be read for long."""
    assert len(LAYOUTS) == len({layout.statements for layout in LAYOUTS})
    assert [3, 3, 3, 2, 1] == [layout.version for layout in LAYOUTS]
    folders = {path.name for path in STORED.iterdir() if path.is_dir()}
    assert {"plain", "sealed", "format-1", "format-3-first", "format-3-bare", RELEASE} <= folders

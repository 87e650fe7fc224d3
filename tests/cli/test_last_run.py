"""`last` is the run that was begun last, whatever the clock says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

IN_2030, IN_2020 = 1_900_000_000.0, 1_600_000_000.0


def test_last_is_the_last_begun_after_the_clock_was_set_back(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every command that takes it: two runs, undone one after the other."""
    ids: list[str] = []
    for person, moment in (("u-1", IN_2030), ("u-2", IN_2020)):
        monkeypatch.setattr("cactions.cli.run_head.time.time", lambda moment=moment: moment)
        assert "Applied" in cli("run", "loyalty", "--person", person, "--replay", "--yes").out
        [new] = {path.stem for path in (home / ".cactions/runs").glob("*.db")} - {*ids}
        ids.append(new)
    assert (True, True) == (ids[0].startswith("2030"), ids[1].startswith("2020"))
    listed = [run["head"]["id"] for run in cli("runs", "list", "--json").json["runs"]]
    assert ids[::-1] == listed
    assert ids[-1] == cli("runs", "show", "last", "--json").json["head"]["id"]
    assert f'"{ids[-1]}"' in cli("runs", "export", "last").out.partition("\n")[0]
    for run_id in ids[::-1]:
        assert run_id == cli("runs", "undo", "last", "--yes", "--json").json["undoes"]
    undo = cli("runs", "show", "last", "--json").json["head"]
    assert ("undo", ids[0]) == (undo["kind"], undo["undoes"])
    assert 0 == cli("runs", "prune", "--keep", "1", "--yes").code
    [left] = cli("runs", "list", "--json").json["runs"]
    assert undo["id"] == left["head"]["id"]

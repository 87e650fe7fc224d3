"""A sealed definition that was moved, edited or replaced never runs.

The machine of these tests has the vault and its key, and no action files.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.vault.open_vault import OpenVault, change_vault, open_vault
from cactions.cli import wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.vault_choice import VaultOptions
from cactions.model.vault import Entry, Purpose
from tests.cli.conftest import Say
from tests.run_report import REPORT

RUN = "run loyalty --person u-1 --replay --yes"
GATES = '--without test --without probe --because "a test" --yes'


def publish(say: Say, home: Path, version: int) -> None:
    file = home / "actions.yaml"
    file.write_text(re.sub(r"/v\d+/customers", f"/v{version}/customers", file.read_text()))
    assert Exit.CLEAN == say(f"publish loyalty {GATES}").code


@pytest.fixture
def sealed(say: Say, home: Path) -> Say:
    """Two versions of loyalty and one of billing in the vault; their recordings, no files."""
    assert Exit.CLEAN == say("vault init --name ada").code
    publish(say, home, 2)
    publish(say, home, 1)
    assert Exit.CLEAN == say(f"publish billing {GATES}").code
    (home / "actions.yaml").unlink()
    ada = {"user_id": "u-1", "email": "ada@example.com", "attributes": {"tier": "silver"}}
    (home / "people.json").write_text(json.dumps([ada]))
    assert Exit.CLEAN == say("people import people.json").code
    return say


def count_runs(say: Say) -> int:
    return len(say("runs list --json").json["runs"])


def test_what_is_sealed_runs(sealed: Say) -> None:
    """The control of the tests below."""
    assert Exit.CLEAN == sealed(RUN).code
    assert 1 == count_runs(sealed)


def test_a_vault_file_with_another_line_never_runs(sealed: Say, home: Path) -> None:
    """Lines exchanged, renamed, renumbered, left out or taken from an earlier file; any byte."""
    vault = home / "cactions.vault"
    whole = vault.read_bytes()
    lines = whole.splitlines(keepends=True)
    entries = [n for n, line in enumerate(lines) if b'"purpose":"request"' in line]
    assert 3 == len(entries)
    changed = {
        "exchanged": swap(lines, entries[0], entries[1]),
        "renamed": edit(lines, entries[0], b'"name":"billing', b'"name":"loyalty'),
        "renumbered": edit(lines, entries[1], b'"version":1', b'"version":3'),
        "left out": b"".join(line for n, line in enumerate(lines) if n != entries[2]),
    }
    chance = random.Random(1)
    start = sum(map(len, lines[: entries[0]]))
    for number in range(60):
        place = chance.randrange(start, len(whole) - 1)
        flipped = bytes([whole[place] ^ (1 << chance.randrange(7))])
        changed[f"flip {number}"] = whole[:place] + flipped + whole[place + 1 :]
    for what, data in changed.items():
        assert data != whole, what
        vault.write_bytes(data)
        done = sealed(RUN)
        assert Exit.NOTHING_DONE == done.code, (what, done)
    vault.write_bytes(whole)
    assert 0 == count_runs(sealed)
    REPORT.append(f"changed vault files with a definition: {len(changed)} tried, 0 run")


def swap(lines: list[bytes], one: int, other: int) -> bytes:
    moved = [*lines]
    moved[one], moved[other] = moved[other], moved[one]
    return b"".join(moved)


def edit(lines: list[bytes], number: int, before: bytes, after: bytes) -> bytes:
    assert before in lines[number], lines[number][:200]
    moved = [*lines]
    moved[number] = lines[number].replace(before, after)
    return b"".join(moved)


def test_an_entry_opens_in_its_place_only(sealed: Say, home: Path) -> None:
    """Also where the MAC of the file is right: each entry is bound to name, version and purpose."""
    context = wiring.open_vault_context(VaultOptions(home / "cactions.vault"))
    kept = [e for e in open_vault(context).contents.entries if e.purpose is Purpose.REQUEST]
    moves: dict[str, Any] = {
        "to another name": lambda e: replace(e, name="loyalty@production"),
        "to a later version": lambda e: replace(e, version=9),
        "to another purpose": lambda e: replace(e, purpose=Purpose.SECRET),
    }
    whole = (home / "cactions.vault").read_bytes()
    tried = 0
    for what, move in moves.items():
        for entry in kept:
            moved = move(entry)
            if (moved.name, moved.version, moved.purpose) == (
                entry.name, entry.version, entry.purpose,
            ):  # fmt: skip
                continue

            def put(vault: OpenVault, moved: Entry = moved) -> OpenVault:
                place = (moved.purpose, moved.name, moved.version)
                others = [
                    e for e in vault.contents.entries if (e.purpose, e.name, e.version) != place
                ]
                return replace(vault, contents=replace(vault.contents, entries=(*others, moved)))

            change_vault(context, put)
            done = sealed("vault verify")
            assert Exit.NOTHING_DONE == done.code, (what, entry.name, done)
            (home / "cactions.vault").write_bytes(whole)
            tried += 1
    assert tried >= 7
    assert 0 == count_runs(sealed)


def test_a_definition_of_another_vault_never_runs(sealed: Say, home: Path) -> None:
    """Its line is put into a vault of its own key."""
    lines = (home / "cactions.vault").read_bytes().splitlines(keepends=True)
    stolen = [line for line in lines if b'"purpose":"request"' in line]
    shutil.move(home / "cactions.vault", home / "first.vault")
    shutil.move(home / "ada.key", home / "first.key")
    assert Exit.CLEAN == sealed("vault init --name ada").code
    whole = (home / "cactions.vault").read_bytes().splitlines(keepends=True)
    for line in stolen:
        (home / "cactions.vault").write_bytes(b"".join([*whole[:-1], line, whole[-1]]))
        assert Exit.NOTHING_DONE == sealed(RUN).code
    (home / "cactions.vault").write_bytes((home / "first.vault").read_bytes())
    assert Exit.NOTHING_DONE == sealed(RUN).code  # the other vault, with this key
    assert 0 == count_runs(sealed)


def test_an_older_vault_file_is_refused_where_generations_are_known(
    sealed: Say, home: Path
) -> None:
    """An earlier definition does not come back by replacing the file."""
    older = (home / "cactions.vault").read_bytes()
    generation = int(re.search(rb'"generation":(\d+)', older)[1])  # type: ignore[index]
    assert Exit.CLEAN == sealed("live rollback loyalty --yes").code
    (home / "cactions.vault").write_bytes(older)
    done = sealed(f"vault verify --min-generation {generation + 1}")
    assert Exit.NOTHING_DONE == done.code

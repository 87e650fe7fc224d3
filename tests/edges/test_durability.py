"""What is told as done survives a power cut: the order of the file calls of every store.

The calls are those of a real process: a library notes them between it and the system
(``file_calls.c``). What each store needs is in ``durability``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.edges.durability import IN_DATABASE, IN_MEMORY, ORDERS, PRIMITIVES, Promise
from tests.edges.file_calls import PowerCut, find_first_break
from tests.edges.processes import ROOT
from tests.edges.watched_process import list_actions

Calls: TypeAlias = list[list[str]]

COMPILER = shutil.which("cc")
SERVE = "from tests.edges.watched_process import serve; serve()"
PROMISES = [promise for order in ORDERS for promise in order.promises]

watched = [
    pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD is Linux's"),
    pytest.mark.skipif(not COMPILER, reason="there is no C compiler to make the library with"),
]


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Calls]:
    """The calls of every action."""
    folder = tmp_path_factory.mktemp("stores")
    library = tmp_path_factory.mktemp("library") / "file_calls.so"
    source = Path(__file__).with_name("file_calls.c")
    command = [str(COMPILER), "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True, timeout=120)
    done = subprocess.run(
        [sys.executable, "-c", SERVE, str(folder)],
        cwd=ROOT,
        env={**os.environ, "LD_PRELOAD": str(library)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    found: dict[str, Calls] = json.loads(done.stdout)
    return found


def list_until(moment: str, calls: Calls) -> Calls:
    """The calls before the first such moment, and that itself."""
    assert ["moment", moment] in calls, f"the moment was not reached: {moment}"
    return calls[: calls.index(["moment", moment])]


def name_checksum(text: str) -> str:
    """With ``@`` for the checksum of an index, and for the number of one of its runs."""
    return re.sub(r"applied-[0-9a-f]{8}\.db|(?<=runs/run-)[02-9](?=\.db)", replace_number, text)


def replace_number(found: re.Match[str]) -> str:
    return "applied-@.db" if found[0].startswith("applied") else "@"


@pytest.mark.parametrize(
    "promise", PROMISES, ids=lambda promise: f"{promise.action}, {promise.at}: {promise.order}"
)
class TestPromises:
    """Each promise of each store."""

    pytestmark = watched

    def test_the_calls_have_the_order_that_the_promise_needs(
        self, noted: dict[str, Calls], promise: Promise
    ) -> None:
        """For example: the content is durable before the file has its name."""
        calls = list_until(promise.at, noted[promise.action])
        named = [[name_checksum(part) for part in call] for call in calls]
        assert "" == (find_first_break(promise.order, named) if promise.order else "")

    def test_a_power_cut_loses_nothing_else(
        self, noted: dict[str, Calls], promise: Promise
    ) -> None:
        """Neither content, nor a name, nor a deletion; also of files that no promise names."""
        cut = PowerCut().follow(list_until(promise.at, noted[promise.action]))
        lost = {name_checksum(each) for each in cut.list_lost()}
        lost -= {f"name of {RUN_ONE}"} if "name of state/runs/run-@.db-wal" in lost else set()
        assert (set(promise.loses), []) == (lost, cut.early)


RUN_ONE = "state/runs/run-1.db-wal"


# The specification is complete


def test_every_action_has_a_promise() -> None:
    """And every promise is about an action."""
    assert list_actions().keys() == {promise.action for promise in PROMISES}
    assert 50 <= len(PROMISES)


CHANGES = re.compile(
    r"""\b(?:atomic_write|publish_file|delete_file|save_shared_file|write_pieces|replace_file
    |append_text|new_private_file|make_private_folder|open_private_file|delete_database
    |create_draft|open_private_draft|delete_drafts|delete_draft_databases
    |open_for_writing|sync_folder|fsync|O_CREAT|pwrite|ftruncate|rmtree|copyfile(?:obj)?
    |Database\.(?:create|draft)|file_io\.write_text|os\.(?:link|write|rename|replace|unlink))\b
    |\.(?:unlink|mkdir|rename|write_bytes|settle|touch|rmdir)\(
    |(?<!NOWHERE\.)open\([^)]*"[wax]b?\"""",
    re.VERBOSE,
)
"""How a file or folder is made, changed, or deleted."""


def test_every_store_has_a_specification() -> None:
    """A module that changes files is named by an order, or is what orders are made of."""
    package = ROOT / "cactions"
    changing = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if CHANGES.search(path.read_text())
    }
    known = {module for order in ORDERS for module in order.modules}
    remote = {module for module in changing if module.startswith(IN_DATABASE)}
    assert set() == changing - known - remote - {*PRIMITIVES, *IN_MEMORY}
    assert all((package / module).exists() for module in known)


# The checks themselves


@pytest.mark.parametrize(
    ("calls", "lost"),
    [
        ("create a, write a", "content of a, name of a"),
        ("create a, write a, sync a", "name of a"),
        ("create a, write a, sync a, sync .", ""),
        ("create a, sync a, sync ., write a", "content of a"),
        ("create d/a, sync d/a, sync .", "name of d/a"),
        ("create b, write b, sync b, rename b a", "name of a"),
        ("create b, write b, sync b, rename b a, sync .", ""),
        ("sync ., create b, sync b, link b a, delete b", "name of a"),
        ("create b, sync b, link b a, sync ., delete b", "deletion of b"),
        ("delete a", "deletion of a"),
        ("delete a, sync .", ""),
        ("create a, write a, delete a", ""),
    ],
)
def test_the_worst_power_cut_is_computed(calls: str, lost: str) -> None:
    """A content without its sync, and a name without that of its folder."""
    steps = [call.split() for call in calls.split(", ")]
    assert lost == ", ".join(PowerCut().follow(steps).list_lost())


@pytest.mark.parametrize("verb", ["rename", "link"])
def test_a_name_for_unsynced_content_is_noticed(verb: str) -> None:
    """After a power cut, the file could be empty under its name."""
    calls = [["write", "b"], [verb, "b", "a"]]
    assert ["b"] == PowerCut().follow(calls).early
    assert [] == PowerCut().follow([calls[0], ["sync", "b"], calls[1]]).early


@pytest.mark.parametrize(
    ("chain", "calls", "why"),
    [
        ("write a < sync a", "write a, sync a", ""),
        ("write a < sync a", "sync a, write a", "not before: write a < sync a"),
        ("write a < sync a", "write a, sync a, write a", "not before: write a < sync a"),
        ("write a < sync a", "write a", "never: sync a"),
        ("sync a < rename a b < sync .", "sync a, rename a b, sync .", ""),
        ("sync a < rename a b", "rename a b, sync a", "not before: sync a < rename a b"),
    ],
)
def test_an_order_that_does_not_hold_is_named(chain: str, calls: str, why: str) -> None:
    """By its first pair."""
    assert why == find_first_break(chain, [call.split() for call in calls.split(", ")])

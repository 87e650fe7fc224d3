"""The disk fails while many people are planned or written.

About 10 faults in the normal run, more than 100 with ``-m hostile``.
"""

from __future__ import annotations

import errno
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.app import victims
from tests.bulk.attack import RUN, Attack
from tests.bulk.child import SERVE, get_errors
from tests.bulk.outside import read_local
from tests.bulk.scene import build_document, get_before, write_home
from tests.bulk.shop import Shop
from tests.case_counts import COUNTS
from tests.edges.processes import running
from tests.run_report import REPORT

PEOPLE = 14
COMPILER = shutil.which("cc")
WRITES = f"{RUN} --at-most-once"

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD is Linux's"),
    pytest.mark.skipif(not COMPILER, reason="there is no C compiler to make the shim with"),
]


@pytest.fixture(scope="module")
def process(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[str]]:
    shim = tmp_path_factory.mktemp("shim") / "faults.so"
    source = Path(victims.__file__).with_name("faults.c")
    subprocess.run(
        [str(COMPILER), "-shared", "-fPIC", "-O1", "-o", str(shim), str(source), "-ldl"],
        check=True, timeout=300,
    )  # fmt: skip
    assert shop.server
    trusted = str(shop.server.ca_file)
    with running(SERVE, LD_PRELOAD=str(shim), CACTIONS_CA_FILE=trusted) as process:
        yield process


@pytest.fixture(scope="module", autouse=True)
def counts() -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter(cases=0, faults=0, violations=0)
    yield counted
    REPORT.append(f"failing disks under runs for many people: {dict(counted)}")


@pytest.mark.parametrize("once", [True, False], ids=["once", "for ever"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
@pytest.mark.parametrize("kind", ["write", "fsync"])
def test_nothing_is_done_without_a_durable_intent(  # noqa: PLR0913, PLR0917 - three tables
    process: subprocess.Popen[str],
    shop: Shop,
    tmp_path: Path,
    counts: Counter[str],
    kind: str,
    code: int,
    once: bool,
) -> None:
    """The message says how far it came, and a resume completes the run."""
    thorough = COUNTS.factor > 1
    if not thorough and once == (code == errno.EIO):
        pytest.skip("in the long form: pytest -m hostile")
    write = "once" if code == errno.EIO else ""
    home = write_home(tmp_path / "home", build_document(shop, PEOPLE, write=write), PEOPLE)
    step = {"write": 7, "fsync": 1}[kind] if thorough else {"write": 150, "fsync": 30}[kind]
    number = 1
    while True:
        shop.forget()
        attack = Attack(process, shutil.copytree(home, tmp_path / "case"), PEOPLE, counts)
        attack.command = WRITES
        how = {"fault": [kind, number, code, once], "calls_write": bool(write)}
        answer = attack.call(WRITES, **how)
        counts["faults"] += answer["hit"]
        judge(attack, answer, shop)
        run = attack.finish()
        if write:
            assert {1} >= {*shop.asked.values()}
        elif "in_doubt" not in run.counts.outcomes:
            attack.judge(run)
        attack.drop()
        if not answer["hit"]:
            return
        number += step


def judge(attack: Attack, answer: dict[str, Any], shop: Shop) -> None:
    """What was said is what is there."""
    assert [] == answer["early"], attack.home
    attack.check()
    said, code = get_errors(attack.home), answer["code"]
    held = read_local(attack.home, PEOPLE)
    written = sum(held[at] != get_before(at) for at in range(PEOPLE))
    if not answer["hit"]:
        assert (Exit.FINDINGS, True) == (code, written > 0)
        return
    assert code in (Exit.FINDINGS, Exit.NOTHING_DONE, Exit.OUTCOME_UNKNOWN), said
    if code == Exit.NOTHING_DONE:
        assert 0 == written, said
        assert "nothing was written" in said.lower(), said
    if found := re.search(r"(\d+) applied", said):
        unknown = re.search(r"(one|\d+) of these", said)
        most = int(found[1]) + ((1 if unknown[1] == "one" else int(unknown[1])) if unknown else 0)
        assert int(found[1]) <= written <= most, (said, written, attack.home)
    elif written:
        assert code != Exit.NOTHING_DONE

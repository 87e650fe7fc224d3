"""The changes of the mutation run are small, can be run, and cover what they should."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from tests.mutation.__main__ import read_argued
from tests.mutation.mutants import list_mutants
from tests.mutation.selection import CPU_SECONDS, Selection
from tests.mutation.targets import ROOT, TARGETS

SOURCE = '''"""A module."""

from __future__ import annotations

LIMIT: Final = 3


def check(name: str, names: list[str], durable: bool = True) -> bool:
    """A docstring with 1 number."""
    assert names, "never changed"
    if name in names and not durable:
        raise ValueError("12 is left alone")
    sync(name)
    return len(names) < LIMIT


async_name = "é" if LIMIT == 3 else "ü"
'''

EXPECTED = {
    "3 -> 4",
    "True -> False",
    "name in names and not durable -> ((name in names) or (not durable))",
    "name in names and not durable -> True",
    "name in names and not durable -> False",
    "name in names -> name not in names",
    "not durable -> durable",
    'raise ValueError("12 is left alone") -> pass',
    "sync(name) -> pass",
    "len(names) < LIMIT -> len(names) <= LIMIT",
    "len(names) < LIMIT -> not ((len(names) < LIMIT))",
    "LIMIT == 3 -> LIMIT != 3",
    "LIMIT == 3 -> True",
    "LIMIT == 3 -> False",
}


def test_every_kind_of_change_is_made(tmp_path: Path) -> None:
    """Comparisons, ``and``, ``not``, calls, errors, constants and results; no text and no type."""
    (tmp_path / "module.py").write_text(SOURCE)
    made = list_mutants(tmp_path / "module.py", tmp_path)
    assert EXPECTED == {mutant.key.partition(": ")[2].removesuffix(" (2)") for mutant in made}
    assert len(made) == len({mutant.key for mutant in made})
    assert {"", "check"} == {mutant.place for mutant in made}
    for mutant in made:
        ast.parse(mutant.text)
        assert SOURCE != mutant.text
        assert SequenceMatcher(None, SOURCE, mutant.text, autojunk=False).ratio() > 0.9


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_target_has_files_and_tests(target: object) -> None:
    """And more changes than are tried at once."""
    files = target.list_files()  # type: ignore[attr-defined]
    assert [] == [path for path in files if not path.exists()]
    assert [*target.tests] == target.list_tests()  # type: ignore[attr-defined]


def test_at_least_200_changes_are_tried() -> None:
    assert 200 <= sum(target.number for target in TARGETS)


def test_what_is_argued_is_a_change_with_a_reason() -> None:
    """One whose code has changed since is argued anew, or noticed now."""
    argued = read_argued()
    paths = {key.split()[0] for key in argued}
    keys = {mutant.key for path in paths for mutant in list_mutants(ROOT / path, ROOT)}
    assert set() == argued.keys() - keys
    assert [] == [key for key, reason in argued.items() if len(reason) < 20]


def test_the_fastest_tests_of_a_function_are_chosen(tmp_path: Path) -> None:
    """Up to the limit; where nothing calls it, those of its module."""
    path = tmp_path / "records.json"
    path.write_text(
        f'{{"a": [2, ["m.py f"]], "b": [1, ["m.py f", "m.py g"]], "c": [{CPU_SECONDS}, ["m.py f"]],'
        ' "d": [0, ["o.py f"]]}'
    )
    chosen = Selection(path).choose_tests
    assert ["b", "a"] == [*chosen("m.py", "f")]
    assert ["b"] == [*chosen("m.py", "g")]
    assert ["b", "a"] == [*chosen("m.py", "h")]
    assert {} == chosen("none.py", "f")
    assert ["d", "b", "a"] == [*chosen("", "")]


TRY_ONE = """
import json, shutil, sys
from pathlib import Path
from tests.mutation.forked import pass_tests, record_tests
from tests.mutation.selection import Selection
copy, records = Path(sys.argv[1]), Path(sys.argv[1]) / "records.json"
path = copy / "cactions/logic/expressions/cron.py"
record_tests(["tests/logic/expressions/test_cron.py"], copy, records)
chosen = Selection(records).choose_tests("cactions/logic/expressions/cron.py", "_is_meant")
found = [len(chosen), pass_tests(chosen, (), copy)]
path.write_text(path.read_text().replace("day.day in", "day.day not in"))
print(json.dumps([*found, pass_tests(chosen, (), copy)]))
"""


def test_tests_pass_without_a_change_and_notice_one(tmp_path: Path) -> None:
    """Else every change would seem to be noticed."""
    copy = tmp_path / "project"
    for name in ("cactions", "tests", "pyproject.toml"):
        source, ignored = ROOT / name, shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=ignored)
        else:
            shutil.copy(source, copy / name)
    done = subprocess.run(
        [sys.executable, "-c", TRY_ONE, str(copy)], cwd=ROOT, capture_output=True, text=True,
        check=True, timeout=300,
    )  # fmt: skip
    tests, unchanged, changed = json.loads(done.stdout)
    assert (True, True, False) == (tests > 0, unchanged, changed), done.stderr

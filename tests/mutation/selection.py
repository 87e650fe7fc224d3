"""Which tests call which function: only these are run for a change of it, the fastest first."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

CPU_SECONDS = 20.0
"""What the chosen tests may take together, as it was recorded; tests that call it faster first."""


class Recorder:
    """A plugin of pytest that records the functions of the package that each test calls."""

    def __init__(self, folder: Path) -> None:
        self._package = f"{folder / 'cactions'}/"
        self._root = f"{folder}/"
        self._found: dict[str, tuple[float, list[str]]] = {}
        self._failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Record one test with its fixtures."""
        called: dict[int, CodeType] = {}

        def note(frame: FrameType, event: str, _argument: Any) -> None:
            if event == "call":
                called[id(frame.f_code)] = frame.f_code

        begin = time.process_time()
        threading.setprofile(note)
        sys.setprofile(note)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]
            own = {self._name(code) for code in called.values()}
            self._found[item.nodeid] = (time.process_time() - begin, sorted(own - {""}))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Leave out what fails without a change: recording is slow, and some have a time limit."""
        if report.failed:
            self._failed.add(report.nodeid)

    def _name(self, code: CodeType) -> str:
        if not code.co_filename.startswith(self._package):
            return ""
        parts = [part for part in code.co_qualname.split(".") if not part.startswith("<")]
        return f"{code.co_filename.removeprefix(self._root)} {'.'.join(parts)}"

    def save(self, path: Path) -> None:
        """Keep it for ``Selection``."""
        passed = {test: how for test, how in self._found.items() if test not in self._failed}
        path.write_text(json.dumps(passed))


class Selection:
    """What was recorded."""

    def __init__(self, path: Path) -> None:
        self._found: dict[str, tuple[float, list[str]]] = json.loads(path.read_text())

    def choose_tests(self, module: str, place: str) -> dict[str, float]:
        """The tests that call the function, with their seconds; of a module, all its callers.

        Without a module: those of all, the fastest.
        """
        found = self._list_tests(lambda name: name == f"{module} {place}" or not module)
        found = found or self._list_tests(lambda name: name.startswith(f"{module} "))
        chosen: dict[str, float] = {}
        for test in sorted(found, key=lambda test: found[test]):
            if chosen and sum(chosen.values()) + found[test] > CPU_SECONDS:
                break
            chosen[test] = found[test]
        return chosen

    def _list_tests(self, is_called: Callable[[str], bool]) -> dict[str, float]:
        """The tests that call such a function."""
        return {
            test: seconds
            for test, (seconds, called) in self._found.items()
            if any(map(is_called, called))
        }


class Chooser:
    """A plugin of pytest that runs only these tests, file by file, and all of some files."""

    def __init__(self, chosen: dict[str, float], whole: tuple[str, ...]) -> None:
        self._chosen, self._whole = chosen, whole

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out the others."""
        items[:] = [
            item
            for item in items
            if item.nodeid in self._chosen or item.nodeid.split("::")[0] in self._whole
        ]

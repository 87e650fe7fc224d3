"""The file calls of a process, in order, as the library of ``file_calls.c`` has noted them."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_RANDOM: Final = re.compile(r"[0-9a-f]{16}")
_SHARED_MEMORY: Final = "-shm"
"""SQLite makes it anew from the log; nothing in it is ever durable."""


class FileCalls:
    """The library, loaded between this process and the system."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(os.environ["LD_PRELOAD"])
        self._library.end_notes.restype = ctypes.c_char_p
        self.noted: list[list[str]] = []

    @contextmanager
    def note(self, folder: Path) -> Iterator[None]:
        """Inside, calls are noted; afterwards those below the folder are in ``noted``."""
        self._library.begin_notes()
        try:
            yield
        finally:
            text = self._library.end_notes().decode()
            lines = (line.split("\t") for line in text.splitlines())
            self.noted = [*_list_below(folder, lines)]

    def mark(self, moment: str) -> None:
        """Note that this moment was reached."""
        self._library.mark_moment(moment.encode())


def _list_below(folder: Path, lines: Iterator[list[str]]) -> Iterator[list[str]]:
    """With paths from the folder, ``*`` for random names, and without repetitions."""
    before: list[str] = []
    for verb, *paths in lines:
        if verb == "moment":
            call = [verb, paths[0]]
        else:
            found = [path for path in paths if Path(path).is_relative_to(folder)]
            if not found or paths[0].endswith(_SHARED_MEMORY):
                continue
            names = (str(Path(path).relative_to(folder)) for path in found)
            call = [verb, *(_RANDOM.sub("*", name) for name in names)]
        if call != before:
            yield call
        before = call


@dataclass
class PowerCut:
    """What of the calls so far would be lost with the power, in the worst case."""

    contents: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    """What was done to each name whose folder was not synced since."""
    early: list[str] = field(default_factory=list)
    """Files that got a name before their content was durable."""

    def follow(self, calls: Sequence[Sequence[str]]) -> PowerCut:
        """What is lost after these calls, too."""
        for verb, *paths in calls:
            self._follow_one(verb, *paths)
        return self

    def _follow_one(self, verb: str, path: str, other: str = "") -> None:
        if verb == "write":
            self.contents.add(path)
        elif verb == "sync":
            self.contents.discard(path)
            self.names = {n: why for n, why in self.names.items() if str(Path(n).parent) != path}
        elif verb == "create":
            self.names[path] = "new"
        elif verb == "delete":
            self.contents.discard(path)
            self._forget(path)
        elif verb in ("rename", "link"):
            if path in self.contents:
                self.early.append(path)
            if verb == "rename":
                self.contents.discard(path)
                self.names.pop(path, None)
            self.names[other] = "new"

    def _forget(self, path: str) -> None:
        """A name that was not there before, and is not there now, cannot be lost."""
        if self.names.pop(path, "") != "new":
            self.names[path] = "deleted"

    def list_lost(self) -> list[str]:
        """Everything, as words: ``content of X``, ``name of X``, ``deletion of X``."""
        words = {"new": "name", "deleted": "deletion"}
        names = [f"{words[why]} of {name}" for name, why in self.names.items()]
        return sorted([*(f"content of {path}" for path in self.contents), *names])


def find_first_break(chain: str, calls: Sequence[Sequence[str]]) -> str:
    """The first pair of ``A < B < C`` that does not hold; empty if all do.

    The last A comes before the last B, and so on; of a step that stands in the chain twice, the
    last two count.
    """
    steps = [step.strip() for step in chain.split("<")]
    texts = [" ".join(call) for call in calls]
    places: list[int] = []
    for number, step in enumerate(steps):
        found = [place for place, text in enumerate(texts) if text == step]
        again = steps[number:].count(step)
        if len(found) < again:
            return f"never: {step}"
        places.append(found[-again])
    pairs = zip(
        zip(steps, places, strict=True), zip(steps[1:], places[1:], strict=True), strict=False
    )
    return next((f"not before: {a} < {b}" for (a, at), (b, then) in pairs if at >= then), "")

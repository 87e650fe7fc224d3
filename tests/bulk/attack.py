"""One case of an attack: a command is killed, and the run is brought to its end and taken back."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from cactions.cli.exit_codes import Exit
from cactions.model import Run, RunKind, RunPhase
from tests.bulk.child import get_errors
from tests.bulk.outside import check_counts, list_unjournaled, read_local, read_run, write_foreign
from tests.bulk.scene import (
    FOREIGN,
    build_document,
    get_after,
    get_before,
    list_expected,
    write_home,
)
from tests.bulk.shop import Shop
from tests.edges.processes import said, tell

KILLED = -9
RUN = "run loyalty --people people.csv --yes --live"
RESUME = "runs resume {} --yes"
UNDO = "runs undo {} --yes"

Answer = dict[str, Any]


class Attack:
    """Commands in the folder of one case. ``counts`` are those of the whole test."""

    def __init__(
        self, process: subprocess.Popen[str], home: Path, people: int, counts: Counter[str]
    ) -> None:
        self.process, self.home, self.people, self.counts = process, home, people, counts
        self.foreign: list[int] = []
        self.command = RUN
        self.kills = 0
        self.small = True

    def call(self, words: str, **how: Any) -> Answer:
        """The command, perhaps killed."""
        task = {"folder": str(self.home), "words": words.split(), "small": self.small, **how}
        tell(self.process, json.dumps(task))
        answer: Answer = json.loads(said(self.process))
        self.kills += answer["code"] == KILLED
        self.counts["kills"] += answer["code"] == KILLED
        return answer

    def check(self, *, whole: bool = True) -> None:
        """No write without a before-image, and no person half written."""
        held = read_local(self.home, self.people)
        bad = {*list_unjournaled(read_run(self.home), held)} - {*self.foreign}
        self.counts["violations"] += len(bad)
        assert not bad, (bad, self.home)

    def is_planned(self) -> bool:
        """Whether there is a plan of everyone: what others write from now on must stay."""
        run = read_run(self.home)
        return run is not None and run.phase in (RunPhase.PLANNED, RunPhase.RUNNING)

    def disturb(self, numbers: list[int]) -> None:
        """Another program writes."""
        write_foreign(self.home, numbers)
        held = read_local(self.home, self.people)
        self.foreign = [number for number in numbers if held[number]["tier"] == FOREIGN]

    def finish(self, chance: Random | None = None) -> Run:
        """Resume until the run is finished; sometimes killed again."""
        for _ in range(6):
            run = read_run(self.home)
            if run is None or (run.phase is RunPhase.READING and run.finished):
                self.call(self.command)
            elif run.finished:
                return run
            elif run.phase is RunPhase.READING:
                assert Exit.MISUSE == self.call(RESUME.format(run.head.id))["code"]
                assert Exit.CLEAN == self.call(UNDO.format(run.head.id))["code"]
            else:
                how = choose_point(chance) if chance else {}
                answer = self.call(RESUME.format(run.head.id), **how)
                assert answer["code"] in (KILLED, 0, 1, 4), get_errors(self.home)
                chance = None
            self.check()
        raise AssertionError("the run does not come to its end")

    def judge(self, run: Run) -> Counter[str]:
        """The finished run has everyone, and the people are as an uninterrupted run leaves them."""
        outcomes = check_counts(run, self.people)
        held = read_local(self.home, self.people)
        wrong = [
            number
            for number, attributes in enumerate(held)
            if (attributes["tier"] != FOREIGN if number in self.foreign
                else attributes != get_after(number))
        ]  # fmt: skip
        self.counts["violations"] += len(wrong)
        assert not wrong, (wrong, outcomes, self.home)
        if not self.foreign:
            assert list_expected(self.people) == dict(outcomes)
        return outcomes

    def take_back(self, run: Run, chance: Random | None = None) -> None:
        """Undo it; a killed undo is resumed, and what it did not reach is undone after it."""
        how = choose_point(chance) if chance else {}
        code = self.call(UNDO.format(run.head.id), **how)["code"]
        if code == KILLED:
            cut_off = read_run(self.home, RunKind.UNDO)
            if cut_off and not cut_off.finished:
                assert self.call(RESUME.format(cut_off.head.id))["code"] in (0, 1)
            code = self.call(UNDO.format(run.head.id))["code"]
        assert code in (0, 1), get_errors(self.home)

    def undo(self, run: Run, chance: Random | None = None) -> None:
        """Take it back; everyone has the old values then, or those of another program."""
        self.take_back(run, chance)
        for number, attributes in enumerate(read_local(self.home, self.people)):
            if number in self.foreign:
                assert FOREIGN == attributes["tier"]
                continue
            held = {name: value for name, value in attributes.items() if value is not None}
            assert get_before(number) == held, (number, self.home)

    def drop(self) -> None:
        """The case is over."""
        self.counts["cases"] += 1
        shutil.rmtree(self.home)


def begin_attack(
    process: subprocess.Popen[str], shop: Shop, people: int, folder: Path, write: str = ""
) -> Attack:
    """A case in a new folder; ``write`` as in ``build_document``."""
    shop.forget()
    home = write_home(folder / "home", build_document(shop, people, write=write), people)
    return Attack(process, home, people, Counter())


def choose_point(chance: Random) -> dict[str, Any]:
    """A point of a resume or an undo."""
    name = chance.choice(("commit", "record_outcomes", "start_entries", "place", "send", "reopen"))
    return {"point": f"{chance.choice(('before', 'after'))} {name}", "count": chance.randint(1, 6)}


def list_points(answer: Answer) -> list[tuple[str, int]]:
    """Every point that a whole run has passed."""
    return [(name, at + 1) for name, number in answer["points"].items() for at in range(number)]

"""Rebuilds a command line that the operator can paste."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from cactions.cli.live_options import LiveOptions
from cactions.cli.vault_choice import list_key_words
from cactions.logic.shell import join_command
from cactions.model import MASK, Plan, PlanFailure


class CommandLine(Struct, frozen=True):
    """What was said of one action; ``who`` are the options that say for whom."""

    action: str
    who: Sequence[str]
    inputs: Sequence[str] | None
    answers: LiveOptions
    files: Sequence[Path] | None
    environment: str | None

    def render(self, name: str) -> str:
        """``cactions NAME …`` with the same words, quoted for a shell."""
        return join_command((name,), self.action, options=self._list_options())

    def list_plan_options(self, plan: Path) -> Iterator[str]:
        """The words that carry out a saved plan, which knows its people, inputs and answers."""
        yield from ("--plan", str(plan))
        yield from format_files(self.files)
        if self.environment:
            yield from ("--env", self.environment)

    def _list_options(self) -> Iterator[str]:
        yield from self.who
        for pair in self.inputs or ():
            yield from ("--input", pair)
        if self.answers.cassette:
            yield from ("--cassette", str(self.answers.cassette))
        elif self.answers.replay:
            yield "--replay"
        for pair in self.answers.user_tokens:
            yield from ("--user-token", pair)
        network = (
            ("--proxy", self.answers.proxy, "CACTIONS_PROXY"),
            ("--ca-file", self.answers.ca_file, "CACTIONS_CA_FILE"),
        )
        for option, value, variable in network:
            if value and str(value) != os.environ.get(variable, ""):
                yield from (option, str(value))
        yield from format_files(self.files)
        if self.environment:
            yield from ("--env", self.environment)


def format_application(run: str) -> str:
    """What applies the diff that was shown; ``run`` is the command."""
    return f" To apply it: {run}"


def format_person(person: str, result: Plan | PlanFailure) -> str:
    """How to name the person: as they were named, unless that value is redacted."""
    hidden = result.subject.matched.value == MASK
    return f"id={result.subject.person_id}" if hidden else person


def format_files(files: Sequence[Path] | None) -> Iterator[str]:
    """The words that lead to the same files, and to the same key of their vault."""
    for path in files or ():
        yield from ("-f", str(path))
    for pair in list_key_words():
        yield from pair

"""The options of a run for many people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec import Struct

from cactions.cli.stdin_readers import STDIN, register_rest
from cactions.model import Condition, UsageError

THREADS: Final = 8
_MOST_THREADS: Final = 64

PeopleFile = Annotated[
    Path | None,
    typer.Option(
        "--people",
        metavar="FILE",
        help="Many people: a file with a row for each (CSV, JSON, JSONL, Parquet, XLSX), or -.",
    ),
]
Everyone = Annotated[bool, typer.Option("--all", help="Many people: everyone of the workspace.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="'FIELD OP VALUE'",
        help="Many people: those of the workspace for whom this holds, such as"
        " 'custom_attributes.tier = gold'; repeatable: all must hold. See"
        " `cactions help many-people`.",
    ),
]
SavedPlan = Annotated[
    Path | None,
    typer.Option("--plan", metavar="PLAN", help="Many people: a plan saved by `diff --out`."),
]
PlanOut = Annotated[
    Path | None,
    typer.Option("--out", metavar="PLAN", help="Save the plan of many people, for `run --plan`."),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="Of --people: csv, json, jsonl, parquet or xlsx; needed for stdin.",
    ),
]
Threads = Annotated[
    int,
    typer.Option(
        "--threads", metavar="N", min=1, max=_MOST_THREADS, help="Calls at the same time."
    ),
]
AtMostOnce = Annotated[
    bool,
    typer.Option(
        "--at-most-once",
        help="Send write requests for many people, though a lost answer leaves open what was done.",
    ),
]
Approve = Annotated[
    str,
    typer.Option(
        "--approve", metavar="CODE", help="Approve what the preview of many people warns of."
    ),
]


Clustered = Annotated[
    bool,
    typer.Option("--cluster", help="Let the workers of `cactions worker` carry it out."),
]


Report = Annotated[
    Path | None,
    typer.Option(
        "--report", metavar="FILE", help="Report on many people: a .md, .csv or .json file."
    ),
]


Fresh = Annotated[
    bool,
    typer.Option(
        "--fresh",
        help="Of many people: read everyone by id, with one call a person, and not by search, which"
        " may be a minute old. In a local workspace it changes nothing.",
    ),
]


class BulkOptions(Struct, frozen=True):
    """Who a run is for, when that is not one person, and how it is made.

    ``where``: the texts of conditions for people of the workspace, none of them for everyone; None
    where the people come from elsewhere. ``conditions`` are what these texts say. ``clustered``:
    workers carry it out.
    """

    people: Path | None = None
    form: str = ""
    threads: int = THREADS
    at_most_once: bool = False
    approve: str = ""
    report: Path | None = None
    where: tuple[str, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    fresh: bool = False
    page: Path | None = None
    clustered: bool = False

    def list_options(self) -> Iterator[str]:
        """The words that say for whom, and how they are read."""
        if self.people:
            yield from ("--people", str(self.people))
        if self.form:
            yield from ("--format", self.form)
        for text in self.where or ():
            yield from ("--where", text)
        if self.where == ():
            yield "--all"
        if self.fresh:
            yield "--fresh"


def build_where(texts: list[str] | None, everyone: bool) -> tuple[str, ...] | None:
    """The conditions of ``--where`` or ``--all``; None where the people come from elsewhere."""
    return tuple(texts or ()) if texts or everyone else None


def refuse_for_one_person(person: str | None, **files: Path | None) -> None:
    """Raises UsageError for an option that writes a file about many people."""
    used = next((name for name, path in files.items() if path), "")
    if person is not None and used:
        raise UsageError(
            f"--{used} is for many people", hint="Use it with --people, --all or --where."
        )


def require_one_source(**sources: object) -> None:
    """Raises UsageError unless exactly one of the options that say for whom is given.

    The people of stdin are read later; nothing else may be read of it before.
    """
    used = [f"--{name}" for name, value in sources.items() if value]
    *names, last = (f"--{name}" for name in sources)
    if not used:
        raise UsageError("say for whom", hint=f"Use {', '.join(names)} or {last}.")
    if len(used) > 1:
        raise UsageError(f"{used[0]} and {used[1]} exclude each other", hint="Use one of them.")
    if sources.get("people") == STDIN:
        register_rest("the people")

"""Options that several commands share, and the translation of their words."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from cactions.edges.files.action_files import to_path
from cactions.model import CONTACT_FIELDS, MATCH_FIELDS, PersonQuery, Scalar, UsageError

Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--file",
        "-f",
        metavar="FILE|DIR",
        parser=to_path,
        help="Action files, or a folder of them. Default: the action files in this folder.",
    ),
]
Environment = Annotated[
    str | None,
    typer.Option("--env", metavar="NAME", help="Environment of the servers. Default: the first."),
]
Json = Annotated[bool, typer.Option("--json", help="Print versioned JSON.")]
Who = Annotated[
    str,
    typer.Option(
        "--person",
        metavar="VALUE|KEY=VALUE",
        help="Who: a value of the action's `match`, or user_id=…, email=…, id=….",
    ),
]
OnePerson = Annotated[
    str | None,
    typer.Option(
        "--person",
        metavar="VALUE|KEY=VALUE",
        help="One person: a value of the action's `match`, or user_id=…, email=…, id=….",
    ),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="NAME=VALUE", help="A data input of the action; repeatable."),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        help="Send the write request again even though an earlier one may have succeeded.",
    ),
]
Draft = Annotated[
    bool,
    typer.Option("--draft", help="At Intercom: run the files as they are, for test people only."),
]
Unsealed = Annotated[
    bool,
    typer.Option(
        "--unsealed",
        help="Accept a run that the vault has not sealed: it was made before the vault, and can"
        " have been changed by anyone who can write its file.",
    ),
]
Wait = Annotated[
    int,
    typer.Option(
        "--wait",
        metavar="SECONDS",
        min=0,
        help="Wait so long for another run of the same action, instead of giving up at once.",
    ),
]
ReviewPage = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="Also write the review page: one HTML file, with filters and a search.",
    ),
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `last`.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Skip the confirmation prompt.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only what is needed on stderr.")]


def parse_person_query(text: str, match: str) -> PersonQuery:
    """``email=ada@example.com``, or a bare value of the action's own key."""
    key, mark, value = text.partition("=")
    if (
        mark
        and key not in MATCH_FIELDS
        and (key in CONTACT_FIELDS or get_close_matches(key, MATCH_FIELDS))
    ):
        raise UsageError(f'unknown person key "{key}"', hint=f"Use {_list_match_fields()}.")
    query = PersonQuery(key, value) if mark and key in MATCH_FIELDS else PersonQuery(match, text)
    if not query.value:
        raise UsageError("--person is empty", hint=f"Use {_list_match_fields()}.")
    return query


def _list_match_fields() -> str:
    return ", ".join(f"{field}=…" for field in MATCH_FIELDS)


def parse_inputs(pairs: list[str] | None) -> dict[str, Scalar]:
    """``NAME=VALUE`` of each ``--input``; a name stands once."""
    texts: dict[str, Scalar] = {}
    for pair in pairs or []:
        name, mark, value = pair.partition("=")
        if not mark or not name:
            raise UsageError(f'--input "{pair}" has no value', hint="Write NAME=VALUE.")
        if name in texts:
            raise UsageError(f'the data input "{name}" is given twice', hint="Keep one.")
        texts[name] = value
    return texts

"""``cactions new``: an action from a request that works, and a sample of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer
from msgspec.structs import replace

from cactions.cli.new_action import NewActionOrder, compose_action, open_folder
from cactions.cli.new_questions import check_meaning, parse_meanings
from cactions.cli.new_report import keep_action, offer_sealing, report_action
from cactions.cli.new_template import compose_template
from cactions.cli.options import Files, Json
from cactions.cli.vault_options import key_options
from cactions.logic.curl_line.line import LineShell
from cactions.logic.new_action.answer_draft import AnswerChoices
from cactions.model import UsageError

SERVICES: Final = (
    "chargebee", "freshdesk", "hubspot", "mailchimp", "salesforce", "shopify", "square", "stripe",
    "woocommerce", "zendesk",
)  # fmt: skip
"""Those that have a template in ``cactions/templates/services``."""

Line = Annotated[
    str | None,
    typer.Option(
        "--from-curl",
        metavar="LINE|FILE|-",
        help="A curl line, or a browser's copy of a request: itself, in a file, or - for stdin.",
    ),
]
Answer = Annotated[
    str | None,
    typer.Option(
        "--from-answer", metavar="FILE|-", help="A sample answer of the service, as JSON."
    ),
]
Written = Annotated[
    LineShell | None,
    typer.Option("--shell", help="The shell for which the line is written. Default: by its signs."),
]
About = Annotated[
    str | None,
    typer.Option(
        "--person",
        metavar="USER_ID|KEY=VALUE",
        help="Whom line and answer are about, of `workspace.people`: their values are theirs.",
    ),
]
Fill = Annotated[
    list[str] | None,
    typer.Option(
        "--fill",
        metavar="VALUE=REFERENCE",
        help="What a value of the line is: person.email, inputs.NAME, or literal; repeatable.",
    ),
]
Proof = Annotated[
    str | None,
    typer.Option(
        "--proof",
        metavar="PATH=REFERENCE",
        help="What proves whose answer it is, such as $.email=person.email.",
    ),
]
Verified = Annotated[
    str,
    typer.Option("--verified", metavar="REASON", help="Why what the service has there is true."),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="ATTRIBUTE=PATH",
        help="What becomes an attribute, such as tier=$.tier; repeatable.",
    ),
]
Reads = Annotated[
    bool, typer.Option("--reads", help="The request only asks, whatever its method is.")
]


Template = Annotated[
    str | None,
    typer.Option(
        "--template",
        metavar="SERVICE",
        help="A whole action with its test and a recording: " + ", ".join(SERVICES) + ".",
    ),
]
Host = Annotated[
    str | None,
    typer.Option("--host", metavar="HOST", help="With --template: your own host of the service."),
]


@key_options
def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the new action.")],
    line: Line = None,
    answer: Answer = None,
    shell: Written = None,
    person: About = None,
    fill: Fill = None,
    proof: Proof = None,
    verified: Verified = "",
    mapping: Map = None,
    reads: Reads = False,
    template: Template = None,
    host: Host = None,
    files: Files = None,
    json: Json = False,
) -> None:
    """Make an action in a file of its own, from a request that works and a sample of its answer.

    Secrets of the line never reach a file: they are sealed, or named with the command that seals
    them. On a terminal it asks what is a customer's; what stays open is marked, and `validate`
    names it.

    Example: cactions new crm --from-curl 'curl https://api.crm.example/me' --map tier=$.tier
    """
    order = NewActionOrder(
        name, line, answer, shell, person, {}, AnswerChoices(), reads=reads, json=json
    )
    if template is not None:
        _check_alone(order, [fill, proof, mapping])
        opened = open_folder(files, name)
        composed = compose_template(template, name, host, opened, json=json)
    else:
        _check_sources(line, answer)
        choices = AnswerChoices(_parse_proof(proof), _parse_mapping(mapping), verified)
        order = replace(order, meanings=parse_meanings(fill or ()), choices=choices)
        opened = open_folder(files, name)
        composed = compose_action(order, opened)
    keep_action(composed)
    sealed = offer_sealing(composed.drafted, opened.path, json=json)
    report_action(composed, opened, sealed, json=json)


def _check_alone(order: NewActionOrder, others: Sequence[object]) -> None:
    """Raises UsageError for what a template has already."""
    if any(each is not None for each in (order.line, order.answer, order.person, *others)):
        raise UsageError(
            "--template is a whole action",
            hint="Leave --from-curl, --from-answer, --person, --fill, --proof and --map out.",
        )


def _check_sources(line: str | None, answer: str | None) -> None:
    if line is None and answer is None:
        raise UsageError(
            "say what the action is made from",
            hint="Use --from-curl LINE, --from-answer FILE, both, or --template SERVICE.",
        )
    if line == "-" and answer == "-":
        raise UsageError("stdin holds only one of the two", hint="Put the answer into a file.")


def _parse_proof(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    path, mark, reference = text.rpartition("=")
    if not mark:
        raise UsageError("--proof has no reference", hint="Write $.email=person.email.")
    return path, check_meaning(reference, "--proof")


def _parse_mapping(pairs: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs or ():
        attribute, mark, path = pair.partition("=")
        if not mark or not attribute:
            raise UsageError(f'--map "{pair}" has no path', hint="Write tier=$.tier.")
        if attribute in found:
            raise UsageError(f'the attribute "{attribute}" is mapped twice', hint="Keep one.")
        found[attribute] = path
    return found

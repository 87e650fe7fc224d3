"""``cactions new``: an action from a request that works, or a document, and a sample answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer
from msgspec.structs import replace

from cactions.cli.new_action import NewActionOrder, compose_action, open_folder
from cactions.cli.new_openapi import ApiSource
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
Api = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--from-openapi",
        metavar="FILE OPERATION",
        help="An operation of an OpenAPI document: its operationId, or 'GET /path'.",
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
        help="What a value is, or a parameter: person.email, inputs.NAME, or literal; repeatable.",
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
    typer.Option(
        "--host",
        metavar="HOST",
        help="With --template, --from-openapi: your own host of the service.",
    ),
]


@key_options
def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the new action.")],
    line: Line = None,
    answer: Answer = None,
    api: Api = None,
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

    It can also be made from an OpenAPI document, or a template. Connectors that are live at
    Intercom become action files by `cactions connectors pull`.

    Secrets never reach a file: they are sealed, or named with the command that seals them. On a
    terminal it asks what is a customer's; what stays open is marked, and `validate` names it.

    Example: cactions new crm --from-curl 'curl https://api.crm.example/me' --map tier=$.tier
    """
    source = ApiSource(*api, host or "") if api is not None else None
    order = NewActionOrder(
        name, line, answer, source, shell, person, {}, AnswerChoices(), reads=reads, json=json
    )
    if template is not None:
        _check_alone(order, [fill, proof, mapping])
        opened = open_folder(files, name)
        composed = compose_template(template, name, host, opened, json=json)
    else:
        _check_sources(order, host)
        choices = AnswerChoices(_parse_proof(proof), _parse_mapping(mapping), verified)
        order = replace(order, meanings=parse_meanings(fill or ()), choices=choices)
        opened = open_folder(files, name)
        composed = compose_action(order, opened)
    keep_action(composed)
    sealed = offer_sealing(composed.drafted, opened.path, json=json)
    report_action(composed, opened, sealed, json=json)


def _check_alone(order: NewActionOrder, others: Sequence[object]) -> None:
    """Raises UsageError for what a template has already."""
    sources = (order.line, order.api, order.answer, order.person, *others)
    if any(each is not None for each in sources):
        raise UsageError(
            "--template is a whole action",
            hint="Leave --from-curl, --from-openapi, --from-answer, --person, --fill, --proof"
            " and --map out.",
        )


def _check_sources(order: NewActionOrder, host: str | None) -> None:
    """Raises UsageError where there is no source, or two of the same."""
    if order.line is not None and order.api is not None:
        raise UsageError("the request has two sources", hint="Keep --from-curl or --from-openapi.")
    if order.line is None and order.answer is None and order.api is None:
        raise UsageError(
            "say what the action is made from",
            hint="Use --from-curl LINE, --from-openapi FILE OPERATION, --from-answer FILE beside"
            " them or alone, or --template SERVICE.",
        )
    if host is not None and order.api is None:
        raise UsageError("--host has nothing to change", hint="A line names its own host.")
    if order.line == "-" and order.answer == "-":
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

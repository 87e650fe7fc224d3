"""``cactions schema``: the file format for editors, and the documents of ``--json`` for scripts."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from cactions.cli import wiring
from cactions.cli.options import Json
from cactions.cli.reporters import report_document_schema
from cactions.logic.project.json_schema import build_json_schema
from cactions.logic.suggest import suggest
from cactions.model import UsageError

DOCUMENTS: Final = (
    "attribute-diff", "attributes", "audit", "bulk", "cluster", "cluster-change", "completion",
    "config", "connector-diff", "connector-push", "connector-versions", "connectors",
    "connectors-pull", "definition", "definition-diff", "definitions", "doctor", "draft", "error",
    "execution", "executions", "export", "export-entry", "exported", "failed", "findings", "forget",
    "head", "help", "identity", "identity-verdict", "import", "init", "notes", "notice", "outcome",
    "people", "plan", "probe", "prune", "publication", "receipt", "recipients", "request", "rules",
    "run", "runs", "settlement", "signature", "summary", "tally", "test", "token", "undo", "vault",
    "vault-change", "vault-check", "vault-merge", "vault-salvage", "vault-status", "watch",
    "worker",
)  # fmt: skip
"""The documents whose schema can be printed: ``logic/documents/shapes`` has them."""

Of = Annotated[
    str | None,
    typer.Option(
        "--of",
        metavar="DOCUMENT",
        help=f"Of a document that --json prints (draft 2020-12): {', '.join(DOCUMENTS)}.",
    ),
]


def command(of: Of = None, json: Json = False) -> None:  # noqa: ARG001 (it prints nothing else)
    """Print the JSON Schema (draft 7) of the action files, for editors.

    With --of, that of a document which --json prints: `cactions help json` says which command
    prints which.

    Example: cactions schema > cactions.schema.json
    """
    if of is None:
        wiring.write_json(build_json_schema())
        return
    name = of.removeprefix("cactions.").partition("/")[0]
    if name not in DOCUMENTS:
        raise UsageError(f'there is no document "{of}"', hint=suggest(name, DOCUMENTS))
    report_document_schema(name)

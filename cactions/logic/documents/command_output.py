"""What commands answer on ``--json`` beyond the nouns themselves; written, never read back.

``cactions.request/1``, ``cactions.token/1``, ``cactions.outcome/1``, ``cactions.undo/1``,
``cactions.runs/1`` and ``cactions.people/1``.
"""

from __future__ import annotations

from collections.abc import Iterable

from cactions.logic.documents.plans import failed_to_json, result_to_json
from cactions.logic.documents.runs import head_to_json, receipt_to_json, run_to_json
from cactions.logic.documents.workspaces import workspace_to_json
from cactions.logic.exchange.token_response import FetchedToken
from cactions.logic.request.redaction import list_hidden_attributes, list_hidden_fields
from cactions.logic.vault.token_binding import TokenBinding
from cactions.model import (
    HealthCheck,
    Json,
    Person,
    Plan,
    PlanFailure,
    Receipt,
    Reference,
    Request,
    Run,
    RunHead,
    Token,
    WorkspaceName,
)


def request_to_json(request: Request | PlanFailure) -> dict[str, Json]:
    """The request as it may be shown, secrets as dots; or why there is none."""
    if isinstance(request, PlanFailure):
        return failed_to_json(request, redact=True)
    return {
        "format": "cactions.request/1",
        "method": request.method,
        "url": request.url.masked,
        "headers": [{"name": name, "value": value.masked} for name, value in request.headers],
        "body": None if request.body is None else request.body.masked,
    }


def fetched_to_json(
    token: Token, fetched_token: FetchedToken, binding: TokenBinding
) -> dict[str, Json]:
    """A token that was fetched for a test: everything but its value.

    ``hosts`` are those of the YAML, ``bound_hosts`` those of them that the vault allows.
    """
    return {
        "format": "cactions.token/1",
        "name": token.name,
        "status": fetched_token.status,
        "path": token.fetch.source if token.fetch else "",
        "shape": fetched_token.shape,
        "expires_in": fetched_token.expires_in,
        "header": token.header,
        "hosts": list(token.hosts),
        "bound_hosts": list(binding.hosts),
    }


def outcome_to_json(
    result: Plan | PlanFailure, receipt: Receipt | None, head: RunHead
) -> dict[str, Json]:
    """A run for one person; without a receipt nothing was written and there is no run."""
    return {
        "format": "cactions.outcome/1",
        **workspace_to_json(head.workspace),
        "result": result_to_json(result, redact=True),
        "receipt": receipt_to_json(receipt, redact=True) if receipt else None,
        "run": head.id if receipt else None,
    }


def preview_to_json(result: Plan | PlanFailure, workspace: WorkspaceName) -> dict[str, Json]:
    """A plan, or why there is none, with the workspace that it would be written to."""
    return {**result_to_json(result, redact=True), **workspace_to_json(workspace)}


def undo_to_json(
    undoes: str, workspace: WorkspaceName, run: str | None, receipts: Iterable[Receipt]
) -> dict[str, Json]:
    """What became of each person; ``run`` is null where nothing was written."""
    return {
        "format": "cactions.undo/1",
        **workspace_to_json(workspace),
        "undoes": undoes,
        "run": run,
        "receipts": [receipt_to_json(receipt, redact=True) for receipt in receipts],
    }


def runs_to_json(
    runs: Iterable[Run], damaged: Iterable[tuple[str, str]], sealed: Iterable[RunHead] = ()
) -> dict[str, Json]:
    """Whole runs, newest first, the names of those that cannot be read, heads of sealed ones.

    ``sealed`` is left out where everything could be opened.
    """
    heads: list[Json] = [head_to_json(head) for head in sealed]
    return {
        "format": "cactions.runs/1",
        "runs": [run_to_json(run, redact=True) for run in runs],
        "damaged": [{"run": name, "why": why} for name, why in damaged],
        **({"sealed": heads} if heads else {}),
    }


def people_to_json(people: Iterable[Person], redacted: frozenset[Reference]) -> dict[str, Json]:
    """People with the fields that are set and their attributes, but for the redacted ones."""
    fields, attributes = list_hidden_fields(redacted), list_hidden_attributes(redacted)
    return {
        "format": "cactions.people/1",
        "people": [_person_to_json(person, fields, attributes) for person in people],
    }


def _person_to_json(
    person: Person, fields: frozenset[str], attributes: frozenset[str]
) -> dict[str, Json]:
    """Whole people can be imported again; ``redacted`` makes an import refuse the others."""
    held = person.attributes
    hidden: list[Json] = [*sorted(fields & {*person.fields}), *sorted(attributes & {*held})]
    return {
        "id": person.id,
        **{name: value for name, value in person.fields.items() if name not in {"id", *fields}},
        "test": person.test,
        "attributes": {name: value for name, value in held.items() if name not in attributes},
        **({"redacted": hidden} if hidden else {}),
    }


def checks_to_json(checks: Iterable[HealthCheck]) -> dict[str, Json]:
    """Every check, in order."""
    return {"format": "cactions.doctor/1", "checks": [_to_json(check) for check in checks]}


def _to_json(check: HealthCheck) -> dict[str, Json]:
    return {
        "topic": check.topic,
        "subject": check.subject,
        "health": check.health.value,
        "message": check.message,
        "hint": check.hint,
    }

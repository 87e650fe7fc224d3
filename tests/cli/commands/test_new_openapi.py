"""A new action from an OpenAPI document: from the command line to a valid action."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli
from tests.logic.openapi.documents import write_answer, write_document, write_parameters

DOCUMENT = """\
openapi: 3.1.0
info: {title: CRM, version: "1"}
servers: [{url: "https://api.crm.example/v1"}]
security: [{token: []}]
paths:
  /customers/{customer_id}/orders/{order_id}:
    get:
      operationId: getOrder
      parameters:
        - {name: customer_id, in: path, required: true, schema: {type: string}}
        - {name: order_id, in: path, required: true, schema: {type: integer}}
      responses:
        "200": {content: {application/json: {schema: {$ref: "#/components/schemas/O"}}}}
components:
  schemas:
    O:
      properties:
        email: {type: string}
        paid: {type: boolean}
        due: {type: string, format: date}
        total: {type: number}
        created_at: {type: integer}
  securitySchemes: {token: {type: http, scheme: bearer}}
"""
NEW = ("new", "order", "--from-openapi", "api.yaml", "getOrder")
DECIDED = ("--fill", "customer_id=person.user_id", "--proof", "$.email=person.email",
           "--map", "paid=$.paid", "--map", "due=$.due", "--map", "total=$.total",
           "--map", "since=$.created_at")  # fmt: skip


@pytest.fixture
def project(home: Path, cli: Cli) -> Path:
    """A new project, with a document beside it, as the working directory."""
    assert Exit.CLEAN == cli("init", "new").code
    os.chdir(home / "new")
    Path("api.yaml").write_text(DOCUMENT)
    return Path.cwd()


def test_an_operation_becomes_a_valid_action(project: Path, cli: Cli) -> None:
    """With the kinds of the document, and nothing left to decide."""
    done = cli(*NEW, *DECIDED, "--json")
    assert (Exit.CLEAN, [], ["actions.yaml"]) == (
        done.code, done.json["decisions"], done.json["changed"],
    )  # fmt: skip
    assert [("crm_token", "api.crm.example")] == [
        (each["name"], each["host"]) for each in done.json["secrets"]
    ]
    found = cli("validate", "--json").json["findings"]
    assert [] == [each for each in found if each["rule"].startswith("CA0")]
    action = yaml.safe_load(Path("actions.order.yaml").read_text())["actions"]["order"]
    assert [{"name": "order_id", "type": "integer", "required": True}] == action["data_inputs"]
    assert {
        "paid": "$.paid", "total": "$.total", "due": {"path": "$.due", "date": "iso8601_date"},
        "since": {"path": "$.created_at", "date": "unix_s"},
    } == action["response"]["mapping"]  # fmt: skip
    declared = yaml.safe_load(Path("actions.yaml").read_text())["attributes"]
    kinds = {name: each["data_type"] for name, each in declared.items()}
    assert {"paid": "boolean", "due": "date", "total": "float", "since": "date"} == kinds
    shown = cli("request", "order", "--person", "u-1", "--input", "order_id=7")
    assert "GET https://api.crm.example/v1/customers/u-1/orders/7" in shown.out


def test_what_is_not_said_is_marked(project: Path, cli: Cli) -> None:
    """The customer, the proof, the mapping; ``validate`` names each, and nothing else is wrong."""
    done = cli(*NEW, "--json")
    assert 3 == len(done.json["decisions"])
    found = [each["message"] for each in cli("validate", "--json").json["findings"]]
    assert 5 == len(found)
    assert all("decide" in message for message in found)


def test_a_sample_beside_it_counts(project: Path, cli: Cli) -> None:
    """An answer of the service knows more than its document, and makes a test."""
    Path("answer.json").write_text(json.dumps({"email": "ada@example.com", "tier": "gold"}))
    optional = DOCUMENT.replace("order_id, in: path, required: true", "order_id, in: query")
    Path("api.yaml").write_text(optional.replace("/orders/{order_id}", ""))
    decided = (*DECIDED[:4], "--map", "tier=$.tier")
    words = (*NEW, *decided, "--from-answer", "answer.json", "--person", "u-1")
    assert Exit.CLEAN == cli(*words).code
    assert "1 test: 1 ok." in cli("test", "order").out


def test_a_token_of_the_project_is_used(project: Path, cli: Cli) -> None:
    """The second action of a service has nothing to seal."""
    assert Exit.CLEAN == cli(*NEW).code
    done = cli("new", "second", *NEW[2:], "--json")
    assert [] == done.json["secrets"]
    assert "tokens:\n  " not in Path("actions.second.yaml").read_text().partition("actions:")[0]


def test_a_host_can_be_said(project: Path, cli: Cli) -> None:
    """In the place of that of the document; it must be one."""
    assert Exit.CLEAN == cli(*NEW, "--host", "crm.acme.example").code
    assert "https://crm.acme.example/v1/" in Path("actions.order.yaml").read_text()
    done = cli("new", "other", *NEW[2:], "--host", "http://x")
    assert (Exit.MISUSE, True) == (done.code, "--host" in done.err)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (write_answer("{$ref: './c.yaml'}"), "api.yaml:9:"),
        (write_document("responses: {}", servers="[{url: /v1}]"), "api.yaml:3:"),
        (write_parameters("[{name: x, in: query, required: true, schema: {type: object}}]"),
         "api.yaml:9:"),
        ("openapi: 2.0\n", "api.yaml:1:10"),
        ("openapi: 3.0.0\nx: &a 1\n", "api.yaml:2:4"),
        (write_document("responses: {}").replace("/me", "/key/sk_live_Zm9vYmFyYmF6MTIz"),
         "api.yaml:"),
    ],
)  # fmt: skip
def test_a_fault_has_its_place_and_makes_no_file(
    project: Path, cli: Cli, text: str, place: str
) -> None:
    """In the document, with line and column; what was there is as it was."""
    Path("api.yaml").write_text(text)
    before = {path.name: path.read_bytes() for path in project.iterdir() if path.is_file()}
    done = cli("new", "order", "--from-openapi", "api.yaml", "do")
    assert Exit.MISUSE == done.code
    assert place in done.err
    assert before == {path.name: path.read_bytes() for path in project.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "words",
    [
        ("--from-openapi", "api.yaml", "getOrders"), ("--from-openapi", "none.yaml", "getOrder"),
        ("--from-openapi", "api.yaml"), (*NEW[2:], "--template", "stripe"),
        (*NEW[2:], "--from-curl", "curl https://a.example"),
        ("--from-curl", "curl https://a.example", "--host", "b.example"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_usage_error(
    project: Path, cli: Cli, words: tuple[str, ...]
) -> None:
    """And no file is made."""
    done = cli("new", "order", *words)
    assert Exit.MISUSE == done.code
    assert not Path("actions.order.yaml").exists()
    assert "Traceback" not in done.err

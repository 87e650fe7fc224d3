"""The hosts of a secret, and of what is fetched with it, as the action files name them."""

from __future__ import annotations

from cactions.logic.vault.secret_hosts import list_secret_hosts, list_token_hosts
from cactions.model import Project
from tests.definitions import PLAIN_URL, action, file, request
from tests.lint_results import linted

HOST = "api.shop.example"
FETCHED = {
    "type": "oauth_client_credentials",
    "token_url": "https://auth.crm.example/token",
    "client_id": "cactions",
    "client_secret": {"secret": "crm_secret"},
    "hosts": ["api.crm.example", HOST],
}
OTHER = {**FETCHED, "client_secret": {"secret": "other"}, "hosts": ["api.pay.example"]}


SENT = {"type": "text", "header": "X-Key", "value": {"secret": "crm_secret"}, "hosts": [HOST]}


def load(*tokens: str, **query: object) -> Project:
    asked = request(PLAIN_URL, tokens=[*tokens], query=query)
    named = {"crm": FETCHED, "other": OTHER, "sent": SENT}
    project = linted(file(action(asked), tokens=named)).partial
    assert project
    return project


def test_a_secret_goes_to_the_service_and_its_token_to_its_own_hosts() -> None:
    """Of this secret alone."""
    project = load("crm")
    assert "auth.crm.example" in list_secret_hosts(project)["crm_secret"]
    assert ("api.crm.example", HOST) == list_token_hosts(project, "crm_secret")
    assert ("api.pay.example",) == list_token_hosts(project, "other")
    assert () == list_token_hosts(project, "none")


def test_a_secret_that_an_action_sends_itself_is_not_bound_to_tokens() -> None:
    """The vault would not give it to that action any more."""
    assert () == list_token_hosts(load("sent"), "crm_secret")
    assert () == list_token_hosts(load("crm", key={"secret": "crm_secret"}), "crm_secret")
    assert () != list_token_hosts(load("crm", key={"secret": "other"}), "crm_secret")

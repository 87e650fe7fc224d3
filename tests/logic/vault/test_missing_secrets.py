"""Action files compared with a vault: what live calls would miss, and what nothing uses."""

from __future__ import annotations

from cactions.logic.vault.missing_secrets import find_vault_problems
from cactions.model import Project, Severity, Workspace
from tests.logic.vault.test_token_binding import fetched, secret

SHOP = "auth.example"


def build_project(*names: str) -> Project:
    """With a token that no action uses, and that is fetched with these secrets."""
    return Project(Workspace(), {}, {}, tokens={"crm": fetched({SHOP}, *names)})


def test_a_secret_that_fetches_a_token_is_used() -> None:
    """In a header or in the body of the fetch, also where no action has the token yet."""
    held = [secret("one", None, SHOP), secret("two", None, SHOP), secret("three", None, SHOP)]
    [found] = find_vault_problems(build_project("one", "two"), held)
    assert 'nothing in these files uses the secret "three"' == found.message
    assert Severity.WARNING is found.severity
    assert [] == find_vault_problems(build_project("one", "two", "three"), held)

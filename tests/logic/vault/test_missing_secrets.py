"""Action files compared with a vault: what live calls would miss, and what nothing uses."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cactions.logic.vault.missing_secrets import find_missing_secrets, find_vault_problems
from cactions.model import Project, SecretRef, Severity, Token, Workspace
from tests.builders import action
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


@pytest.mark.parametrize(
    ("token", "bound", "words"),
    [
        (fetched({"a.example"}, "one"), set(), 'not let the token "crm" go to a.example'),
        (fetched({"a.example"}, "one"), {"a.example"}, ""),
        (Token("jwt", "X", ("a.example",)), set(), 'not let the token "jwt" go to a.example'),
        (Token("jwt", "X", ("a.example",)), {"a.example"}, ""),
        (Token("one", "X", (SHOP,), value=SecretRef("one")), set(), ""),
    ],
)
def test_a_token_that_exists_only_in_memory_must_be_bound(
    token: Token, bound: set[str], words: str
) -> None:
    """One that is fetched, or given for a run; a sealed one goes where its secret goes."""
    tested = action()
    tested = replace(tested, request=replace(tested.request, tokens=(token,)))
    project = Project(Workspace(), {}, {tested.name: tested}, tokens={token.name: token})
    held = [secret("one", bound, SHOP), secret("jwt", bound)]
    found = [
        each.message for each in find_missing_secrets(project, held) if "token" in each.message
    ]
    assert bool(words) == len(found)
    assert all(message.endswith(words) for message in found)

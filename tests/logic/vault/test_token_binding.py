"""A token may be sent to a host that both the YAML and all of its vault entries allow."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from cactions.app.vault.manage import UNSEALED
from cactions.logic.expressions.json_path import parse_path
from cactions.logic.vault.token_binding import TokenBinding, list_binders
from cactions.model import (
    ActionRequest,
    BodyForm,
    DefinitionError,
    RequestBody,
    SecretRef,
    Template,
    Token,
    TokenFetch,
)
from cactions.model.vault import Entry, Purpose
from tests.run_report import REPORT

HOSTS = ("a.example", "b.example", "c.example")
SUBSETS = [set(some) for size in range(4) for some in combinations(HOSTS, size)]


def secret(name: str, token_hosts: set[str] | None, *hosts: str) -> Entry:
    meta = {"hosts": hosts} | ({} if token_hosts is None else {"token_hosts": (*token_hosts,)})
    return Entry(Purpose.SECRET, name, 1, meta, UNSEALED)


def fetched(hosts: set[str], *names: str) -> Token:
    """A token that is fetched with these secrets, in its body and in a header."""
    content = {name: SecretRef(name) for name in names[1:]}
    sealed = tuple(Token(name, "X", (), value=SecretRef(name)) for name in names[:1])
    body = RequestBody(BodyForm.JSON, {"nested": [content]})
    request = ActionRequest("post", Template(("https://auth.example/",)), body=body, tokens=sealed)
    return Token("crm", "X", (*sorted(hosts),), fetch=TokenFetch(request, parse_path("$.t")))


def test_a_token_host_must_be_allowed_by_the_yaml_and_every_fetch_secret() -> None:
    """For all hosts of the YAML and of two secrets: exactly the common ones."""
    tried = 0
    for named, one, two in product(SUBSETS, [None, *SUBSETS], [None, *SUBSETS]):
        token = fetched(named, "one", "two")
        held = {
            "one": secret("one", one, "auth.example"),
            "two": secret("two", two, "auth.example"),
        }
        binding = TokenBinding(token, held)
        allowed = named & (one or set()) & (two or set())
        assert (allowed, named - allowed) == (set(binding.hosts), set(binding.missing))
        for host in HOSTS:
            if host in allowed:
                binding.check(host.upper())
            else:
                with pytest.raises(DefinitionError, match=f"may not be sent to {host}"):
                    binding.check(host)
            tried += 1
    REPORT.append(f"tokens: {tried:,} bindings of two secrets: each goes where all agree")


def test_a_users_token_host_must_be_allowed_by_the_yaml_and_its_entry() -> None:
    """An entry that holds a value is a secret, and does not bind a user's token."""
    for named, bound in product(SUBSETS, SUBSETS):
        token = Token("jwt", "X", (*named,))
        assert named & bound == set(TokenBinding(token, {"jwt": secret("jwt", bound)}).hosts)
        of_a_secret = secret("jwt", bound, "auth.example")
        assert () == TokenBinding(token, {"jwt": of_a_secret}).hosts
        assert () == TokenBinding(token, {}).hosts


def test_a_users_token_entry_does_not_bind_a_fetched_token() -> None:
    """It is not a secret, whatever a fetch refers to."""
    token = fetched({"a.example"}, "jwt")
    assert () == TokenBinding(token, {"jwt": secret("jwt", {"a.example"})}).hosts


def test_a_fetch_without_a_secret_needs_only_the_yaml() -> None:
    """An attacker could fetch such a token as well."""
    token = fetched(set(HOSTS))
    assert ((), HOSTS) == (list_binders(token), TokenBinding(token, {}).hosts)


def test_a_sealed_token_is_bound_to_its_own_hosts() -> None:
    """Nothing else is needed from the vault."""
    assert () == list_binders(Token("shop", "X", HOSTS, value=SecretRef("shop_token")))


def test_the_suggested_commands_keep_old_hosts_and_bind_every_secret() -> None:
    """One command for each secret that lacks the host, ready to be copied."""
    token = fetched({"a.example", "b.example"}, "one", "two")
    held = {
        "one": secret("one", {"b.example"}, "auth.example"),
        "two": secret("two", None, "auth.example"),
    }
    assert (
        "`cactions vault bind one --token-host a.example --token-host b.example`, then "
        "`cactions vault bind two --token-host a.example`"
    ) == TokenBinding(token, held).get_remedy(["a.example"])
    assert "name it under `hosts`" in TokenBinding(token, held).get_remedy(["c.example"])
    held["one"] = secret("one", {"a.example"}, "auth.example")
    assert ("`cactions vault bind two --token-host a.example`") == TokenBinding(
        token, held
    ).get_remedy(["a.example"])


def test_no_name_from_the_yaml_changes_the_suggested_command() -> None:
    """Shell syntax is quoted."""
    token = Token("jwt; rm -rf ~", "X", ("a.example",))
    assert (
        "`cactions vault bind 'jwt; rm -rf ~' --user --token-host a.example`"
    ) == TokenBinding(token, {}).get_remedy(token.hosts)  # fmt: skip

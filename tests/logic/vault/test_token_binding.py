"""Where a token may go: where the YAML and every entry of the vault that binds it say so."""

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
from tests.told import TOLD

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


def test_a_token_goes_where_the_yaml_and_every_secret_of_its_fetch_let_it_go() -> None:
    """For all hosts of the YAML and of two secrets: never one more, never one less."""
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
    TOLD.append(f"tokens: {tried:,} bindings of two secrets: each goes where all agree")


def test_a_users_token_goes_where_the_yaml_and_its_own_entry_let_it_go() -> None:
    """An entry that holds a value is a secret, and binds no user's token."""
    for named, bound in product(SUBSETS, SUBSETS):
        token = Token("jwt", "X", (*named,))
        assert named & bound == set(TokenBinding(token, {"jwt": secret("jwt", bound)}).hosts)
        of_a_secret = secret("jwt", bound, "auth.example")
        assert () == TokenBinding(token, {"jwt": of_a_secret}).hosts
        assert () == TokenBinding(token, {}).hosts


def test_a_binding_of_a_user_binds_no_fetched_token() -> None:
    """It is no secret, whatever a fetch says."""
    token = fetched({"a.example"}, "jwt")
    assert () == TokenBinding(token, {"jwt": secret("jwt", {"a.example"})}).hosts


def test_a_fetch_without_a_secret_is_bound_by_the_yaml_alone() -> None:
    """What it gives, an attacker could fetch as well."""
    token = fetched(set(HOSTS))
    assert ((), HOSTS) == (list_binders(token), TokenBinding(token, {}).hosts)


def test_a_sealed_token_is_bound_by_its_own_hosts() -> None:
    """Nothing more is asked of the vault."""
    assert () == list_binders(Token("shop", "X", HOSTS, value=SecretRef("shop_token")))


def test_the_remedy_keeps_what_was_bound_and_binds_every_secret() -> None:
    """One command for each secret that lacks the host, to be copied as it stands."""
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


def test_no_name_of_a_yaml_makes_another_command() -> None:
    """What a shell would obey stands in quotes."""
    token = Token("jwt; rm -rf ~", "X", ("a.example",))
    assert (
        "`cactions vault bind 'jwt; rm -rf ~' --user --token-host a.example`"
    ) == TokenBinding(token, {}).get_remedy(token.hosts)  # fmt: skip

"""How doctor judges the probes: hosts by who uses them, the clock by the first host with a time."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from msgspec.structs import replace

from cactions.logic.expressions.json_path import parse_path
from cactions.logic.network.hosts import Host, list_hosts
from cactions.logic.network.reachability import MOST_SKEW, check_clock
from cactions.model import AllowedAddress, Health, Project, Token, TokenFetch, Workspace
from tests.builders import action
from tests.requests import request_of

NOW = 1_795_348_800.0
SHOP = "api.shop.example"


@pytest.mark.parametrize(
    ("skew", "health", "words"),
    [
        (0, Health.OK, f"within 60 s of {SHOP}"),
        (MOST_SKEW, Health.OK, "within"),
        (-MOST_SKEW, Health.OK, "within"),
        (61, Health.PROBLEM, f"61 s ahead of {SHOP}"),
        (-7200, Health.PROBLEM, f"7,200 s behind {SHOP}"),
    ],
)
def test_the_clock_is_compared_with_a_host(skew: float, health: Health, words: str) -> None:
    """More than a minute of difference is a problem, with a next step."""
    check = check_clock([(SHOP, formatdate(NOW, usegmt=True), NOW + skew)])
    assert (health, True) == (check.health, words in check.message)
    assert bool(check.hint) == (health is Health.PROBLEM)


@pytest.mark.parametrize("zone", ["", " -0000", " GMT"])
def test_a_time_without_a_zone_is_utc(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever time zone this machine is."""
    date = formatdate(NOW, usegmt=True).removesuffix(" GMT") + zone
    with monkeypatch.context() as there:
        there.setenv("TZ", "XYZ-7")
        time.tzset()
        check = check_clock([(SHOP, date, NOW)])
    time.tzset()
    assert Health.OK is check.health


@pytest.mark.parametrize("date", ["", "soon", "Mon, 99 Foo 2026", "9" * 500, "\x00"])
def test_an_invalid_date_gives_no_time(date: str) -> None:
    """The next host may give one; without any, the time is unknown."""
    assert Health.UNKNOWN is check_clock([(SHOP, date, NOW)]).health
    good = ("pay.example", formatdate(NOW, usegmt=True), NOW)
    assert "pay.example" in check_clock([(SHOP, date, NOW), good]).message


def test_without_a_host_the_time_is_unknown() -> None:
    """Which is not a problem of the clock."""
    assert Health.UNKNOWN is check_clock([]).health


def test_each_host_and_port_is_listed_once_with_all_its_users() -> None:
    """Actions and tokens; from the server of an environment, or from the URL itself."""
    one = replace(action(), name="one", request=request_of(base=f"https://{SHOP}"))
    url = f"https://{SHOP}:8443/v1/{{{{ person.user_id }}}}"
    two = replace(action(), name="two", request=request_of(base="", url=url))
    fetch = TokenFetch(request_of(base=f"https://{SHOP}"), parse_path("$.t"))
    tokens = {"crm": Token("crm", "X", (SHOP,), fetch=fetch), "jwt": Token("jwt", "X", (SHOP,))}
    entry = AllowedAddress(SHOP, "10.0.0.5", 8443, "the office")
    project = Project(
        Workspace(), {}, {"one": one, "two": two}, tokens=tokens, allowed=(entry,)
    )  # fmt: skip
    expected = (Host(SHOP, 443, ("one", "the token crm")), Host(SHOP, 8443, ("two",), entry))
    assert expected == list_hosts(project)
    assert ["https://api.shop.example:443/", "https://api.shop.example:8443/"] == [
        site.url for site in list_hosts(project)
    ]

"""``cactions test``: which tests run, what they expect, and what a run tells beside them."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from cactions.cli.formats import Format, SuiteFormat
from cactions.model import MASK, ExpectedKind
from tests.cli.conftest import Cli

TAGGED = "      - name: a gold member gets her tier and points, and a used coupon goes away\n"
GOLD = "expect: {status: 200, attributes: {tier: gold, loyalty_points: 1280, coupon: null}}"
URL = "url: /v1/customers/{{ person.user_id }}"
PLATINUM = "expect: {refused: [tier], attributes: {tier: silver, loyalty_points: 325}}"

Edit = Callable[..., None]


@pytest.fixture
def edit(home: Path) -> Edit:
    """``edit((old, new), …)`` replaces texts of the action file, each once."""
    path = home / "actions.yaml"

    def change(*pairs: tuple[str, str]) -> None:
        text = path.read_text()
        for old, new in pairs:
            assert 1 == text.count(old), old
            text = text.replace(old, new)
        path.write_text(text)

    return change


def names(document: Any) -> list[str]:
    return [test["test"] for test in document["tests"]]


def problems(document: Any) -> list[str]:
    return [problem for test in document["tests"] for problem in test["problems"]]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("", 9),
        ("delivery loyalty", 6),
        ("--name ORDER", 2),
        ("--name order --name gold", 3),
        ("loyalty --name order --name gold", 1),
        ("--tag smoke", 1),
        ("--tag smoke --tag slow", 2),
        ("--tag smoke --name refused", 0),
        ("billing --name order", 0),
        ("billing --tag smoke", 0),
    ],
)
def test_tests_are_chosen_by_action_name_and_tag(
    cli: Cli, edit: Edit, words: str, count: int
) -> None:
    """Choosing none is an error; it never looks like a green run."""
    edit(
        (TAGGED, f"{TAGGED}        tags: [smoke]\n"),
        ("      - name: an order of hers is shown\n", ("      - name: an order of hers is shown\n"
         "        tags: [slow, other]\n")),
    )  # fmt: skip
    done = cli("test", *words.split(), "--json")
    if count:
        assert (Exit.CLEAN, count) == (done.code, len(done.json["tests"]))
        return
    assert (Exit.MISUSE, "usage") == (done.code, done.json["kind"])
    assert "No test has" in done.err
    assert "Next: " in done.err


def test_an_empty_selection_names_what_there_is(cli: Cli, edit: Edit) -> None:
    """Tags, names, and an action without tests."""
    assert "Write `tags: [smoke]` beside the name of a test" in cli("test", "--tag", "x").err
    edit((TAGGED, f"{TAGGED}        tags: [smoke]\n"))
    assert 'Did you mean "smoke"?' in cli("test", "--tag", "smok").err
    assert '"an order of hers is shown"' in cli("test", "--name", "no such").err


def test_several_threads_report_in_the_order_of_the_file(cli: Cli) -> None:
    """And find the same."""
    alone, together = cli("test", "--json"), cli("test", "--json", "-j", "8")
    assert alone == together
    assert 9 == len(names(together.json))


def test_threads_do_not_change_which_answer_comes_first(cli: Cli, home: Path, edit: Edit) -> None:
    """Where one request has several recorded answers, its tests stay in order."""
    path = home / "cassettes" / "loyalty.json"
    cassette = json.loads(path.read_text())
    first = cassette["interactions"][0]
    tests = []
    for points in range(20):
        other = json.loads(json.dumps(first))
        body = json.loads(other["response"]["body"]["string"])
        other["response"]["body"]["string"] = json.dumps({**body, "points": points})
        cassette["interactions"].append(other)
        tests.append(
            f"      - {{name: n{points}, person: u-1, expect: {{attributes: "
            f"{{loyalty_points: {points}}}}}}}\n"
        )
    path.write_text(json.dumps(cassette))
    edit(("  billing:\n", "".join(tests) + "\n  billing:\n"))
    done = cli("test", "loyalty", "--json", "-j", "8")
    assert (Exit.CLEAN, 23) == (done.code, len(names(done.json)))


@pytest.mark.parametrize("kind", ExpectedKind)
def test_every_kind_of_change_is_expected_and_found(
    cli: Cli, edit: Edit, kind: ExpectedKind
) -> None:
    """Of the six attributes, exactly those of another kind are problems."""
    found = {
        "tier": "overwrite", "loyalty_points": "add", "member_since": "same",
        "favourite_store": "same", "coupon": "clear", "nickname": "kept",
    }  # fmt: skip
    expected = ", ".join(f"{name}: {kind.value}" for name in found)
    edit((GOLD, f"expect: {{changes: {{{expected}}}}}"))
    report = cli("test", "loyalty", "--name", "a gold member", "--json").json["tests"][0]
    wrong = {name: word for name, word in found.items() if word != kind.value}
    shown = {
        name: f"{word} (not_empty)" if word == "kept" else word for name, word in wrong.items()
    }
    assert [
        f"{name}: expected {kind.value}, found {word}" for name, word in shown.items()
    ] == report["problems"]


@pytest.mark.parametrize(
    ("expect", "problem"),
    [
        ("{changes: {tier: refused}}", None),
        ("{changes: {tier: {refused: not_an_option}}}", None),
        (
            "{changes: {tier: {refused: too_long}}}",
            "tier: expected refused (too_long), found refused (not_an_option)",
        ),
        ("{changes: {nickname: {kept: missing}}, refused: [tier]}", None),
        (
            "{changes: {nickname: {kept: null}}, refused: [tier]}",
            "nickname: expected kept (null), found kept (missing)",
        ),
        ("{changes: {tier: kept}}", "tier: expected kept, found refused (not_an_option)"),
        (
            "{changes: {coupon: kept}}",
            'tier: refused (not_an_option) allowed values: "silver", "gold"',
        ),
    ],
)
def test_a_refusal_is_expected_with_or_without_its_reason(
    cli: Cli, edit: Edit, expect: str, problem: str | None
) -> None:
    """A refusal that is not expected anywhere fails the test, and is told once."""
    edit((PLATINUM, f"expect: {expect}"))
    done = cli("test", "loyalty", "--name", "does not know", "--json")
    assert ([problem] if problem else []) == problems(done.json)


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        ("{url: https://api.shop.example/v1/customers/u-1, method: get}", None),
        ("{headers: {x-shop-token: ••••••, Accept: application/json}, query: {}}", None),
        (
            "{url: https://api.shop.example/v2/customers/u-1}",
            ("url: expected https://api.shop.example/v2/customers/u-1, found"
            " https://api.shop.example/v1/customers/u-1"),
        ),
        ("{method: post}", "method: expected POST, found GET"),
        ("{headers: {Accept: text/plain}}", ("header Accept: expected text/plain, found"
         " application/json")),
        ("{headers: {X-Other: a}}", "header X-Other: expected, but it is not sent"),
        ("{query: {page: 2}}", "query page: expected, but it is not sent"),
        ("{json: {a: 1}}", "json: the request has no body"),
    ],
)  # fmt: skip
def test_the_request_is_expected_as_it_would_be_sent(
    cli: Cli, edit: Edit, request_: str, problem: str | None
) -> None:
    """With dots for secrets, which a replay does not open."""
    edit((GOLD, f"expect: {{request: {request_}}}"))
    done = cli("test", "loyalty", "--name", "a gold member", "--json")
    assert ([problem] if problem else []) == problems(done.json)


@pytest.mark.parametrize(
    ("expected", "problem"),
    [
        ("[b, a]", None),
        ("[b, c]", "query sort: expected c, found a"),
        ("[b, a, a]", "query sort: expected, but it is not sent"),
        ("b", "query sort: sent as a, but not expected"),
    ],
)
def test_the_values_of_a_repeated_name_are_expected_in_order(
    cli: Cli, edit: Edit, expected: str, problem: str | None
) -> None:
    """One text stands for a name that is sent once."""
    edit(
        (URL, f"{URL}\n      query: {{sort: [b, a]}}"),
        (GOLD, f"expect: {{request: {{query: {{sort: {expected}}}}}}}"),
    )
    path = Path("cassettes/loyalty.json")
    path.write_text(path.read_text().replace("/u-1", "/u-1?sort=b&sort=a"))
    done = cli("test", "loyalty", "--name", "a gold member", "--json")
    assert ([problem] if problem else []) == problems(done.json)


def test_a_json_body_and_a_query_are_compared_as_a_whole(cli: Cli, edit: Edit) -> None:
    """A number is no text, and a parameter more is a difference."""
    body = 'json: {filter: {customer: "{{ person.user_id }}"}, limit: 10}'
    edit(
        (body, f'{body}\n      query: {{page: "2", sort: "a b"}}'),
        ("expect: {status: 200, attributes: {plan_active: false}}", ("expect: {request:"
         ' {json: {filter: {customer: u-1}, limit: "10"}, query: {page: 2}}}')),
    )  # fmt: skip
    path = Path("cassettes/billing.json")
    path.write_text(path.read_text().replace("/v1/search", "/v1/search?page=2&sort=a+b"))
    found = problems(cli("test", "billing", "--name", "has ended", "--json").json)
    assert ["query sort: sent as a b, but not expected"] == found[:1]
    assert 2 == len(found)
    assert found[1].startswith('json: expected {"filter":{"customer":"u-1"},"limit":"10"}, found ')


def test_a_redacted_value_is_compared_and_never_shown(cli: Cli, edit: Edit) -> None:
    """Of an attribute and of the request, expected or found."""
    edit(
        ("  coupon: {data_type: string,", "  coupon: {data_type: string, redacted: true,"),
        (URL, f"{URL}\n      query: {{c: '{{{{ person.attributes.coupon }}}}'}}"),
        (GOLD, ("expect: {attributes: {coupon: WINTER23}, request: {query: {c: AUTUMN22},"
               " url: https://api.shop.example/v1/customers/u-1}}")),
    )  # fmt: skip
    path = Path("cassettes/loyalty.json")
    path.write_text(path.read_text().replace("customers/u-1", "customers/u-1?c=SPRING24"))
    for form in SuiteFormat:
        done = cli("test", "loyalty", "--name", "gold", "--format", form.value, "--coverage")
        assert Exit.FINDINGS == done.code
        assert [] == [
            word for word in ("WINTER23", "AUTUMN22", "SPRING24") if word in done.out + done.err
        ]
        assert 2 <= done.out.count("another value than expected") <= 3  # JUnit repeats the first
    edit(("c: AUTUMN22", "c: SPRING24"), ("coupon: WINTER23", "coupon: null"))
    assert Exit.CLEAN == cli("test", "loyalty", "--name", "gold").code
    edit(("c: SPRING24", f"c: {MASK}"))
    assert Exit.CLEAN == cli("test", "loyalty", "--name", "gold").code


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ("{changes: {teir: add}}", 'does not map "teir"'),
        ("{changes: {tier: replace}}", '"replace" is not one of the words'),
        ("{changes: {tier: {kept: too_long}}}", '"too_long" is not one of the words'),
        ("{changes: {tier: {kept: missing, refused: missing}}}", "either kept or refused"),
        ("{changes: {tier: {}}}", "either kept or refused"),
        ("{request: {}}", "expects nothing of the request"),
        ('{request: {url: "https://a.example/?b=1"}}', "has no query"),
        ("{request: {headers: {a b: c}}}", "is no header name"),
        ("{status: 200}, tags: [a b]", "a b"),
    ],
)
def test_an_expectation_that_cannot_be_meant_is_an_error(
    cli: Cli, edit: Edit, expect: str, complaint: str
) -> None:
    """It stops the command before any test."""
    if "tags" in expect:
        edit((TAGGED, f"{TAGGED}        tags: [a b]\n"))
    else:
        edit((GOLD, f"expect: {expect}"))
    done = cli("test")
    assert Exit.NOTHING_DONE == done.code
    assert complaint in done.err


def test_a_stale_recording_fails_with_what_changed_and_the_command(cli: Cli, edit: Edit) -> None:
    """The request of each test has another path than the recorded one."""
    edit(("/v1/customers/", "/v2/customers/"))
    done = cli("test", "loyalty", "--json")
    assert Exit.FINDINGS == done.code
    assert 3 == len(done.json["tests"]) == len(done.json["unused"])
    for number, test in enumerate(done.json["tests"], 1):
        assert (
            f"path: /v2/customers/u-{number} here, /v1/customers/u-{number} recorded"
            in test["problems"][-1]
        )
        assert "To record it: cactions test loyalty --record" == test["hint"]
    shown = cli("test", "loyalty").out
    assert 3 == shown.count("          To record it: cactions test loyalty --record")
    assert "3 recorded interactions are not used by any test" in shown


def test_a_changed_body_is_stale_too(cli: Cli, edit: Edit) -> None:
    """The message names the place in the body."""
    edit(("limit: 10", "limit: 20"))
    done = cli("test", "billing", "--json")
    assert 3 == sum("$.limit=20 here, $.limit=10 recorded" in text for text in problems(done.json))


def test_an_unused_interaction_is_told_and_strict_fails(cli: Cli, edit: Edit) -> None:
    """Where all tests of the action run; a selection leaves some out on purpose."""
    edit(("person: {user_id: u-3}\n        expect: {status: 200, failure: not_same_person}",
          "person: {user_id: u-1}\n        expect: {attributes: {tier: gold}}"))  # fmt: skip
    request = "GET https://api.shop.example/v1/customers/u-3"
    for words, code in (("", Exit.CLEAN), ("--strict", Exit.FINDINGS)):
        done = cli("test", "--json", *words.split())
        [unused] = done.json["unused"]
        assert (code, "loyalty", 3, request) == (
            done.code, unused["action"], unused["number"], unused["request"]
        )  # fmt: skip
    assert "1 recorded interaction is not used by any test" in cli("test").out
    part = cli("test", "--json", "--strict", "--name", "gold")
    assert (Exit.CLEAN, []) == (part.code, part.json["unused"])


def test_an_unused_path_with_a_redacted_value_is_not_shown(cli: Cli, edit: Edit) -> None:
    """It may be that of another person."""
    edit(
        ("  coupon: {data_type: string,", "  coupon: {data_type: string, redacted: true,"),
        ("/v1/customers/{{ person.user_id }}", "/v1/customers/{{ person.attributes.coupon }}"),
    )
    done = cli("test", "loyalty", "--json")
    assert ["GET https://api.shop.example/…"] * 3 == [
        item["request"] for item in done.json["unused"]
    ]


def test_coverage_counts_points_of_tests_that_passed(cli: Cli, edit: Edit) -> None:
    """Below the asked share, the exit code is 1."""
    document = cli("test", "--coverage", "--json").json["coverage"]
    points = {
        action["action"]: {point["name"]: point["met"] for point in action["points"]}
        for action in document["actions"]
    }
    assert 60.0 == document["percent"]
    assert [
        "attribute tier", "attribute loyalty_points", "attribute member_since",
        "attribute favourite_store", "attribute coupon", "attribute nickname",
        "success_when refuses", "same_person refuses", "failure not_json",
    ] == [*points["loyalty"]]  # fmt: skip
    assert ["attribute coupon", "success_when refuses", "failure not_json"] == [
        name for name, met in points["loyalty"].items() if not met
    ]
    assert points["billing"]["rows refuses many"]
    assert not points["billing"]["rows refuses none"]
    codes = [cli("test", "--min-coverage", text).code for text in ("60", "60.1")]
    assert [Exit.CLEAN, Exit.FINDINGS] == codes
    edit(("failure: many_rows", "failure: no_row"))
    again = cli("test", "billing", "--coverage", "--json").json["coverage"]["actions"][0]
    assert ["attribute plan_active", "success_when refuses"] == [
        point["name"] for point in again["points"] if point["met"]
    ]


def test_an_action_without_tests_counts_in_the_coverage(cli: Cli, edit: Edit) -> None:
    """All of its points are missing."""
    text = Path("actions.yaml").read_text()
    start = text.index("    tests:\n      - name: an order of hers")
    Path("actions.yaml").write_text(text[:start])
    document = cli("test", "--coverage", "--json").json
    assert ["delivery"] == document["untested"]
    [delivery] = [a for a in document["coverage"]["actions"] if a["action"] == "delivery"]
    assert [False] * 5 == [point["met"] for point in delivery["points"]]
    assert 45.0 == document["coverage"]["percent"]


def test_the_slowest_tests_are_shown_with_their_time(cli: Cli) -> None:
    """As many as were asked for, the slowest first."""
    rows = cli("test", "--slowest", "4", "--json").json["slowest"]
    seconds = [row["seconds"] for row in rows]
    assert 4 == len(seconds)
    assert sorted(seconds, reverse=True) == seconds
    assert 0 < seconds[-1] < 60
    assert 4 == cli("test", "--slowest", "4").out.count(" ms  ")


WITHOUT_TESTS = """\
version: 1
workspace: {identity_verification: jwt}
attributes: {tier: {data_type: string, options: [gold], messenger_writable: false}}
actions:
  loyalty:
    match: user_id
    request: {http_method: get, url: "https://api.shop.example/{{ person.user_id }}"}
    response:
      same_person: {path: $.email, equals: person.email, verified: by mail}
      mapping: {tier: $.tier}
"""


@pytest.mark.parametrize("form", SuiteFormat, ids=lambda form: form.value)
def test_no_tests_are_clean_only_with_a_note(cli: Cli, home: Path, form: SuiteFormat) -> None:
    """In every format; --require-tests makes it a failure, and a selection is misuse."""
    (home / "actions.yaml").write_text(WITHOUT_TESTS)
    done = cli("test", "--format", form.value)
    note = " ".join(done.err.split())
    assert Exit.CLEAN == done.code
    assert "There are no tests: loyalty has none. --require-tests makes that a failure." in note
    assert "`cactions help tests`" in note
    required = cli("test", "--format", form.value, "--require-tests")
    assert (Exit.FINDINGS, done.out) == (required.code, required.out)
    assert "There are no tests" in required.err
    for words in (("--name", "x"), ("--name", "x", "--require-tests")):
        assert Exit.MISUSE == cli("test", "--format", form.value, *words).code


def test_required_tests_that_hold_are_clean(cli: Cli, home: Path) -> None:
    """The option asks for tests, and not for more."""
    assert Exit.CLEAN == cli("test", "--require-tests").code
    (home / "actions.yaml").write_text(WITHOUT_TESTS)
    assert Exit.FINDINGS == cli("test", "loyalty", "--require-tests").code


def test_github_shows_failed_tests_beside_their_lines(
    cli: Cli, home: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An annotation for each, at the test; the whole in the summary of the job."""
    edit(("points: 1280", "points: 1"), ("failure: many_rows", "failure: no_row"))
    summary = home / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    done = cli("test", "--format", "github")
    assert Exit.FINDINGS == done.code
    *annotations, last = done.out.splitlines()
    assert "cactions: 9 tests, 2 failed." == last
    lines = (home / "actions.yaml").read_text().splitlines()
    for annotation in annotations:
        found = re.fullmatch(
            r"::error file=actions\.yaml,line=(\d+),.*title=(\w+)%3A (.+?)::.+", annotation
        )
        assert found
        assert f"- name: {found[3].replace('%2C', ',')}" == lines[int(found[1]) - 1].strip()
    assert 2 == len(annotations)
    assert summary.read_text().startswith("### cactions: 9 tests, 7 ok, 2 failed")


def test_the_formats_are_those_of_validate(cli: Cli, edit: Edit) -> None:
    """The same words mean the same forms; --json is one of them."""
    assert {form.value for form in SuiteFormat} < {form.value for form in Format}
    edit(("points: 1280", "points: 1"), ("failure: many_rows", "failure: no_row"))
    assert cli("test", "--json") == cli("test", "--format", "json")
    assert Exit.MISUSE == cli("test", "--json", "--format", "junit").code
    root = ET.fromstring(cli("test", "--format", "junit").out)
    assert ("9", "2") == (root.get("tests"), root.get("failures"))
    assert 9 == len(root.findall("testsuite/testcase"))
    markdown = cli("test", "--format", "markdown").out
    assert markdown.startswith("### cactions: 9 tests, 7 ok, 2 failed\n")
    assert 2 == markdown.count("\n| <code>")

"""What users may type and see: each scene prepares a folder and runs commands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cactions.edges.store.journal import LocalJournal
from cactions.logic.lint.rule_page import parse_rule_page
from cactions.model import (
    ABSENT,
    Change,
    Conflict,
    Outcome,
    PersonQuery,
    Plan,
    Receipt,
    RunHead,
    RunKind,
    SentCall,
    Subject,
)
from cactions.rules import BY_NAME, LAST, PAGES, SUPPRESSIBLE
from tests.definitions import NEXT_YEAR
from tests.logic.project.test_errors import BASE as SHOP
from tests.logic.project.test_errors import CASES, TWELVE, marked
from tests.projects import project, write
from tests.servers import Server, authority

Prepare = Callable[[Path], None]


class Scene(NamedTuple):
    """Commands, each as words in one text; ``prepare`` sets up the folder."""

    commands: tuple[str, ...]
    prepare: Prepare = lambda _: None


def edited(file: str, *pairs: tuple[str, str]) -> Prepare:
    """The example with texts replaced."""

    def prepare(home: Path) -> None:
        path = home / file
        text = path.read_text()
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text)

    return prepare


def edited_all(*edits: tuple[str, str, str]) -> Prepare:
    """The example with texts replaced in several files."""

    def prepare(home: Path) -> None:
        for file, old, new in edits:
            edited(file, (old, new))(home)

    return prepare


def written(**files: str) -> Prepare:
    """Files beside the example; ``__`` stands for the dot in a name."""

    def prepare(home: Path) -> None:
        for name, text in files.items():
            (home / name.replace("__", ".")).write_text(text)

    return prepare


def both(words: str) -> tuple[str, str]:
    """The command with text output and with JSON output."""
    return words, f"{words} --json"


LOYALTY = "loyalty --person u-1 --replay"
FILE, RECORDING = "actions.yaml", "cassettes/loyalty.json"
URL = "url: /v1/customers/{{ person.user_id }}"
NO_URL = URL.replace("user_id", "phone")


WHYS: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "missing": (ABSENT, {}, {}),
    "null": (None, {}, {}),
    "empty_string": ("", {}, {}),
    "empty_value": ("N/A", {}, {"empty_when": ["N/A"]}),
    "overwrite_never": ("new", {}, {"overwrite": "never"}),
    "not_empty": ("new", {}, {"overwrite": "if_empty"}),
    "not_ours": ("new", {}, {"overwrite": "if_ours"}),
    "wrong_type": (12, {}, {}),
    "too_long": ("longer", {}, {"max_length": 3}),
    "not_an_option": ("gold", {"options": ["silver"]}, {}),
    "not_in_one_of": ("gold", {}, {"one_of": ["silver"]}),
    "not_in_values": ("gold", {}, {"values": {"silver": "s"}}),
    "naive_time": ("2026-01-01T00:00:00", {"data_type": "date"}, {"date": "iso8601"}),
    "bad_date": ("yesterday", {"data_type": "date"}, {"date": "iso8601"}),
    "out_of_range": (2**53, {"data_type": "integer"}, {}),
    "unsuitable_text": ("bell \x07", {}, {}),
    "many_elements": ([1, 2], {}, {"in": "$.many_elements[*]", "path": "$"}),
    "inexact": (1, {"data_type": "float"}, {"divide": 3}),
    "not_json": ("{", {}, {"parse": "$.tier"}),
}
"""By Why: the value received, the definition of the attribute, and the mapping options."""


def every_why(home: Path) -> None:
    """An action whose answer is rejected for every possible reason."""
    texts = {name: "old" for name, (_, about, _) in WHYS.items() if "data_type" not in about}
    document = {
        "version": 1,
        "workspace": {
            "identity_verification": "jwt",
            "people": [
                {"user_id": "u-1", "email": "ada@example.com", "attributes": {
                    **texts, "not_an_option": "silver"}},
            ],
        },
        "attributes": {
            name: {"data_type": "string", "messenger_writable": False, **about}
            for name, (_, about, _) in WHYS.items()
        },
        "actions": {
            "all": {
                "match": "user_id",
                "request": {"http_method": "get", "url": "https://api.shop.example/all"},
                "response": {
                    "same_person": {"path": "$.email", "equals": "person.email"},
                    "mapping": {
                        name: {"path": f"$.{name}", **policies}
                        for name, (_, _, policies) in WHYS.items()
                    },
                },
            }
        },
    }  # fmt: skip
    answer = {name: value for name, (value, _, _) in WHYS.items() if value is not ABSENT}
    (home / "actions.yaml").write_text(json.dumps(document))
    body = {"string": json.dumps({"email": "ada@example.com", **answer})}
    request = {"method": "GET", "uri": "https://api.shop.example/all", "body": None, "headers": {}}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": body}
    cassette = {"version": 1, "interactions": [{"request": request, "response": response}]}
    (home / "cassettes" / "all.json").write_text(json.dumps(cassette))


def every_outcome(home: Path) -> None:
    """A run that has every outcome for some person and was then interrupted."""
    journal = LocalJournal(home / ".cactions")
    head = RunHead("20260101-000000-00000001", RunKind.APPLY, "loyalty", 1767225600.0, "me@here")
    journal.create_run(head)
    for outcome in [*Outcome, None]:
        name = outcome.value if outcome else "open"
        subject = Subject(name, PersonQuery("user_id", name), f"Somebody ({name})")
        change = Change("tier", "silver", "gold", "$.tier")
        plan = Plan("loyalty", subject, SentCall("GET /", 200), (change,))
        [entry] = journal.record_plans(head.id, [plan])
        if outcome:
            found = (Conflict("tier", "silver", "bronze"),) * (outcome is Outcome.CONFLICT)
            journal.record_outcomes(head.id, [(entry, Receipt(name, outcome, "", found))])
    journal.close()


def broken_store(home: Path) -> None:
    """The store of people is overwritten with garbage."""
    (home / ".cactions").mkdir(mode=0o700)
    (home / ".cactions" / "people.db").write_text("no database" * 100)


def broken_run(home: Path) -> None:
    """One run is readable, another is not."""
    every_outcome(home)
    (home / ".cactions" / "runs" / "20260102-000000-0002.db").write_text("x" * 5000)


def rule_scene(rule: str) -> Scene:
    """Every file that breaks this rule and, mostly, no other; named by the message."""
    files: dict[str, str] = {}
    for case in CASES:
        if case.rule == rule:
            name = "-".join(re.findall(r"[a-z]+", case.words.lower()))[:24] or "fault"
            name += "-again" * (f"{name}.yaml" in files)
            files[f"{name}.yaml"] = marked(SHOP.replace(case.old, case.new, 1))[0]
    return Scene(tuple(f"validate {name}" for name in files), written(**files))


def page_scene(rule: str) -> Scene:
    """The bad and the good example of a rule's page."""
    page = parse_rule_page(BY_NAME[rule.lower()], PAGES[rule])
    return Scene(
        ("validate bad.yaml", "validate good.yaml"),
        written(bad__yaml=page.bad, good__yaml=page.good),
    )


def renamed(home: Path) -> None:
    """The action file has a name that the tool does not look for."""
    (home / "actions.yaml").rename(home / "ex.yaml")


def with_closed_port(home: Path) -> None:
    """An action whose host is this machine on a closed port, and a custom CA file."""
    (home / "ca.pem").write_bytes(authority().ca_file.read_bytes())
    write(home, project(Server(1, authority().ca_file)))


def with_broken_file(home: Path) -> None:
    """The same with a misspelling."""
    with_closed_port(home)
    edited(FILE, ('"actions"', '"actoins"'))(home)


PEOPLE = "user_id,email,name,tier\nu-4,mary@example.com,Mary Jackson,gold\n"
WRONG_PEOPLE = "user_id,email,age\nu-4,mary,\n,x@example.com,4\nu-4,y@example.com,\n"

IMPORT = "people import people.csv"
RUNS = (*both("runs list"), *both("runs show last"))
PRUNE = "runs prune --keep 0 --yes"
APPLIED = f"run {LOYALTY} --yes"

SLIPS = """\
version: 1
workspace: {identity_verification: jwt}
attributes:
  store: {data_type: string, messenger_writable: false}
actions:
  loyalty:
    macth: user_id  # how they are found
    request:
      http_method: GET
      url: https://api.shop.example/customers/{{ person.user_id }}
      query:
        phone: {{ person.phone }}
    response:
      mapping:  # cactions: ignore[CA101] nobody knows why
        store: $.store
"""

SUPPRESSED = """\
version: 1
workspace: {identity_verification: jwt}
attributes:
  store: {data_type: string, messenger_writable: true}
  tier: {data_type: string, options: [silver, gold], messenger_writable: true}
actions:
  loyalty:
    match: user_id
    request:
      http_method: get
      url: https://api.shop.example/customers/{{ person.user_id }}
      query: {store: "{{ person.attributes.store }}"}
    response:
      mapping:
        tier: $.tier
allow:
  - rule: CA101
    where: actions.loyalty.request.query.store
    reason: the store narrows the answer and says nothing of whose it is
    owner: ada@example.com
    expires: 2099-12-31
  - rule: CA201
    where: actions.loyalty.response.mapping
    reason: the shop answers for the token's own customer only
    owner: ada@example.com
    expires: 2020-01-31
  - {rule: CA209, where: actions.loyalty.response.mapping.tier, reason: shown to them anyway,
     owner: ada@example.com, expires: 2099-12-31}
""".replace("2099-12-31", NEXT_YEAR)
"""One suppression is valid, one is expired, one applies to a note."""

ALLOWED = """
allow:
  - rule: CA106
    where: actions.delivery.data_inputs[0]
    reason: nothing is sent without it
    owner: ada@example.com
    expires: 2099-12-31
actions:
""".replace("2099-12-31", NEXT_YEAR)

LEAK = """\
version: 1
workspace: {identity_verification: jwt}
attributes:
  shop_id: {data_type: string, messenger_writable: true}
  crm_id: {data_type: string, messenger_writable: false}
  balance: {data_type: integer, messenger_writable: false}
actions:
  shop:
    match: user_id
    request: {http_method: get, url: "https://api.shop.example/c/{{ person.attributes.shop_id }}"}
    response:
      mapping: {crm_id: {path: $.crm_id, max_length: 20}}
  bank:
    match: user_id
    request: {http_method: get, url: "https://api.bank.example/a/{{ person.attributes.crm_id }}"}
    response:
      mapping: {balance: $.balance}
"""
"""attribute -> action -> attribute -> action."""

SCENES: dict[str, Scene] = {
    "version": Scene(("--version",)),
    "help": Scene(("--help", "")),
    "validate": Scene((*both("validate"), "validate --quiet")),
    "validate_findings": Scene(both("validate twelve.yaml"), written(twelve__yaml=TWELVE)),
    "validate_unreadable": Scene(both("validate bad.yaml"), written(bad__yaml="a: [1\n")),
    "validate_empty": Scene(both("validate bad.yaml"), written(bad__yaml="")),
    "validate_nothing_there": Scene(
        ("validate", "validate -f nowhere.yaml", "validate --env prod -f ex.yaml"),
        renamed,
    ),
    **{f"validate_{rule}": rule_scene(rule) for rule in sorted({case.rule for case in CASES})},
    **{f"validate_{rule}": page_scene(rule) for rule in (*SUPPRESSIBLE, LAST.id)},
    "validate_suppressed": Scene(
        (*both("validate ok.yaml"), "validate --fail-on info ok.yaml"), written(ok__yaml=SUPPRESSED)
    ),
    **{
        f"validate_{form}": Scene(
            tuple(f"validate --format {form} {name}" for name in ("leak.yaml", "ok.yaml", FILE)),
            written(leak__yaml=LEAK, ok__yaml=SUPPRESSED),
        )
        for form in ("github", "junit", "markdown")
    },
    "validate_sarif": Scene(("validate --format sarif ok.yaml",), written(ok__yaml=SUPPRESSED)),
    "validate_fix": Scene(
        ("validate --diff slips.yaml", *["validate --fix slips.yaml"] * 2),
        written(slips__yaml=SLIPS),
    ),
    "validate_misuse": Scene((
        "validate --json --format sarif", "validate --fix --diff", "validate --diff --json",
        "validate --format html", "validate --fix - actions.yaml", "validate --stdin-filename x",
        "validate --stdin-filename cassettes -",
    )),
    "validate_leak": Scene(both("validate leak.yaml"), written(leak__yaml=LEAK)),
    "explain": Scene(("explain CA102", "explain ca104 --json", "explain", "explain CA1O1")),
    "diff_leak": Scene(
        ("diff loyalty --person u-1 --replay", "run loyalty --person u-1 --replay --yes", "test"),
        edited(FILE, ("identity_verification: jwt", "identity_verification: false")),
    ),
    "request": Scene(both("request loyalty --person u-1")),
    "request_post": Scene(both("request billing --person u-1")),
    "request_curl": Scene((
        "request loyalty --person u-1 --curl", "request billing --person u-1 --curl",
        "request loyalty --person u-1 --curl --json",
    )),
    "request_failed": Scene(
        (*both("request loyalty --person u-1"), "request loyalty --person u-1 --curl"),
        edited(FILE, (URL, NO_URL)),
    ),
    "test": Scene(both("test")),
    "test_failed": Scene(
        both("test loyalty"), edited(FILE, ("points: 1280", "points: 1"), ("[tier]", "[coupon]"))
    ),
    "test_misused": Scene(
        both("test delivery"), edited(FILE, ("inputs: {order_id: A-1001}", "inputs: {}"))
    ),
    "test_without_tests": Scene(
        ("test -f one.yaml",), written(one__yaml=SHOP[: SHOP.index("    tests:")])
    ),
    "test_record": Scene(
        ("test --record", "test loyalty --record --json", "test --record --replay"),
    ),
    "test_record_nobody": Scene(
        ("test --record --yes",), edited(FILE, ("email: ada@example.com\n      test: true\n",
                                                "email: ada@example.com\n"))
    ),
    "test_misuse": Scene(("test --cassette x.json", "test loyal")),
    "diff": Scene((*both(f"diff {LOYALTY}"), f"diff {LOYALTY} --exit-code --svg out.svg")),
    "diff_inputs": Scene(both("diff delivery --person u-1 --input order_id=A-1001 --replay")),
    "diff_whys": Scene(both("diff all --person u-1 --replay"), every_why),
    "diff_refused": Scene(both("diff loyalty --person u-2 --replay")),
    "diff_not_same_person": Scene(both("diff loyalty --person u-3 --replay")),
    "diff_redacted": Scene(
        both("diff loyalty --person u-3 --replay"),
        edited(FILE, ("path: $.email\n", "path: $.email\n        redacted: true\n")),
    ),
    "diff_no_value": Scene(
        both(f"diff {LOYALTY}"), edited(FILE, (URL, NO_URL))
    ),
    "diff_no_input": Scene(
        both("diff delivery --person u-1 --replay"),
        edited(FILE, ("required: true", "required: false"), ("\nactions:\n", ALLOWED)),
    ),
    "diff_unfit_value": Scene(
        both(f"diff {LOYALTY}"),
        edited(FILE, ("name: Ada", "phone: a/b\n      name: Ada"), (URL, NO_URL)),
    ),
    "diff_wrong_audience": Scene(
        both("diff loyalty --person email=ada@example.com --replay"),
        edited(FILE, ("email: ada", "role: lead\n      email: ada")),
    ),
    "diff_not_recorded": Scene(
        both(f"diff {LOYALTY}"), edited(RECORDING, ("customers/u-1", "customers/u-9"))
    ),
    "diff_not_success": Scene(
        both(f"diff {LOYALTY}"), edited(RECORDING, ('"code": 200', '"code": 404'))
    ),
    "diff_not_json": Scene(
        both(f"diff {LOYALTY}"), edited(RECORDING, ('{\\"id\\": \\"c-9001\\"', "<html>"))
    ),
    "diff_no_row": Scene(
        both("diff billing --person u-1 --replay"),
        edited("cassettes/billing.json", ('\\"customer\\": \\"u-1\\",', '\\"customer\\": 1,')),
    ),
    "diff_many_rows": Scene(both("diff billing --person u-2 --replay")),
    "diff_nothing": Scene(
        (*both(f"diff {LOYALTY}"), f"run {LOYALTY} --yes"), edited_all(
            (FILE, "success_when: {status: 200}\n      same",
             "nothing_when: {status: 404}\n      same"),
            (RECORDING, '"code": 200', '"code": 404'),
        )
    ),
    "diff_nothing_cleared": Scene(
        both(f"diff {LOYALTY}"), edited_all(
            (FILE, "success_when: {status: 200}\n      same",
             "nothing_when: {status: 404}\n      on_nothing: clear\n      same"),
            (RECORDING, '"code": 200', '"code": 404'),
        )
    ),
    "diff_not_xml": Scene(
        both(f"diff {LOYALTY}"),
        edited(FILE, ("success_when: {status: 200}\n      same", "format: xml\n      same")),
    ),
    "diff_error_under_200": Scene(both("diff billing --person u-3 --replay")),
    "diff_misuse": Scene((
        "diff", "diff loyalty", "diff loyal --person u-1 --replay", "diff loyalty --persn u-1",
        f"diff {LOYALTY} --exit-code=5", f"diff {LOYALTY} more", "diff loyalty --person",
        "diff loyalty --person u_1 --replay", "diff loyalty --person email=ad@example.com --replay",
        "diff loyalty --person u-1", f"diff {LOYALTY} --input a=1", f"diff {LOYALTY} --input a",
        "diff delivery --person u-1 --replay", f"diff {LOYALTY} --env prod",
        f"diff {LOYALTY} --svg no/where.svg", f"diff {LOYALTY} -f nowhere.yaml",
        "diff delivery --person u-1 --replay --input order_id=1 --input order_id=2",
    )),
    "diff_broken_file": Scene(
        (f"diff {LOYALTY}",), edited(FILE, ("match: user_id", "macth: user_id"))
    ),
    "diff_no_recording": Scene((f"diff {LOYALTY} --cassette nowhere.json",)),
    "diff_broken_recording": Scene(
        (f"diff {LOYALTY}",), edited(RECORDING, ('"version": 1', '"version": 1x'))
    ),
    "diff_broken_store": Scene(
        (f"diff {LOYALTY}", APPLIED, "people list"),
        broken_store,
    ),
    "run": Scene((APPLIED, f"diff {LOYALTY}", APPLIED)),
    "run_json": Scene((f"{APPLIED} --json", f"{APPLIED} --json")),
    "run_refused": Scene(("run loyalty --person u-2 --replay --yes",)),
    "run_failed": Scene(both("run loyalty --person u-3 --replay --yes")),
    "run_misuse": Scene((f"run {LOYALTY}", "run loyalty", "run")),
    "where": Scene((
        "diff loyalty --where custom_attributes.tier=Silver --replay --exit-code",
        "diff loyalty --all --replay", "run loyalty --all --replay --yes",
        *both("run loyalty --where name=Nobody --replay --yes"),
        "diff loyalty --where created_at>2026-01-31 --replay --out plan",
    )),
    "where_misuse": Scene((
        "diff loyalty --where", "diff loyalty --where tier=gold --replay",
        "diff loyalty --where role=usr", "diff loyalty --where role==user",
        "diff loyalty --where created_at>=2026-01-31", "diff loyalty --where email",
        'diff loyalty --where name="Ada', "diff loyalty --where os=mac",
        "diff loyalty --where custom_attributes.loyalty_points>many",
        "run loyalty --all --person u-1", "run loyalty --all --where role=user --plan x",
        "run loyalty --all --replay", "run delivery --all --replay --yes",
    )),
    "runs": Scene((*both("runs list"), APPLIED, *RUNS, "runs export last")),
    "runs_undo": Scene((APPLIED, *both("runs undo last --yes"), *RUNS)),
    "runs_outcomes": Scene(RUNS, every_outcome),
    "runs_forget": Scene((APPLIED, "runs forget --person user_id=u-1 --yes", *RUNS)),
    "runs_prune": Scene((PRUNE, APPLIED, PRUNE, "runs list")),
    "runs_misuse": Scene((
        "runs", "runs sho", "runs show", "runs show last", "runs show nope", "runs show ../x",
        "runs undo last", "runs undo last --yes", "runs resume last --yes", "runs export last",
        "runs prune --yes", "runs prune --older-than soon --yes", "runs forget --person u-1",
        "runs forget --person user_id=u-9 --yes",
    )),
    "runs_damaged": Scene(
        both("runs list"),
        broken_run,
    ),
    "people": Scene((*both("people list"), *both("people show email=ada@example.com"))),
    "people_import": Scene(
        (IMPORT, IMPORT, f"{IMPORT} --update", "people show u-4"),
        written(people__csv=PEOPLE),
    ),
    "people_wrong": Scene(("people import people.csv",), written(people__csv=WRONG_PEOPLE)),
    "people_misuse": Scene((
        "people", "people show", "people show u-9", "people show user_id=", "people import",
        "people import nowhere.csv", "people import x.xml", "people import -",
        "people import x.csv --format xml",
    )),
    "doctor": Scene(
        (*both("doctor --ca-file ca.pem"), "doctor --ca-file none.pem",
         "doctor --ca-file ca.pem --proxy me@x"),
        with_closed_port,
    ),
    "doctor_broken_file": Scene(("doctor --ca-file ca.pem",), with_broken_file),
    "schema": Scene(("schema",)),
    "misuse": Scene(("dif", "frobnicate", "--nope", "diff --nope")),
}  # fmt: skip

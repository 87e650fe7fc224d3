"""Every kind of sheet by name, rendered from samples: the content of the golden files."""

from __future__ import annotations

from msgspec.structs import replace

from cactions import model as m
from cactions.logic.plan.undo_plan import invert_plan
from cactions.render import (
    answer,
    bulk,
    doctor,
    error,
    findings,
    people,
    preview,
    receipts,
    request,
    runs,
    test_report,
)
from cactions.render.text import View
from tests.render import bulk_samples, probe_samples, samples

HEAD = m.RunHead(
    "20261122-112900-7f3a",
    m.RunKind.APPLY,
    "loyalty",
    1795346940.5,
    "ada@laptop",
    environment="production",
    source="cassettes/loyalty.json",
)
UNDO = replace(
    HEAD,
    id="20261122-114500-91bc",
    kind=m.RunKind.UNDO,
    started=HEAD.started + 900,
    undoes=HEAD.id,
    source="",
)
CONFLICTS = (m.Conflict("tier", "silver", "bronze"), m.Conflict("points", m.ABSENT, 7))
FOREIGN = (m.Conflict("coupon", None, "SPRING"), m.Conflict("pin", "hidden-a", "hidden-b", True))


def receipt(outcome: m.Outcome, message: str = "", *conflicts: m.Conflict) -> m.Receipt:
    """The receipt of Ada's plan."""
    return m.Receipt("64a1c0ffee", outcome, message, conflicts)


BACK = invert_plan(samples.LOYALTY)
PART = replace(BACK, changes=BACK.changes[:2])
NONE = replace(BACK, changes=())

DONE = m.Run(
    HEAD,
    (
        m.RunEntry(samples.LOYALTY, receipt(m.Outcome.APPLIED), undone_by=UNDO.id),
        m.RunEntry(samples.NO_CHANGES, receipt(m.Outcome.UNCHANGED)),
        m.RunEntry(samples.LOYALTY, receipt(m.Outcome.CONFLICT, "", *CONFLICTS)),
    ),
    finished=True,
)
CUT_OFF = m.Run(
    replace(HEAD, id="20261122-112901-aa00", source="", environment=""),
    (m.RunEntry(samples.UNPROVEN),),
)
UNDONE = m.Run(UNDO, (m.RunEntry(PART, receipt(m.Outcome.APPLIED, "", *FOREIGN)),), finished=True)
PARTLY = replace(
    DONE,
    head=replace(HEAD, id="20261121-080000-0001"),
    entries=(*DONE.entries, m.RunEntry(samples.DATES, receipt(m.Outcome.APPLIED))),
)
EMPTY = m.Run(replace(HEAD, id="20261120-080000-0001"), finished=True)

ADA = m.Person(
    "64a1c0ffee5eed00feedf00d",
    {
        "user_id": "u-1",
        "email": "ada@example.com",
        "name": "Ada Lovelace",
        "signed_up_at": 1764579600,
        "email_verified": True,
    },
    {"tier": "silver", "points": 12, "due": 1764579600, "note": "\x1b[31m", "pin": "hidden-a"},
    test=True,
)
EVE = m.Person(
    "64a1c0ffee5eed00feedf00e",
    {"role": "lead", "email": "a-very-long-address-that-goes-on@subdomain.example.com"},
)
DUE = {"due": m.Attribute("due", m.DataType.DATE)}

BODY = (
    '{"filter":{"customer":"u-1","n":1.10,"e":[],"o":{},"l":[1,{"a":null}]},'
    '"k":"a,b{\\"x","token":"••••••"}'
)
POST = m.Request(
    "POST",
    m.MaskedText("https://api.shop.example/v1/search?q=a%20b", None),
    (
        ("Content-Type", m.MaskedText.of_plain("application/json")),
        ("X-Shop-Token", m.MaskedText(m.MASK, None)),
    ),
    m.MaskedText(BODY, None),
)
TEXT = replace(POST, body=m.MaskedText.of_plain("a=1\x1b[0m\r\nb=[2"), headers=())
GET = m.Request("GET", m.MaskedText.of_plain("https://api.shop.example/v1/customers/u-1"))

REPORTS = (
    m.TestReport("loyalty", "a gold member keeps her tier", samples.LOYALTY),
    m.TestReport(
        "loyalty",
        "a stranger's answer is not for Ada",
        samples.WRONG_PERSON,
        ("status: expected 200, found 404", "tier: expected gold, found silver"),
    ),
    m.TestReport("billing", "no key, no request", samples.NO_VALUE),
)

SUITE = m.SuiteResult(
    (
        m.TestReport("loyalty", "a gold member keeps her tier", samples.LOYALTY, seconds=1.25),
        m.TestReport(
            "loyalty",
            "an old recording",
            samples.WRONG_PERSON,
            (
                "not_recorded: cassettes/loyalty.json holds no answer to GET https://api.shop.example",
            ),
            "To record it: cactions test loyalty --record",
            0.0005,
        ),
    ),
    unused=tuple(
        m.UnusedInteraction(
            "loyalty", "cassettes/loyalty.json", number, "GET https://api.shop.example/v1/old"
        )
        for number in range(1, 24)
    ),
    coverage=(
        m.ActionCoverage(
            "loyalty",
            (
                m.CoveragePoint("attribute tier", met=True),
                m.CoveragePoint("attribute loyalty_points", met=False),
                m.CoveragePoint("same_person refuses", met=False),
            ),
        ),
        m.ActionCoverage("billing", (m.CoveragePoint("success_when refuses", met=True),)),
    ),
    slowest=2,
)

SOURCE = """actions:
  loyalty:
\tmach: user_id # 日本語 e\u0301x
    request: {url: "https://api.shop.example/v1/customers/{{ person.usr_id }}/orders/日本語/日本語"}
    response:
      mapping: {}

  bad\x1b[31m: x
"""


def at(line: int, text: str) -> m.Place:
    """The span of ``text`` in that line of SOURCE."""
    start = SOURCE.split("\n")[line - 1].index(text) + 1
    return m.Place("actions.yaml", line, start, line, start + len(text))


PLACE = m.Place("actions.yaml", 1, 1, 1, 8)
FOUND = (
    m.Finding("CA011", "there is no contact field usr_id", "write person.user_id", at(4, "usr_id")),
    m.Finding("CA002", 'unknown key "mach"', 'did you mean "match"?', at(3, "mach")),
    m.Finding(
        "CA201",
        "a mapped response without same_person: whatever comes back is believed to be about the"
        " person who was asked for",
        "add same_person",
        m.Place("actions.yaml", 5, 5, 7, 1),
        severity=m.Severity.WARNING,
    ),
    m.Finding("CA001", "a control character", "", at(8, "\x1b")),
    m.Finding("CA003", "no actions are defined anywhere"),
    m.Finding("CA001", "cannot be read", "", m.Place("other.yaml", 1, 1, 1, 1)),
)
SOURCES = {"actions.yaml": SOURCE, "other.yaml": ""}
NOT_DONE = "Nothing was sent, and nobody was changed."

CHECKS = (
    m.HealthCheck("files", "", m.Health.OK, "3 actions, no errors"),
    m.HealthCheck("name", "api.shop.example:443", m.Health.OK, "leads to 93.184.216.34"),
    m.HealthCheck(
        "connection",
        "api.shop.example:443",
        m.Health.PROBLEM,
        "the certificate of api.shop.example has expired",
        "Whoever runs the service must renew it, unless this machine's clock is wrong.",
    ),
    m.HealthCheck("clock", "", m.Health.UNKNOWN, "no host could be asked for the time"),
)

LARGE = m.Run(
    replace(HEAD, people=38),
    bulk_samples.to_entries(bulk_samples.PLANNED, written=True),
    finished=False,
)

SHEETS: dict[str, View] = {
    "answer": answer.render_answer(
        m.ShownAnswer(404, "application/json", 1204, ("{", '  "tier": "gold"', "}"), True)
    ),
    "answer_hostile": answer.render_answer(
        m.ShownAnswer(200, "", 1, ("a\x1b[2Jb\u202e", " " * 5, "x" * 200))
    ),
    "bulk_preview": bulk.render_bulk_preview(
        bulk_samples.SUMMARY, replace(HEAD, source=""), closing="Nothing was written."
    ),
    "bulk_preview_hostile": bulk.render_bulk_preview(
        bulk_samples.STRANGE_SUMMARY,
        replace(HEAD, action="loyalty\x1b[2J", workspace=samples.STRANGE_WORKSPACE, source=""),
    ),
    "bulk_preview_none": bulk.render_bulk_preview(m.PlanSummary(0, 0), HEAD),
    "bulk_outcome": bulk.render_bulk_outcome(replace(LARGE, finished=True), seconds=3723),
    "bulk_outcome_cut_off": bulk.render_bulk_outcome(
        replace(
            LARGE,
            head=replace(LARGE.head, workspace=samples.ACME),
            entries=(
                *LARGE.entries,
                m.RunEntry(samples.LOYALTY, receipt(m.Outcome.OUTCOME_UNKNOWN)),
            ),
        ),
        seconds=4.2,
        where=["-f", "shop/actions.yaml"],
    ),
    "run_large": runs.render_run(LARGE),
    **{
        f"preview_{name}": preview.render_preview(
            result,
            workspace=samples.WORKSPACES.get(name, m.WorkspaceName()),
            closing="Nothing was written.",
        )
        for name, result in samples.PREVIEWS.items()
    },
    "receipt_applied": receipts.render_receipt(samples.LOYALTY, receipt(m.Outcome.APPLIED), HEAD),
    "receipt_unchanged": receipts.render_receipt(
        samples.NO_CHANGES, receipt(m.Outcome.UNCHANGED), HEAD
    ),
    "receipt_conflict": receipts.render_receipt(
        samples.LOYALTY, receipt(m.Outcome.CONFLICT, "", *CONFLICTS), HEAD
    ),
    "receipt_failed": receipts.render_receipt(
        samples.LOYALTY, receipt(m.Outcome.FAILED, "the people store is read-only"), HEAD
    ),
    "receipt_in_doubt": receipts.render_receipt(
        samples.LOYALTY, receipt(m.Outcome.OUTCOME_UNKNOWN), HEAD
    ),
    "takeback": receipts.render_undo_preview(PART, FOREIGN, HEAD.id, samples.ACME),
    "takeback_nothing": receipts.render_undo_preview(NONE, (), HEAD.id, HEAD.workspace),
    "undone": receipts.render_undone(UNDO, [PART], [receipt(m.Outcome.APPLIED, "", *FOREIGN)]),
    "undone_conflict": receipts.render_undone(
        UNDO, [NONE], [receipt(m.Outcome.CONFLICT, "", *FOREIGN)]
    ),
    "undone_nobody": receipts.render_undone(UNDO, [], []),
    "runs": runs.render_runs([UNDONE, CUT_OFF, DONE, PARTLY, EMPTY]),
    "runs_of_places": runs.render_runs(
        [
            replace(DONE, head=replace(HEAD, workspace=place))
            for place in (samples.ACME, m.WorkspaceName(), m.WorkspaceName(samples.ACME.key))
        ]
    ),
    "runs_none": runs.render_runs([]),
    "run_done": runs.render_run(DONE),
    "run_cut_off": runs.render_run(CUT_OFF),
    "run_undo": runs.render_run(UNDONE),
    "people": people.render_people([ADA, EVE]),
    "people_none": people.render_people([]),
    "person": people.render_person(ADA, DUE, redacted={m.PersonAttribute("pin")}),
    "person_bare": people.render_person(EVE, {}),
    "people_imported": people.render_import(1203, "people.csv"),
    "request_json": request.render_request(POST),
    "request_text": request.render_request(TEXT),
    "request_get": request.render_request(GET),
    "reports": test_report.render_suite(m.SuiteResult(REPORTS, ("delivery",))),
    "reports_more": test_report.render_suite(SUITE),
    "checks": doctor.render_health_checks(CHECKS),
    "checks_good": doctor.render_health_checks(CHECKS[:2]),
    "findings": findings.render_findings(FOUND, SOURCES),
    "findings_none": findings.render_findings((), SOURCES, actions=3),
    "failure_author": error.render_error(
        m.DefinitionError('token "shop" is not known', hint='did you mean "shop2"?', place=PLACE),
        not_done=NOT_DONE,
    ),
    "failure_files": error.render_error(m.InvalidFiles(FOUND[:1], SOURCES), not_done=NOT_DONE),
    "failure_operator": error.render_error(m.UsageError("there is no terminal to ask on")),
    "failure_remote": error.render_error(m.RemoteError("api.shop.example answered 503")),
    "failure_store": error.render_error(m.StoreError("people.sqlite is locked", hint="try again")),
    "failure_internal": error.render_error(ZeroDivisionError("hidden-a")),
    **probe_samples.SHEETS,
}

"""The JSON documents: what is written can be read, and everything else is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions import model  # pytest would collect a TestReport
from cactions.logic import documents, strict_json
from cactions.logic.bulk.evidence import CallEvidence, ResponseEvidence
from cactions.logic.bulk.names import IdentifierKind
from cactions.logic.bulk.shown_identifiers import ShownIdentifier
from cactions.model import (
    ABSENT,
    Attribute,
    Change,
    ChangeWarning,
    Conflict,
    DataType,
    Edit,
    FailureReason,
    Finding,
    Fix,
    Json,
    KeepReason,
    KeptAttribute,
    Label,
    Outcome,
    PersonAttribute,
    PersonField,
    PersonQuery,
    Place,
    Plan,
    PlanFailure,
    Precondition,
    Proof,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    RunKind,
    SentCall,
    Severity,
    Snapshot,
    StoreError,
    Subject,
    WorkspaceName,
)
from tests import documents as readers
from tests.strategies import builds

TEXT = st.text(max_size=3)
FLAG = st.booleans()
COUNT = st.integers()
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | FLAG | COUNT | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
VALUE = JSON | st.just(ABSENT)
HELD = st.none() | FLAG | COUNT | st.floats(allow_nan=False, allow_infinity=False) | TEXT
SCALAR = HELD
HELD |= st.just(ABSENT)
TYPES = st.sampled_from(DataType)


def some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few of them, in a tuple."""
    return st.lists(of, max_size=2).map(tuple)


SUBJECTS = builds(Subject, TEXT, builds(PersonQuery, TEXT, TEXT), TEXT)
CALLS = builds(SentCall, TEXT, st.none() | COUNT, TEXT, TEXT)
INPUTS = st.dictionaries(TEXT, TEXT | COUNT | st.booleans() | st.none(), max_size=3)
CAUTIONS = some(st.sampled_from(ChangeWarning))
CHANGES = builds(Change, TEXT, HELD, HELD, TEXT, TYPES, FLAG, CAUTIONS)
LEFTS = builds(
    KeptAttribute, TEXT, VALUE, st.sampled_from(KeepReason), FLAG, VALUE, TEXT, TEXT, TYPES, FLAG
)
PROOFS = builds(Proof, TEXT, TEXT, VALUE, VALUE, FLAG, TEXT)
REFERENCES = st.sampled_from(
    [PersonField("email"), PersonField("id"), PersonAttribute("tier"), PersonAttribute('a "b" \\')]
)
PREMISES = builds(Precondition, REFERENCES, VALUE)
PLANS = builds(
    Plan,
    TEXT,
    SUBJECTS,
    CALLS,
    some(CHANGES),
    some(LEFTS),
    st.none() | PROOFS,
    some(PREMISES),
    FLAG,
    st.none() | INPUTS,
)
FAILURES = builds(
    PlanFailure,
    TEXT,
    SUBJECTS,
    st.sampled_from(FailureReason),
    TEXT,
    TEXT,
    st.none() | CALLS,
    st.none() | PROOFS,
)
CONFLICTS = builds(Conflict, TEXT, VALUE, VALUE, FLAG)
RECEIPTS = builds(Receipt, TEXT, st.sampled_from(Outcome), TEXT, some(CONFLICTS))
TIMES = st.floats(-2_208_988_800, 253_402_300_800, exclude_max=True)
KINDS = st.sampled_from(RunKind)
HEADS = builds(
    RunHead, TEXT, KINDS, TEXT, TIMES, TEXT, builds(WorkspaceName, TEXT, TEXT), TEXT, TEXT, TEXT,
    st.none() | COUNT, TEXT,
)  # fmt: skip
ENTRIES = builds(RunEntry, PLANS, st.none() | RECEIPTS, TEXT)
RUNS = builds(Run, HEADS, some(ENTRIES), FLAG)
PLACES = builds(Place, TEXT, COUNT, COUNT, COUNT, COUNT)
SEVERITIES = st.sampled_from(Severity)
LABELS = builds(Label, TEXT, st.none() | PLACES, TEXT)
FIXES = builds(Fix, TEXT, some(builds(Edit, PLACES, TEXT)), FLAG)
FINDINGS = some(
    builds(
        Finding, TEXT, TEXT, TEXT, st.none() | PLACES, TEXT, SEVERITIES, some(LABELS), some(TEXT),
        st.none() | FIXES,
    )
)  # fmt: skip
ATTRIBUTES = builds(Attribute, TEXT, st.sampled_from(DataType), some(SCALAR), st.none() | FLAG)
SNAPSHOTS = builds(
    Snapshot,
    st.just("attributes.lock.json"),
    TIMES,
    some(ATTRIBUTES).map(lambda several: {one.name: one for one in several}),
    st.none() | FLAG,
)
RESULTS = PLANS | FAILURES
CHECKS = some(builds(model.HealthCheck, TEXT, TEXT, st.sampled_from(model.Health), TEXT, TEXT))
REPORTS = some(builds(model.TestReport, TEXT, TEXT, RESULTS, some(TEXT)))

BY_NAME = st.dictionaries(TEXT, TEXT, max_size=2)
BASES = builds(model.PlanBasis, TEXT, BY_NAME, BY_NAME, FLAG)
SUMMARIES = builds(
    model.PlanSummary,
    COUNT,
    COUNT,
    st.dictionaries(st.sampled_from(Outcome), COUNT, max_size=2),
    some(
        builds(
            model.AttributeCounts,
            TEXT,
            st.dictionaries(st.sampled_from(model.ChangeKind), COUNT, max_size=1),
            COUNT,
            COUNT,
        )
    ),
    some(
        builds(
            model.Transition,
            TEXT,
            st.sampled_from(model.ChangeKind),
            COUNT,
            HELD,
            HELD,
            FLAG,
            TYPES,
        )
    ),
    COUNT,
    some(builds(model.OutcomeReason, st.sampled_from(Outcome), TEXT, COUNT, some(TEXT))),
    some(PLANS),
    some(TEXT),
    some(TEXT),
    BASES,
    COUNT,
    COUNT,
    COUNT,
    COUNT,
    TIMES,
    TIMES,
)

ROWS = builds(
    model.JobRow,
    COUNT,
    builds(PersonQuery, TEXT, TEXT, st.none() | st.sampled_from(model.Role)),
    INPUTS,
    some(PREMISES),
    TEXT,
)

DIGESTS = st.integers(-(2**63), 2**63)
EVIDENCE = builds(
    CallEvidence,
    builds(
        ResponseEvidence,
        some(DIGESTS),
        st.none() | DIGESTS,
        some(builds(
            ShownIdentifier, TEXT, st.sampled_from(IdentifierKind), DIGESTS, FLAG, FLAG, FLAG, FLAG
        )),
    ),
    st.none() | st.integers(100, 599),
    st.none() | st.sampled_from(model.FailureReason),
    FLAG,
)  # fmt: skip


def read_object(text: str) -> dict[str, Json]:
    """The object that a text holds."""
    document = strict_json.parse_json(text)
    assert isinstance(document, dict)
    return document


Codec = tuple[str, st.SearchStrategy[Any], Callable[..., dict[str, Json]], Callable[[Json], Any]]
CODECS: list[Codec] = [
    ("cactions.plan/1", PLANS, documents.plan_to_json, documents.plan_from_json),
    (
        "cactions.plan/2",
        PLANS,
        lambda plan, redact: read_object(documents.write_plan(plan)),
        documents.plan_from_cell,
    ),
    ("cactions.failed/1", FAILURES, documents.failed_to_json, readers.failed_from_json),
    ("cactions.receipt/1", RECEIPTS, documents.receipt_to_json, documents.receipt_from_json),
    (
        "cactions.head/1",
        HEADS,
        lambda head, redact: documents.head_to_json(head),
        documents.head_from_json,
    ),
    ("cactions.run/1", RUNS, documents.run_to_json, readers.run_from_json),
    (
        "cactions.findings/2",
        FINDINGS,
        lambda f, redact: documents.findings_to_json(f),
        readers.findings_from_json,
    ),
    (
        "cactions.attributes/1",
        SNAPSHOTS,
        lambda one, redact: documents.snapshot_to_json(one),
        lambda document: documents.snapshot_from_json(document, "attributes.lock.json"),
    ),
    ("cactions.test/1", REPORTS, documents.reports_to_json, readers.reports_from_json),
    (
        "cactions.summary/1",
        SUMMARIES,
        documents.summary_to_json,
        documents.summary_from_json,
    ),
    (
        "cactions.evidence/1",
        EVIDENCE,
        lambda shown, **_: documents.evidence_to_json(shown),
        documents.evidence_from_json,
    ),
    (
        "cactions.row/1",
        ROWS,
        lambda row, **_: read_object(documents.write_row(row)),
        documents.row_from_json,
    ),
    (
        "cactions.doctor/1",
        CHECKS,
        lambda found, **_: documents.checks_to_json(found),
        readers.checks_from_json,
    ),
]
CODEC = pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec[0])

UNUSUAL = {
    "cactions.plan/2": {"status", "source", "key", "left", "proof", "from_search", "inputs"},
    "cactions.row/1": {"premises", "key", "role"},
    "cactions.evidence/1": {"status", "failure", "other", "record"},
}
"""What a cell of the journal has only where it says something."""

SAMPLE = Plan(
    "loyalty",
    Subject("p1", PersonQuery("user_id", "u-1"), "Ada"),
    SentCall("GET https://api.shop.example/customers/u-1", 200, "cassettes/loyalty.json"),
    (
        Change("tier", ABSENT, "gold", "$.tier", cautions=(ChangeWarning.USER_EDITABLE,)),
        Change("ssn", "canary-1", None, "$.ssn", redacted=True, cautions=(ChangeWarning.CLEARS,)),
    ),
    (
        KeptAttribute(
            "points",
            None,
            KeepReason.WRONG_TYPE,
            refused=True,
            received="many",
            detail="no number",
            source="$.p",
            data_type=DataType.INTEGER,
        ),
        KeptAttribute("pin", "canary-2", KeepReason.NOT_OURS, received="canary-3", redacted=True),
    ),
    Proof("$.ssn", "person.attributes.ssn", "canary-4", "canary-5", redacted=True, verified="yes"),
)


@CODEC
@given(data=st.data())
def test_a_written_document_reads_back_unchanged(codec: Codec, data: st.DataObject) -> None:
    """Strictly compared (``repr`` distinguishes true, 1 and 1.0), and through JSON text."""
    name, things, to_json, from_json = codec
    thing = data.draw(things)
    document = to_json(thing, redact=False)
    assert document["format"] == name
    assert repr(thing) == repr(from_json(document))
    text = strict_json.dump_json(document)
    assert repr(thing) == repr(from_json(strict_json.parse_json(text)))
    assert text == strict_json.dump_json(to_json(from_json(document), redact=False))


@CODEC
@given(data=st.data())
def test_a_document_with_one_change_is_read_exactly_or_refused(
    codec: Codec, data: st.DataObject
) -> None:
    """Refused with a StoreError; what is read equals the document."""
    _, things, to_json, from_json = codec
    document = copy.deepcopy(to_json(data.draw(things), redact=False))
    damage(document, data)
    with suppress(StoreError):
        thing = from_json(document)
        assert repr(thing) == repr(from_json(to_json(thing, redact=False)))


def damage(document: Json, data: st.DataObject) -> None:
    """Replace, remove or add one thing, somewhere."""
    routes = list(containers(document))
    spot = data.draw(st.sampled_from(routes))
    key = data.draw(
        st.sampled_from([*(spot if isinstance(spot, dict) else range(len(spot))), "new"])
    )
    if isinstance(spot, list):
        spot[key if isinstance(key, int) else 0 :] = data.draw(st.lists(JSON, max_size=1))
    elif data.draw(FLAG):
        spot.pop(key, None)
    else:
        spot[key] = data.draw(JSON | st.sampled_from(["cactions.plan/2", "gold", 10**400]))


def containers(value: Json) -> list[Any]:
    """All objects and lists in the document."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    own = [value] if isinstance(value, dict | list) else []
    return own + [each for item in inner for each in containers(item)]


@CODEC
@given(document=JSON)
def test_other_json_is_refused(codec: Codec, document: Any) -> None:
    """Never with a KeyError or a TypeError."""
    with pytest.raises(StoreError):
        codec[3](document)


@CODEC
@given(data=st.data())
def test_an_unknown_version_is_refused(codec: Codec, data: st.DataObject) -> None:
    """The error names both versions; nothing is guessed."""
    name, things, to_json, from_json = codec
    document = to_json(data.draw(things), redact=False)
    with pytest.raises(StoreError) as caught:
        from_json({**document, "format": f"{name}0"})
    assert name in str(caught.value)
    assert "newer" in caught.value.hint


OPTIONAL = {"error_type", "people", "from_search", "inputs", "retries", "key", "workspace_name"}
"""Keys that are computed, that older runs did not have, or that stand only where they say more."""


@CODEC
@given(data=st.data())
def test_missing_and_unknown_keys_are_refused(codec: Codec, data: st.DataObject) -> None:
    """Except computed keys, and keys that older runs did not have."""
    _, things, to_json, from_json = codec
    document = to_json(data.draw(things), redact=False)
    for key in document.keys() - OPTIONAL - UNUSUAL.get(codec[0], set()):
        with pytest.raises(StoreError, match="missing"):
            from_json({k: v for k, v in document.items() if k != key})
    with pytest.raises(StoreError, match="not known"):
        from_json({**document, "more": None})


def test_a_summary_of_an_older_version_says_nothing_of_its_basis() -> None:
    """It can be read, so that its plan is refused with a reason."""
    document = documents.summary_to_json(model.PlanSummary(2, 1), redact=False)
    newer = ("basis", "from_search", "from_reading", "planned", "age")
    old = {key: value for key, value in document.items() if key not in newer}
    assert model.PlanSummary(2, 1) == documents.summary_from_json({**old, "definition": "0a"})
    with pytest.raises(StoreError, match="basis is missing"):
        documents.summary_from_json(old)


def test_the_plan_document_has_the_documented_form() -> None:
    """Other programs rely on it: a change here needs a new version."""
    assert documents.plan_to_json(SAMPLE, redact=True) == {
        "format": "cactions.plan/1",
        "action": "loyalty",
        "subject": {
            "person_id": "p1",
            "matched": {"field": "user_id", "value": "u-1"},
            "label": "Ada",
        },
        "call": {
            "line": "GET https://api.shop.example/customers/u-1",
            "status": 200,
            "source": "cassettes/loyalty.json",
        },
        "changes": [
            {
                "attribute": "tier",
                "kind": "add",
                "after": "gold",
                "source": "$.tier",
                "data_type": "string",
                "redacted": False,
                "cautions": ["user_editable"],
            },
            {
                "attribute": "ssn",
                "kind": "clear",
                "withheld": True,
                "source": "$.ssn",
                "data_type": "string",
                "redacted": True,
                "cautions": ["clears"],
            },
        ],
        "left": [
            {
                "attribute": "points",
                "before": None,
                "got": "many",
                "why": "wrong_type",
                "refused": True,
                "detail": "no number",
                "source": "$.p",
                "data_type": "integer",
                "redacted": False,
            },
            {
                "attribute": "pin",
                "withheld": True,
                "why": "not_ours",
                "refused": False,
                "detail": "",
                "source": "",
                "data_type": "string",
                "redacted": True,
            },
        ],
        "proof": {
            "path": "$.ssn",
            "equals": "person.attributes.ssn",
            "withheld": True,
            "redacted": True,
            "verified": "yes",
            "strength": "proven",
            "basis": "",
        },
    }


def test_a_failure_holds_intercoms_own_term() -> None:
    """So that our output can be compared with its logs."""
    failure = PlanFailure("loyalty", SAMPLE.subject, FailureReason.NO_ANSWER, "no answer came")
    document = documents.failed_to_json(failure, redact=True)
    assert (document["reason"], document["error_type"]) == ("no_answer", "faraday_error")
    assert (document["call"], document["proof"]) == (None, None)


def test_findings_hold_their_place_in_flat_keys() -> None:
    """A finding without a place has null there."""
    place = Place("actions.yaml", 3, 5, 3, 9)
    findings = (
        Finding("CA201", "No proof.", "Add it.", place, "actions.loyalty"),
        Finding("CA1", "x"),
    )
    document: Any = documents.findings_to_json(findings)
    first, second = document["findings"]
    assert first == {
        "rule": "CA201",
        "severity": "error",
        "message": "No proof.",
        "hint": "Add it.",
        "file": "actions.yaml",
        "line": 3,
        "column": 5,
        "end_line": 3,
        "end_column": 9,
        "route": "actions.loyalty",
        "labels": [],
        "notes": [],
        "fix": None,
    }
    assert {None} == {second[key] for key in ("file", "line", "column", "end_line", "end_column")}


def test_a_test_report_holds_whether_it_passed() -> None:
    """Its result is a plan or a failure, according to its format."""
    reports = (
        model.TestReport("loyalty", "gold", SAMPLE),
        model.TestReport("loyalty", "wood", SAMPLE, ("no",)),
    )
    document: Any = documents.reports_to_json(reports, redact=False)
    assert [True, False] == [report["passed"] for report in document["tests"]]
    assert reports == readers.reports_from_json(document)


RECEIPT = Receipt(
    "p1", Outcome.CONFLICT, "", (Conflict("pin", "canary-6", "canary-7", redacted=True),)
)
HEAD = RunHead("r1", RunKind.APPLY, "loyalty", 1.5, "ada@desk")


def test_a_stored_run_of_an_older_version_is_read_without_a_name() -> None:
    """It is called by its id; what is local is stored as it always was."""
    acme = model.WorkspaceName("intercom:abc12345", "Acme")
    stored = documents.head_to_json(replace(HEAD, workspace=acme))
    assert acme == documents.head_from_json(stored).workspace
    del stored["workspace_name"]
    assert model.WorkspaceName(acme.key) == documents.head_from_json(stored).workspace
    assert "workspace_name" not in documents.head_to_json(HEAD)


@given(PLANS)
def test_a_stored_plan_of_an_older_version_is_read(plan: Plan) -> None:
    """As ``cactions.plan/1``; what is stored now is never longer, and says the same."""
    older = documents.plan_to_json(plan, redact=False)
    stored = read_object(documents.write_plan(plan))
    assert repr(documents.plan_from_cell(older)) == repr(documents.plan_from_cell(stored))
    assert len(strict_json.dump_json(stored)) < len(strict_json.dump_json(older))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("premises", [[]]),
        ("premises", [["person.id", 1, 2]]),
        ("premises", ["person.id"]),
        ("premises", [["input.a", 1]]),
        ("changes", [{"attribute": "tier", "same": 1}]),
        ("changes", [{"attribute": "tier", "afterr": "gold"}]),
        ("proof", {"path": "$.id"}),
        ("proof", None),
        ("label", 1),
        ("format", "cactions.plan/3"),
    ],
)
def test_a_stored_plan_that_does_not_fit_is_refused(key: str, value: Json) -> None:
    """Also a misspelt key, which must not read as nothing."""
    document = {**read_object(documents.write_plan(SAMPLE)), key: value}
    with pytest.raises(StoreError, match="plan"):
        documents.plan_from_cell(document)


WITH_SECRETS: list[tuple[Any, Callable[..., dict[str, Json]], Callable[[Json], Any]]] = [
    (SAMPLE, documents.plan_to_json, documents.plan_from_json),
    (replace(SAMPLE, changes=(), proof=None), documents.plan_to_json, documents.plan_from_json),
    (SAMPLE, documents.result_to_json, readers.result_from_json),
    (
        PlanFailure("a", SAMPLE.subject, FailureReason.NOT_SAME_PERSON, "", proof=SAMPLE.proof),
        documents.failed_to_json,
        readers.failed_from_json,
    ),
    (RECEIPT, documents.receipt_to_json, documents.receipt_from_json),
    (Run(HEAD, (RunEntry(SAMPLE, RECEIPT),)), documents.run_to_json, readers.run_from_json),
    ((model.TestReport("a", "t", SAMPLE),), documents.reports_to_json, readers.reports_from_json),
]


@pytest.mark.parametrize(("thing", "to_json", "from_json"), WITH_SECRETS)
def test_redacted_values_are_written_for_the_journal_only(
    thing: Any, to_json: Callable[..., dict[str, Json]], from_json: Callable[[Json], Any]
) -> None:
    """A document for users says that they are withheld, and is refused when read back."""
    shown = to_json(thing, redact=True)
    assert "canary" in strict_json.dump_json(to_json(thing, redact=False))
    assert "canary" not in strict_json.dump_json(shown)
    with pytest.raises(StoreError, match="redacted"):
        from_json(shown)


@CODEC
@given(data=st.data())
def test_redaction_only_removes_data(codec: Codec, data: st.DataObject) -> None:
    """Nothing else differs between the two documents."""
    _, things, to_json, _ = codec
    thing = data.draw(things)
    assert without_values(to_json(thing, redact=True)) == without_values(
        to_json(thing, redact=False)
    )


def without_values(document: Json) -> Json:
    """The document without redacted values and without data that only a commit reads."""
    if isinstance(document, list):
        return [without_values(item) for item in document]
    if not isinstance(document, dict):
        return document
    hidden = ("withheld", "before", "after", "got", "expected", "found")
    dropped = ("premises", "inputs", *(hidden if document.get("redacted") is True else ()))
    return {key: without_values(item) for key, item in document.items() if key not in dropped}


@pytest.mark.parametrize(
    ("route", "wrong", "why"),
    [
        (("action",), 1, "action should be a text"),
        (("call", "status"), "200", "call.status should be a whole number"),
        (("call", "status"), True, "call.status should be a whole number"),
        (("call", "status"), 200.0, "call.status should be a whole number"),
        (("changes",), {}, "changes should be a list"),
        (("changes", 0), [], "changes[0] should be an object"),
        (("changes", 0, "redacted"), 1, "changes[0].redacted should be true or false"),
        (("changes", 0, "cautions"), [None], "changes[0].cautions should hold texts only"),
        (("changes", 0, "cautions"), ["x"], "changes[0].cautions should be one of user_editable"),
        (("left", 1, "data_type"), "text", "left[1].data_type should be one of string, integer"),
        (("proof",), "", "proof should be an object"),
        (("subject",), None, "subject should be an object"),
    ],
)
def test_a_value_of_another_type_is_refused_at_its_place(
    route: tuple[Any, ...], wrong: Json, why: str
) -> None:
    """The message names the place and the expected type, not the value."""
    document: Any = copy.deepcopy(documents.plan_to_json(SAMPLE, redact=False))
    spot = document
    for step in route[:-1]:
        spot = spot[step]
    spot[route[-1]] = wrong
    with pytest.raises(StoreError) as caught:
        documents.plan_from_json(document)
    assert f"the document cannot be read: plan.{why}" in str(caught.value)
    assert "damaged" in caught.value.hint


def test_a_misspelt_key_is_refused_by_name() -> None:
    """It would otherwise count as missing, and clear the attribute."""
    document: Any = copy.deepcopy(documents.plan_to_json(SAMPLE, redact=False))
    document["changes"][0]["aftr"] = document["changes"][0].pop("after")
    with pytest.raises(StoreError, match=r"plan\.changes\[0\]\.aftr is not known"):
        documents.plan_from_json(document)


def test_the_kind_of_a_change_is_computed_and_not_read() -> None:
    """The value in a document is ignored."""
    document: Any = copy.deepcopy(documents.plan_to_json(SAMPLE, redact=False))
    document["changes"][0]["kind"] = "same"
    assert documents.plan_from_json(document) == SAMPLE


def test_an_older_run_may_lack_the_number_of_people() -> None:
    """It reads as null does."""
    document = documents.head_to_json(HEAD)
    assert document.pop("people") is None
    assert documents.head_from_json(document) == HEAD


@pytest.mark.parametrize("started", [True, "1", None, 2**53, 10**400, 1e300, -2_208_988_801])
def test_a_time_must_be_a_valid_timestamp(started: Json) -> None:
    """With or without a fraction."""
    document = documents.head_to_json(HEAD)
    assert documents.head_from_json({**document, "started": 2}).started == 2.0
    with pytest.raises(StoreError, match=r"head\.started should be a time"):
        documents.head_from_json({**document, "started": started})


@pytest.mark.parametrize("key", ["before", "after"])
@pytest.mark.parametrize("value", [{"x": [1]}, [], [1]])
def test_a_change_to_a_value_that_no_attribute_can_hold_is_refused(key: str, value: Json) -> None:
    """Only a forged plan would contain it."""
    change = Change("tier", "silver", "gold")
    plan = Plan("loyalty", Subject("p1", PersonQuery("id", "p1")), SentCall(""), (change,))
    document: Any = documents.plan_to_json(plan, redact=False)
    document["changes"][0][key] = value
    with pytest.raises(StoreError, match=rf"changes\[0\]\.{key} should be one value"):
        documents.plan_from_json(document)


def test_inputs_that_cannot_be_stored_are_not_kept() -> None:
    """Bytes of a command line that are no UTF-8: the plan is stored without its inputs."""
    for inputs, kept in (({"color": "red"}, {"color": "red"}), ({"color": "\udcff"}, None)):
        plan = replace(SAMPLE, inputs=inputs)
        text = strict_json.dump_json(documents.plan_to_json(plan, redact=False))
        assert text.encode()
        assert kept == documents.plan_from_json(strict_json.parse_json(text)).inputs


def test_inputs_are_not_in_a_document_for_readers() -> None:
    """They may identify a person."""
    plan = replace(SAMPLE, inputs={"color": "red"})
    assert "inputs" not in documents.plan_to_json(plan, redact=True)

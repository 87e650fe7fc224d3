"""Documents read back into values: tests compare what was written with what is read.

The program itself reads only what it stores: plans, receipts, heads of runs and snapshots.
"""

from __future__ import annotations

from cactions.logic.documents.findings import FINDINGS, PLACE_KEYS, TEST
from cactions.logic.documents.plans import (
    FAILED,
    PLAN,
    read_call,
    read_plan,
    read_plan_body,
    read_proof,
    read_subject,
)
from cactions.logic.documents.runs import RUN, read_head, read_receipt
from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.model import (
    Edit,
    FailureReason,
    Finding,
    Fix,
    Health,
    HealthCheck,
    Json,
    Label,
    Place,
    Plan,
    PlanFailure,
    Run,
    RunEntry,
    Severity,
    SuppressedFinding,
    Suppression,
    TestReport,
)


def findings_from_json(document: Json) -> tuple[Finding, ...]:
    """The findings. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, read_findings, "findings")


def reports_from_json(document: Json) -> tuple[TestReport, ...]:
    """The reports. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, read_tests, "tests")


def read_findings(fields: StrictReader) -> tuple[Finding, ...]:
    fields.format(FINDINGS)
    fields.read_each("suppressed", read_suppressed)
    return fields.read_each("findings", read_finding)


def read_text_or_null(fields: StrictReader, key: str) -> str:
    """Empty for null."""
    return "" if fields.is_all_null(key) else fields.read_text(key)


def read_suppressed(fields: StrictReader) -> SuppressedFinding:
    owner, expires = read_text_or_null(fields, "owner"), read_text_or_null(fields, "expires")
    return SuppressedFinding(
        read_finding(fields), Suppression("", fields.read_text("reason"), owner, expires)
    )


def read_finding(fields: StrictReader) -> Finding:
    return Finding(
        rule=fields.read_text("rule"),
        severity=fields.read_word("severity", Severity),
        message=fields.read_text("message"),
        hint=fields.read_text("hint"),
        place=read_place(fields),
        route=fields.read_text("route"),
        labels=fields.read_each("labels", read_label),
        notes=fields.read_texts("notes"),
        fix=fields.read_optional("fix", read_fix),
    )


def read_label(fields: StrictReader) -> Label:
    return Label(fields.read_text("message"), read_place(fields), fields.read_text("route"))


def read_fix(fields: StrictReader) -> Fix:
    return Fix(
        fields.read_text("title"), fields.read_each("edits", read_edit), fields.read_flag("safe")
    )


def read_edit(fields: StrictReader) -> Edit:
    return Edit(read_exact_place(fields), fields.read_text("text"))


def read_place(fields: StrictReader) -> Place | None:
    return None if fields.is_all_null(*PLACE_KEYS) else read_exact_place(fields)


def read_exact_place(fields: StrictReader) -> Place:
    return Place(
        file=fields.read_text("file"),
        line=fields.read_integer("line"),
        column=fields.read_integer("column"),
        end_line=fields.read_integer("end_line"),
        end_column=fields.read_integer("end_column"),
    )


def read_tests(fields: StrictReader) -> tuple[TestReport, ...]:
    fields.format(TEST)
    return fields.read_each("tests", read_test)


def read_test(fields: StrictReader) -> TestReport:
    fields.skip("passed")
    return TestReport(
        action=fields.read_text("action"),
        test=fields.read_text("test"),
        problems=fields.read_texts("problems"),
        hint=fields.read_text("hint"),
        result=fields.read_object("result", read_result),
    )


def checks_from_json(document: Json) -> tuple[HealthCheck, ...]:
    """The checks. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, read_checks, "checks")


def read_checks(fields: StrictReader) -> tuple[HealthCheck, ...]:
    fields.format("cactions.doctor/1")
    return fields.read_each("checks", read_check)


def read_check(fields: StrictReader) -> HealthCheck:
    return HealthCheck(
        topic=fields.read_text("topic"),
        subject=fields.read_text("subject"),
        health=fields.read_word("health", Health),
        message=fields.read_text("message"),
        hint=fields.read_text("hint"),
    )


def failed_from_json(document: Json) -> PlanFailure:
    """The failure. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, read_failed, "failed")


def result_from_json(document: Json) -> Plan | PlanFailure:
    """The plan or the failure, by its format. Raises StoreError as the two do."""
    return read_document(document, read_result, "result")


def read_result(fields: StrictReader) -> Plan | PlanFailure:
    """A plan or a failure inside a larger document."""
    is_plan = fields.format(PLAN, FAILED) == PLAN
    return read_plan_body(fields) if is_plan else read_failed_body(fields)


def read_failed(fields: StrictReader) -> PlanFailure:
    fields.format(FAILED)
    return read_failed_body(fields)


def read_failed_body(fields: StrictReader) -> PlanFailure:
    fields.skip("error_type")
    return PlanFailure(
        action=fields.read_text("action"),
        subject=fields.read_object("subject", read_subject),
        reason=fields.read_word("reason", FailureReason),
        message=fields.read_text("message"),
        hint=fields.read_text("hint"),
        call=fields.read_optional("call", read_call),
        proof=fields.read_optional("proof", read_proof),
    )


def run_from_json(document: Json) -> Run:
    """The run. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, read_run, "run")


def read_entry(fields: StrictReader) -> RunEntry:
    return RunEntry(
        plan=fields.read_object("plan", read_plan),
        receipt=fields.read_optional("receipt", read_receipt),
        undone_by=fields.read_text("undone_by"),
    )


def read_run(fields: StrictReader) -> Run:
    fields.format(RUN)
    return Run(
        head=fields.read_object("head", read_head),
        entries=fields.read_each("entries", read_entry),
        finished=fields.read_flag("finished"),
        authentic=fields.read_flag("authentic") if fields.has("authentic") else True,
    )

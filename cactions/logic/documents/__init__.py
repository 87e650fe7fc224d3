"""JSON documents: what other programs may rely on, and what the journal holds.

- Every document names its ``format`` and version; another version is refused, never guessed at.
- A key is left out only where there is no value at all (ABSENT); null is null.
- ``kind``, ``error_type`` and ``passed`` are computed for readers and ignored when read back.
- With ``redact`` the values of redacted changes, kept attributes, proofs and conflicts are left
  out, with ``"redacted": true, "withheld": true`` in their place. Such a document is refused when
  read back: a missing value would mean an empty one. ``redact=False`` is for the journal only.
- ``from_json(to_json(x, redact=False)) == x``, and the same through JSON text.
- A ``from_json`` raises StoreError for whatever does not fit exactly, and nothing else.
"""

from __future__ import annotations

from cactions.logic.documents.audits import audit_to_json, pull_to_json
from cactions.logic.documents.cells import plan_from_cell, write_plan
from cactions.logic.documents.command_output import (
    checks_to_json,
    fetched_to_json,
    outcome_to_json,
    people_to_json,
    preview_to_json,
    request_to_json,
    runs_to_json,
    undo_to_json,
)
from cactions.logic.documents.connectors import (
    connector_diff_to_json,
    connector_push_to_json,
    connector_versions_to_json,
    connectors_to_json,
    execution_to_json,
    executions_to_json,
)
from cactions.logic.documents.definitions import (
    changes_to_json,
    definitions_to_json,
    publication_to_json,
    published_to_json,
)
from cactions.logic.documents.evidence import evidence_from_json, evidence_to_json
from cactions.logic.documents.findings import (
    findings_to_json,
    pages_to_json,
    reports_to_json,
    suite_to_json,
)
from cactions.logic.documents.identity import identity_to_json
from cactions.logic.documents.job_rows import row_from_json, write_row
from cactions.logic.documents.plans import (
    failed_to_json,
    plan_from_json,
    plan_to_json,
    result_to_json,
)
from cactions.logic.documents.probes import probe_from_json, probe_to_json
from cactions.logic.documents.runs import (
    bulk_to_json,
    conflict_to_json,
    head_from_json,
    head_to_json,
    receipt_from_json,
    receipt_to_json,
    run_to_json,
    run_to_lines,
    tally_to_json,
)
from cactions.logic.documents.settings import settings_to_json
from cactions.logic.documents.snapshots import (
    attribute_differences_to_json,
    snapshot_from_json,
    snapshot_to_json,
)
from cactions.logic.documents.strict_reader import DAMAGED
from cactions.logic.documents.summaries import (
    basis_from_json,
    basis_to_json,
    summary_from_json,
    summary_to_json,
)

__all__ = [
    "DAMAGED",
    "attribute_differences_to_json",
    "audit_to_json",
    "basis_from_json",
    "basis_to_json",
    "bulk_to_json",
    "changes_to_json",
    "checks_to_json",
    "conflict_to_json",
    "connector_diff_to_json",
    "connector_push_to_json",
    "connector_versions_to_json",
    "connectors_to_json",
    "definitions_to_json",
    "evidence_from_json",
    "evidence_to_json",
    "execution_to_json",
    "executions_to_json",
    "failed_to_json",
    "fetched_to_json",
    "findings_to_json",
    "head_from_json",
    "head_to_json",
    "identity_to_json",
    "outcome_to_json",
    "pages_to_json",
    "people_to_json",
    "plan_from_cell",
    "plan_from_json",
    "plan_to_json",
    "preview_to_json",
    "probe_from_json",
    "probe_to_json",
    "publication_to_json",
    "published_to_json",
    "pull_to_json",
    "receipt_from_json",
    "receipt_to_json",
    "reports_to_json",
    "request_to_json",
    "result_to_json",
    "row_from_json",
    "run_to_json",
    "run_to_lines",
    "runs_to_json",
    "settings_to_json",
    "snapshot_from_json",
    "snapshot_to_json",
    "suite_to_json",
    "summary_from_json",
    "summary_to_json",
    "tally_to_json",
    "undo_to_json",
    "write_plan",
    "write_row",
]

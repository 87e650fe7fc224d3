"""An identity check in the file hides nothing of a connector that Intercom runs without it."""

from __future__ import annotations

import json
from copy import deepcopy
from itertools import chain
from typing import Any

import pytest
import yaml

from tests.definitions import BY_EMAIL, action, file, request, response
from tests.lint_results import errors_and_warnings, linted
from tests.rules.corpus import BAD, GOOD
from tests.rules.test_definitions import HONEST, LEAKING, NOW
from tests.run_report import REPORT

PROOF = {"path": "$.email", "equals": "person.email", "verified": "by a mail with a link"}
TEXTS = [*chain(*BAD.values(), *GOOD.values()), *(each.read_text() for each in (*LEAKING, *HONEST))]
BY_PHONE = "https://api.shop.example/customers/{{ person.phone }}"
BY_USER_ID = "https://api.shop.example/customers/{{ person.user_id }}"


BARE = "Intercom runs this connector without same_person"


def read_actions(text: str) -> dict[str, Any] | None:
    """The document; None where its actions are no maps."""
    document = yaml.safe_load(text)
    actions = document.get("actions") if isinstance(document, dict) else None
    is_sound = isinstance(actions, dict) and all(
        isinstance(each, dict) for each in actions.values()
    )
    return document if is_sound else None


def write(document: dict[str, Any], proof: dict[str, Any] | None) -> str:
    """Every action that maps something is a connector, with this identity check or with none."""
    changed = deepcopy(document)
    for number, each in enumerate(changed["actions"].values()):
        each["connector_id"] = str(number)
        answer = each.get("response") or {}
        answer.pop("same_person", None)
        if proof and "mapping" in answer:
            answer["same_person"] = proof
    return json.dumps(changed, default=str)  # a date of a statement


def find(text: str) -> set[tuple[str, str]]:
    found = errors_and_warnings(linted(text, now=NOW).findings)
    return {(finding.rule, finding.route) for finding in found}


def test_a_proof_hides_nothing_of_a_connector() -> None:
    """Each definition of the corpus as connectors, without a proof and with one."""
    compared = found = 0
    for text in TEXTS:
        document = read_actions(text)
        if document is None:
            continue
        bare = find(write(document, None))
        assert bare <= find(write(document, PROOF)), text
        compared += 1
        found += len(bare)
    REPORT.append(f"connectors with a proof: {compared}, all {found} findings of the bare ones too")
    assert compared >= 400
    assert found >= 200


def test_no_hint_names_what_intercom_does_not_have() -> None:
    """Of all the connectors above: it makes no identity check, and has no rows."""
    hints = {
        finding.hint
        for text in TEXTS
        if (document := read_actions(text))
        for finding in linted(write(document, PROOF), now=NOW).findings
        if BARE in finding.notes
    }
    assert len(hints) >= 10
    assert [] == [hint for hint in hints if "prove" in hint.split(":")[0] or "rows:" in hint]


@pytest.mark.parametrize(
    ("url", "connector_id", "rules"),
    [(BY_PHONE, "7", ["CA101"]), (BY_PHONE, "", []), (BY_USER_ID, "7", []), (BY_USER_ID, "", [])],
)
def test_the_finding_says_who_does_not_check(url: str, connector_id: str, rules: list[str]) -> None:
    """Only a connector, and only where its look-up is not safe by itself."""
    named = {"connector_id": connector_id} if connector_id else {}
    text = file(action(request(url), response(BY_EMAIL), **named))
    found = errors_and_warnings(linted(text).findings)
    assert rules == [finding.rule for finding in found]
    for finding in found:
        assert BARE in finding.notes

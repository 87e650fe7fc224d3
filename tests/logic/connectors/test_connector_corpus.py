"""Live connectors of many services: leaks are found, honest ones are left alone, by kind.

Almost half of them were written after the rules. At first sight, 78 of 82 leaks had a finding, and
16 of 85 honest connectors, 11 of these only a warning: for a public thing that no list names.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from cactions.logic.connectors.pulled_project import lint_workspace, pull_workspace
from cactions.logic.connectors.reader import parse_connector
from cactions.model import Attribute, DataType, Severity, Snapshot
from tests.connector_samples import Definition, connector, data_input, maps
from tests.lint_results import NOW
from tests.run_report import REPORT

FOLDER = Path(__file__).parent / "corpus"
RECALL, FALSE_ALARMS = 0.97, 0.05

FIXED = [
    "acct_no",
    "crm_id",
    "loyalty_no",
    "status",
    "plan",
    "tier",
    "store",
    "next_step",
    "city_name",
    "balance",
    "points",
    "renewal",
]
EDITABLE = ["shop_ref", "locale_pref", "language", "currency", "timezone", "city"]
ATTRIBUTES = {
    **{name: Attribute(name, DataType.STRING, messenger_writable=False) for name in FIXED},
    **{name: Attribute(name, DataType.STRING, messenger_writable=True) for name in EDITABLE},
    "unknown_ref": Attribute("unknown_ref", DataType.STRING),
}
VARIABLES = {
    "@u": "{{user.user_id}}", "@e": "{{user.email}}", "@i": "{{contact.id}}",
    "[[": "{{", "]]": "}}",
}  # fmt: skip
INPUT = re.compile(r"\{\{\s*([A-Za-z_][\w -]*?)\s*(?:\|[^}]*)?\}\}")


class Line(NamedTuple):
    """A connector, and the kind that it is of."""

    kind: str
    text: str
    definition: Definition


def read_lines(name: str) -> list[Line]:
    """The connectors of a file."""
    lines = (FOLDER / name).read_text().splitlines()
    return [read_line(line) for line in lines if not line.startswith("#")]


def read_line(line: str) -> Line:
    head, *rest = line.split(" ;; ")
    kind, method, url = head.split(" ", 2)
    said = dict(each.split("=", 1) for each in rest)
    url, body = expand(url), expand(said.get("body", ""))
    numbers = said.get("int", "").split()
    inputs = [
        data_input(name, type="integer" if name in numbers else "string")
        for name in dict.fromkeys(INPUT.findall(url + body))
        if name not in ATTRIBUTES
    ]
    pairs = [
        (path, name) for path, _, name in (m.partition(">") for m in said.get("map", "").split())
    ]
    return Line(kind, line, connector(
        said.get("name", "Connector"), url, method, body=body, data_inputs=inputs,
        description=said.get("desc", ""),
        object_mappings=maps(*pairs) if pairs else [],
        **({"audiences": said["aud"].split(",")} if "aud" in said else {}),
    ))  # fmt: skip


def expand(text: str) -> str:
    text = re.sub(r"@a\.(\w+)", r"{{user.custom_attributes.\1}}", text)
    for short, full in VARIABLES.items():
        text = text.replace(short, full)
    return text


def is_reported(definition: Definition) -> bool:
    """Whether there is an error or a warning."""
    live = parse_connector({"id": "7", "state": "live", **definition})
    snapshot = Snapshot("s", NOW, ATTRIBUTES, True)
    found = lint_workspace(pull_workspace([live], ATTRIBUTES), snapshot, NOW).findings
    rules = {f.rule for f in found if f.severity is not Severity.INFO}
    assert not {rule for rule in rules if rule.startswith("CA0")}
    return bool(rules - {"CA103"})


def test_leaks_of_live_connectors_are_found_and_honest_ones_are_left_alone() -> None:
    """With both numbers by kind in the report of the run."""
    leaking, honest = read_lines("leaking.txt"), read_lines("honest.txt")
    missed = [line for line in leaking if not is_reported(line.definition)]
    alarmed = [line for line in honest if is_reported(line.definition)]
    recall, alarms = 1 - len(missed) / len(leaking), len(alarmed) / len(honest)
    REPORT.append(
        f"connectors: {len(leaking)} leaking, recall {recall:.3f}, missed"
        f" {dict(Counter(line.kind for line in missed))}; {len(honest)} honest, false alarms"
        f" {alarms:.3f} {dict(Counter(line.kind for line in alarmed))}"
    )
    assert min(len(leaking), len(honest)) >= 170
    assert recall >= RECALL, [line.text for line in missed]
    assert alarms <= FALSE_ALARMS, [line.text for line in alarmed]

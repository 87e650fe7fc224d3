"""What a request says of the owner of the record that it finds."""

from __future__ import annotations

import pytest

from cactions.logic.lint.taint_flow import analyze_taint
from tests.lint_results import linted

ORDERS = """
version: 1
workspace: {{identity_verification: jwt}}
actions:
  orders:
    match: user_id
    data_inputs: [{{name: order_id, type: string, required: true}}]
    request: {{http_method: get, url: "https://shop.example/{path}", query: {query}}}
    response: {{mapping: {{}}}}
"""
BY_ORDER = '"{{ inputs.order_id }}"'
OWNER = '"{{ person.user_id }}"'


@pytest.mark.parametrize(
    ("path", "query", "anchored", "weak"),
    [
        ("orders", f"{{order_id: {BY_ORDER}}}", False, ""),
        ("orders/{{ inputs.order_id }}", f"{{q: {OWNER}}}", False, "q"),
        ("orders/{{ inputs.order_id }}", f"{{customer_id: {OWNER}}}", True, ""),
        ("orders/{{ inputs.order_id }}", f"{{q: {OWNER}, customer_id: {OWNER}}}", True, ""),
        ("customers/{{ person.user_id }}/orders", f"{{order_id: {BY_ORDER}}}", True, ""),
    ],
)
def test_an_anchor_is_weak_only_where_none_is_better(
    path: str, query: str, anchored: bool, weak: str
) -> None:
    """Beside a place that names the owner, nothing is in doubt."""
    project = linted(ORDERS.format(path=path, query=query)).draft
    assert project
    [facts] = analyze_taint(project, frozenset()).facts
    found = facts.weak_anchor.name if facts.weak_anchor else ""
    assert (anchored, weak) == (facts.is_anchored, found)

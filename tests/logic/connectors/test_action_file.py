"""Whatever a connector is, our own reader reads its file back without an error of the format."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cactions.logic.connectors.action_file import METHODS, PulledConnector, pull_connector
from cactions.logic.connectors.pulled_project import (
    KnownNames,
    build_shared_file,
    build_tokens,
    build_workspace,
)
from cactions.logic.connectors.reader import parse_connector
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.model import Attribute, DataType, IntercomConnection, Snapshot

ATTRIBUTES = {
    name: Attribute(name, kind)
    for name, kind in {
        "tier": DataType.STRING, "Shop ID": DataType.STRING, "due": DataType.DATE,
        "a.b": DataType.INTEGER, 'x"y\\z': DataType.BOOLEAN, "seen": DataType.FLOAT,
    }.items()
}  # fmt: skip

HOSTILE = [
    "", " ", "\x00", "\x1b[31m", "\n", "\r\n- a: b", "# cactions: ignore[CA101] fine", "<<",
    "&a *b",
    "!!python/object", "? x", "{{", "}}", "{{{", "{% x %}", "{{user.email}}", "{{ user.user_id }}",
    "{{user.custom_attributes.tier}}", "{{order_id}}", "{{a b}}", "{{x|fallback:'y'}}", "../..",
    "https://", "http://api.example.com/", "https://api.example.com/a", "ftp://x.example.com",
    "https://user:pw@api.example.com/", "https://10.0.0.1/x", "https://localhost", "?a={{email}}",
    "&a=1&a=2&=3&b", "#frag", "%zz%", "é\u2028\u202e\ufeff\U0001f600", '{"a": {{order_id}}}',
    '{"a": ["{{email}}", 1, null, true, 1e3]}', '{"secret": "x"}', '{"{{k}}": 1}',
    "a=b&c={{email}}",
    "[[[[[[[[[[1]]]]]]]]]]", "****", ":", "- ", "~", "null", "true", "1", "x" * 300, "\t" * 20,
    " " * 200 + "b", ".", "..", "/./", "a..b", "$.x", "[0]", "orders[0].id", "orders[].id",
    "['a']",
    "external_id", "email", "avatar", "custom_attributes.tier", "custom_attributes.email",
    "Shop ID",
    "due", "nope", "api_key=abcdefgh12345678", "-----BEGIN PRIVATE KEY-----",
]  # fmt: skip
PLAIN = st.text(st.characters(codec="utf-8"), max_size=12)
TEXTS = st.lists(st.sampled_from(HOSTILE) | PLAIN, max_size=4).map("".join)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
URLS = st.tuples(
    st.sampled_from(
        ["https://api.example.com/v1/", "https://api.example.com/"] * 4
        + ["HTTPS://API.example.com:8443/", "https://", "", "http://a.example/"]
    ),
    TEXTS,
).map("".join)


def mixed(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what is meant, at times anything."""
    return st.one_of(*[strategy] * 8, ANYTHING)


MAPPINGS = st.fixed_dictionaries(
    {
        "response_object_path": mixed(TEXTS),
        "intercom_object_type": mixed(st.sampled_from(["user", "conversation"])),
        "attribute_mappings": mixed(
            st.lists(
                st.fixed_dictionaries(
                    {
                        "response_attribute_path": mixed(TEXTS),
                        "intercom_attribute_identifier": mixed(TEXTS),
                    }
                ),
                max_size=4,
            )
        ),
        "reference_mappings": ANYTHING,
    }
)
CONNECTORS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "12345", "x y", "\x00", "é"]),
        "name": mixed(TEXTS),
        "state": mixed(st.sampled_from(["live", "draft", "paused"])),
        "description": mixed(TEXTS),
        "url": URLS,
        "body": mixed(TEXTS),
        "http_method": st.sampled_from([*METHODS] * 5 + ["", "head"]),
        "headers": mixed(
            st.lists(
                st.fixed_dictionaries({"name": TEXTS | st.sampled_from(
                    ["Authorization", "X-Api-Key", "Host", "Content-Type"])}),
                max_size=3,
            )
        ),
        "data_inputs": mixed(
            st.lists(
                st.fixed_dictionaries(
                    {"name": TEXTS | st.sampled_from(["order_id", "order id"])},
                    optional={
                        "type": mixed(st.sampled_from(["string", "integer", "decimal", "boolean"])),
                        "description": mixed(TEXTS),
                        "required": mixed(st.booleans()),
                        "default_value": mixed(TEXTS),
                    },
                ),
                max_size=3,
            )
        ),
        "audiences": mixed(st.lists(st.sampled_from(["users", "leads", "visitors"]), max_size=3)),
        "object_mappings": mixed(st.lists(MAPPINGS, max_size=2)),
    },
    optional={
        "token_ids": mixed(st.lists(TEXTS, max_size=2)),
        "customer_authentication": mixed(st.booleans()),
        "execution_type": mixed(st.sampled_from(["server_side"] * 5 + ["client_side"])),
        "data_transformation_type": mixed(st.sampled_from(["code_block_transformation"])),
        "other": ANYTHING,
    },
)  # fmt: skip


def load(pulled: PulledConnector) -> LoadedProject:
    """The file as our reader reads it, beside the file of what the workspace shares."""
    snapshot = Snapshot("attributes.lock.json", 0, ATTRIBUTES, True)
    tokens = build_tokens([pulled])
    workspace = build_workspace(IntercomConnection(), None)
    shared = build_shared_file([pulled], workspace, tokens, KnownNames())
    files = [("actions.yaml", shared), (pulled.file, pulled.text)]
    return load_project(
        [SourceFile(name, text.encode()) for name, text in files], snapshot=snapshot
    )


def format_faults(pulled: PulledConnector) -> list[str]:
    """The errors of the format."""
    loaded = load(pulled)
    return [
        f"{finding.rule} {finding.message}\n{pulled.text}"
        for finding in loaded.findings
        if finding.rule.startswith("CA0")
    ]


RUNS = int(os.environ.get("CACTIONS_EXAMPLES", "300"))


@settings(max_examples=RUNS, suppress_health_check=list(HealthCheck), deadline=None)
@given(CONNECTORS)
@example(
    {"id": "1", "url": "https://h.example.com/{{{x}}}", "http_method": "post", "body": "{{" * 9}
)
def test_any_connector_becomes_a_file_of_the_format(document: dict[str, Any]) -> None:
    """What is wrong with it is left to the rules that speak of leaks and addresses."""
    connector = parse_connector(json.loads(json.dumps(document)))
    pulled = pull_connector(connector, "action", ATTRIBUTES)
    assert [] == (format_faults(pulled) if pulled.text else [])
    if pulled.text:
        assert "ignore[" not in pulled.text.replace("\\x23 cactions: ignore[", "")
        assert "\n#" not in pulled.text.partition("version: 1")[2]

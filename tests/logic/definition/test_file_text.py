"""The text that is sealed gives the same action; whatever matters in it changes the digest."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cactions.logic.definition.compare import compare_definitions
from cactions.logic.definition.digest import digest_definition
from cactions.logic.definition.file_text import load_definition, write_definition
from cactions.logic.project import SourceFile, load_project
from cactions.logic.project.file_schema import ACTION, ATTRIBUTE
from cactions.logic.project.request_schema import NETWORK
from cactions.logic.project.token_schema import TOKEN
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode, is_text
from cactions.logic.yaml.parser import parse_yaml
from cactions.logic.yaml.schema import (
    EitherSchema,
    ListSchema,
    MapSchema,
    RecordSchema,
    Schema,
    TaggedUnion,
)
from cactions.logic.yaml.writer import PlainText, quote_text, write_yaml
from cactions.model import PersonField, Project, PublishedDefinition, Reference, WorkspaceName
from tests.case_counts import choose_number
from tests.run_report import REPORT

FULL = (Path(__file__).parent / "full_file.yaml").read_text()
ACTIONS = ("form", "forms", "more_forms", "json", "text", "second", "third", "granted", "fields")
HIDDEN: frozenset[Reference] = frozenset({PersonField("email")})
ENVIRONMENTS = ("production", "staging")

HARMLESS = re.compile(
    r"actions\.\w+\.(description|connector_id|connector_name|data_inputs\[\d+\]\.description)"
    r"|network\.allow\[\d+\]\.reason|workspace\.(?!identity_verification).*"
    r"|servers\.\w+\.(?!{environment}$)\w+"
)
"""What is for readers, what names the connector, and who may be reached at Intercom."""


@cache
def load(
    text: str, environment: str = "production", hidden: frozenset[Reference] = frozenset()
) -> Project | None:
    """None where the text is no valid file."""
    files = [SourceFile("actions.yaml", text.encode())]
    return load_project(files, environment, redacted=hidden).project


def require(text: str, environment: str = "production") -> Project:
    project = load(text, environment)
    assert project, "the file has no errors"
    return project


def digest(text: str, name: str, environment: str = "production") -> str | None:
    """None where the text is no valid file; what the action ``form`` hides is hidden."""
    project = load(text, environment, frozenset() if name == "form" else HIDDEN)
    action = project.actions.get(name) if project else None
    return digest_definition(action, project) if project and action else None


def write(name: str, environment: str = "production", text: str = FULL) -> str:
    project = require(text, environment)
    files = [SourceFile("actions.yaml", text.encode())]
    return write_definition(files, project.actions[name], project)


def list_keys(schema: Schema, route: str = "") -> Iterator[str]:
    """Every key that a schema knows, with the keys around it."""
    match schema:
        case RecordSchema():
            for name, field in schema.fields.items():
                yield f"{route}.{name}"
                yield from list_keys(field.schema, f"{route}.{name}")
        case MapSchema():
            yield from list_keys(schema.value, f"{route}.*")
        case ListSchema():
            yield from list_keys(schema.item, f"{route}.*")
        case EitherSchema():
            yield from list_keys(schema.long, route)
            yield from list_keys(schema.short, route)
        case TaggedUnion():
            for record in schema.records.values():
                yield from list_keys(record, route)


def test_the_file_has_every_key_of_the_format() -> None:
    """So that no key of an action, a token, an attribute or a network is left out below."""
    found = {re.sub(r"\[\d+\]", ".*", route) for route, _ in list_scalars(parse(FULL))}
    for section, schema in (
        ("actions", ACTION), ("attributes", ATTRIBUTE), ("tokens", TOKEN),
    ):  # fmt: skip
        missing = [
            key
            for key in list_keys(schema)
            if not any(
                re.match(rf"{section}\.[\w-]+{re.escape(key)}".replace(r"\*", r"[^.]*"), route)
                for route in found
            )
            and not key.startswith(".tests.")
            and (section, key) not in {("tokens", ".request.json"), ("tokens", ".request.text")}
        ]
        assert [] == missing, section
    assert {f"network{key}" for key in list_keys(NETWORK)} >= {"network.allow"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("name", ACTIONS)
def test_what_is_written_gives_the_same_action(name: str, environment: str) -> None:
    """Alone, without the other actions, tests and people; written again, it is the same text."""
    text = write(name, environment)
    assert digest(FULL, name, environment) == digest(text, name, environment)
    assert text == write(name, environment, text)
    project = require(text, environment)
    assert [name] == [*project.actions]
    assert not project.actions[name].tests
    assert "elsewhere" not in text
    assert "unused" not in text


SPELLED_FREELY = re.compile(r"host|^servers")
"""Names of hosts, in any case."""
CHANGED = {"true": "false", "false": "true"}


def list_changes(text: str) -> Iterator[str]:
    """What a scalar may become: another word, another number, one character more or less."""
    if text in CHANGED:
        yield CHANGED[text]
    elif re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        yield from (f"{text}1", str(float(text) + 1), str(int(float(text)) + 1))
    yield from (f"{text}x", f"x{text}", text[:-1], f"{text[:-1]}y", text.swapcase())
    yield from WORDS if text in WORDS else ("$.other", "https://x.example/y", "10.9.9.9")


WORDS = (
    "get", "post", "put", "delete", "patch", "read", "write", "json", "form_encoded", "content",
    "assigned", "string", "integer", "float", "decimal", "boolean", "date", "iso8601", "unix_s",
    "keep", "clear", "refuse", "always", "if_empty", "if_ours", "never", "email", "user_id",
    "users", "leads", "jwt", "off", "person.user_id", "person.email",
)  # fmt: skip


def is_harmless(route: str, environment: str) -> bool:
    pattern = HARMLESS.pattern.replace("{environment}", environment)
    return re.fullmatch(pattern, route) is not None


def parse(text: str) -> Node:
    root = parse_yaml(text.encode(), Diagnostics(""))
    assert root
    return root


def list_scalars(node: Node, route: str = "") -> Iterator[tuple[str, ScalarNode]]:
    match node:
        case MapNode():
            for key, item in node.entries:
                yield from list_scalars(item, f"{route}.{key.text}" if route else key.text)
        case ListNode():
            for number, item in enumerate(node.items):
                yield from list_scalars(item, f"{route}[{number}]")
        case ScalarNode():
            yield route, node


def to_value(node: Node, chance: random.Random | None = None) -> Any:
    """As it can be written; with ``chance``, keys are in any order."""
    if isinstance(node, MapNode):
        entries = [*node.entries]
        if chance:
            chance.shuffle(entries)
        return {key.text: to_value(item, chance) for key, item in entries}
    if isinstance(node, ListNode):
        return [to_value(item, chance) for item in node.items]
    assert isinstance(node, ScalarNode)
    return node.text if is_text(node) else PlainText(node.text or "null")


@pytest.mark.hostile
@pytest.mark.parametrize("name", ACTIONS)
def test_a_changed_character_in_any_field_that_matters_changes_the_digest(name: str) -> None:
    """Each scalar of the sealed text becomes another valid one, up to twice or always."""
    text = write(name)
    before, root = digest(text, name), parse(text)
    counts = {"fields": 0, "changed": 0, "harmless": 0}
    untried = []
    most = choose_number(2, 100)
    for route, node in list_scalars(root):
        kept, tried = node.value, 0
        for other in {*list_changes(kept)} - {kept, ""}:
            node.value = other
            if SPELLED_FREELY.search(route) and other.lower() == kept.lower():
                continue
            after = digest(write_yaml(to_value(root)), name)
            if after is None:
                continue
            tried += 1
            if tried > most:
                break
            harmless = is_harmless(route, "production")
            counts["harmless" if harmless else "changed"] += 1
            assert harmless == (before == after), (route, kept, other)
        node.value = kept
        counts["fields"] += tried > 0
        untried += [] if tried else [route]
    REPORT.append(f"definition {name}: {counts}, without another valid value: {untried}")
    assert counts["changed"] > counts["fields"] >= 20


@pytest.mark.hostile
def test_layout_comments_and_the_order_of_keys_change_nothing() -> None:
    """Files that say the same: keys in any order, comments, block and flow style."""
    digests = {name: digest(FULL, name) for name in ACTIONS}
    for seed in range(choose_number(20, 200)):
        chance = random.Random(seed)
        document = to_value(parse(FULL), chance)
        text = write_flow(document) if seed % 2 else add_comments(write_yaml(document), chance)
        for name in ACTIONS:
            assert digests[name] == digest(text, name), (seed, name)


def write_flow(value: Any) -> str:
    """On one line, in braces."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote_text(k)}: {write_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(write_flow, value)) + "]"
    return value if isinstance(value, PlainText) else quote_text(value)


def add_comments(text: str, chance: random.Random) -> str:
    return "".join(
        line + chance.choice(("\n", "  # why\n", " # {x}: y\n", "\n# more\n", "\n\n"))
        for line in text.splitlines()
    )


def test_a_definition_loads_from_what_is_sealed_with_what_others_hide() -> None:
    """What another action hides stays hidden, although that action is not there."""
    action = require(FULL).actions["text"]
    assert action.redacted
    published = PublishedDefinition(
        "text", "production", WorkspaceName(), "", write("text"), 0, "", "",
        redacted=tuple(sorted(action.redacted, key=str)),
    )  # fmt: skip
    loaded = load_definition(published).project
    assert loaded
    assert action.redacted == loaded.actions["text"].redacted
    assert digest(FULL, "text") == digest_definition(loaded.actions["text"], loaded)


def test_two_versions_are_compared_by_their_keys() -> None:
    """A key that came, one that went, one that changed; credentials are dots."""
    before = 'a: {b: 1, c: "x"}\n'
    after = 'a: {b: 2, d: ["y"]}\n'
    found = [
        (change.route, change.before, change.after) for change in compare_definitions(before, after)
    ]
    assert [("a.b", "1", "2"), ("a.d[0]", None, "y"), ("a.c", "x", None)] == found

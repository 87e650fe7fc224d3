"""A saved plan holds while everything that it was made with is as it was.

About 220 changes that matter are made one by one, and about 50 that do not.
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.plan_basis import LIFETIME, build_basis, check_plan
from cactions.logic.definition.digest import digest_attribute, list_attributes
from cactions.logic.project.loader import load_project
from cactions.logic.project.source_file import SourceFile
from cactions.logic.request.idempotency import CLOCK_SLACK
from cactions.model import (
    Attribute,
    DataType,
    PlanBasis,
    Project,
    Run,
    RunHead,
    RunKind,
    RunPhase,
    Snapshot,
    UsageError,
)
from tests.fakes import FakeClock
from tests.run_report import REPORT

HEAD = RunHead("run-1", RunKind.APPLY, "loyalty", 1_790_000_000.0, "ada@desk")
RUN = Run(HEAD, phase=RunPhase.PLANNED)
SECRETS = {"shop_token": "v.1", "crm_secret": "v.1", "body_key": "v.1", "other": "v.1"}
HOST = "api.shop.example"

DOCUMENT: dict[str, Any] = {
    "version": 1,
    "workspace": {
        "identity_verification": "jwt",
        "people": [{"user_id": "u-1", "email": "ada@example.com", "attributes": {"tier": "a"}}],
    },
    "attributes": {
        "tier": {"data_type": "string", "messenger_writable": False, "options": ["a", "b"]},
        "points": {"data_type": "integer", "messenger_writable": False},
        "store": {"data_type": "string", "messenger_writable": False},
        "unrelated": {"data_type": "string", "messenger_writable": False},
    },
    "tokens": {
        "shop": {
            "type": "text", "value": {"secret": "shop_token"}, "header": "X-Shop-Token",
            "prefix": "Shop ", "hosts": [HOST],
        },
        "crm": {
            "type": "oauth_client_credentials", "token_url": f"https://{HOST}/token",
            "client_id": "support", "client_secret": {"secret": "crm_secret"}, "hosts": [HOST],
        },
    },
    "actions": {
        "loyalty": {
            "description": "what a member has",
            "match": "user_id",
            "audiences": ["users", "leads"],
            "breakers": {"overwritten": 30, "cleared": 2, "shared_records": False},
            "data_inputs": [
                {"name": "order", "type": "string", "required": True, "description": "its number"}
            ],
            "request": {
                "http_method": "post",
                "effect": "read",
                "url": f"https://{HOST}/v1/{{{{ person.user_id }}}}",
                "query": {"store": "{{ person.attributes.store }}", "order": "{{ inputs.order }}"},
                "headers": {"Accept": "application/json", "X-Mode": "full"},
                "json": {
                    "list": [1, 2.5, True, None, "text"],
                    "email": "{{ person.email }}",
                    "key": {"secret": "body_key"},
                },
                "tokens": ["shop", "crm"],
            },
            "limits": {"total_seconds": 20, "retries": 2},
            "response": {
                "success_when": {
                    "status": [200, 201],
                    "headers": {"X-A": "1", "X-B": "2"},
                    "body": [
                        {"path": "$.ok", "equals": True},
                        {"path": "$.kind", "equals": "member"},
                    ],
                },
                "rows": {
                    "path": "$.members[*]",
                    "where": {"$.id": "person.user_id", "$.order": "inputs.order"},
                },
                "same_person": {
                    "path": "$.email", "equals": "person.email", "verified": "by mail",
                },
                "mapping": {
                    "tier": {
                        "path": "$.tier", "values": {"gold": "a", "silver": "b"},
                        "on_null": "clear", "on_missing": "refuse", "overwrite": "if_empty",
                    },
                    "points": "$.points",
                },
            },
            "tests": [
                {"name": "gold", "person": {"user_id": "u-1"}, "inputs": {"order": "1"},
                 "expect": {"attributes": {"tier": "a"}}}
            ],
        },
        "other": {
            "match": "user_id",
            "request": {"http_method": "get", "url": f"https://{HOST}/{{{{ person.user_id }}}}"},
            "response": {
                "same_person": {"path": "$.id", "equals": "person.user_id"},
                "mapping": {"unrelated": "$.u"},
            },
        },
    },
}  # fmt: skip
SNAPSHOT = Snapshot(
    "attributes.lock.json",
    1_789_000_000.0,
    {
        name: Attribute(name, DataType.STRING, messenger_writable=False)
        for name in ("tier", "points", "store", "unrelated")
    },
)

AGAIN = "nothing was written. Make it again: `cactions diff loyalty --people FILE --out PLAN`."


def load(text: str, snapshot: Snapshot | None = SNAPSHOT) -> Project | None:
    """The project; None where the text has an error."""
    found = load_project([SourceFile("actions.yaml", text.encode())], snapshot=snapshot)
    return None if found.errors else found.project


def build(text: str, snapshot: Snapshot | None = SNAPSHOT, **secrets: str) -> PlanBasis:
    project = load(text, snapshot)
    assert project
    return build_basis("loyalty", project, {**SECRETS, **secrets})


TEXT = json.dumps(DOCUMENT)
BASIS = build(TEXT)


def check(now: PlanBasis, kept: PlanBasis = BASIS) -> str:
    """What is said of the plan; empty where it holds."""
    try:
        check_plan(RUN, kept, now, FakeClock(HEAD.started + 60))
    except UsageError as error:
        return f"{error}. {error.hint}"
    return ""


def list_leaves(value: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all single values and of all keys with values."""
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from list_leaves(part, (*route, key))
    else:
        yield route


def list_variants(value: Any) -> list[Any]:
    """Other values that may be valid in its place."""
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1]
        case None:
            return ["text", 1]
        case str() if "person.user_id" in value:
            return [value.replace("person.user_id", "person.email")]
        case str() if "person.email" in value:
            return [value.replace("person.email", "person.user_id")]
        case "if_empty":
            return ["never", "always"]
        case "clear" | "refuse":
            return ["keep"]
        case str() if value.startswith("https"):
            return [value.replace("/v1/", "/v2/"), value + "2"]
    return [f"{value}2", value[:-1], "GET", "put", "email", "a", "users", "decimal"]


def put(document: Any, route: tuple[Any, ...], value: Any) -> str:
    """The text of the document with another value there."""
    changed = copy.deepcopy(document)
    spot = changed
    for key in route[:-1]:
        spot = spot[key]
    spot[route[-1]] = value
    return json.dumps(changed)


HARMLESS = ("description", "tests", "name")
ACTION = DOCUMENT["actions"]["loyalty"]
ROUTES = [
    *(("actions", "loyalty", *route) for route in list_leaves(ACTION)),
    *(("tokens", *route) for route in list_leaves(DOCUMENT["tokens"])),
]


def test_every_change_of_the_action_makes_its_plan_stale() -> None:
    """Each value of the action and of its tokens that can have another value, one by one."""
    counts: Counter[str] = Counter()
    for route in ROUTES:
        spot: Any = DOCUMENT
        for key in route:
            spot = spot[key]
        is_harmless = any(word in HARMLESS[:2] for word in route)
        valid = 0
        for variant in list_variants(spot):
            project = load(put(DOCUMENT, route, variant))
            if project is None or variant == spot:
                continue
            valid += 1
            said = check(build_basis("loyalty", project, SECRETS))
            expected = "" if is_harmless else 'the definition of the action "loyalty" has changed'
            assert expected == said[: len(expected)], (route, variant, said)
            assert is_harmless == (not said), (route, variant, said)
            assert is_harmless or said.endswith(AGAIN), said
        counts["harmless" if is_harmless else "refused" if valid else "invalid"] += valid or 1
    assert counts["refused"] >= 60, counts
    assert counts["harmless"] >= 4, counts
    REPORT.append(f"changes of an action under a saved plan: {dict(counts)}")


def test_every_removed_part_makes_the_plan_stale() -> None:
    """Each key and each element that can be left out."""
    counts: Counter[str] = Counter()
    inner = {route[:end] for route in ROUTES for end in range(3, len(route) + 1)}
    for route in sorted(inner, key=repr):
        changed = copy.deepcopy(DOCUMENT)
        spot: Any = changed
        for key in route[:-1]:
            spot = spot[key]
        del spot[route[-1]]
        project = load(json.dumps(changed))
        if project is None or route[-1] in ("effect", "shared_records"):  # it is the default
            counts["invalid"] += 1
            continue
        is_harmless = any(word in HARMLESS[:2] for word in route)
        assert is_harmless == (not check(build_basis("loyalty", project, SECRETS))), route
        counts["harmless" if is_harmless else "refused"] += 1
    assert counts["refused"] >= 25, counts
    REPORT.append(f"parts removed under a saved plan: {dict(counts)}")


def shuffle(value: Any, chance: Random) -> Any:
    """The same document with its keys in any order."""
    if isinstance(value, list):
        return [shuffle(part, chance) for part in value]
    if not isinstance(value, dict):
        return value
    keys = chance.sample([*value], len(value))
    return {key: shuffle(value[key], chance) for key in keys}


@pytest.mark.parametrize("seed", range(20))
def test_layout_comments_and_the_order_of_keys_change_nothing(seed: int) -> None:
    """Nor do other actions, other people and attributes that the action does not touch."""
    chance = Random(seed)
    document = copy.deepcopy(DOCUMENT)
    document["actions"]["loyalty"]["description"] = f"text {seed}"
    document["attributes"]["unrelated"]["redacted"] = True
    document["actions"]["other"]["description"] = "changed"
    document["workspace"]["people"].append({"user_id": "u-2", "email": "b@example.com"})
    text = json.dumps(shuffle(document, chance), indent=chance.choice([2, 3, 4]))
    text = re.sub(r",\n", lambda _: ",  # why\n\n" if chance.random() < 0.3 else ",\n", text)
    assert text != json.dumps(document, indent=2)
    snapshot = replace(
        SNAPSHOT,
        taken=SNAPSHOT.taken + seed,
        attributes={**SNAPSHOT.attributes, "unrelated": Attribute("unrelated", DataType.DATE)},
    )
    assert "" == check(build(text, snapshot, other=f"v.{seed}"))


CHANGES: dict[str, Any] = {
    "data_type": DataType.FLOAT, "options": ("x",), "messenger_writable": None, "redacted": True,
    "archived": True, "api_writable": False,
}  # fmt: skip


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("name", ["tier", "points", "store"])
def test_a_changed_attribute_is_named(name: str, field: str) -> None:
    """In the snapshot; also one that is only read."""
    assert {*CHANGES} == {*Attribute.__struct_fields__} - {"name"}
    changed = replace(SNAPSHOT.attributes[name], **{field: CHANGES[field]})
    snapshot = replace(SNAPSHOT, attributes={**SNAPSHOT.attributes, name: changed})
    assert f'the attribute "{name}" has changed since the plan run-1' in check(
        build(TEXT, snapshot)
    )
    assert digest_attribute(changed, None) != digest_attribute(SNAPSHOT.attributes[name], None)


@pytest.mark.parametrize("name", ["tier", "points", "store"])
def test_a_changed_declaration_of_an_attribute_is_named(name: str) -> None:
    """Only what has changed is named, not the action."""
    text = put(DOCUMENT, ("attributes", name, "messenger_writable"), True)
    said = check(build(text))
    assert f'the attribute "{name}" has changed' in said
    assert "definition" not in said
    without = replace(
        SNAPSHOT, attributes={k: v for k, v in SNAPSHOT.attributes.items() if k != name}
    )
    assert f'the attribute "{name}" has changed' in check(build(TEXT, without))


def test_an_attribute_that_is_not_touched_changes_nothing() -> None:
    """Whatever happens to it."""
    project = load(TEXT)
    assert project
    assert {"tier", "points", "store"} == list_attributes(project.actions["loyalty"])


@pytest.mark.parametrize("name", ["shop_token", "crm_secret", "body_key"])
@pytest.mark.parametrize("version", ["v.2", ""])
def test_a_rotated_or_lost_secret_is_named(name: str, version: str) -> None:
    """Also one that only fetches a token."""
    said = check(build(TEXT, **{name: version}))
    assert f'the secret "{name}" has changed since the plan run-1 was made' in said


def test_everything_that_changed_is_named() -> None:
    """One sentence for all of it."""
    text = put(DOCUMENT, ("attributes", "tier", "options"), ["a", "b", "c"])
    document = json.loads(text)
    document["actions"]["loyalty"]["response"]["mapping"]["points"] = "$.score"
    said = check(build(json.dumps(document), body_key="v.2"))
    parts = (
        'the definition of the action "loyalty", the attribute "tier" and the secret "body_key"'
        " have changed since"
    )
    assert parts in said


def test_a_replay_rests_on_no_secret() -> None:
    """None is opened for it."""
    project = load(TEXT)
    assert project
    assert {} == build_basis("loyalty", project, None).secrets


def test_a_plan_is_refused_when_its_action_is_gone_or_it_says_nothing_or_is_old() -> None:
    """Each with its reason; 24 hours are not too old yet."""
    project = load(TEXT)
    assert project
    assert "definition" in check(build_basis("loyalty", replace(project, actions={}), SECRETS))
    assert "another version of cactions" in check(BASIS, PlanBasis())
    check_plan(RUN, BASIS, BASIS, FakeClock(HEAD.started + LIFETIME))
    with pytest.raises(UsageError, match="older than 24 hours"):
        check_plan(RUN, BASIS, BASIS, FakeClock(HEAD.started + LIFETIME + 1))
    check_plan(RUN, BASIS, BASIS, FakeClock(HEAD.started - CLOCK_SLACK))
    with pytest.raises(UsageError, match="in the future"):
        check_plan(RUN, BASIS, BASIS, FakeClock(HEAD.started - CLOCK_SLACK - 1))
    with pytest.raises(UsageError, match="not complete, or was started"):
        check_plan(replace(RUN, phase=RunPhase.RUNNING), BASIS, BASIS, FakeClock(HEAD.started))

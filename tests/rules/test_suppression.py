"""Suppressions and trust: one rule, one place, an owner and an end date; all are counted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.model import Attribute, DataType, Snapshot
from tests.definitions import EDITABLE, FIXED, action, asking, file, response
from tests.lint_results import NOW, linted

UNTIL = {"reason": "looked at", "owner": "ada@example.com", "expires": "2027-01-15"}
LEAKY = action(asking("query", "person.attributes.editable"), response(None))
KEY = "actions.look.request.query.customer"
DAY = 86_400


def allow(*entries: dict[str, Any]) -> str:
    return file(LEAKY, allow=[{**UNTIL, **one} for one in entries])


def rules_found(text: str, now: float = NOW) -> list[str]:
    return [one.rule for one in linted(text, now=now).findings]


def test_a_suppression_applies_to_one_rule_at_one_place() -> None:
    """It is counted, with its owner."""
    text = allow({"rule": "CA101", "where": KEY})
    assert ["CA201"] == rules_found(text)
    [one] = linted(text).suppressed
    assert ("CA101", "ada@example.com", "looked at", "2027-01-15") == (
        one.finding.rule, one.by.owner, one.by.reason, one.by.expires,
    )  # fmt: skip


def test_every_finding_may_be_suppressed() -> None:
    """Then the project can be used."""
    proof = "actions.look.response.mapping"
    shaped = linted(allow({"rule": "CA101", "where": KEY}, {"rule": "CA201", "where": proof}))
    assert shaped.project
    assert (0, 2) == (len(shaped.findings), len(shaped.suppressed))


def test_a_suppression_ends_after_its_last_day() -> None:
    """In UTC. An expired suppression is reported beside the finding."""
    text = allow({"rule": "CA101", "where": KEY})
    midnight = NOW - NOW % DAY + DAY
    assert ["CA201"] == rules_found(text, midnight - 1)
    assert ["CA101", "CA201", "CA503"] == sorted(rules_found(text, midnight))


@pytest.mark.parametrize(
    "where",
    ["actions.look", "actions.look.request", "actions.look.request.query", f"{KEY}.more", "look"],
)
def test_a_suppression_must_name_one_exact_place(where: str) -> None:
    """A suppression for a whole action would also cover later additions."""
    assert ["CA101", "CA201", "CA503"] == sorted(
        rules_found(allow({"rule": "CA101", "where": where}))
    )


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"rule": "CA101", "where": "actions.*"}, "no wildcards"),
        ({"rule": "CA101", "where": KEY, "expires": "2027-13-01"}, "is no day"),
        ({"rule": "CA101", "where": KEY, "expires": "soon"}, "is no day"),
        ({"rule": "CA999", "where": KEY}, "can be suppressed"),
        ({"rule": "CA503", "where": KEY}, "can be suppressed"),
        ({"rule": "CA402", "where": KEY}, "can be suppressed"),
        ({"rule": "CA002", "where": KEY}, "can be suppressed"),
        ({"rule": "*", "where": KEY}, "can be suppressed"),
        ({"rule": "CA101", "where": KEY, "reason": ""}, "empty"),
    ],
)
def test_an_invalid_suppression_is_a_format_error(entry: dict[str, Any], words: str) -> None:
    """It is never silently ignored."""
    found = linted(allow(entry)).findings
    assert any(words in one.message and one.rule.startswith("CA0") for one in found), found


@pytest.mark.parametrize("key", ["where", "reason", "owner", "expires", "rule"])
def test_all_fields_of_a_suppression_are_required(key: str) -> None:
    """Owner, reason and end date."""
    entry = {**UNTIL, "rule": "CA101", "where": KEY}
    del entry[key]
    found = linted(file(LEAKY, allow=[entry])).findings
    assert ["CA003"] == [one.rule for one in found]


def on_line(comment: str) -> str:
    text = file(LEAKY)
    line = next(one for one in text.splitlines() if '"customer"' in one)
    return text.replace(line, f"{line} {comment}")


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("# cactions: ignore[CA101] it narrows the answer", ["CA201"]),
        ("# see below # cactions: ignore[CA101] it narrows the answer", ["CA201"]),
        ("#cactions: ignore[CA101] it narrows the answer", ["CA201"]),
        ("# cactions: ignore[CA101]", ["CA101", "CA201", "CA503"]),
        ("# cactions: ignore[CA201] elsewhere", ["CA101", "CA201", "CA503"]),
        ("# cactions: ignore[*] everything", ["CA101", "CA201", "CA503"]),
        ("# cactions: ignore[CA101, CA103] both", ["CA201", "CA503"]),
        (f"# cactions: ignore[CA101{', x' * 99}] one", ["CA201", "CA503"]),
        (
            f"# cactions: ignore[CA101, {', '.join(f'x{n}' for n in range(100))}] too many",
            ["CA101", "CA201", "CA503"],
        ),
    ],
)
def test_a_comment_applies_to_its_line(comment: str, rules: list[str]) -> None:
    """With a reason; a comment on another line, or without effect, is reported."""
    assert rules == sorted(rules_found(on_line(comment)))


def chain(**rest: Any) -> str:
    writer = action(read=response(None, {"k": {"path": "$.phone", "max_length": 9}}))
    reader = action(asking("query", "person.attributes.k"), response(None))
    return file(writer, reader, attributes={"k": FIXED}, **rest)


def test_trust_in_a_mapped_value_ends_the_path() -> None:
    """The reader has no finding; the writer is still not verified."""
    where = "actions.look.response.mapping.k"
    assert ["CA102", "CA201", "CA201"] == sorted(rules_found(chain()))
    assert ["CA201", "CA201"] == sorted(rules_found(chain(trust=[{**UNTIL, "where": where}])))


def test_trust_in_an_attribute_covers_only_the_messenger() -> None:
    """Values written to it by other actions are not covered."""
    trusted = [{**UNTIL, "where": "attributes.editable"}]
    assert ["CA201"] == rules_found(file(LEAKY, trust=trusted))
    text = chain(trust=[{**UNTIL, "where": "attributes.k"}])
    assert ["CA102", "CA201", "CA201", "CA503"] == sorted(rules_found(text))


@pytest.mark.parametrize("where", ["attributes", "actions.look", "workspace", "attributes.*", "x"])
def test_only_attributes_and_mapped_values_can_be_trusted(where: str) -> None:
    """Not whole actions, and no patterns."""
    found = linted(file(LEAKY, trust=[{**UNTIL, "where": where}])).findings
    assert ["CA004"] == [one.rule for one in found]


SNAPSHOT = Snapshot(
    "attributes.lock.json",
    NOW - 3 * DAY,
    {
        "shop_id": Attribute("shop_id", DataType.STRING, messenger_writable=False),
        "fixed": Attribute("fixed", DataType.STRING, messenger_writable=False),
    },
    identity_verification=True,
)


def with_snapshot(text: str, **changed: Any) -> list[str]:
    shaped = linted(text, snapshot=replace(SNAPSHOT, **changed))
    return sorted(one.rule for one in shaped.findings)


def test_a_snapshot_adds_missing_declarations() -> None:
    """Attributes, and whether identities are verified."""
    text = file(action(asking("query", "person.attributes.shop_id")))
    assert ["CA005"] == rules_found(text)
    assert [] == with_snapshot(text)
    document = json.loads(text)
    del document["workspace"]
    assert ["CA104"] == with_snapshot(json.dumps(document), identity_verification=None)
    assert [] == with_snapshot(json.dumps(document))


def test_a_snapshot_is_valid_for_seven_days() -> None:
    """By a given clock."""
    assert [] == with_snapshot(file(action()), taken=NOW - 7 * DAY)
    assert ["CA103"] == with_snapshot(file(action()), taken=NOW - 7 * DAY - 1)
    assert ["CA103"] == with_snapshot(file(action()), taken=NOW + 2 * DAY)


def test_the_file_overrides_the_snapshot_and_conflicts_are_reported() -> None:
    """One of them is wrong, but it is unknown which."""
    text = file(LEAKY, attributes={"shop_id": EDITABLE})
    assert ["CA101", "CA103", "CA201"] == with_snapshot(text)
    assert ["CA103"] == with_snapshot(file(action()), identity_verification=False)


def test_the_path_of_a_value_starts_at_its_source() -> None:
    """Attribute -> action -> attribute -> action, each step with its place in its file."""
    first = action(asking("url", "person.attributes.editable"), response(None, {"k": "$.crm"}))
    second = action(asking("query", "person.attributes.k"), response(None, {"n": "$.n"}))
    third = action(asking("json", "person.attributes.n"), response(None))
    head = file(attributes={"k": FIXED, "n": FIXED})
    others = [
        json.dumps({"version": 1, "actions": {name: one}}, indent=1)
        for name, one in {"shop": first, "crm": second, "bank": third}.items()
    ]
    found = linted(head, *others).findings
    one = next(each for each in found if each.rule == "CA102" and ".bank." in each.route)
    assert "person.attributes.editable -> shop -> person.attributes.k -> crm" in one.notes[0]
    assert one.notes[0].endswith("-> person.attributes.n -> bank")
    files = [label.place.file for label in one.labels if label.place]
    assert ["a.yaml", "b.yaml", "b.yaml", "c.yaml", "c.yaml", "d.yaml"] == files
    assert "d.yaml" == (one.place and one.place.file)


def test_a_cycle_of_actions_terminates() -> None:
    """Two actions that feed each other are reported once each."""
    one = action(asking("query", "person.attributes.k"), response(None, {"n": "$.n"}))
    other = action(asking("query", "person.attributes.n"), response(None, {"k": "$.k"}))
    found = linted(file(one, other, attributes={"k": FIXED, "n": FIXED})).findings
    assert 2 == [each.rule for each in found].count("CA102")


def test_a_long_chain_takes_linear_time() -> None:
    """And its path is shown from both ends."""
    names = [f"k{n}" for n in range(300)]
    actions = [action(asking("url", "person.phone"), response(None, {"k0": "$.a"}))]
    actions += [
        action(asking("url", f"person.attributes.k{n - 1}"), response(None, {f"k{n}": "$.a"}))
        for n in range(1, len(names))
    ]
    found = linted(file(*actions, attributes=dict.fromkeys(names, FIXED))).findings
    keys = [each for each in found if each.rule == "CA102"]
    assert len(names) - 1 == len(keys)
    assert max(len(each.labels) for each in keys) <= 45

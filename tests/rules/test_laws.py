"""Properties of all rules together, for any definitions.

- An action that writes nothing which others read, and reads nothing which others write, changes no
  finding of theirs.
- The order of actions, the order of files, and the split into files do not matter.
"""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cactions.model import Finding
from tests.definitions import EDITABLE, FIXED, UNKNOWN, action, asking, reading
from tests.lint_results import linted
from tests.strategies import builds

NAMES = ("k0", "k1", "k2", "k3", "editable", "unknown")
ATTRIBUTES = {
    **dict.fromkeys(NAMES[:4], FIXED), "editable": EDITABLE, "unknown": UNKNOWN, "apart": FIXED,
}  # fmt: skip
INPUT = {"name": "order", "type": "string"}

HOLES = st.sampled_from(
    ["person.user_id", "person.email", "person.phone", "inputs.order",
     *(f"person.attributes.{name}" for name in NAMES)]
)  # fmt: skip
CHANNELS = st.sampled_from(["url", "query", "header", "nested", "text", "where"])
PROOFS = st.none() | st.fixed_dictionaries(
    {"path": st.sampled_from(["$.email", "$.id", "$.list[0]"]),
     "equals": HOLES.filter(lambda hole: hole != "person.phone")},
    optional={"verified": st.just("so they say")},
)  # fmt: skip
MAPPINGS = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from(["$.phone", "$.crm_id", "$.a", "$.token"]), max_size=2
)


@st.composite
def actions(draw: st.DrawFn) -> dict[str, Any]:
    """An action, leaky or not."""
    channel, hole = draw(CHANNELS), draw(HOLES)
    read = reading(channel, draw(HOLES), proof=draw(PROOFS), mapping=draw(MAPPINGS))
    says = {"audiences": ["leads"]} if draw(st.integers(0, 5)) == 0 else {}
    return action(
        asking(channel, hole), read, match=draw(st.sampled_from(["user_id", "id"])),
        data_inputs=[{**INPUT, **({"required": True} if draw(st.booleans()) else {})}], **says,
    )  # fmt: skip


PROJECTS = st.lists(actions(), min_size=1, max_size=6)
APART = builds(
    lambda channel, proof, hole: action(
        asking(channel, hole), reading(channel, hole, proof=proof, mapping={"apart": "$.phone"}),
        data_inputs=[INPUT],
    ),
    CHANNELS,
    PROOFS,
    st.sampled_from(["person.user_id", "person.phone", "inputs.order"]),
)  # fmt: skip


def head(verified: bool) -> str:
    return json.dumps(
        {
            "version": 1,
            "workspace": {"identity_verification": "jwt" if verified else "off"},
            "attributes": ATTRIBUTES,
        }
    )


def files(named: dict[str, Any], verified: bool, cuts: int = 1) -> list[str]:
    """A head, and the actions in this number of files."""
    parts: list[dict[str, Any]] = [{} for _ in range(cuts)]
    for number, (name, one) in enumerate(named.items()):
        parts[number % cuts][name] = one
    return [
        head(verified),
        *(json.dumps({"version": 1, "actions": part}) for part in parts if part),
    ]


def findings_of(texts: list[str]) -> Counter[Any]:
    """The findings, without their place in a file."""
    return Counter(plain(one) for one in linted(*texts).findings)


def plain(one: Finding) -> tuple[object, ...]:
    labels = tuple((label.message, label.route) for label in one.labels)
    return (one.rule, one.severity, one.route, one.message, one.hint, labels, one.notes)


@given(project=PROJECTS, other=APART, verified=st.booleans(), where=st.booleans())
def test_an_unrelated_action_changes_no_other_finding(
    project: list[dict[str, Any]], other: dict[str, Any], verified: bool, where: bool
) -> None:
    """At the start or at the end, leaky or not."""
    named = {f"a{n}": one for n, one in enumerate(project)}
    more = {"zz": other, **named} if where else {**named, "zz": other}
    before, after = findings_of(files(named, verified)), findings_of(files(more, verified))
    gone, come = before - after, after - before
    reads = "attributes.unknown"  # whether anything reads it decides how severe CA103 is
    gone, come = (Counter(one for one in each if one[2] != reads) for each in (gone, come))
    assert not gone
    assert all(str(one[2]).startswith("actions.zz.") for one in come)


@given(project=PROJECTS, verified=st.booleans(), seed=st.integers(), cuts=st.integers(1, 4))
def test_order_and_files_do_not_matter(
    project: list[dict[str, Any]], verified: bool, seed: int, cuts: int
) -> None:
    """The same findings with the same paths, however the actions are arranged."""
    named = {f"a{n}": one for n, one in enumerate(project)}
    turned = list(named.items())
    Random(seed).shuffle(turned)
    texts = files(dict(turned), verified, cuts)
    Random(seed).shuffle(texts)
    assert findings_of(files(named, verified)) == findings_of(texts)


@given(project=PROJECTS, verified=st.booleans())
def test_every_finding_has_a_place(project: list[dict[str, Any]], verified: bool) -> None:
    """Each refers to text in a file, and so does each of its labels with a route."""
    named = {f"a{n}": one for n, one in enumerate(project)}
    for one in linted(*files(named, verified, 3)).findings:
        assert one.place, one
        assert all(label.place for label in one.labels if label.route), one


@given(project=PROJECTS)
def test_identity_verification_adds_no_errors(project: list[dict[str, Any]]) -> None:
    """With identity verification on, every error is also an error without it."""
    named = {f"a{n}": one for n, one in enumerate(project)}
    keys = [
        {
            (one[0], one[2])
            for one in findings_of(files(named, verified))
            if one[0] in ("CA101", "CA102")
        }
        for verified in (False, True)
    ]
    assert keys[1] <= keys[0]

"""What a preview says of a proof is never stronger than the analysis of its action."""

from __future__ import annotations

from itertools import product
from typing import Any

from cactions.logic.lint.engine import lint
from cactions.logic.project import SourceFile, load_project
from cactions.model import Action, ProofStrength, Severity
from tests.definitions import EDITABLE, PLAIN_URL, TIER, action, file, request, response
from tests.lint_results import NOW, linted

PROOFS: dict[str, dict[str, Any]] = {
    "an e-mail": {"path": "$.email", "equals": "person.email", "verified": "the shop confirms it"},
    "an unverified e-mail": {"path": "$.email", "equals": "person.email"},
    "a placeholder": {"path": "$.email", "equals": "person.email", "verified": "TODO"},
    "a user id": {"path": "$.id", "equals": "person.user_id"},
    "an attribute": {"path": "$.c", "equals": "person.attributes.other"},
    "what users write": {"path": "$.c", "equals": "person.attributes.editable"},
    "what many share": {"path": "$.tier", "equals": "person.attributes.tier"},
    "another person": {"path": "$.viewer.id", "equals": "person.attributes.other"},
}
KEYS = ("person.user_id", "person.email", "person.attributes.editable", "inputs.order_id")
EFFECTS = ("read", "write")
VERIFICATIONS = ("off", "user_id", "email", "jwt")
ORDER = {"name": "order_id", "type": "string", "required": True}
IDENTITY = ("CA1", "CA2")


def definition(proof: str, key: str, effect: str, verification: str) -> dict[str, Any]:
    path = "$.user.tier" if proof == "another person" else "$.tier"
    asked = request(PLAIN_URL, "post", effect=effect, json={"customer_id": f"{{{{ {key} }}}}"})
    read = response(PROOFS[proof], {"tier": path})
    return {"one": action(asked, read, data_inputs=[ORDER]), "verification": verification}


def test_the_strength_is_never_more_than_the_findings_allow() -> None:
    """For every combination; errors are suppressed, so that the action could run."""
    seen = set()
    for proof, key, effect, verification in product(PROOFS, KEYS, EFFECTS, VERIFICATIONS):
        built = definition(proof, key, effect, verification)
        attributes = {"editable": EDITABLE, "tier": TIER}
        text = file(built["one"], attributes=attributes, verification=verification)
        findings = [one for one in linted(text).findings if one.rule.startswith(IDENTITY)]
        errors = [one for one in findings if one.severity is Severity.ERROR]
        allow = [
            {"rule": one.rule, "where": one.route, "reason": "looked at", "owner": "ada",
             "expires": "2027-12-31"}
            for one in {(each.rule, each.route): each for each in errors}.values()
        ]  # fmt: skip
        more = {"allow": allow} if allow else {}
        text = file(built["one"], attributes=attributes, verification=verification, **more)
        strength = find_action(text).response.same_person.strength  # type: ignore[union-attr]
        warned = any(one.severity is Severity.WARNING for one in findings)
        case = (proof, key, effect, verification, strength)
        assert not errors or strength is ProofStrength.UNPROVEN, case
        assert not warned or strength in (ProofStrength.UNPROVEN, ProofStrength.DOUBTFUL), case
        if any(one.rule == "CA211" for one in findings):
            assert strength is not ProofStrength.PROVEN, case
        seen.add(strength)
    assert set(ProofStrength) == seen


def test_a_suppression_is_named_with_its_owner_and_its_last_day() -> None:
    """So that the operator who reads a diff knows who answers for it."""
    allow = {"rule": "CA205", "where": "actions.look.response.same_person.equals",
             "reason": "one company each", "owner": "ada@example.com",
             "expires": "2027-12-31"}  # fmt: skip
    shared = {"path": "$.tier", "equals": "person.attributes.tier"}
    proof = find_action(file(action(read=response(shared)), allow=[allow])).response.same_person
    assert proof
    basis = "CA205 allowed by ada@example.com until 2027-12-31: one company each"
    assert (ProofStrength.UNPROVEN, basis) == (proof.strength, proof.basis)


def find_action(text: str) -> Action:
    """The only action, as the engine leaves it for ``diff`` and ``run``."""
    project = lint(load_project([SourceFile("a.yaml", text.encode())]), NOW).project
    assert project
    return project.actions["look"]


def test_a_suppressed_warning_leaves_a_doubt() -> None:
    """The preview names who allowed it; without the statement, it names the warning."""
    seen = 0
    for proof, key, verification in product(PROOFS, KEYS, VERIFICATIONS):
        built = definition(proof, key, "read", verification)["one"]
        about = {"attributes": {"editable": EDITABLE, "tier": TIER}, "verification": verification}
        findings = [f for f in linted(file(built, **about)).findings if f.rule.startswith(IDENTITY)]
        if not findings or any(f.severity is not Severity.WARNING for f in findings):
            continue
        allow = [
            {"rule": f.rule, "where": f.route, "reason": "looked at", "owner": "ada",
             "expires": "2027-12-31"}
            for f in {(each.rule, each.route): each for each in findings}.values()
        ]  # fmt: skip
        plain, allowed = (
            find_action(file(built, **about, **more)).response.same_person
            for more in ({}, {"allow": allow})
        )
        assert plain
        assert allowed
        if plain.strength is ProofStrength.DOUBTFUL and plain.basis.startswith(IDENTITY):
            assert ProofStrength.DOUBTFUL is allowed.strength, (proof, key, verification)
            assert "allowed by ada until 2027-12-31: looked at" in allowed.basis
            seen += 1
    assert seen

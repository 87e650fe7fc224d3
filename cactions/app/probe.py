"""Attacks an action on purpose, with two test people: nothing of the victim may come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Caller, Clock
from cactions.app.propose import Job, judge_response
from cactions.logic.definition.digest import digest_definition
from cactions.logic.plan.planner import PlanInput, build_failure
from cactions.logic.probe.combine import build_combined_responses, list_record_lists
from cactions.logic.probe.judge import judge_report
from cactions.logic.probe.keys import find_chosen_check, list_probed_keys
from cactions.logic.probe.observe import ValueDigester, observe_result
from cactions.logic.probe.variants import Attack, AttackPlan, Claim
from cactions.logic.request.call import CallSpec
from cactions.logic.request.redaction import build_subject
from cactions.model import (
    Action,
    Person,
    PersonAttribute,
    PersonQuery,
    PlanningError,
    ProbeBaseline,
    ProbeCase,
    ProbeObservation,
    ProbeReport,
    ProbeVariant,
    Project,
    Response,
    Scalar,
    SentCall,
)
from cactions.model.secret import Credentials

_OWN_CALLS: Final = 5
"""Those of the two without an attack."""


class ProbePerson(Struct, frozen=True):
    """A test person, as they were named, and the inputs that they would give."""

    query: PersonQuery
    person: Person
    inputs: Mapping[str, Scalar]


class ProbeTask(Struct, frozen=True):
    """One action, the two people, and what calls need. ``key`` makes the digests."""

    action: Action
    project: Project
    attacker: ProbePerson
    victim: ProbePerson
    caller: Caller
    clock: Clock
    random: Random
    key: bytes


class ProbeResult(Struct, frozen=True):
    """The report, and for each of its cases the call that was made; None for a case without one."""

    report: ProbeReport
    calls: tuple[CallSpec | None, ...] = ()


def probe_action(task: ProbeTask) -> ProbeResult:
    """Make the calls of the two, then every attack. Raises as ``Caller.call``."""
    return _Prober(task).run()


def count_calls(
    action: Action, project: Project, people: tuple[ProbePerson, ProbePerson], random: Random
) -> int:
    """How many requests a probe of attacker and victim sends at most."""
    attacker, victim = people
    plan = _plan_attacks(action, project, Claim(attacker.person, attacker.inputs), victim)
    attacks = plan.list_attacks(random)
    return _OWN_CALLS + len([each for each in attacks if each.sender and each.is_sent])


def _plan_attacks(
    action: Action, project: Project, attacker: Claim, victim: ProbePerson
) -> AttackPlan:
    return AttackPlan(
        list_probed_keys(action, project),
        attacker,
        Claim(victim.person, victim.inputs),
        find_chosen_check(action, project),
    )


class _Prober:
    def __init__(self, task: ProbeTask) -> None:
        self._task = task
        self._digester = ValueDigester(task.key)
        self._keys = list_probed_keys(task.action, task.project)
        self._attacker = Claim(self._clear_mapped(task.attacker.person), task.attacker.inputs)
        self._victim = Claim(self._clear_mapped(task.victim.person), task.victim.inputs)
        self._plan = _plan_attacks(task.action, task.project, self._attacker, task.victim)

    def run(self) -> ProbeResult:
        task = self._task
        mine, my_response = self._call(self._attacker)
        theirs, their_response = self._call(self._victim)
        baseline = ProbeBaseline(
            mine, theirs, any(token.is_user_token for token in task.action.request.tokens)
        )
        report = ProbeReport(
            task.action.name,
            digest_definition(task.action, task.project),
            task.clock.get_time(),
            baseline,
        )
        judged = judge_report(report, task.action, self._keys)
        if judged.problem or my_response is None or their_response is None:
            return ProbeResult(judged)
        found = [*self._attack(my_response)]
        found += [(case, None) for case in self._combine(my_response, their_response)]
        cases, calls = tuple(case for case, _ in found), tuple(call for _, call in found)
        whole = replace(report, cases=cases)
        return ProbeResult(judge_report(whole, task.action, self._keys), calls)

    def _attack(self, own: Response) -> Iterator[tuple[ProbeCase, CallSpec | None]]:
        """All that is sent. The own call is made first and last, each time after the victim's."""
        yield self._call_again()
        for attack in self._plan.list_attacks(self._task.random):
            yield self._make_attack(attack, own)
        self._call(self._victim)
        yield self._call_again()

    def _call_again(self) -> tuple[ProbeCase, CallSpec]:
        seen, _ = self._call(self._attacker)
        attacker = self._attacker
        spec = CallSpec(self._task.action, attacker.person, attacker.inputs)
        return ProbeCase("", ProbeVariant.OWN_AGAIN, False, seen), spec

    def _make_attack(self, attack: Attack, own: Response) -> tuple[ProbeCase, CallSpec | None]:
        """What only chooses a row is not sent: the response is the attacker's own."""
        case = ProbeCase(
            attack.key, attack.variant, attack.is_chosen, ProbeObservation(),
            is_named=attack.is_named, is_skipped=attack.sender is None,
        )  # fmt: skip
        if attack.sender is None:
            return case, None
        known = None if attack.is_sent else own
        seen, _ = self._call(attack.sender, attack.owners, known)
        spec = CallSpec(self._task.action, attack.sender.person, attack.sender.inputs)
        return replace(case, observation=seen), spec if attack.is_sent else None

    def _combine(self, mine: Response, theirs: Response) -> Iterator[ProbeCase]:
        """A response with both records, as a service gives it for a key that fits two."""
        owners = self._plan.list_owners(self._attacker.person)
        responses = [*build_combined_responses(self._task.action, mine, theirs)]
        bare = ProbeCase("", ProbeVariant.TWO_RECORDS, True, ProbeObservation())
        for response in responses:
            seen, _ = self._call(self._attacker, owners, response)
            yield replace(bare, observation=replace(seen, line="", status=None))
        if not responses and list_record_lists(self._task.action):
            yield replace(bare, is_skipped=True)

    def _call(
        self, claim: Claim, owners: tuple[Person, ...] = (), known: Response | None = None
    ) -> tuple[ProbeObservation, Response | None]:
        """Send the call, unless its response is known, and plan that for each of the owners.

        What is returned is the plan of the first for whom there is one, or else the failure.
        """
        task = self._task
        spec = CallSpec(task.action, claim.person, claim.inputs)
        query = task.attacker.query
        call = SentCall("")
        try:
            sealed = spec.build_request(Credentials())
            call = SentCall(sealed.line, None, task.caller.source)
            response = known or task.caller.call(spec, sealed)
        except PlanningError as error:
            subject = build_subject(claim.person, query, task.action.redacted)
            failed = PlanInput(task.action, claim.person, subject, claim.inputs, call)
            return observe_result(build_failure(failed, error), self._digester), None
        job = Job(task.action, query, claim.inputs)
        call = replace(call, status=response.status)
        seen = [
            observe_result(
                replace(judge_response(job, owner, response), call=call), self._digester
            )
            for owner in owners or (claim.person,)
        ]  # fmt: skip
        return next((each for each in seen if each.digests), seen[0]), response

    def _clear_mapped(self, person: Person) -> Person:
        """Without the attributes that the action writes, so that no old value hides a new one."""
        read = {key.reference.name for key in self._keys
                if isinstance(key.reference, PersonAttribute)}  # fmt: skip
        proof = self._task.action.response.same_person
        if proof and isinstance(proof.equals, PersonAttribute):
            read.add(proof.equals.name)
        mapped = {each.attribute.name for each in self._task.action.response.mapping} - read
        left = {name: value for name, value in person.attributes.items() if name not in mapped}
        return replace(person, attributes=left)

"""Attacks an action on purpose, with two test people: nothing of the victim may come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Caller, Clock
from cactions.app.propose import Job, judge_response
from cactions.logic.definition.digest import digest_definition
from cactions.logic.plan.planner import PlanInput, build_failure
from cactions.logic.probe.combine import build_combined_responses
from cactions.logic.probe.judge import judge_attack, judge_baseline
from cactions.logic.probe.observe import ValueDigester, observe_result
from cactions.logic.probe.variants import Attack, list_attacks, list_probed_keys
from cactions.logic.request.call import CallSpec
from cactions.logic.request.redaction import build_subject
from cactions.model import (
    Action,
    Person,
    PersonAttribute,
    PersonQuery,
    Plan,
    PlanFailure,
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


class _Prober:
    def __init__(self, task: ProbeTask) -> None:
        self._task = task
        self._digester = ValueDigester(task.key)
        self._keys = list_probed_keys(task.action, task.project)

    def run(self) -> ProbeResult:
        task = self._task
        mine, my_response = self._observe_own(task.attacker)
        theirs, their_response = self._observe_own(task.victim)
        baseline = ProbeBaseline(
            mine, theirs, any(token.is_user_token for token in task.action.request.tokens)
        )
        report = ProbeReport(
            task.action.name,
            digest_definition(task.action, task.project),
            task.clock.get_time(),
            baseline,
            problem=judge_baseline(baseline) if self._keys else "",
        )
        if not self._keys:
            return ProbeResult(replace(report, problem="no value of its request can be replaced"))
        if report.problem or my_response is None or their_response is None:
            return ProbeResult(report)
        found: list[tuple[ProbeCase, CallSpec | None]] = [*self._attack(baseline)]
        found += [(case, None) for case in self._combine(baseline, my_response, their_response)]
        cases, calls = tuple(case for case, _ in found), tuple(call for _, call in found)
        return ProbeResult(replace(report, cases=cases), calls)

    def _observe_own(self, who: ProbePerson) -> tuple[ProbeObservation, Response | None]:
        """What the action gets for a person without an attack."""
        person = self._clear_mapped(who.person)
        result, response = self._call(who, person, person, who.inputs)
        return observe_result(result, self._digester), response

    def _attack(self, baseline: ProbeBaseline) -> Iterator[tuple[ProbeCase, CallSpec]]:
        task = self._task
        attacks = list_attacks(
            self._keys,
            self._clear_mapped(task.attacker.person),
            task.victim.person,
            (task.attacker.inputs, task.victim.inputs),
            task.random,
        )
        for attack in attacks:
            seen = self._observe_attack(attack)
            key = attack.key
            verdict = judge_attack(attack.variant, seen, baseline, is_chosen=key.is_chosen)
            case = ProbeCase(str(key.reference), attack.variant, key.is_chosen, seen, verdict)
            yield case, CallSpec(task.action, attack.sender, attack.inputs)

    def _observe_attack(self, attack: Attack) -> ProbeObservation:
        attacker = self._task.attacker
        result, _ = self._call(attacker, attack.sender, attack.owner, attack.inputs)
        return observe_result(result, self._digester)

    def _combine(
        self, baseline: ProbeBaseline, mine: Response, theirs: Response
    ) -> Iterator[ProbeCase]:
        """A response with both records, as a service gives it for a key that fits two."""
        who = self._task.attacker
        person = self._clear_mapped(who.person)
        variant = ProbeVariant.TWO_RECORDS
        for response in build_combined_responses(self._task.action, mine, theirs):
            job = Job(self._task.action, who.query, who.inputs)
            seen = observe_result(judge_response(job, person, response), self._digester)
            verdict = judge_attack(variant, seen, baseline, is_chosen=True)
            yield ProbeCase("", variant, True, seen, verdict)

    def _call(
        self, who: ProbePerson, sender: Person, owner: Person, inputs: Mapping[str, Scalar]
    ) -> tuple[Plan | PlanFailure, Response | None]:
        """Send the call of ``sender``, and plan its response for ``owner``."""
        task = self._task
        spec = CallSpec(task.action, sender, inputs)
        call = SentCall("")
        try:
            sealed = spec.build_request(Credentials())
            call = SentCall(sealed.line, None, task.caller.source)
            response = task.caller.call(spec, sealed)
        except PlanningError as error:
            subject = build_subject(owner, who.query, task.action.redacted)
            failed = PlanInput(task.action, owner, subject, inputs, call)
            return build_failure(failed, error), None
        result = judge_response(Job(task.action, who.query, inputs), owner, response)
        return replace(result, call=replace(call, status=response.status)), response

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

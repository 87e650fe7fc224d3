"""The ways of a leak, step by step: from the value that can be chosen to where it arrives."""

from __future__ import annotations

from typing import Final

from cactions.model import Flow, LeakPath, LeakStep, PersonAttribute
from cactions.rules.rule import ActionAnalysis

_NOWHERE: Final = "the third party"
"""Where the data of an action that maps nothing arrives."""

_MOST_TARGETS: Final = 50
"""Each finding of an action lists them: without a limit, that is keys times targets."""


def build_leak_paths(analysis: ActionAnalysis, before: LeakPath) -> tuple[LeakPath, ...]:
    """Through an action that looks up by the last value of ``before``, to each that it writes."""
    through = (*before, LeakStep(analysis.action.name, is_action=True))
    mappings = analysis.action.response.mapping
    listed = mappings if len(mappings) <= _MOST_TARGETS else mappings[: _MOST_TARGETS - 1]
    targets = [str(PersonAttribute(mapping.attribute.name)) for mapping in listed]
    if len(listed) < len(mappings):
        targets.append(f"{len(mappings) - len(listed)} more attributes")
    return tuple((*through, LeakStep(target)) for target in targets or [_NOWHERE])


def build_flow_path(flow: Flow) -> LeakPath:
    """The values and actions of a flow, which begins and ends with a value."""
    steps: list[LeakStep] = []
    for hop in flow:
        route = hop.route.rstrip("#")
        name, _, target = route.removeprefix("actions.").partition(".response.mapping.")
        if target:
            steps += [LeakStep(name, is_action=True), LeakStep(str(PersonAttribute(target)))]
        elif not steps:
            steps.append(LeakStep(hop.message.partition(":")[0].partition(" is ")[0]))
        elif not route:
            steps.append(LeakStep(hop.message, is_action=True))
    return tuple(steps)

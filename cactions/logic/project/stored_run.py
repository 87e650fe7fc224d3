"""What a kept run says, held to what the project declares: its types, and who may see what.

The file of a run can be older than the action files, or forged; the project has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from cactions.logic.people.declared_type import InvalidValue, parse_declared_value
from cactions.logic.plan.equality import is_equal_as
from cactions.logic.request.redaction import (
    list_hidden_attributes,
    list_hidden_fields,
    mask_query,
)
from cactions.model import (
    ABSENT,
    Attribute,
    Plan,
    Project,
    Receipt,
    Reference,
    RunEntry,
    Subject,
    Value,
    is_empty,
)


def find_misfit(plan: Plan, project: Project | None) -> str:
    """Why the plan may not be written: the first attribute that cannot hold its value; or empty.

    Without a project, as where its files are broken, there is nothing to hold it to.
    """
    for change in plan.effective:
        attribute = project.attributes.get(change.attribute) if project else None
        if attribute and (why := _find_value_fault(attribute, change.after)):
            return (
                f'"{attribute.name}" {why}, since it is declared as {attribute.data_type.value}:'
                " nothing was written"
            )
    return ""


def _find_value_fault(attribute: Attribute, value: Value) -> str:
    if value is ABSENT or is_empty(value):
        return ""
    try:
        fits = is_equal_as(
            attribute.data_type, value, parse_declared_value(value, attribute.data_type)
        )
    except InvalidValue as unfit:
        return unfit.message
    return "" if fits else "must be a number"


def redact_entries(entries: Iterable[RunEntry], project: Project | None) -> Iterator[RunEntry]:
    """The entries, with all that the project redacts redacted, whatever the run says."""
    hidden = list_hidden_attributes(project.redacted) if project else frozenset()
    for entry in entries:
        yield replace(entry, plan=_redact_plan(entry.plan, hidden)) if hidden else entry


def _redact_plan(plan: Plan, hidden: frozenset[str]) -> Plan:
    changes = (replace(c, redacted=c.redacted or c.attribute in hidden) for c in plan.changes)
    left = (
        replace(
            kept_attribute, redacted=kept_attribute.redacted or kept_attribute.attribute in hidden
        )
        for kept_attribute in plan.left
    )
    return replace(plan, changes=tuple(changes), left=tuple(left))


def redact_shown(entry: RunEntry, redacted: frozenset[Reference]) -> RunEntry:
    """An entry as it may be shown: also without redacted fields that say who the person is."""
    receipt, proof = entry.receipt, entry.plan.proof
    if proof and proof.equals in set(map(str, redacted)):
        proof = replace(proof, redacted=True)
    plan = replace(
        _redact_plan(entry.plan, list_hidden_attributes(redacted)),
        subject=_redact_subject(entry.plan.subject, redacted),
        proof=proof,
    )
    return replace(entry, plan=plan, receipt=receipt and _redact_conflicts(receipt, redacted))


def _redact_subject(subject: Subject, redacted: frozenset[Reference]) -> Subject:
    """A stored label does not say which field it is: a name, an address or a ``user_id``."""
    hidden, label = list_hidden_fields(redacted), subject.label
    is_hidden = (
        "name" in hidden
        or ("email" in hidden and "@" in label)
        or (subject.matched.field in hidden and label == subject.matched.value)
    )
    label = "" if is_hidden and subject.person_id else label
    return replace(subject, label=label, matched=mask_query(subject.matched, redacted))


def redact_receipt(receipt: Receipt, project: Project | None) -> Receipt:
    """The same for what stood in the way: attributes, and fields that say who a person is."""
    return _redact_conflicts(receipt, project.redacted) if project else receipt


def _redact_conflicts(receipt: Receipt, redacted: frozenset[Reference]) -> Receipt:
    if not (redacted and receipt.conflicts):
        return receipt
    hidden = {*list_hidden_attributes(redacted), *map(str, redacted)}
    conflicts = (
        replace(conflict, redacted=conflict.redacted or conflict.attribute in hidden)
        for conflict in receipt.conflicts
    )
    return replace(receipt, conflicts=tuple(conflicts))

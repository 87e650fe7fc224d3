"""It is unknown whether end users can write this attribute, or the snapshot is old.

Without ``messenger_writable`` an attribute counts as writable from the browser, so that rules
which look for leaks believe the worst of it. A snapshot (``attributes.lock.json``) is taken at its
word for seven days; where it and the file disagree, one of them is wrong.

Why: ``messenger_writable`` of GET /data_attributes is the machine-readable form of "a user can
change this from the browser":
https://developers.intercom.com/docs/references/rest-api/api.intercom.io/data-attributes

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      plan: {data_type: boolean}  # <- CA103
    actions:
      billing:
        match: user_id
        request: {http_method: get, url: "https://api.pay.example/plans/{{ person.user_id }}"}
        response:
          same_person: {path: $.email, equals: person.email, verified: receipts are sent there}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      plan: {data_type: boolean, messenger_writable: false}
    actions:
      billing:
        match: user_id
        request: {http_method: get, url: "https://api.pay.example/plans/{{ person.user_id }}"}
        response:
          same_person: {path: $.email, equals: person.email, verified: receipts are sent there}

Fix: look the attribute up in the workspace's settings and write ``messenger_writable: true`` or
``false``; or take a new snapshot.

Suppress: rarely right. Where it cannot be looked up now, use ``allow:`` until the day it can.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from cactions.model import (
    SNAPSHOT_DAYS,
    Attribute,
    IdentityVerification,
    PersonAttribute,
    Place,
    Snapshot,
)
from cactions.rules.rule import ERROR, INFO, WARNING, Rule, RuleContext, RuleMatch

_DAY = 86_400


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Attributes of unknown writability, a stale snapshot, and contradictions between the two."""
    read = {
        reference.name
        for analysis in view.facts
        for reference in analysis.trust
        if isinstance(reference, PersonAttribute)
    }
    for name, attribute in view.project.attributes.items():
        if attribute.messenger_writable is None and f"attributes.{name}" not in view.trusted:
            yield RuleMatch(
                f"attributes.{name}#",
                f"it is unknown whether end users can write {name}; it counts as if they could",
                "look the attribute up in Intercom's settings, then add messenger_writable: true"
                " or false",
                severity=None if name in read else INFO,
            )
    if view.project.snapshot:
        yield from _of_snapshot(view, view.project.snapshot)


def _of_snapshot(view: RuleContext, snapshot: Snapshot) -> Iterator[RuleMatch]:
    start = Place(snapshot.file, 1, 1, 1, 2)
    age = int((view.now - snapshot.taken) // _DAY)
    if view.now - snapshot.taken > SNAPSHOT_DAYS * _DAY:
        message = f"the snapshot is {age:,} days old; it is believed for {SNAPSHOT_DAYS}"
        yield RuleMatch("", message, "take a new one", place=start)
    elif age < 0:
        yield RuleMatch("", "the snapshot was taken in the future", "take a new one", place=start)
    for name, theirs in snapshot.attributes.items():
        ours = view.project.attributes.get(name, theirs)
        if _get_facts(ours) != _get_facts(theirs):
            denied = theirs.messenger_writable is True and ours.messenger_writable is False
            unknown = theirs.messenger_writable is None and replace(
                theirs, messenger_writable=ours.messenger_writable
            )
            severity = ERROR if denied else INFO if unknown == ours else None
            message = f"{name} is not what {snapshot.file} says of it"
            yield RuleMatch(
                f"attributes.{name}#", message, "keep one of the two", severity=severity
            )
    flag, verification = (
        snapshot.identity_verification,
        view.project.workspace.identity_verification,
    )
    if flag is not None and flag is (verification is IdentityVerification.OFF):
        message = f"{snapshot.file} says that identity verification is {'on' if flag else 'off'}"
        yield RuleMatch(
            "workspace.identity_verification",
            message,
            "find out which is true",
            severity=None if flag else ERROR,
        )


def _get_facts(attribute: Attribute) -> tuple[object, ...]:
    return attribute.data_type, set(attribute.options), attribute.messenger_writable


RULE = Rule("CA103", "unknown-writability", WARNING, check)

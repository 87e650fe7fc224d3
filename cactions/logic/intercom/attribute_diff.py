"""What differs between a snapshot of a workspace's attributes and the workspace now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from cactions.model import Attribute, Snapshot


class AttributeDifference(Struct, frozen=True):
    """One difference of an attribute, or of the workspace where ``attribute`` is empty.

    ``what`` is ``added``, ``removed`` or the property that differs; ``is_risk``: end users may
    write now what they could not write before.
    """

    attribute: str
    what: str
    before: str = ""
    after: str = ""
    is_risk: bool = False


def compare_snapshots(before: Snapshot, after: Snapshot) -> tuple[AttributeDifference, ...]:
    """Every difference, in the order of the names; those of the workspace first."""
    return (
        *_compare_workspaces(before, after),
        *_compare_attributes(before.attributes, after.attributes),
    )


def _compare_workspaces(before: Snapshot, after: Snapshot) -> Iterator[AttributeDifference]:
    old, new = before.workspace, after.workspace
    if old and new and old.app_id != new.app_id:
        yield AttributeDifference("", "app_id", old.app_id, new.app_id)
    if old and new and old.region != new.region:
        yield AttributeDifference("", "region", old.region, new.region)
    if before.identity_verification != after.identity_verification:
        yield AttributeDifference(
            "",
            "identity_verification",
            _show(before.identity_verification),
            _show(after.identity_verification),
            before.identity_verification is True,
        )


def _compare_attributes(
    before: Mapping[str, Attribute], after: Mapping[str, Attribute]
) -> Iterator[AttributeDifference]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield AttributeDifference(name, "removed" if new is None else "added")
        else:
            yield from _compare_properties(old, new)


def _compare_properties(old: Attribute, new: Attribute) -> Iterator[AttributeDifference]:
    pairs = {
        "data_type": (old.data_type.value, new.data_type.value),
        "options": (_join(old), _join(new)),
        "messenger_writable": (_show(old.messenger_writable), _show(new.messenger_writable)),
        "api_writable": (_show(old.api_writable), _show(new.api_writable)),
        "archived": (_show(old.archived), _show(new.archived)),
    }
    for what, (before, after) in pairs.items():
        if before != after:
            is_risk = what == "messenger_writable" and new.user_editable and not old.user_editable
            yield AttributeDifference(old.name, what, before, after, is_risk)


def _join(attribute: Attribute) -> str:
    return ", ".join(map(str, attribute.options)) or "none"


def _show(flag: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[flag]

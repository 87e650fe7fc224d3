"""The action file of one action alone: what is sealed when it is published.

It is written from the files' own nodes, in their format: without comments, tests, people, and
without what other actions need. Read again, it gives the same action, which is checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from cactions.logic.definition.digest import digest_definition, list_attributes, list_hosts
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.logic.project.file_schema import VERSION
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode, is_text
from cactions.logic.yaml.parser import parse_yaml
from cactions.logic.yaml.writer import PlainText, YamlValue, write_yaml
from cactions.model import (
    Action,
    DefinitionError,
    Project,
    PublishedDefinition,
    Reference,
    Snapshot,
)

_PEOPLE: Final = ("people",)
_TESTS: Final = ("tests",)


def write_definition(files: Iterable[SourceFile], action: Action, project: Project) -> str:
    """The text of an action file with this action, and all that it needs."""
    found = _read_sections(files)
    definition = _choose(found.get("actions", []), {action.name})[action.name]
    assert isinstance(definition, dict), "an action is a map"
    actions: dict[str, YamlValue] = {action.name: _leave_out(definition, _TESTS)}
    tokens = _choose(found.get("tokens", []), {token.name for token in action.request.tokens})
    sections: dict[str, dict[str, YamlValue]] = {
        "workspace": _leave_out(_choose(found.get("workspace", []), None), _PEOPLE),
        "attributes": _choose(found.get("attributes", []), list_attributes(action)),
        "servers": _choose(found.get("servers", []), {*_list_servers([tokens, actions])}),
        "network": _choose_addresses(
            found.get("network", []), {*list_hosts(action), *_list_intercom_hosts(project)}
        ),
        "tokens": tokens,
        "actions": actions,
    }
    document: dict[str, YamlValue] = {"version": VERSION}
    document.update({key: part for key, part in sections.items() if part})
    text = write_yaml(document)
    _check_text(text, action, project)
    return text


def load_definition(published: PublishedDefinition) -> LoadedProject:
    """The project that a sealed definition describes: its one action."""
    file = SourceFile(f"{published.label}, sealed", published.text.encode())
    return load_project(
        [file], published.environment or None, published.snapshot, frozenset(published.redacted)
    )


def prune_snapshot(snapshot: Snapshot | None, action: Action) -> Snapshot | None:
    """Only the attributes that the action touches."""
    if snapshot is None:
        return None
    touched = list_attributes(action)
    attributes = {name: at for name, at in snapshot.attributes.items() if name in touched}
    return Snapshot(
        snapshot.file,
        snapshot.taken,
        attributes,
        snapshot.identity_verification,
        snapshot.workspace,
        tuple(name for name in snapshot.unknown_types if name in touched),
    )


def list_redacted(action: Action) -> tuple[Reference, ...]:
    """What of a person is hidden in this action, sorted."""
    return tuple(sorted(action.redacted, key=str))


def _check_text(text: str, action: Action, project: Project) -> None:
    """Raises DefinitionError where the text does not give the same action."""
    loaded = load_project(
        [SourceFile("the text to seal", text.encode())],
        project.environment or None,
        prune_snapshot(project.snapshot, action),
        action.redacted,
    )
    again = loaded.project.actions.get(action.name) if loaded.project else None
    if (
        loaded.project is None
        or again is None
        or digest_definition(again, loaded.project) != digest_definition(action, project)
    ):
        raise DefinitionError(
            f'the definition of "{action.name}" is not the same once it is written without its'
            " comments; nothing was sealed",
            hint="This is a fault of cactions: please report it with the action file.",
            place=action.place,
        )


def _read_sections(files: Iterable[SourceFile]) -> dict[str, list[MapNode]]:
    """The top-level maps of all files, by key."""
    found: dict[str, list[MapNode]] = {}
    for file in files:
        root = parse_yaml(file.data, Diagnostics(file.name))
        for key, item in root.entries if isinstance(root, MapNode) else ():
            if isinstance(item, MapNode):
                found.setdefault(key.text, []).append(item)
    return found


def _choose(sections: Iterable[MapNode], kept: Collection[str] | None) -> dict[str, YamlValue]:
    """The entries of all of them whose keys are kept; without such a list, all."""
    return {
        key.text: _to_value(item)
        for section in sections
        for key, item in section.entries
        if kept is None or key.text in kept
    }


def _leave_out(section: Mapping[str, YamlValue], keys: Collection[str]) -> dict[str, YamlValue]:
    return {key: value for key, value in section.items() if key not in keys}


def _list_servers(value: YamlValue) -> Iterator[str]:
    """The servers that requests name, wherever they stand."""
    if isinstance(value, dict):
        named = value.get("server")
        yield from [named] if isinstance(named, str) else ()
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _list_servers(part)


def _list_intercom_hosts(project: Project) -> Iterator[str]:
    connection = project.workspace.intercom
    if connection:
        yield connection.host


def _choose_addresses(sections: Iterable[MapNode], hosts: Collection[str]) -> dict[str, YamlValue]:
    """The ways to these hosts."""
    allowed = _choose(sections, None).get("allow", [])
    entries = allowed if isinstance(allowed, list) else []
    kept = [each for each in entries if isinstance(each, dict) and each.get("host") in hosts]
    return {"allow": [*kept]} if kept else {}


def _to_value(node: Node) -> YamlValue:
    """The node with each scalar as it was typed: a plain one stays plain."""
    if isinstance(node, MapNode):
        return {key.text: _to_value(value) for key, value in node.entries}
    if isinstance(node, ListNode):
        return [_to_value(item) for item in node.items]
    assert isinstance(node, ScalarNode), "a project without faults has no broken node"
    return node.text if is_text(node) else PlainText(node.text or "null")

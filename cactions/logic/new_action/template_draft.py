"""An action from a template: its own name, the host of its author, and no token twice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from cactions.logic.name_grammar import NAME
from cactions.logic.new_action.action_draft import DraftedAction
from cactions.logic.new_action.found_secrets import FoundSecret
from cactions.logic.project import SourceFile, load_project
from cactions.logic.vault.secret_hosts import list_secret_hosts
from cactions.logic.yaml.writer import YamlValue, quote_text, to_plain_text
from cactions.model import Attribute, Project

_KEPT: Final = ("version", "tokens", "actions")
"""What of a template belongs to the file of an action; the rest is the project's."""
_EXAMPLE: Final = re.compile(r"(?:^|\.)example(?:\.|$)|^us1\.")
"""Hosts that are a name of each customer's own."""


class ActionTemplate(Struct, frozen=True):
    """A template as it is shipped: a project of its own, and a recording."""

    service: str
    text: str
    recording: str

    @property
    def project(self) -> Project:
        """What the template says."""
        found = load_project([SourceFile(self.service, self.text.encode())]).partial
        if found is None:
            raise ValueError(f"the template {self.service} cannot be read")
        return found

    @property
    def host(self) -> str:
        """The host that it calls."""
        return self.project.actions[self.service].request.host

    @property
    def needs_host(self) -> bool:
        """Whether each customer of the service has a host of their own."""
        return _EXAMPLE.search(self.host) is not None


def draft_template(
    template: ActionTemplate, name: str, host: str, project: Project | None
) -> tuple[DraftedAction, str]:
    """The action under its new name, and its recording; both for the host."""
    source = template.project
    known = project.tokens if project else {}
    token = known.get(template.service)
    reused = token is not None and host in token.hosts
    sections = dict(_split_sections(template.text))
    if reused:
        del sections["tokens"]
    text = "".join(sections[key] for key in ("", *_KEPT) if key in sections)
    text = text.replace(template.host, host)
    key = to_plain_text(name) if re.fullmatch(r"[A-Za-z_].*", name) else quote_text(name)
    text = re.sub(rf"(?m)^(actions:\n)  {template.service}:$", rf"\1  {key}:", text)
    if token is not None and not reused:
        text = _rename_token(text, template.service, _find_free(name, known))
    secrets: list[FoundSecret] = []
    taken = list_secret_hosts(project) if project else {}
    for secret in () if reused else list_secret_hosts(source):
        own = secret.replace(template.service, NAME.propose(name))
        free = secret if host in taken.get(secret, (host,)) else _find_free(own, taken)
        text = re.sub(rf"\{{secret: {re.escape(secret)}\}}", f"{{secret: {free}}}", text)
        secrets.append(FoundSecret(free, host, "", "of the service"))
    attributes = _list_attributes(source, project.attributes if project else {})
    notes = _list_notes(source, project)
    drafted = DraftedAction(name, text, tuple(secrets), (), tuple(notes), attributes)
    return drafted, template.recording.replace(template.host, host)


def _split_sections(text: str) -> Iterable[tuple[str, str]]:
    """The texts below each key at the top; the head of the file has an empty name."""
    parts = re.split(r"(?m)^(?=[a-z]+:)", text)
    for part in parts:
        found = re.match(r"([a-z]+):", part)
        yield (found[1] if found else ""), part


def _rename_token(text: str, old: str, new: str) -> str:
    text = re.sub(rf"(?m)^(tokens:\n)  {old}:$", rf"\1  {new}:", text)
    return text.replace(f"tokens: [{old}]", f"tokens: [{new}]")


def _find_free(name: str, known: Iterable[str]) -> str:
    taken = {*known}
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _list_attributes(source: Project, known: Iterable[str]) -> dict[str, YamlValue]:
    return {
        name: _write_attribute(attribute)
        for name, attribute in source.attributes.items()
        if name not in known
    }


def _write_attribute(attribute: Attribute) -> YamlValue:
    return {"data_type": to_plain_text(attribute.data_type.value), "messenger_writable": False}


def _list_notes(source: Project, project: Project | None) -> list[str]:
    """What the tests need, and what the declared attributes say."""
    people = project.workspace.people if project else ()
    there = {person.fields.get("user_id") for person in people}
    return [
        "New attributes are declared as not writable from the browser: make them so at Intercom.",
        *(
            f"Its test needs a person with user_id {person.fields['user_id']} and email"
            f" {person.fields['email']} in `workspace.people`."
            for person in source.workspace.people
            if person.fields.get("user_id") not in there
        ),
    ]

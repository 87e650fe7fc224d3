"""Which data inputs of a connector are only the content of what it creates: a lead, a ticket.

A creation finds no record. It shows in its address, by what is typed beside an e-mail address,
and by an answer of which nothing but the new record is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cactions.logic.connectors.mapping_diff import get_full_path
from cactions.logic.lint.vocabulary import (
    is_contact_address,
    is_record_name,
    split_words,
)
from cactions.logic.yaml.writer import YamlValue
from cactions.model import Connector, ConnectorMapping, Template

_ASKING: Final = frozenset(
    "search query lookup find filter status check balance history get list fetch retrieve"
    " read login signin session sessions password passwords reset resets otp verify"
    " verification auth token tokens cancel delete remove refund refunds unlink deactivate"
    " disable terminate revoke void archive unsubscribe suspend pause resume erase transfer"
    " update upsert approve reject charge capture close block unblock activate track tracking"
    " rpc graphql".split()
)
"""Words of an address that asks for something, or changes it."""
_WELCOMING: Final = frozenset(
    "lead leads contact contacts subscriber subscribers newsletter signup signups waitlist"
    " demo demos callback callbacks inquiry inquiries enquiry enquiries registration"
    " registrations prospects prospect form forms lists audiences".split()
)
"""What an e-mail address alone is enough for."""
_ANSWERED: Final = frozenset(
    "id ids key number reference ref uuid status state created url link success message token"
    " date time".split()
)
"""What is kept of an answer to a creation."""
_INPUT: Final = re.compile(r"\{\{ inputs\.(\w+) \}\}")


def list_contents(connector: Connector, url: Template, body: YamlValue) -> frozenset[str]:
    """The names of the inputs that stand in the body of a creation, and find nothing there."""
    steps = _list_steps(url)
    if connector.http_method != "post" or url.references or not _ASKING.isdisjoint(steps):
        return frozenset()
    if not all(map(_is_answer, connector.mappings or ())):
        return frozenset()
    places = [(name, where) for where, name in _list_places(body, "")]
    finding = {name for name, where in places if is_record_name(where) or is_record_name(name)}
    contents = {name for name, _ in places} - finding
    reached = {
        name for name, where in places if is_contact_address(where) or is_contact_address(name)
    }
    is_form = bool(contents - reached) or not _WELCOMING.isdisjoint(steps)
    return frozenset(contents if is_form and not finding else contents - reached)


def _list_steps(url: Template) -> list[str]:
    text = "".join(part for part in url.parts if isinstance(part, str))
    steps = text.partition("?")[0].split("/")[3 if "://" in text else 0 :]
    return [word for step in steps for word in split_words(step)]


def _is_answer(mapping: ConnectorMapping) -> bool:
    """Whether a mapping keeps only what a creation answers with."""
    words = split_words(get_full_path(mapping))
    return bool(words) and words[-1] in _ANSWERED


def _list_places(content: YamlValue, name: str) -> Iterator[tuple[str, str]]:
    """Each input in a body, with the innermost name that it stands under."""
    if isinstance(content, str):
        yield from ((name, found) for found in _INPUT.findall(content))
    elif isinstance(content, dict):
        for key, item in content.items():
            yield from _list_places(item, key)
    elif isinstance(content, list):
        for item in content:
            yield from _list_places(item, name)

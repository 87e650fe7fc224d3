"""Which connector belongs to which action: by the id in the file, else by its unique name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from cactions.model import Action, Connector


class ConnectorMatch(Struct, frozen=True):
    """An action and its connector. Without one, ``reason`` says why there is none.

    ``is_open``: none exists, so that one may be created.
    """

    action: Action
    connector: Connector | None = None
    reason: str = ""
    is_open: bool = False


def match_connectors(
    actions: Sequence[Action], connectors: Sequence[Connector]
) -> tuple[ConnectorMatch, ...]:
    """Each action with its connector, in the order of the actions."""
    by_id = {connector.id: connector for connector in connectors}
    taken = {action.connector_id for action in actions if action.connector_id}
    names = Counter(connector.name for connector in connectors)
    return tuple(_match(action, by_id, taken, names) for action in actions)


def _match(
    action: Action, by_id: Mapping[str, Connector], taken: set[str], names: Counter[str]
) -> ConnectorMatch:
    if action.connector_id:
        found = by_id.get(action.connector_id)
        missing = f"the workspace has no connector with the id {action.connector_id}"
        return ConnectorMatch(action, found, "" if found else missing)
    name = action.connector_name or action.name
    same = [connector for connector in by_id.values() if connector.name == name]
    if names[name] > 1:
        ids = ", ".join(connector.id for connector in same)
        return ConnectorMatch(action, reason=f"several connectors have this name: {ids}")
    if same and same[0].id in taken:
        return ConnectorMatch(action, reason=f"{same[0].label} belongs to another action")
    if same:
        return ConnectorMatch(action, same[0])
    near = [c for c in by_id.values() if c.id not in taken and _is_near(c.name, name)]
    if near:
        labels = ", ".join(connector.label for connector in near)
        return ConnectorMatch(action, reason=f"it may be {labels}, which has a similar name")
    return ConnectorMatch(action, reason="it was not pushed yet", is_open=True)


def _is_near(name: str, wanted: str) -> bool:
    """Whether the names differ in case and signs only: ``Order status`` and ``order_status``."""
    plain, own = (re.sub(r"[\W_]+", " ", text).strip().lower() for text in (name, wanted))
    return bool(plain) and plain == own


def find_connector(
    name: str, matches: Iterable[ConnectorMatch], connectors: Sequence[Connector]
) -> Connector | None:
    """The connector of an action's name, of an id, or of a unique name of its own."""
    for match in matches:
        if match.action.name == name and match.connector:
            return match.connector
    found = [c for c in connectors if c.id == name] or [c for c in connectors if c.name == name]
    return found[0] if len(found) == 1 else None

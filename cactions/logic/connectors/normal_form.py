"""The normal form of a connector's texts: two texts have the same one if they mean the same.

Intercom knows several spellings of a variable, such as ``{{contact.external_id}}`` for
``{{ user.user_id }}``, and a URL may stand there with or without percent-encoding.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from msgspec.structs import replace

from cactions.logic import strict_json
from cactions.logic.connectors.template import (
    format_template,
    name_inputs,
    parse_template,
)
from cactions.logic.strict_json import StrictJsonError
from cactions.model import Connector, ConnectorInput

_ESCAPED: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_STRUCTURE: Final = "/?#&=+%;{}"
"""What must stay encoded, since it would split a URL."""
_JSON_PART: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')
_NUMBER: Final = re.compile(r"\.(\d+)(?=[.\[]|\Z)")


class NormalForm:
    """The normal forms of one connector's texts. ``attributes`` are those of the workspace."""

    def __init__(self, connector: Connector, attributes: Collection[str]) -> None:
        self._names = name_inputs(data_input.name for data_input in connector.inputs)
        self._attributes = attributes

    def format_text(self, text: str) -> str:
        """Every variable in one spelling; what stands in for a missing value stays."""
        found = parse_template(text, self._names, self._attributes)
        fallbacks = "".join(f"\n{name}: {value}" for name, value in found.fallbacks)
        return f"{format_template(found.template)}{fallbacks}"

    def format_url(self, text: str) -> str:
        """Without percent-encoding where that means nothing."""
        return _ESCAPED.sub(lambda found: _decode(found[0]), self.format_text(text))

    def format_body(self, text: str) -> str:
        """JSON without its blanks; other texts as they are."""
        text = self.format_text(text)
        if not text.lstrip().startswith(("{", "[")):
            return text
        try:
            return strict_json.dump_json(strict_json.parse_json(text))
        except StrictJsonError:  # a variable without quotes is no JSON
            return _JSON_PART.sub(lambda part: part[1] or "", text)

    def rename_inputs(self, inputs: Collection[ConnectorInput]) -> tuple[ConnectorInput, ...]:
        """The inputs under the names that our files can hold."""
        return tuple(replace(found, name=self._names[found.name]) for found in inputs)


def normalize_path(path: str) -> str:
    """A response path with the numbers of rows in brackets: ``orders.0.id`` is ``orders[0].id``."""
    return _NUMBER.sub(r"[\1]", path)


def _decode(escaped: str) -> str:
    try:
        text = unquote_to_bytes(escaped).decode()
    except UnicodeDecodeError:
        return escaped.upper()
    return "".join(quote(sign, safe="") if sign in _STRUCTURE else sign for sign in text)

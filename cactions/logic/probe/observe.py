"""Reduces what a call came to: its values become keyed digests, which are compared and kept."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from cactions.logic import strict_json
from cactions.model import (
    ABSENT,
    Plan,
    PlanFailure,
    ProbeObservation,
    Value,
    is_empty,
)

_HALF: Final = 32


class ValueDigester:
    """Digests of values, equal exactly for equal values; the key is thrown away with it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(self, value: Value) -> str:
        """32 hexadecimal digits; empty for a value that is none."""
        if value is ABSENT or is_empty(value):
            return ""
        text = strict_json.dump_json(value)
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), sha256).hexdigest()[
            :_HALF
        ]


def observe_result(result: Plan | PlanFailure, digester: ValueDigester) -> ProbeObservation:
    """What the call of an attack came to."""
    call, proof = result.call, result.proof
    line, status = (call.line, call.status) if call else ("", None)
    shown = digester.digest(proof.found) if proof else ""
    if isinstance(result, PlanFailure):
        return ProbeObservation(line, status, result.reason, result.message, {}, shown)
    found = {change.attribute: digester.digest(change.after) for change in result.changes}
    digests = {name: digest for name, digest in found.items() if digest}
    return ProbeObservation(line, status, None, "", digests, shown)

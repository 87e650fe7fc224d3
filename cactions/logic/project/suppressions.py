"""Builds suppressions of rules, and trust statements for locations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cactions.logic.project.scope import Scope
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import UNKNOWN_NAME, WRONG_VALUE
from cactions.model import Suppression
from cactions.rules import SUPPRESSIBLE

_DAY: Final = r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TRUSTED: Final = r"attributes\.[^*]+|actions\.[^*]+\.response\.mapping\.[^*]+"


def build_suppressions(at: LocatedValue, scope: Scope) -> Iterator[Suppression]:
    """Those of one file, under ``allow`` and ``trust``; broken ones are left out."""
    for key in ("allow", "trust"):
        listed = at.get(key)
        for item in listed.value if listed else ():
            if suppression := _build_statement(key, item, scope):
                yield suppression


def _build_statement(key: str, at: LocatedValue, scope: Scope) -> Suppression | None:
    parts = [at.get(name) for name in ("where", "reason", "owner", "expires")]
    rule = at.get("rule")
    if any(part is None for part in parts) or (key == "allow" and rule is None):
        return None
    where, reason, owner, expires = (str(part.value) for part in parts if part)
    sound = [_is_day(at, expires, scope), _is_place(key, at, where, scope)]
    if rule:
        sound.append(_is_rule(rule, scope))
    if not all(sound):
        return None
    return Suppression(
        where, reason, owner, expires, rule.value if rule else "", at.route,
        scope.faults.place((rule or at.get("where") or at).span),
    )  # fmt: skip


def _is_day(at: LocatedValue, text: str, scope: Scope) -> bool:
    if not re.fullmatch(_DAY, text):
        spot = at.get("expires") or at
        scope.add_fault(WRONG_VALUE, spot, f'"{text}" is no day', "write it as 2026-12-31")
        return False
    return True


def _is_place(key: str, at: LocatedValue, where: str, scope: Scope) -> bool:
    spot = at.get("where") or at
    if "*" in where:
        scope.add_fault(WRONG_VALUE, spot, "there are no wildcards here", "name one place")
        return False
    if key == "trust" and not re.fullmatch(_TRUSTED, where):
        hint = "write attributes.NAME, or actions.NAME.response.mapping.ATTRIBUTE"
        scope.add_fault(WRONG_VALUE, spot, f'"{where}" is nothing that can be trusted', hint)
        return False
    return True


def _is_rule(at: LocatedValue, scope: Scope) -> bool:
    if at.value in SUPPRESSIBLE:
        return True
    hint = f"those that can: {', '.join(SUPPRESSIBLE)}"
    scope.add_fault(UNKNOWN_NAME, at, f'no rule "{at.value}" can be suppressed', hint)
    return False

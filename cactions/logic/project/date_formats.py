"""Shapes how a third party writes dates."""

from __future__ import annotations

from cactions.logic.project.scope import Scope
from cactions.logic.values.dates import DIRECTIVES, load_zone
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, MISSING_KEY, WRONG_VALUE
from cactions.model import DateForm, DateFormat

_ZONED = (DateForm.ISO8601, DateForm.ISO8601_DATE, DateForm.PATTERN)
_NEEDED = (("%Y",), ("%m", "%b", "%B"), ("%d",))
_UNKNOWN_ZONE = "write UTC, an offset such as +01:00, or a name such as Europe/Berlin"


def build_date_format(at: LocatedValue, scope: Scope) -> DateFormat | None:
    """The form of a ``date:``; None where it is broken."""
    if isinstance(at.value, str):
        return DateFormat(DateForm(at.value))
    form_at, pattern_at, zone_at = at.get("form"), at.get("pattern"), at.get("zone")
    if not at.has_like(("form", "pattern")):
        message = "it does not say how dates are written"
        hint = "add form: iso8601, or pattern"
        scope.faults.add(MISSING_KEY, at.key, message, hint=hint, route=at.route)
    if form_at and pattern_at:
        scope.add_fault(CONTRADICTION, pattern_at, "the form is given already", "keep one of them")
    form = DateForm.PATTERN if pattern_at else DateForm(form_at.value) if form_at else None
    if pattern_at:
        _check_pattern(pattern_at, scope)
    if zone_at and form:
        _check_zone(zone_at, form, scope)
    if form is None:
        return None
    zone = zone_at.value if zone_at else ""
    return DateFormat(form, zone, pattern_at.value if pattern_at else "")


def _check_pattern(at: LocatedValue, scope: Scope) -> None:
    found = [f"%{text[:1]}" for text in at.value.replace("%%", "").split("%")[1:]]
    known = [f"%{letter}" for letter in DIRECTIVES]
    for directive in found:
        if directive not in known:
            message = f"{directive} is not one of the directives {' '.join(known)}"
            scope.add_fault(WRONG_VALUE, at, message)
            return
    missing = [words[0] for words in _NEEDED if not set(words) & set(found)]
    if missing:
        message = f"a date needs a year, a month and a day: {' and '.join(missing)} missing"
        scope.add_fault(WRONG_VALUE, at, message, "an example: %d.%m.%Y %H:%M")


def _check_zone(at: LocatedValue, form: DateForm, scope: Scope) -> None:
    if form not in _ZONED:
        message = f"{form.value} has its zone in each date"
        scope.refuse_key(at, message)
        return
    try:
        load_zone(at.value)
    except ValueError:
        scope.add_fault(WRONG_VALUE, at, f'"{at.value}" is no time zone', _UNKNOWN_ZONE)

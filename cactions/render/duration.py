"""How long something took, and how fast it was, in words."""

from __future__ import annotations

from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3600
_TEN: Final = 10
_SLOW: Final = 0.1


def format_duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 05 s``, ``2 h 07 min``."""
    if seconds < _TEN:
        return f"{max(0.0, seconds):.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    minutes = whole // _MINUTE
    return f"{minutes // 60:,} h {minutes % 60:02} min"


def format_rate(rate: float, unit: str = "people") -> str:
    """``83 people per second``; empty where nothing was measured."""
    if rate <= 0:
        return ""
    if rate < _SLOW:
        return f"{rate * _MINUTE:.1f} {unit} per minute"
    text = f"{rate:,.0f}" if rate >= _TEN else f"{rate:.1f}"
    return f"{text} {unit} per second"

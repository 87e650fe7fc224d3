"""Hides in a text what follows the name of a credential."""

from __future__ import annotations

import re
from typing import Final

from cactions.model import MASK

_SCHEME: Final = re.compile(
    r"\b([Bb]earer|BEARER|[Bb]asic|BASIC|[Dd]igest)([ ]+)(?=[^\s]*[0-9A-Z=+/_~.-])"
    r"[A-Za-z0-9._~+/=-]{6,}"
)
_NAMED: Final = re.compile(
    r"""(?ix)((?:authorization|api[_-]?key|token|secret|password|cookie)["']?
    [ ]*[:=][ ]*["']?)(?!bearer\b|basic\b|digest\b|\{\{)[^\s"',;&<>]{4,}"""
)


def mask_credentials(text: str) -> str:
    """The text without what follows the name of a credential, such as ``Authorization:``."""
    text = _SCHEME.sub(rf"\1\2{MASK}", text)
    return _NAMED.sub(rf"\1{MASK}", text)

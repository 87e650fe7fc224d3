"""Takes credentials out of a connector before it becomes a file that is kept.

They are recognized as the rules do: by what they are called, or by how they look. Their place is
marked, so that the file says that something is missing.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from cactions.model import Connector
from cactions.rules.ca301_hardcoded_secret import CARRIERS, plain
from cactions.rules.credentials import (
    DOTS,
    Name,
    find_secret_elements,
    is_authorization,
    is_short_password,
    looks_like_secret,
    mask_secrets,
    suggests_secret,
)

REMOVED: Final = "REMOVED-CREDENTIAL"
_PARAMETER: Final = re.compile(r"([?&])([^=&#{}]{1,200})=([^&#{}]+)")
_MEMBER: Final = re.compile(r'"([^"\\\n]{1,200})"(\s*:\s*)"((?:[^"\\{]|\\.)+)"')
_USER: Final = re.compile(r"(://)[^/?#@\s]*@")
_LEAST: Final = 5


def hide_credentials(connector: Connector) -> Connector:
    """The same without literal credentials in its texts."""
    url = _USER.sub(rf"\1{REMOVED}@", connector.url)
    url = _PARAMETER.sub(
        lambda found: f"{found[1]}{found[2]}={_hide_named(found[2], found[3])}", url
    )
    body = _MEMBER.sub(
        lambda found: f'"{found[1]}"{found[2]}"{_hide_named(found[1], found[3])}"', connector.body
    )
    if body == connector.body:
        body = _PARAMETER.sub(
            lambda found: f"{found[1]}{found[2]}={_hide_named(found[2], found[3])}", f"&{body}"
        )[1:]
    return replace(
        connector,
        url=_hide(url),
        body=_hide_elements(_hide(body)),
        description=_hide(connector.description),
        name=_hide(connector.name),
        inputs=tuple(
            replace(
                each,
                description=_hide(each.description),
                default_value=_hide_named(each.name, _hide(each.default_value)),
            )
            for each in connector.inputs
        ),
    )


def _hide(text: str) -> str:
    return mask_secrets(text).replace(DOTS, REMOVED)


def _hide_elements(text: str) -> str:
    for secret in find_secret_elements(text):
        text = text.replace(f">{secret}<", f">{REMOVED}<")
    return text


def _hide_named(name: str, text: str) -> str:
    """The value of a name, unless the name or the value says that it is a credential."""
    if is_authorization(text):
        return f"{text.split(maxsplit=1)[0]} {REMOVED}"
    says = Name.SECRET if plain(name) in CARRIERS else suggests_secret(name)
    carries = says is Name.SECRET or plain(name) in CARRIERS or is_short_password(name, text)
    if (carries and len(text) >= _LEAST) or looks_like_secret(text, says):
        return REMOVED
    return text

"""How a curl command reaches its host."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from cactions.model import AllowedAddress


class CurlNetwork(Struct, frozen=True):
    """Allowed addresses, a CA file and a proxy, if any."""

    allowed: tuple[AllowedAddress, ...] = ()
    ca_file: str = ""
    proxy: str = ""


DIRECT: Final = CurlNetwork()

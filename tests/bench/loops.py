"""What others do in a loop: ``python -m tests.bench.loops bare|sdk|job ...``, each a process.

- ``bare PORT CA_FILE NUMBER``: a guarded request for each person, by a pool of threads.
- ``sdk URL TOKEN NUMBER``: the official library of Intercom; it searches and updates.
- ``job URL TOKEN NUMBER SHOP``: the same with what the third party says, as ``run`` does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx

from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.model import AllowedAddress, MaskedText, Request
from tests.bench.crowd import Shop
from tests.servers import HOST

THREADS: Final = 8
"""As many as ``run`` has by default."""


def loop_bare(port: str, ca_file: str, number: str) -> None:
    """Ask the third party about everyone, and read the JSON of each answer."""
    shop = Shop(int(port), Path(ca_file))
    allowed = AllowedAddress(HOST, "127.0.0.1", shop.port, "the bench")
    sender = HttpSender(NetworkRules((allowed,), ca_file=shop.ca_file))
    headers = (("Accept", MaskedText.of_plain("application/json")),)

    def ask(n: int) -> None:
        url = MaskedText.of_plain(f"{shop.url}u-{n}")
        assert json.loads(sender.send(Request("GET", url, headers)).body)["points"] == n

    with ThreadPoolExecutor(THREADS) as pool:
        for start in range(0, int(number), 500):
            list(pool.map(ask, range(start, min(start + 500, int(number)))))
    sender.close()


def loop_sdk(url: str, token: str, number: str) -> None:
    """Search for each person, and update them."""
    for n in range(int(number)):
        _update_person(_open_api(url, token), n, {"tier": "gold", "points": n})


def loop_job(url: str, token: str, number: str, shop: str) -> None:
    """Ask the third party about each person, search for them, and update them."""
    with httpx.Client() as client:
        for n in range(int(number)):
            record = client.get(f"{shop}u-{n}", extensions={"sni_hostname": HOST}).json()
            values = {name: record[name] for name in ("tier", "points")}
            _update_person(_open_api(url, token), n, values)


@cache
def _open_api(url: str, token: str) -> Any:
    from intercom import Intercom  # an extra of the bench

    return Intercom(base_url=url, token=token)


def _update_person(api: Any, n: int, values: Mapping[str, Any]) -> None:
    from intercom import SingleFilterSearchRequest

    query = SingleFilterSearchRequest(field="external_id", operator="=", value=f"u-{n}")
    [found] = list(api.contacts.search(query=query))
    api.contacts.update(found.id, custom_attributes=values)


if __name__ == "__main__":
    {"bare": loop_bare, "sdk": loop_sdk, "job": loop_job}[sys.argv[1]](*sys.argv[2:])

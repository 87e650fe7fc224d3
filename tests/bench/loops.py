"""What others do in a loop: ``python -m tests.bench.loops bare|sdk ...``, each a process.

- ``bare PORT CA_FILE NUMBER``: a guarded request for each person, by a pool of threads.
- ``sdk URL TOKEN NUMBER``: the official library of Intercom; it searches and updates.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

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
    from intercom import Intercom, SingleFilterSearchRequest  # an extra of the bench

    api: Any = Intercom(base_url=url, token=token)
    for n in range(int(number)):
        query = SingleFilterSearchRequest(field="external_id", operator="=", value=f"u-{n}")
        [found] = list(api.contacts.search(query=query))
        api.contacts.update(found.id, custom_attributes={"tier": "gold", "points": n})


if __name__ == "__main__":
    {"bare": loop_bare, "sdk": loop_sdk}[sys.argv[1]](*sys.argv[2:])

"""A workspace at Intercom for the bench, and a third party, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.apart import serve_apart
from tests.bench.crowd import (
    TWENTIETH,
    Shop,
    build_document,
    build_environment,
    call,
    command,
    open_shop,
    write_home,
)
from tests.intercom_projects import API, PUBLISH

_SERVER: Final = """
import sys
from tests.bench.crowd import list_people
from tests.workspace import WorkspaceServer
with WorkspaceServer(tls=True) as server:
    server.add_attribute("tier")
    server.add_attribute("points", "integer")
    for person in list_people(int(sys.argv[1]), int(sys.argv[2])):
        fields = person.fields
        server.add_contact(
            external_id=fields["user_id"], email=fields["email"], role="user",
            custom_attributes=dict(person.attributes),
        )
    print(server.port, server.token, server.ca_file, flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class Platform:
    """The address of the workspace; ``shop`` has the certificates of both servers."""

    port: int
    token: str
    shop: Shop

    @property
    def plain_url(self) -> str:
        """Its address for who has no rule about names."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def plain_shop(self) -> str:
        """That of the third party."""
        return f"https://127.0.0.1:{self.shop.port}/v1/customers/"

    def make_home(self, home: Path, number: int) -> Path:
        """A folder whose people are there, with the sealed token."""
        document = build_document(self.shop)
        allowed = {"host": API, "address": "127.0.0.1", "port": self.port, "reason": "the bench"}
        document["network"]["allow"].append(allowed)
        document["workspace"] = {
            "kind": "intercom", "url": f"https://{API}:{self.port}",
            "identity_verification": "jwt", "token": {"secret": "intercom_token"},
        }  # fmt: skip
        write_home(home, document, number)
        call(command("vault init --name bench"), home, self.shop)
        seal = command(f"vault seal intercom_token --host {API}")
        environment = build_environment(home, self.shop.ca_file)
        subprocess.run(
            [sys.executable, *seal], cwd=home, env=environment, input=self.token,
            text=True, check=True, capture_output=True,
        )  # fmt: skip
        call(command(PUBLISH), home, self.shop)
        return home


@contextmanager
def open_platform(folder: Path, number: int, each: int = TWENTIETH) -> Iterator[Platform]:
    """The workspace with this number of people; ``folder`` is for the certificates."""
    with open_shop() as shop, serve_apart(_SERVER, str(number), str(each)) as found:
        port, token, ca_file = found
        both = folder / "platform.pem"
        both.write_bytes(shop.ca_file.read_bytes() + Path(ca_file).read_bytes())
        yield Platform(int(port), token, Shop(shop.port, both))

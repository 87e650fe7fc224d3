"""What the documents call, behind a proxy on loopback: their shop, and a workspace at Intercom."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from tests.servers import HERE, Server, Talk, serving, tls_for
from tests.workspace import Settings, WorkspaceServer

SHOP, INTERCOM = "api.shop.example", "api.intercom.io"
SHOP_TOKEN, INTERCOM_TOKEN = "tok-7d1f-e02a", "dG9rOmIwNzVhZg"
CUSTOMERS = {
    "u-1": {"email": "ada@example.com", "tier": "gold", "points": 1280},
    "u-2": {"email": "grace@example.com", "tier": "silver", "points": 325},
}


@contextmanager
def serving_documents() -> Iterator[Server]:
    """The proxy. The workspace has Ada, Grace and two attributes."""
    with WorkspaceServer(Settings(token=INTERCOM_TOKEN)) as workspace:
        workspace.add_attribute("tier", options=["silver", "gold"])
        workspace.add_attribute("points", "integer")
        workspace.add_contact(
            external_id="u-1", email="ada@example.com", role="user", name="Ada Lovelace",
            custom_attributes={"tier": "silver"},
        )  # fmt: skip
        workspace.add_contact(
            external_id="u-2", email="grace@example.com", role="user", name="Grace Hopper"
        )

        def answer(talk: Talk) -> None:
            host = talk.request().split()[1].decode().removesuffix(":443")
            talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
            talk.secure()
            if host == SHOP:
                _answer_as_shop(talk)
            elif host == INTERCOM:
                _forward(talk, workspace.port)

        with serving(answer, tls_for(SHOP, INTERCOM), secure=False) as proxy:
            yield proxy


def _answer_as_shop(talk: Talk) -> None:
    """A customer as JSON, where the bearer token is right."""
    while request := talk.request().decode():
        customer = CUSTOMERS.get(request.split()[1].removeprefix("/v1/customers/"))
        status = "200 OK" if customer else "404 Not Found"
        if f"\r\nauthorization: bearer {SHOP_TOKEN}\r\n" not in request.lower():
            customer, status = None, "401 Unauthorized"
        body = json.dumps(customer)
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        talk.send(f"{head}\r\n\r\n{body}".encode())


def _forward(talk: Talk, port: int) -> None:
    """Each request to a server on this port, and back what it answers."""
    with socket.create_connection((HERE, port)) as far:

        def send_back() -> None:
            with suppress(OSError):  # the client has closed
                while data := far.recv(65536):
                    talk.send(data)

        thread = Thread(target=send_back)
        thread.start()
        while request := talk.request():
            far.sendall(request)
        far.shutdown(socket.SHUT_RDWR)
        thread.join()

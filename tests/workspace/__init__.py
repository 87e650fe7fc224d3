"""A double of Intercom's REST API, with its oddities, for tests and for trying the tool by hand.

    with WorkspaceServer(Settings(index_lag=30), tls=True) as server:
        server.add_attribute("plan", messenger_writable=False)
        key = server.add_contact(external_id="u-1", email="ada@example.com")
        ...  # call server.url with server.token, trusting server.ca_file
        assert "Pro" == server.get_contact(key)["custom_attributes"]["plan"]
        assert 1 == sum(line.wrote for line in server.log)

By hand: ``python -m tests.workspace --port 8443 --tls``.
"""

from tests.workspace.messages import AppliedWrite, LoggedRequest
from tests.workspace.server import WorkspaceServer
from tests.workspace.settings import Settings
from tests.workspace.storage import read_log, read_writes

__all__ = [
    "AppliedWrite",
    "LoggedRequest",
    "Settings",
    "WorkspaceServer",
    "read_log",
    "read_writes",
]

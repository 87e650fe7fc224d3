"""Runs a workspace server by hand: ``python -m tests.workspace --port 8443 --tls``."""

from __future__ import annotations

import argparse
import re
import signal
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any, get_args

import msgspec
from msgspec import Meta
from msgspec.structs import fields

from tests.servers import HERE
from tests.workspace.seeding import SECTIONS, seed_workspace
from tests.workspace.server import HOSTS, WorkspaceServer
from tests.workspace.settings import Settings

DESCRIPTION = """\
A double of Intercom's REST API with its oddities: contacts, search, data attributes, data
connectors and rate limits. It serves on 127.0.0.1 until it is interrupted.
"""
EPILOG = f"""\
example:
  python -m tests.workspace --port 8443 --tls --seed seed.json --index-lag 30 --limit 83

a seed file is a JSON object; each of its keys is optional:
  {{
    "attributes": [{{"name": "plan", "data_type": "string", "options": ["Free", "Pro"]}}],
    "contacts": [{{"external_id": "u-1", "email": "ada@example.com",
                  "custom_attributes": {{"plan": "Free"}}}}],
    "connectors": [{{"definition": {{"name": "Orders", "url": "https://example.com/"}},
                    "live": true}}],
    "executions": [{{"connector": 0, "http_status": 500, "success": false}}]
  }}
keys: {", ".join(SECTIONS)}. The arguments are those of add_attribute(), add_contact(),
add_connector() and add_execution().

A list is written with commas: --scopes read_users,write_users
With --control true, POST /_control/METHOD calls a method of the server with the JSON object in
the body: add_contact, update_contact, fail, log and others.
"""
WHERE = re.compile(r"`\$\.(\w+)`")


def build_parser() -> argparse.ArgumentParser:
    """The options; one for each setting."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.workspace",
        usage="%(prog)s --port N [--tls] [--seed FILE] [--path FILE] [--SETTING VALUE ...]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 for a free one")
    parser.add_argument("--tls", action="store_true", help="HTTPS, with an authority of its own")
    parser.add_argument("--seed", type=Path, metavar="FILE", help="JSON file to begin with")
    parser.add_argument("--path", type=Path, metavar="FILE", help="SQLite file to keep all in")
    group = parser.add_argument_group("settings of the workspace")
    for field in fields(Settings):
        group.add_argument(
            f"--{field.name.replace('_', '-')}",
            metavar="VALUE",
            help=f"{_describe(field.type)} (default: {_show(field.default)})",
        )
    return parser


def _describe(annotation: Any) -> str:
    metas = [meta for meta in annotation.__metadata__ if isinstance(meta, Meta)]
    text = (metas[0].description or "").replace("%", "%%")
    choices = get_args(annotation.__origin__) if "Literal" in str(annotation) else ()
    return f"{text}: {' or '.join(map(str, choices))}" if choices else text


def _name_option(found: re.Match[str]) -> str:
    return f"--{found[1].replace('_', '-')}"


def _show(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(value) or "none"
    return "none" if value is None else str(value)


def read_settings(arguments: argparse.Namespace) -> Settings:
    """The settings with the options that were given."""
    found = {field.name: getattr(arguments, field.name) for field in fields(Settings)}
    lists = {field.name for field in fields(Settings) if "tuple" in str(field.type)}
    values = {
        name: text.split(",") if name in lists else text
        for name, text in found.items()
        if text is not None
    }
    return msgspec.convert(values, Settings, strict=False)


def show_start(server: WorkspaceServer) -> str:
    """What a person needs for the first call."""
    lines = [f"URL    {server.url}", f"Token  {server.token}"]
    options = f'-H "Authorization: Bearer {server.token}"'
    if server.url.startswith("https:"):
        lines += [f"CA     {server.ca_file}", f"Hosts  {', '.join(HOSTS.values())} -> {HERE}"]
        pin = f"--resolve {HOSTS['US']}:{server.port}:{HERE}"
        options = f"--cacert {server.ca_file} {pin} {options}"
    return "\n".join([*lines, "", f"curl {options} {server.url}/me", ""])


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = build_parser()
    found = parser.parse_args(arguments)
    try:
        settings = read_settings(found)
    except (msgspec.ValidationError, ValueError) as error:
        parser.error(WHERE.sub(_name_option, str(error)))
    stop = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with WorkspaceServer(settings, tls=found.tls, port=found.port, path=found.path) as server:
        if found.seed is not None:
            counts = seed_workspace(server, found.seed)
            print(*(f"{count} {name}" for name, count in counts.items()), sep=", ")  # noqa: T201
        print(show_start(server), flush=True)  # noqa: T201
        stop.wait()


if __name__ == "__main__":
    main()

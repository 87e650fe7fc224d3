"""Reads the covered part of an official description, and keeps it as JSON for the next process.

Only the covered paths and the components that they reach are kept. The copy lies in the cache
folder of pytest; its name holds the size and time of the description and a sum of this file, so
that a change of either makes a new copy.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "../shared/intercom"
CACHE = ROOT / ".pytest_cache/contract"

VERSIONS = ("2.14", "2.15", "2.16")
COVERED = ("contacts", "data_attributes", "data_connectors", "me")
"""First segments of the paths that are checked; data connectors appear in 2.16 first."""

REFERENCE = re.compile(r"#/components/([a-zA-Z]+)/([^/]+)")


class DescriptionError(Exception):
    """A description, or a schema in it, that cannot be read as a whole. The text names it."""


class _Loader(yaml.CSafeLoader):
    """YAML with the scalars of JSON only: a time stays a text, and ``no`` is no boolean."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9]\d*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?", "-0123456789"),
    ("null", r"null|~|", ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first)
    )


def find_description(version: str) -> Path | None:
    """The file of this version; nothing where the descriptions are absent."""
    path = FOLDER / f"openapi-{version}.yaml"
    return path if path.is_file() else None


@cache
def read_extract(path: Path) -> dict[str, Any]:
    """The covered part: ``info``, ``security``, ``paths`` and ``components``."""
    copy = CACHE / _name_copy(path)
    with suppress(OSError, ValueError):
        loaded: dict[str, Any] = json.loads(copy.read_bytes())
        return loaded
    extract = extract_covered(parse_description(path.read_bytes()))
    with suppress(OSError):  # a read-only checkout parses each time
        _keep(copy, json.dumps(extract))
    return extract


def _name_copy(path: Path) -> str:
    stat = path.stat()
    code = zlib.crc32(Path(__file__).read_bytes())
    return f"{path.stem}-{stat.st_mtime_ns}-{stat.st_size}-{code:08x}.json"


def _keep(copy: Path, text: str) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    for old in copy.parent.glob(f"{copy.name.split('-')[0]}-{copy.name.split('-')[1]}-*.json"):
        old.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=copy.parent, delete=False) as file:
        file.write(text)
    os.replace(file.name, copy)  # noqa: PTH105 - the name is that of a file that was just made


def parse_description(data: bytes) -> dict[str, Any]:
    """The whole description."""
    loaded: dict[str, Any] = yaml.load(data, Loader=_Loader)
    return loaded


def extract_covered(description: dict[str, Any]) -> dict[str, Any]:
    """The covered paths, and every component that they reach through references."""
    paths = {
        path: item for path, item in description["paths"].items() if path.split("/")[1] in COVERED
    }
    components: dict[str, dict[str, Any]] = {
        "securitySchemes": description["components"]["securitySchemes"]
    }
    waiting = list(find_references(paths))
    while waiting:
        kind, name = waiting.pop()
        if name not in components.setdefault(kind, {}):
            components[kind][name] = _look_up(description, kind, name)
            waiting += find_references(components[kind][name])
    head = {name: description.get(name) for name in ("openapi", "info", "security")}
    return {**head, "paths": paths, "components": components}


def _look_up(description: dict[str, Any], kind: str, name: str) -> Any:
    try:
        return description["components"][kind][name]
    except KeyError:
        raise DescriptionError(f"#/components/{kind}/{name} is referred to and absent") from None


def find_references(node: Any) -> Iterator[tuple[str, str]]:
    """Kind and name of each component that is referred to below ``node``."""
    if isinstance(node, list):
        for item in node:
            yield from find_references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield parse_reference(node["$ref"])
        for item in node.values():
            yield from find_references(item)


def parse_reference(reference: str) -> tuple[str, str]:
    """Kind and name of the component; only references within the description are known."""
    found = REFERENCE.fullmatch(reference)
    if not found:
        raise DescriptionError(f"{reference!r} is no reference to a component")
    return found[1], found[2]

"""Names of a project for completion: read from its own files, with no key and no link followed.

- A file is a plain file of at most 1 MiB in the folder; a link, pipe or device is not opened.
- The YAML is read as events, up to its first error: nothing is built, nothing nests.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

Names: TypeAlias = Iterable[tuple[str, str]]
Route: TypeAlias = tuple[str, ...]

_MOST_BYTES: Final = 1024 * 1024
_DEEPEST: Final = 16
_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ACTION_FILE: Final = re.compile(r"actions\..*\.?ya?ml")
_EXAMPLE: Final = "actions.example.yaml"
_RUN: Final = re.compile(r"([0-9A-Za-z-]{1,64})\.db")
_RULE: Final = re.compile(r"(ca\d+)_(\w+)\.py")
_SECRET: Final = re.compile(rb'"name":"([A-Za-z0-9_-]+)","purpose":"secret"')
_RECIPIENT: Final = re.compile(rb'"kind":"\w+","name":"([A-Za-z0-9_.-]+)"')
_KEYS: Final = ("user_id", "email", "id")


def list_names(kind: str, text: str, folder: str) -> Names:
    """The names of a kind in the project of a folder or of a file in it; none for another kind."""
    place = folder or "."
    home = place if Path(place).is_dir() else str(Path(place).parent)
    lister = _LISTERS.get(kind)
    return dict(lister(home, text)).items() if lister else ()


def read_scalars(text: str) -> Iterator[tuple[Route, str]]:
    """Each text of a YAML document with the keys that lead to it; a key of a map leads to ``""``.

    It ends at the first error, and where the document nests too deeply, without a word.
    """
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    keys: list[str | None] = []
    try:
        for event in yaml.parse(text, Loader=loader):
            if len(keys) > _DEEPEST:
                return
            if isinstance(event, yaml.CollectionStartEvent):
                keys.append(None if isinstance(event, yaml.MappingStartEvent) else "-")
            elif isinstance(event, yaml.CollectionEndEvent):
                keys.pop()
                _leave_value(keys)
            elif isinstance(event, yaml.ScalarEvent) and keys and keys[-1] is None:
                keys[-1] = event.value
                yield tuple(map(str, keys)), ""
            elif isinstance(event, yaml.ScalarEvent):
                yield tuple(map(str, keys)), event.value
                _leave_value(keys)
    except yaml.YAMLError:
        return


def _leave_value(keys: list[str | None]) -> None:
    """The next text is a key again, where the value was one of a map."""
    if keys and keys[-1] != "-":
        keys[-1] = None


def _read_file(path: str) -> bytes:
    """The bytes of a plain file that is no link; none of what is too large, or not there."""
    try:
        handle = os.open(path, _FLAGS)
    except (OSError, ValueError):
        return b""
    with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor has no path
        status = os.fstat(handle)
        fits = stat.S_ISREG(status.st_mode) and status.st_size <= _MOST_BYTES
        return file.read(_MOST_BYTES) if fits else b""


def _list_files(home: str) -> list[str]:
    names = [name for name in sorted(os.listdir(home)) if _ACTION_FILE.fullmatch(name)]  # noqa: PTH208
    return [f"{home}/{name}" for name in names if name != _EXAMPLE or len(names) == 1]


def _read_project(home: str) -> Iterator[tuple[Route, str]]:
    for path in _list_files(home):
        yield from read_scalars(_read_file(path).decode("utf-8", "replace"))


def _list_section(section: str, depth: int = 2) -> Callable[[str, str], Names]:
    """The keys of a section of the action files."""
    return lambda home, _: (
        (route[-1], "")
        for route, value in _read_project(home)
        if route[0] == section and len(route) == depth and not value
    )


def _list_people(home: str, text: str) -> Names:
    """Keys of the people of the YAML and of the pulled ones: the value alone, or with its key."""
    pulled = _read_file(f"{home}/people.lock.json").decode("utf-8", "replace")
    for route, value in (*_read_project(home), *read_scalars(pulled)):
        if not value or route[-1] not in _KEYS or not _is_person(route):
            continue
        if route[-1] == "user_id":
            yield value, ""
        if route[-1] == "email" or "=" in text:
            yield f"{route[-1]}={value}", ""


def _is_person(route: Route) -> bool:
    """Whether the keys lead to a field of a person, in the YAML or in the file of pulled people."""
    lists = (("workspace", "people", "-"), ("workspace", "test_people", "-"), ("-",))
    return route[:-1] in lists


def _list_secrets(home: str, _text: str) -> Names:
    """Those that the YAML names, and those that the vault holds, whose names are readable."""
    for route, value in _read_project(home):
        if route[-1] == "secret" and value:
            yield value, ""
    for found in _SECRET.findall(_read_file(f"{home}/cactions.vault")):
        yield found.decode(), "sealed"


def _list_recipients(home: str, _text: str) -> Names:
    for found in _RECIPIENT.findall(_read_file(f"{home}/cactions.vault")):
        yield found.decode(), ""


def _list_runs(home: str, _text: str) -> Names:
    """The runs of the state folder, the newest first; it is no link, and nothing in it is read."""
    state, runs = f"{home}/.cactions", f"{home}/.cactions/runs"
    if all(stat.S_ISDIR(os.lstat(path).st_mode) for path in (state, runs)):
        names = sorted(os.listdir(runs), reverse=True)  # noqa: PTH208 - only names are needed
        yield "last", "the newest"
        yield from ((found[1], "") for name in names if (found := _RUN.fullmatch(name)))


def _list_rules(_home: str, text: str) -> Names:
    """Ids, or names where a name is begun."""
    folder = Path(__file__).parents[2] / "rules"
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 - only names are needed
        if found := _RULE.fullmatch(name):
            number, words = found[1].upper(), found[2].replace("_", "-")
            yield (words, number) if text and text.islower() else (number, words)


def _list_topics(_home: str, _text: str) -> Names:
    folder = Path(__file__).parents[2] / "help"
    return ((name.removesuffix(".md"), "") for name in sorted(os.listdir(folder)))  # noqa: PTH208


def _list_conditions(home: str, _text: str) -> Names:
    return ((f"custom_attributes.{name}", about) for name, about in _ATTRIBUTES(home, ""))


def _list_inputs(home: str, _text: str) -> Names:
    """``NAME=`` of every data input."""
    for route, value in _read_project(home):
        if route[0] == "actions" and route[2:] == ("data_inputs", "-", "name") and value:
            yield f"{value}=", ""


_ATTRIBUTES: Final = _list_section("attributes")
_LISTERS: Final[dict[str, Callable[[str, str], Names]]] = {
    "action": _list_section("actions"),
    "attribute": _ATTRIBUTES,
    "condition": _list_conditions,
    "environment": _list_section("servers", 3),
    "input": _list_inputs,
    "person": _list_people,
    "recipient": _list_recipients,
    "rule": _list_rules,
    "run": _list_runs,
    "secret": _list_secrets,
    "token": _list_section("tokens"),
    "topic": _list_topics,
}
KINDS: Final = frozenset(_LISTERS)
"""The kinds of names; a word of another kind is left to the shell, which completes files."""

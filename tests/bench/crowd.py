"""Many people in a local workspace, the third party that knows them, and what a command takes."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cactions.edges.store.people import LocalPeopleStore
from cactions.model import Json, Person
from tests.bench.apart import ROOT, serve_apart
from tests.bench.measuring import compiling
from tests.servers import HOST

TWENTIETH: Final = 20
"""Of so many people, one changes."""

UNKNOWN: Final = b"{}"
_LONGEST: Final = 9
"""Characters of the user ids of a million people."""

_SERVER: Final = """
import sys
from tests.bench.crowd import answer_people
from tests.servers import serving
with serving(answer_people) as server:
    print(server.port, server.ca_file, flush=True)
    sys.stdin.read()
"""

_MEASURED: Final = """
import json, os, resource, subprocess, sys, time
began = time.perf_counter()
with open(sys.argv[1], "w") as out:
    code = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=out, stderr=out).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = time.perf_counter() - began
print(json.dumps([code, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


@dataclass(frozen=True)
class Usage:
    """What a process took: elapsed and CPU seconds, and its peak memory in bytes."""

    seconds: float
    cpu: float
    memory: int


@dataclass(frozen=True)
class Shop:
    """The address of the third party."""

    port: int
    ca_file: Path

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/v1/customers/"


def answer_people(talk: Any) -> None:
    """The third party: it knows everyone, and everyone is a gold member."""
    while request := talk.request():
        talk._server.received.clear()
        path = request.split(b" ", 2)[1]
        body = answer_path(path.decode())
        status = b"200 OK" if body != UNKNOWN else b"404 Not Found"
        talk.send(
            b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (status, len(body), body)
        )


def answer_path(path: str) -> bytes:
    """The body for the user of this path; the random one of a probe is unknown."""
    user = path.rpartition("/")[2]
    known = user[2:].isdigit() and len(user) <= _LONGEST
    return json.dumps(get_record(int(user[2:]))).encode() if known else UNKNOWN


def get_record(number: int) -> dict[str, Json]:
    """What the third party has about a person."""
    return {
        "id": f"c-{number}-{number * 7919}",
        "email": f"p{number}@example.com",
        "tier": "gold",
        "points": number,
    }


def list_people(number: int, each: int) -> Iterator[Person]:
    """Everyone; one of ``each`` does not have what the third party has."""
    for n in range(number):
        fields: dict[str, Json] = {"user_id": f"u-{n}", "email": f"p{n}@example.com"}
        attributes: dict[str, Json] = {"points": n, "tier": "gold" if n % each else "silver"}
        yield Person(f"p{n}", fields, attributes)


def build_document(shop: Shop) -> dict[str, Any]:
    """The action file."""
    allowed = {"host": HOST, "address": "127.0.0.1", "port": shop.port, "reason": "the bench"}
    return {
        "version": 1,
        "network": {"allow": [allowed]},
        "workspace": {"identity_verification": "jwt"},
        "attributes": {
            "tier": {"data_type": "string", "messenger_writable": False},
            "points": {"data_type": "integer", "messenger_writable": False},
        },
        "actions": {
            "loyalty": {
                "match": "user_id",
                "breakers": {"overwritten": 100, "cleared": 100},
                "request": {"http_method": "get", "url": shop.url + "{{ person.user_id }}"},
                "response": {
                    "same_person": {
                        "path": "$.email", "equals": "person.email", "verified": "by mail",
                    },
                    "mapping": {
                        "tier": {"path": "$.tier", "max_length": 20}, "points": "$.points",
                    },
                },
            }
        },
    }  # fmt: skip


def write_home(home: Path, document: Mapping[str, Any], number: int) -> Path:
    """A folder with the action file and a file with a row for each person."""
    home.mkdir()
    (home / "actions.yaml").write_text(json.dumps(document))
    with (home / "people.csv").open("w") as file:
        file.write("user_id\n")
        file.writelines(f"u-{n}\n" for n in range(number))
    return home


def make_home(home: Path, shop: Shop, number: int, each: int = TWENTIETH) -> Path:
    """The same, with this number of people in a local workspace."""
    write_home(home, build_document(shop), number)
    reset_people(home, number, each)
    return home


def reset_people(home: Path, number: int, each: int = TWENTIETH) -> None:
    """Everyone as before a run."""
    store = LocalPeopleStore(home / ".cactions")
    store.import_people(list_people(number, each), update=True)
    store.close()


@contextmanager
def open_shop() -> Iterator[Shop]:
    """The third party, in its own process."""
    with serve_apart(_SERVER) as found:
        port, ca_file = found
        yield Shop(int(port), Path(ca_file))


def build_environment(home: Path, ca_file: Path) -> dict[str, str]:
    """The environment of a process in the folder."""
    return compiling() | {
        "PYTHONPATH": str(ROOT),
        "CACTIONS_CA_FILE": str(ca_file),
        "SSL_CERT_FILE": str(ca_file),
        "CACTIONS_VAULT_KEY_FILE": str(home / "key"),
    }


def begin(words: Sequence[str | Path], home: Path, ca_file: Path) -> subprocess.Popen[str]:
    """Start a Python process in the folder, below a small one that measures it."""
    argv = [sys.executable, "-I", "-c", _MEASURED, home / "out", sys.executable, *words]
    return subprocess.Popen(
        [os.fspath(word) for word in argv],
        cwd=home, env=build_environment(home, ca_file), text=True, stdout=subprocess.PIPE,
    )  # fmt: skip


def finish(process: subprocess.Popen[str], home: Path, *codes: int) -> Usage:
    """What the process took. Raises OSError where it ends with none of these codes (0)."""
    answer, _ = process.communicate()
    code, seconds, cpu, kib = json.loads(answer)
    if code not in (codes or (0,)):
        raise OSError(f"ended with {code}: {(home / 'out').read_text()}")
    return Usage(seconds, cpu, kib * (1 if sys.platform == "darwin" else 1024))


def call(words: Sequence[str | Path], home: Path, shop: Shop, *codes: int) -> Usage:
    """What a Python process takes, from its start to its end."""
    return finish(begin(words, home, shop.ca_file), home, *codes)


def command(text: str) -> list[str | Path]:
    """A command of the tool."""
    return ["-m", "cactions", *shlex.split(text)]

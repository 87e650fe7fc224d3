"""What the YAML said of each person when their values were first stored: a digest of it.

A stored person replaces the one of the YAML, so that a later edit there has no effect. The digest
tells that there was one. It decides nothing: a missing or damaged file counts as none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from cactions.edges.files.atomic_write import PRIVATE, atomic_write
from cactions.edges.files.private_files import has_private_file
from cactions.edges.store.state_folder import StateFolder
from cactions.logic import strict_json
from cactions.model import CactionsError, Json, Person

FILE_NAME: Final = "seeds.json"
_MOST: Final = 16 * 1024 * 1024


class SeedDigests:
    """The digests of the people that the YAML gives, in the state folder."""

    def __init__(self, folder: Path, seed: Iterable[Person]) -> None:
        self._folder = folder
        self._seed = {person.id: person for person in seed}

    def remember(self, stored: Collection[str]) -> None:
        """Note what the YAML says of those who are not ``stored`` yet; of others it stays."""
        known = self._read()
        now = {
            person_id: known.get(person_id, "") if person_id in stored else _digest(person)
            for person_id, person in self._seed.items()
        }
        wanted: dict[str, Json] = {person_id: text for person_id, text in now.items() if text}
        if wanted == known or not wanted:
            return
        with suppress(CactionsError, OSError):  # without it, an edit is only not noticed
            StateFolder(self._folder).make()
            data = strict_json.dump_json(wanted).encode()
            atomic_write(self._folder / FILE_NAME, data, mode=PRIVATE)

    def list_edited(self, stored: Collection[str]) -> list[Person]:
        """The stored people of whom the YAML says something else since, as it says it now."""
        known = self._read()
        return [
            person
            for person_id, person in self._seed.items()
            if person_id in stored and known.get(person_id, _digest(person)) != _digest(person)
        ]

    def _read(self) -> dict[str, Json]:
        path = self._folder / FILE_NAME
        with suppress(CactionsError, OSError, strict_json.StrictJsonError):
            if has_private_file(path) and path.stat().st_size <= _MOST:
                document = strict_json.parse_json(path.read_bytes())
                return document if isinstance(document, dict) else {}
        return {}


def _digest(person: Person) -> str:
    held: dict[str, Json] = {
        "fields": dict(sorted(person.fields.items())),
        "attributes": dict(sorted(person.attributes.items())),
    }
    text = strict_json.dump_json(held).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8, person=b"seed").hexdigest()

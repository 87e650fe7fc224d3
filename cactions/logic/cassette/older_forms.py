"""Cassettes of older versions of vcrpy, as the present form; what cannot be read is named.

- Before 6.0, an answer of httpx had ``status_code`` and ``content``, and one value for each header.
- Before 1.0, the file was a list, without a version.
"""

from __future__ import annotations

from typing import Final

from cactions.model import Json

MIGRATE_HINT: Final = (
    "`python -m vcr.migration FILE` of vcrpy writes it in the present form, after a backup; or"
    " record it anew with `cactions test --record`."
)


def is_unversioned(document: Json) -> bool:
    """Whether this is the list of interactions that vcrpy wrote before 1.0."""
    first = document[0] if isinstance(document, list) and document else None
    return isinstance(first, dict) and first.keys() >= {"request", "response"}


def convert_response(response: dict[str, Json]) -> dict[str, Json]:
    """The response in the present form; what is missing is still missing."""
    if "status" in response or "status_code" not in response:
        return response
    present: dict[str, Json] = {"status": {"code": response["status_code"], "message": None}}
    headers = response.get("headers")
    if isinstance(headers, dict):
        present["headers"] = {
            name: [value] if isinstance(value, str) else value for name, value in headers.items()
        }
    if "content" in response:
        present["body"] = {"string": response["content"]}
    return present

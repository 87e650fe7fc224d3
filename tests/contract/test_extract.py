"""Descriptions are read whole for the covered paths, once for each state of the file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.description import Description, load_description
from tests.contract.extract import (
    CACHE,
    COVERED,
    VERSIONS,
    DescriptionError,
    extract_covered,
    find_description,
    parse_description,
    parse_reference,
    read_extract,
)

SMALL = """
openapi: 3.0.1
info: {version: '9.9'}
security: [{bearerAuth: []}]
paths:
  /me:
    get:
      operationId: me
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: SCHEMA}}}}
  /other: {get: {}}
components:
  securitySchemes: {bearerAuth: {type: http}}
  schemas:
    error: {type: object, properties: {at: {type: string, example: 2026-02-10T18:15:32Z}}}
    thing:
      type: object
      properties: {error: {$ref: '#/components/schemas/error'}, no: {type: string}}
    unused: {type: nonsense}
""".replace("SCHEMA", "'#/components/schemas/thing'")  # fmt: skip

ME = "operationId: me\n      parameters: "


def read_small(text: str = SMALL) -> Any:
    return extract_covered(parse_description(text.encode()))


def test_only_what_the_covered_paths_reach_is_kept() -> None:
    """Directly, or through another component."""
    extract = read_small()
    assert ["/me"] == list(extract["paths"])
    assert ["error", "thing"] == sorted(extract["components"]["schemas"])
    assert ["me"] == [operation.id for operation in Description(extract).operations]


def test_times_and_words_stay_texts() -> None:
    """YAML would make a date of the one, and a boolean of the other."""
    schemas = read_small()["components"]["schemas"]
    assert "2026-02-10T18:15:32Z" == schemas["error"]["properties"]["at"]["example"]
    assert ["error", "no"] == list(schemas["thing"]["properties"])
    found: Any = parse_description(b"[true, 1, 1.5, null, yes, 0x10, 1_0, -2]")
    assert [True, 1, 1.5, None, "yes", "0x10", "1_0", -2] == found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schemas/thing", "schemas/thin", "#/components/schemas/thin is referred to and absent"),
        ("'#/components/schemas/thing'", "'#/paths/~1me'", "'#/paths/~1me' is no reference"),
        ("operationId: me", "operationId: me\n      servers: []", "GET /me: ['servers'] cannot"),
        ("description: d, ", "description: d, links: {}, ", "GET /me 200: ['links'] cannot"),
        ("application/json", "text/csv", "GET /me 200: content ['text/csv']"),
        ("{schema: {", "{encoding: {}, schema: {", "GET /me 200: ['encoding'] cannot"),
        ("/me:", "/me/{id}:", "GET /me/{id}: the path's parameters are []"),
        ("operationId: me", f"{ME}[{{name: a, in: cookie, schema: {{}}}}]",
         "GET /me: a parameter in 'cookie'"),
        ("operationId: me", f"{ME}[{{name: a, in: query, schema: {{}}}}]",
         "GET /me: parameter a is of type None"),
        ("operationId: me", f"{ME}[{{name: a, style: form}}]",
         "GET /me a: ['style'] cannot"),
        ("type: string, example", "type: string, format: email, example",
         "error.at: format 'email' has no check"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_fails_by_name(old: str, new: str, message: str) -> None:
    """When the description is loaded, not when something is checked."""
    assert old in SMALL
    with pytest.raises(DescriptionError) as caught:
        Description(read_small(SMALL.replace(old, new, 1)))
    assert str(caught.value).startswith(message)


def test_two_templates_that_fit_are_told() -> None:
    """A path must fit exactly one; one without parameters goes first."""
    item = (
        "{get: {operationId: x, parameters: [{name: a, in: path, required: true, schema: "
        "{type: string}}], responses: {}}}"
    )
    more = f"  /me/{{a}}: {item}\n  /{{a}}/5: {item}\n  /other"
    extract = parse_description(SMALL.replace("  /other", more).encode())
    extract["paths"].pop("/other")
    description = Description(extract)
    assert ["GET /me/5: the path fits each of /me/{a}, /{a}/5"] == description.check_request(
        "GET", "/me/5", {}, None
    )
    assert description.find_operation("GET", "/me/6") is not None


def test_a_changed_description_is_read_anew(tmp_path: Path) -> None:
    """The copy belongs to one size and time of the file."""
    path = tmp_path / "openapi-9.9.yaml"
    try:
        path.write_text(SMALL)
        assert "me" == read_extract(path)["paths"]["/me"]["get"]["operationId"]
        read_extract.cache_clear()
        assert "me" == read_extract(path)["paths"]["/me"]["get"]["operationId"]
        assert 1 == len(list(CACHE.glob("openapi-9.9-*.json")))
        path.write_text(SMALL.replace("operationId: me", "operationId: you"))
        os.utime(path, (1, 1))
        read_extract.cache_clear()
        assert "you" == read_extract(path)["paths"]["/me"]["get"]["operationId"]
        assert 1 == len(list(CACHE.glob("openapi-9.9-*.json")))
    finally:
        for copy in CACHE.glob("openapi-9.9-*.json"):
            copy.unlink()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_extract_is_that_of_a_plain_reading(version: str) -> None:
    """The paths as another loader of YAML finds them."""
    description = load_description(version)
    path = find_description(version)
    assert path is not None
    plain = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    paths = {p: list(item) for p, item in plain["paths"].items() if p.split("/")[1] in COVERED}
    assert paths == {p: list(item) for p, item in description.extract["paths"].items()}
    assert version == description.version
    for name, schema in description.extract["components"]["schemas"].items():
        assert list(plain["components"]["schemas"][name]) == list(schema)


def test_references_are_of_components() -> None:
    """Kind and name."""
    assert ("schemas", "contact") == parse_reference("#/components/schemas/contact")
    with pytest.raises(DescriptionError):
        parse_reference("#/components/schemas/a/b")

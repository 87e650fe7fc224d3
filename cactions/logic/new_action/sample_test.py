"""A test and a recording of a new action, from the sample answer about a test person.

The recording keeps what the action reads, as one of ``cactions test --record`` does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic import strict_json
from cactions.logic.cassette.file_format import encode_interaction
from cactions.logic.cassette.minimize import minimize_exchange
from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.plan.planner import PlanInput, plan_changes
from cactions.logic.request.builder import build_request
from cactions.logic.request.redaction import build_subject
from cactions.logic.yaml.writer import YamlValue, to_plain_text, write_yaml
from cactions.model import (
    Action,
    Json,
    Person,
    PersonQuery,
    PlanningError,
    Response,
    SentCall,
    is_empty,
)
from cactions.model.secret import Credentials

_OK: Final = 200
_HEADERS: Final = (("Content-Type", "application/json"),)
_KEPT: Final = ("accept", "content-type")
"""Headers of a request that are kept."""
_INDENT: Final = "    "
_NAME: Final = "the sample answer"


class SampleTest(Struct, frozen=True):
    """``text`` is the YAML of the tests, below an action; ``recording`` is the cassette.

    Both are empty where ``reason`` says why there is no test.
    """

    text: str = ""
    recording: str = ""
    reason: str = ""


def build_sample_test(
    action: Action, query: PersonQuery, answer: Json, known: Sequence[Person]
) -> SampleTest:
    """``known`` are the people of the project; only an answer about a test person is kept."""
    person = next((each for each in known if str(each.get_field(query.field)) == query.value), None)
    if person is None or not person.test:
        return SampleTest(reason="the person is not marked `test: true`")
    if action.inputs:
        return SampleTest(reason="the values of its data inputs are not known")
    response = Response(_OK, _HEADERS, strict_json.dump_json(answer).encode())
    try:
        sealed = build_request(action, person, {}, Credentials())
        subject = build_subject(person, query, action.redacted)
        plan = plan_changes(PlanInput(action, person, subject, {}, SentCall("")), response)
    except PlanningError as error:
        return SampleTest(reason=str(error))
    attributes = {change.attribute: change.after for change in plan.changes}
    headers = [pair for pair in sealed.headers if pair[0].lower() in _KEPT]
    tests = [each for each in known if each.test]
    kept = minimize_exchange(action.response, ReferenceValues(person, {}), response, tests)
    interaction = encode_interaction(replace(sealed, headers=tuple(headers)), kept)
    document = {"version": 1, "interactions": [interaction]}
    return SampleTest(
        _write_test(query, {name: None if is_empty(v) else v for name, v in attributes.items()}),
        f"{json.dumps(document, ensure_ascii=False, indent=1)}\n",
    )


def _write_test(query: PersonQuery, attributes: dict[str, object]) -> str:
    expect: dict[str, YamlValue] = {"status": _OK}
    if attributes:
        expect["attributes"] = {
            name: to_plain_text(value) if isinstance(value, str) else value  # type: ignore[misc]
            for name, value in attributes.items()
        }
    test: dict[str, YamlValue] = {
        "name": _NAME,
        "person": {query.field: to_plain_text(query.value)},
        "expect": expect,
    }
    lines = write_yaml({"tests": [test]}).splitlines()
    return "".join(f"{_INDENT}{line}\n" for line in lines)

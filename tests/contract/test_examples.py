"""The examples in the descriptions are valid; those that are not are listed here, as faults."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.contract.description import Description, load_description
from tests.contract.deviations import KNOWN_DRIFT, drop_known_drift
from tests.contract.extract import VERSIONS
from tests.contract.samples import Sample, build_answer, fill_path

NOTES = "POST /contacts/{contact_id}/notes"
MAKE = "POST /data_attributes"
TYPES = "[string, integer, float, boolean, datetime, date]"

FAULTS = {
    "POST /contacts/{contact_id}/companies body: null is no object": "sends nothing",
    f"{NOTES} body: {NOTES} body.contact_id is in no description": "repeats the path",
    f"{NOTES} body.admin_id: 123 is no string": "a number for a text",
    f"{NOTES} body.admin_id: 991267583 is no string": "a number for a text",
    f"{NOTES} body.admin_id: 991267585 is no string": "a number for a text",
    "POST /contacts/{contact_id}/subscriptions body.id: 106 is no string": "a number for a text",
    "POST /contacts/{contact_id}/subscriptions body.id: 110 is no string": "a number for a text",
    "POST /contacts/{contact_id}/tags body.id: 81 is no string": "a number for a text",
    "POST /contacts/{contact_id}/tags body.id: 82 is no string": "a number for a text",
    f"{MAKE} body: create_data_attribute_request.archived is in no description": "cannot be sent",
    f'{MAKE} body.data_type: "mithril" is not in {TYPES}': "shows a refusal",
    f"{MAKE} body: 'data_type' is a required property": "shows a refusal",
    f"{MAKE} body: 'model' is a required property": "shows a refusal",
    f"{MAKE} body: 'name' is a required property": "shows a refusal",
    "PUT /data_attributes/{data_attribute_id} body.options: {…} is no array": "not an array",
}
"""Problems of request examples, and why each is a fault of the example; equal in all versions.

The examples of answers have no fault that ``deviations`` does not list.
"""

COUNTS = {"2.14": (27, 73), "2.15": (27, 73), "2.16": (35, 117)}
"""Examples of requests and of answers."""
FAULTY = 11
"""Examples of requests that have a fault."""


def check_requests(description: Description) -> Iterator[list[str]]:
    """The problems of each example of a request."""
    for operation in description.operations:
        for value in operation.body_examples.values():
            path = fill_path(operation.path)
            sample = Sample(operation.name, path, raw=json.dumps(value).encode())
            yield sample.check(description)


def check_answers(description: Description) -> Iterator[list[str]]:
    """The problems of each example of an answer."""
    for operation in description.operations:
        for status, reply in operation.replies.items():
            for value in reply.examples.values():
                path, body = fill_path(operation.path), json.dumps(value).encode()
                yield description.check_response(
                    operation.method, path, status, build_answer(status), body
                )


@pytest.mark.parametrize("version", VERSIONS)
def test_the_faults_of_the_examples_are_known(version: str) -> None:
    """No fault is new, and none that is listed is gone."""
    description = load_description(version)
    requests, answers = list(check_requests(description)), list(check_answers(description))
    assert COUNTS[version] == (len(requests), len(answers))
    assert FAULTY == sum(bool(problems) for problems in requests)
    assert set(FAULTS) == {problem for found in requests for problem in found}
    assert [] == [problem for found in answers for problem in drop_known_drift(found)]


def test_the_drift_of_the_examples_is_listed() -> None:
    """What examples have and schemas have not; the rest of the list was observed in answers."""
    drift = {
        problem.removesuffix(" is in no description").split(" ")[-1]
        for found in check_answers(load_description("2.16"))
        for problem in found
    }
    listed = {name for name, source in KNOWN_DRIFT.items() if source == "example"}
    assert listed == drift & listed
    assert set() == drift - set(KNOWN_DRIFT)

"""Broken requests, each in a way of its own, are refused with the place and the rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.contract.description import load_description
from tests.contract.samples import (
    ADD,
    ATTRIBUTES,
    CHANGE,
    CONNECTOR,
    CONNECTORS,
    CREATE,
    FILTER,
    FIND,
    GET,
    LIST,
    MAKE,
    MAKE_LIST,
    ME,
    MERGE,
    PATCH,
    RESULTS,
    SEARCH,
    UPDATE,
    Sample,
)

AND, OR = "AND", "OR"


def group(operator: str, *items: Any) -> dict[str, Any]:
    return {"operator": operator, "value": list(items)}


def search(query: Any, **others: Any) -> Sample:
    return replace(SEARCH, body={"query": query, **others})


def put(path: Sample, text: str) -> Sample:
    """The sample with another path and query."""
    return replace(path, path=text)


def single(**changes: Any) -> Sample:
    return search({**FILTER, **changes})


def in_list(sample: Sample, name: str, **changes: Any) -> Sample:
    """The sample with changes in the first object of a list in its body."""
    first, *others = sample.body[name]
    return sample.change(**{name: [{**first, **changes}, *others]})


NESTED = replace(GET, operation="GET /contacts/{id}/merge_history")
ARCHIVE = Sample("POST /contacts/{contact_id}/archive", "/contacts/5/archive")
NOTE = Sample("POST /contacts/{contact_id}/notes", "/contacts/5/notes", {"body": "text"})
WORDS = "[get, post, put, delete, patch]"
OPERATORS = "[=, !=, IN, NIN, <, <=, >, >=, ~, !~, ^, $]"

BROKEN: dict[str, tuple[Sample, str] | tuple[Sample, str, str]] = {
    # path and method
    "method": (replace(ATTRIBUTES, operation="DELETE"),
        "DELETE /data_attributes: the path has GET, POST only"),
    "method in small letters": (replace(ME, operation="get"), "get /me: the path has GET only"),
    "method of a path in words": (put(replace(GET, operation="GET"), "/contacts/search"),
        "GET /contacts/search: the path has POST only"),
    "path misspelt": (put(LIST, "/contact"), "GET /contact: the path fits no template of 2.16"),
    "path with a slash at its end": (put(LIST, "/contacts/"),
        "GET /contacts/: the path fits no template of 2.16"),
    "path with an empty id": (put(NOTE, "/contacts//notes"),
        "POST /contacts//notes: the path fits no template of 2.16"),
    "path with an unencoded slash": (put(FIND, "/contacts/find_by_external_id/a/b"),
        "GET /contacts/find_by_external_id/a/b: the path fits no template of 2.16"),
    "path in capitals": (put(ME, "/Me"), "GET /Me: the path fits no template of 2.16"),
    "path with a host": (put(ME, "https://api.intercom.io/me"),
        "GET https://api.intercom.io/me: the path fits no template of 2.16"),
    "path with a space": (put(FIND, "/contacts/find_by_external_id/a b"),
        "path: '/contacts/find_by_external_id/a b' holds what a URL cannot"),
    "path with a broken escape": (put(FIND, "/contacts/find_by_external_id/a%2"),
        "path: '/contacts/find_by_external_id/a%2' holds what a URL cannot"),
    "id of the wrong type": (put(CHANGE, "/data_attributes/plan"),
        'path data_attribute_id: "plan" is no integer'),
    # query
    "unknown query parameter": (put(LIST, "/contacts?email=a"),
        "query: parameter 'email' is in no description"),
    "misspelt query parameter": (put(CONNECTOR, "/data_connectors/5?state-version=live"),
        "query: parameter 'state-version' is in no description"),
    "query parameter twice": (put(ATTRIBUTES, "/data_attributes?model=contact&model=contact"),
        "query: parameter 'model' comes 2 times"),
    "query enum": (put(ATTRIBUTES, "/data_attributes?model=people"),
        'query model: "people" is not in [contact, company]'),
    "query enum of versions": (put(CONNECTOR, "/data_connectors/5?state_version=paused"),
        'query state_version: "paused" is not in [draft, live]'),
    "query boolean": (put(GET, "/contacts/5?include_merge_history=yes"),
        'query include_merge_history: "yes" is no boolean'),
    "query boolean in capitals": (put(GET, "/contacts/5?include_merge_history=True"),
        'query include_merge_history: "True" is no boolean'),
    "query integer": (put(CONNECTORS, "/data_connectors?per_page=ten"),
        'query per_page: "ten" is no integer'),
    "query integer empty": (put(CONNECTORS, "/data_connectors?per_page="),
        'query per_page: "" is no integer'),
    "query integer with a point": (put(CONNECTORS, "/data_connectors?per_page=5.0"),
        'query per_page: "5.0" is no integer'),
    "page of 151": (put(NESTED, "/contacts/5/merge_history?per_page=151"),
        "query per_page: 151 breaks maximum 150"),
    "page of 151 contacts": (put(LIST, "/contacts?per_page=151"),
        "query per_page: 151 breaks maximum 150"),
    "page of 51 connectors": (put(CONNECTORS, "/data_connectors?per_page=51"),
        "query per_page: 51 breaks maximum 50"),
    "page of 31 results": (put(RESULTS, "/data_connectors/5/execution_results?per_page=31"),
        "query per_page: 31 breaks maximum 30"),
    "page of 0": (put(CONNECTORS, "/data_connectors?per_page=0"),
        "query per_page: 0 breaks minimum 1"),
    "error type": (put(RESULTS, "/data_connectors/5/execution_results?success=1"),
        'query success: "1" is not in [true, false]'),
    "query not encoded": (put(CONNECTORS, "/data_connectors?starting_after=ä"),
        "query: 'starting_after=ä' holds what a URL cannot"),
    # headers
    "no token": (ME.send(Authorization=None), "header authorization: is no bearer token"),
    "basic credentials": (ME.send(Authorization="Basic dG9r"),
        "header authorization: is no bearer token"),
    "token without its scheme": (ME.send(Authorization="dG9r"),
        "header authorization: is no bearer token"),
    "token with a line end": (ME.send(Authorization="Bearer dG9r\n"),
        "header authorization: is no bearer token"),
    "no Accept": (ME.send(Accept=None), "header accept: does not name application/json"),
    "Accept of all": (ME.send(Accept="*/*"), "header accept: does not name application/json"),
    "no version": (ME.send(Intercom_Version=None), "header intercom-version: is missing"),
    "other version": (ME.send(Intercom_Version="2.15"),
        "header intercom-version: is '2.15', not '2.16'"),
    "version misspelt": (ME.send(Intercom_Version="2.16 "),
        "header intercom-version: is '2.16 ', not '2.16'"),
    "no Content-Type": (CREATE.send(Content_Type=None),
        "header content-type: is not application/json"),
    "form": (CREATE.send(Content_Type="application/x-www-form-urlencoded"),
        "header content-type: is not application/json"),
    "Latin-1": (CREATE.send(Content_Type="application/json; charset=latin-1"),
        "header content-type: is not application/json"),
    "Content-Type without a body": (ME.send(Content_Type="application/json"),
        "header content-type: comes without a body"),
    # JSON
    "no body": (replace(UPDATE, body=None), "body: is missing"),
    "body that the operation has not": (replace(ARCHIVE, body={}), "body: the operation has none"),
    "body of a GET": (replace(GET, body={}), "body: the operation has none"),
    "no JSON": (replace(CREATE, raw=b"role=user"),
        "body: not JSON: expecting value (line 1, column 1)"),
    "empty body": (replace(CREATE, raw=b""), "body: the text is empty (line 1, column 1)"),
    "key twice": (replace(UPDATE, raw=b'{"name":"a","name":"b"}'),
        "body: this key stands twice (line 1, column 13)"),
    "not a number": (replace(UPDATE, raw=b'{"custom_attributes":{"n":NaN}}'),
        "body: NaN is no JSON value (line 1, column 27)"),
    "not UTF-8": (replace(UPDATE, raw=b'{"name":"\xff"}'),
        "body: the text is not UTF-8 (line 1, column 10)"),
    "an array": (replace(CREATE, body=[CREATE.body]), "body: […] is no object"),
    "a text": (replace(PATCH, body="name"), 'body: "name" is no object'),
    # contacts
    "no key of three": (replace(CREATE, body={"name": "Ada"}),
        "body: 'email' is a required property"),
    "field misspelt": (UPDATE.change(custom_attribute={}),
        "body: update_contact_request.custom_attribute is in no description"),
    "read-only id": (UPDATE.change(id="5"), "body: update_contact_request.id is in no description"),
    "read-only time": (UPDATE.change(created_at=1580000000),
        "body: update_contact_request.created_at is in no description"),
    "null role": (UPDATE.change(role=None), "body.role: null is no string"),
    "null external_id": (UPDATE.change(external_id=None), "body.external_id: null is no string"),
    "null email": (UPDATE.change(email=None), "body.email: null is no string"),
    "number as owner": (UPDATE.change(owner_id=991267459),
        "body.owner_id: 991267459 is no string and no null"),
    "text as boolean": (UPDATE.change(unsubscribed_from_emails="true"),
        'body.unsubscribed_from_emails: "true" is no boolean and no null'),
    "number as boolean": (UPDATE.change(unsubscribed_from_emails=1),
        "body.unsubscribed_from_emails: 1 is no boolean and no null"),
    "boolean as time": (UPDATE.change(signed_up_at=True),
        "body.signed_up_at: true is no integer and no null"),
    "time in milliseconds": (UPDATE.change(signed_up_at=1580000000000),
        "body.signed_up_at: 1580000000000 is no unix-seconds"),
    "time with a fraction": (UPDATE.change(signed_up_at=1580000000.0),
        "body.signed_up_at: 1580000000.0 is no integer and no null"),
    "time before 1970": (UPDATE.change(signed_up_at=-1),
        "body.signed_up_at: -1 is no unix-seconds"),
    "time in words": (UPDATE.change(signed_up_at="2026-01-01T00:00:00Z"),
        'body.signed_up_at: "2026-01-01T00:00:00Z" is no integer and no null'),
    "attributes as a list": (UPDATE.change(custom_attributes=[]),
        "body.custom_attributes: [] is no object and no null"),
    "email_verified alone": (UPDATE.drop("email").change(email_verified=True),
        "body.email_verified: comes without an email"),
    "merge into nothing": (MERGE.drop("into"), "body: 'into' is a required property"),
    "merge of a number": (MERGE.change(into=2), "body.into: 2 is no string"),
    "note without text": (NOTE.drop("body").change(admin_id="3"),
        "body: 'body' is a required property"),
    # searches
    "search without a query": (replace(SEARCH, body={"pagination": {}}),
        "body: 'query' is a required property"),
    "search with its query misspelt": (search(FILTER, paging={}),
        "body: contact_search_request.paging is in no description"),
    "page of 151 in a body": (search(FILTER, pagination={"per_page": 151}),
        "body.pagination.per_page: 151 is not from 1 to 150"),
    "page in words": (search(FILTER, pagination={"per_page": "50"}),
        'body.pagination.per_page: "50" is no integer'),
    "page number": (search(FILTER, pagination={"page": 2}),
        "body.pagination: starting_after_paging.page is in no description"),
    "sort order": (search(FILTER, sort={"field": "email", "order": "asc"}),
        'body.sort.order: "asc" is not in [ascending, descending]'),
    "operator": (single(operator="=="), f'body.query.operator: "==" is not in {OPERATORS}'),
    "operator of a group": (search(group("NOT", FILTER)),
        'body.query.operator: "NOT" is not in [AND, OR]'),
    "filter key misspelt": (search({"fild": "email", "operator": "=", "value": "a"}),
        "body.query: single_filter_search_request.fild is in no description"),
    "filter without a value": (search({"field": "email", "operator": "="}),
        "body.query: 'value' is missing"),
    "filter without an operator": (search({"field": "email", "value": "a"}),
        "body.query: 'operator' is missing"),
    "value of a fraction": (single(value=1.5), "body.query.value: 1.5 is no string"),
    "value of an object": (single(value={}), "body.query.value: {} is no string"),
    "IN without a list": (single(operator="IN"),
        "body.query.value: IN and NIN take an array, and they only"),
    "list without IN": (single(value=["a"]),
        "body.query.value: IN and NIN take an array, and they only"),
    "null in a list": (single(operator="IN", value=["a", None]),
        "body.query.value[1]: null is no string"),
    "operator of a date": (single(field="created_at", operator=">=", value=1580000000),
        "body.query.operator: >= is not for dates"),
    "group as an object": (search({"operator": "AND", "value": FILTER}),
        "body.query.value: {…} is no array"),
    "group with a field": (search({"field": "email", "operator": "AND", "value": [FILTER]}),
        "body.query: multiple_filter_search_request.field is in no description",
        "body.query.value: IN and NIN take an array, and they only"),
    "filter in a group broken": (search(group(AND, group(OR, {**FILTER, "operator": "is"}))),
        f'body.query.value[0].value[0].operator: "is" is not in {OPERATORS}'),
    "groups beside filters": (search(group(AND, FILTER, group(OR, FILTER))),
        f'body.query.value[1].operator: "OR" is not in {OPERATORS}',
        "body.query.value[1].value[0]: {…} is no string"),
    "three levels": (search(group(AND, group(OR, group(AND, FILTER)))),
        "body.query.value[0].value[0]: groups nest more than 2 levels"),
    "16 filters": (search(group(AND, *[FILTER] * 16)),
        "body.query.value: 16 filters, more than 15"),
    # attributes
    "attribute without its model": (MAKE.drop("model"), "body: 'model' is a required property"),
    "attribute without its type": (MAKE.drop("data_type"),
        "body: 'data_type' is a required property"),
    "attribute of conversations": (MAKE.change(model="conversation"),
        'body.model: "conversation" is not in [contact, company]'),
    "attribute type": (MAKE.change(data_type="text"),
        'body.data_type: "text" is not in [string, integer, float, boolean, datetime, date]'),
    "options without a list": (MAKE_LIST.drop("options"),
        "body: 'options' is a required property"),
    "options of another type": (MAKE_LIST.change(data_type="string"),
        'body.data_type: "string" is not in [options]'),
    "options as texts": (MAKE_LIST.change(options=["Free"]),
        'body.options[0]: "Free" is no object'),
    "option misspelt": (MAKE_LIST.change(options=[{"name": "Free"}]),
        "body.options[0]: create_data_attribute_request.options[].name is in no description"),
    "new name of an attribute": (CHANGE.change(name="plan"),
        "body: update_data_attribute_request.name is in no description"),
    "archived in words": (CHANGE.change(archived="no"), 'body.archived: "no" is no boolean'),
    # connectors
    "connector without a name": (ADD.drop("name"), "body: 'name' is a required property"),
    "object_mappings": (PATCH.change(object_mappings=[]),
        "body: update_data_connector_request.object_mappings is in no description"),
    "response_fields": (PATCH.change(response_fields=[]),
        "body: update_data_connector_request.response_fields is in no description"),
    "state of a new connector": (ADD.change(state="live"),
        "body: create_data_connector_request.state is in no description"),
    "state": (PATCH.change(state="paused"), 'body.state: "paused" is not in [draft, live]'),
    "method in capitals": (PATCH.change(http_method="GET"),
        f'body.http_method: "GET" is not in {WORDS}'),
    "audience": (PATCH.change(audiences=["users", "admins"]),
        'body.audiences[1]: "admins" is not in [leads, users, visitors]'),
    "headers as an object": (PATCH.change(headers={"X-Key": "v"}),
        "body.headers: {…} is no array"),
    "header misspelt": (in_list(PATCH, "headers", key="k"),
        "body.headers[0]: update_data_connector_request.headers[].key is in no description"),
    "input type": (in_list(PATCH, "data_inputs", type="text"),
        'body.data_inputs[0].type: "text" is not in [string, integer, decimal, boolean]'),
    "default of an input": (in_list(PATCH, "data_inputs", default_value=5),
        "body.data_inputs[0].default_value: 5 is no string"),
    "null description": (PATCH.change(description=None), "body.description: null is no string"),
    "token number": (PATCH.change(token_ids=[1]), "body.token_ids[0]: 1 is no string"),
    "sample answer as a list": (PATCH.change(mock_response=[]),
        "body.mock_response: [] is no object"),
    "body as an object": (PATCH.change(body={}), "body.body: {} is no string"),
}  # fmt: skip
"""Kind of the fault; the request; the problems, without the operation where that is known."""


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_request_is_refused(kind: str) -> None:
    """With exactly the problems that its fault makes: operation, place and rule."""
    sample, *problems = BROKEN[kind]
    expected = [
        text if text.startswith(f"{sample.method} ") else f"{sample.operation} {text}"
        for text in problems
    ]
    assert expected == sample.check(load_description("2.16"))


def test_more_than_a_hundred_kinds_are_refused() -> None:
    """Each is a request of its own."""
    assert 120 == len(BROKEN) == len({repr(found[0]) for found in BROKEN.values()})


@pytest.mark.parametrize("version", ["2.14", "2.15"])
def test_what_a_version_has_not_is_refused(version: str) -> None:
    """Connectors, the merge history and the texts of owners came with 2.16."""
    description = load_description(version)
    assert [
        f"GET /data_connectors: the path fits no template of {version}",
        "GET /contacts/{contact_id} query: parameter 'include_merge_history' is in no description",
        'PUT /contacts/{contact_id} body.owner_id: "3" is no integer and no null',
    ] == [
        problem
        for sample in (
            replace(CONNECTORS, path="/data_connectors"),
            GET,
            UPDATE.change(owner_id="3"),
        )
        for problem in sample.check(description)
    ]

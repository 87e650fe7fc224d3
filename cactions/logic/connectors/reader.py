"""Reads connectors and their executions from answers of the API.

A key that is missing or of another type is unknown and stops nothing; a connector without an id is
no connector. A key that is not known here is kept by name, so that a new version is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.logic.intercom.fields import (
    Fields,
    read_flag,
    read_number,
    read_objects,
    read_text,
    read_texts,
)
from cactions.model import (
    Connector,
    ConnectorExecution,
    ConnectorField,
    ConnectorInput,
    ConnectorMapping,
    ConnectorRevision,
    Json,
    WorkspaceError,
)

_KNOWN: Final = frozenset(
    {
        "type", "id", "name", "description", "state", "url", "body", "headers", "http_method",
        "direct_fin_usage", "audiences", "execution_type", "configuration_response_type",
        "data_transformation_type", "client_function_name", "client_function_timeout_ms",
        "data_inputs", "response_fields", "object_mappings", "token_ids", "customer_authentication",
        "bypass_authentication", "validate_missing_attributes", "created_by_admin_id",
        "updated_by_admin_id", "created_at", "updated_at", "execution_results_url", "mock_response",
    }
)  # fmt: skip


def parse_connector(document: Fields) -> Connector:
    """One version of a connector. Raises WorkspaceError where it has no id."""
    connector_id = read_text(document, "id")
    if not connector_id:
        raise WorkspaceError(
            "Intercom's answer is no data connector: it has no id",
            hint="Data connectors need `api_version` 2.16 or newer.",
        )
    mappings = document.get("object_mappings")
    objects = read_objects(document, "object_mappings")
    return Connector(
        id=connector_id,
        name=read_text(document, "name"),
        state=read_text(document, "state"),
        description=read_text(document, "description"),
        http_method=read_text(document, "http_method").lower(),
        url=read_text(document, "url"),
        body=read_text(document, "body"),
        headers=tuple(
            (read_text(item, "name"), read_text(item, "value"))
            for item in read_objects(document, "headers")
        ),
        inputs=tuple(map(_build_input, read_objects(document, "data_inputs"))),
        fields=tuple(map(_build_field, read_objects(document, "response_fields"))),
        mappings=tuple(_list_mappings(objects)) if isinstance(mappings, list) else None,
        references=tuple(_list_references(objects)),
        token_ids=read_texts(document, "token_ids"),
        audiences=read_texts(document, "audiences"),
        customer_authentication=read_flag(document, "customer_authentication"),
        bypass_authentication=read_flag(document, "bypass_authentication"),
        validate_missing_attributes=read_flag(document, "validate_missing_attributes"),
        direct_fin_usage=read_flag(document, "direct_fin_usage"),
        execution_type=read_text(document, "execution_type"),
        data_transformation_type=read_text(document, "data_transformation_type"),
        updated_at=read_text(document, "updated_at"),
        updated_by=read_text(document, "updated_by_admin_id"),
        unknown=tuple(sorted(set(document) - _KNOWN)),
    )


def parse_execution(document: Fields) -> ConnectorExecution:
    """One execution result."""
    return ConnectorExecution(
        id=read_text(document, "id"),
        connector_id=read_text(document, "data_connector_id"),
        success=document.get("success") is True,
        created_at=read_text(document, "created_at"),
        http_status=read_number(document, "http_status"),
        http_method=read_text(document, "http_method"),
        error_type=read_text(document, "error_type"),
        error_message=read_text(document, "error_message"),
        milliseconds=read_number(document, "execution_time_ms"),
        source_type=read_text(document, "source_type"),
        conversation_id=read_text(document, "conversation_id"),
        request_url=read_text(document, "request_url"),
        request_body=read_text(document, "request_body"),
        response_body=read_text(document, "response_body"),
    )


def parse_revision(document: Fields) -> ConnectorRevision | None:
    """One published version; None where the object is none."""
    number, author = document.get("entity_version_id"), document.get("author")
    if not isinstance(number, int | str) or isinstance(number, bool):
        return None
    known: Fields = author if isinstance(author, dict) else {}
    return ConnectorRevision(
        id=str(number),
        status=read_text(document, "status"),
        created_at=read_text(document, "created_at"),
        author=read_text(known, "name") or read_text(known, "id"),
        note=read_text(document, "note"),
    )


def _build_input(item: Fields) -> ConnectorInput:
    return ConnectorInput(
        read_text(item, "name"),
        read_text(item, "type") or "string",
        read_text(item, "description"),
        item.get("required") is True,
        read_text(item, "default_value"),
    )


def _build_field(item: Fields) -> ConnectorField:
    kind = read_text(item, "type") or "unknown"
    return ConnectorField(read_text(item, "path"), kind, item.get("redacted") is True)


def _list_mappings(objects: list[dict[str, Json]]) -> Iterator[ConnectorMapping]:
    for item in objects:
        for mapping in read_objects(item, "attribute_mappings"):
            yield ConnectorMapping(
                read_text(item, "intercom_object_type"),
                read_text(mapping, "intercom_attribute_identifier"),
                read_text(mapping, "response_attribute_path"),
                read_text(item, "response_object_path"),
                read_text(mapping, "mapping_type"),
            )


def _list_references(objects: list[dict[str, Json]]) -> Iterator[tuple[str, str]]:
    for item in objects:
        for reference in read_objects(item, "reference_mappings"):
            yield (
                read_text(reference, "intercom_object_type"),
                read_text(reference, "intercom_attribute_identifier"),
            )

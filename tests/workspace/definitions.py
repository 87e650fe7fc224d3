"""A data connector that the tests of the workspace server use."""

from __future__ import annotations

from typing import Any

PATH = "/data_connectors"
NOT_FOUND = (404, "data_connector_not_found", "Data connector not found")
ORDERS: dict[str, Any] = {
    "name": "Orders",
    "description": "Looks up an order",
    "http_method": "post",
    "url": "https://example.com/orders/{{id}}",
    "body": '{"id": "{{id}}"}',
    "headers": [{"name": "X-Key", "value": "s3cret"}],
    "audiences": ["users", "leads"],
    "data_inputs": [
        {"name": "id", "type": "string", "description": "The id", "required": True},
    ],
    "token_ids": ["11"],
    "customer_authentication": True,
}

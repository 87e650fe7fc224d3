"""OpenAPI documents (3.0 and 3.1): an operation as a request, and the answer that it promises."""

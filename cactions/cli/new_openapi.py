"""``cactions new --from-openapi``: the request of an operation, and the answer that it promises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from cactions.edges.files.file_io import read_bytes
from cactions.logic.curl_line.words import PastedLineError
from cactions.logic.network.origin import find_host_fault
from cactions.logic.openapi.document import MOST_BYTES, OpenApiError, read_document
from cactions.logic.openapi.operation import find_operation
from cactions.logic.openapi.request import ApiRequest, build_api_request
from cactions.logic.yaml.nodes import SourceSpan
from cactions.model import Place, UsageError


class ApiSource(Struct, frozen=True):
    """``host`` replaces that of the document; empty where the document says it."""

    file: str
    operation: str
    host: str = ""


class OpenApiFile:
    """A document of a file, and where the operation stands in it."""

    def __init__(self, source: ApiSource) -> None:
        self.source = source
        self._span = SourceSpan(0, 0, 0, 1)

    def build_request(self) -> ApiRequest:
        """The request of the operation. Raises UsageError with the place of what is wrong."""
        if self.source.host and (fault := find_host_fault(self.source.host)):
            hint = f"{fault[1][:1].upper()}{fault[1][1:]}."
            raise UsageError(f"--host: {fault[0]}", hint=hint)
        data = read_bytes(Path(self.source.file), limit=MOST_BYTES)
        with self.explain_errors():
            document = read_document(self.source.file, data)
            operation = find_operation(document, self.source.operation)
            self._span = operation.node.span
            return build_api_request(document, operation, self.source.host.lower())

    @contextmanager
    def explain_errors(self) -> Iterator[None]:
        """Turn what is wrong with the document, or its operation, into an error with its place."""
        try:
            yield
        except OpenApiError as error:
            raise self._build_error(error.message, error.hint, error.span) from None
        except PastedLineError as error:
            raise self._build_error(error.message, error.hint, self._span) from None

    def _build_error(self, message: str, hint: str, span: SourceSpan) -> UsageError:
        line, column = span.line + 1, span.column + 1
        place = Place(self.source.file, line, column, line, column + 1)
        return UsageError(message, hint=hint, place=place)

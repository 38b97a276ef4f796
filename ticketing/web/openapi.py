"""The OpenAPI document: what the server really does, including what the generator can't see by itself."""

from typing import Any

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from ticketing import __version__

Document = dict[str, Any]


def openapi_config() -> OpenAPIConfig:
    """Where the document is served and what stands at its head."""
    return OpenAPIConfig(
        title="ticketing",
        version=__version__,
        description="Film weeks, sold seat by seat, scanned at the door. Errors are application/problem+json "
        "(RFC 9457) with `code`, `transient` and the data that explains them.",
        path="/api/v1",
        render_plugins=[MendedJson(path="/openapi.json")],
        use_handler_docstrings=True,
    )


class MendedJson(JsonRenderPlugin):
    """The document as JSON, mended once."""

    def __init__(self, *, path: str) -> None:
        super().__init__(path=path)
        self._body: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: Document) -> bytes:
        if self._body is None:
            self._body = msgspec.json.encode(mend(openapi_schema))
        return self._body


def mend(document: Document) -> Document:
    """The document with what the generator loses: the bounds of list items and the closedness of requests.

    It leaves out ``forbid_unknown_fields`` and the constraints inside ``list[Annotated[…]]``; msgspec's own
    generator has both, so its schema replaces the generator's wherever the names agree.
    """
    schemas: Document = document.setdefault("components", {}).setdefault("schemas", {})
    for struct in _structs(msgspec.Struct):
        if struct.__module__.startswith("ticketing.") and struct.__name__ in schemas:
            _, definitions = msgspec.json.schema_components([struct], ref_template="#/components/schemas/{name}")
            schemas[struct.__name__] = definitions[struct.__name__]
            for name, definition in definitions.items():
                schemas.setdefault(name, definition)
    return document


def _structs(root: type) -> list[type]:
    found = []
    for child in root.__subclasses__():
        found += [child, *_structs(child)]
    return found

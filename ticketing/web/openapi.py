"""The OpenAPI document: what the server really does, including what the generator can't see by itself."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig

from ticketing import __version__
from ticketing.kernel.errors import Missing
from ticketing.staff.guards import PUBLIC

Document = dict[str, Any]


def _nothing_here(_connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    # The framework insists on serving its own document, which lacks what `mend` adds.
    raise Missing


def openapi_config() -> OpenAPIConfig:
    """What stands at the head of the document. We serve it ourselves, so the framework's own pages are off."""
    return OpenAPIConfig(
        title="ticketing",
        version=__version__,
        description="Film weeks, sold seat by seat, scanned at the door. Errors are application/problem+json "
        "(RFC 9457) with `code`, `transient` and the data that explains them.",
        openapi_router=Router(
            "/api/v1/openapi", route_handlers=[], include_in_schema=False, opt=PUBLIC, guards=[_nothing_here]
        ),
        use_handler_docstrings=True,
    )


@get("/api/v1/openapi.json", opt=PUBLIC, include_in_schema=False)
async def get_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The document, mended and encoded once a process."""
    state = request.app.state
    body = state.get("openapi_body")
    if body is None:
        body = state.openapi_body = msgspec.json.encode(mend(request.app.openapi_schema.to_schema()))
    return Response(body, media_type="application/json")


def mend(document: Document) -> Document:
    """The document with what the generator loses: the bounds of list items and the closedness of requests.

    It leaves out ``forbid_unknown_fields`` and the constraints inside ``list[Annotated[…]]``; msgspec's own
    generator has both, so its schema replaces the generator's wherever the names agree. Where the generator tells
    of an answer 400 of its own, there is none: what can't be read is answered as the operation says.
    """
    for operations in document.get("paths", {}).values():
        for operation in operations.values():
            responses = operation.get("responses", {}) if isinstance(operation, dict) else {}
            if "400" in responses and "application/problem+json" not in responses["400"].get("content", {}):
                del responses["400"]
    schemas: Document = document.setdefault("components", {}).setdefault("schemas", {})
    for struct in _structs(msgspec.Struct):
        if struct.__module__.startswith("ticketing.") and struct.__name__ in schemas:
            _, definitions = msgspec.json.schema_components(
                [struct], schema_hook=_schema_of, ref_template="#/components/schemas/{name}"
            )
            # Two packages may use one name for two things: then what the generator found out stands.
            if all(_alike(definition, schemas.get(name, definition)) for name, definition in definitions.items()):
                schemas[struct.__name__] = definitions[struct.__name__]
                for name, definition in definitions.items():
                    schemas.setdefault(name, definition)
    return document


def _alike(one: Document, other: Document) -> bool:
    return set(one.get("properties", ())) == set(other.get("properties", ()))


def _schema_of(kind: type[Any]) -> Document:
    """Of what is a text to those who read it: a sentence."""
    if issubclass(kind, str):
        return {"type": "string"}
    raise NotImplementedError


def _structs(root: type[Any]) -> list[type[Any]]:
    found: list[type[Any]] = []
    for child in root.__subclasses__():
        found += [child, *_structs(child)]
    return found


routes = [get_document]

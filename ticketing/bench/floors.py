"""The floors: bare endpoints of the very same server, doing only what can't be left out."""

import dataclasses
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Litestar, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from ticketing.bench.unrecorded import UnrecordedBook
from ticketing.door.model import ScanRequest
from ticketing.kernel.context import Context
from ticketing.kernel.ids import new_order_id, new_ticket_id
from ticketing.kernel.queries import load_queries
from ticketing.kernel.redis import Script
from ticketing.sales.api import IdempotencyKey
from ticketing.sales.desk import Sales
from ticketing.sales.model import OrderRequest, OrderView
from ticketing.sales.orders import place_order
from ticketing.seating.api import HoldRequest
from ticketing.staff.guards import PUBLIC
from ticketing.web.app import create_app as create_whole_app

BENCH = load_queries("bench")
SALES = load_queries("sales")
BARE_SCRIPT = Script("bare", "return {'ok', ARGV[1]}")


class Done(msgspec.Struct, frozen=True):
    """A small answer."""

    done: str


@post("/floor/hold/{screening:str}", opt=PUBLIC, include_in_schema=False)
async def hold_floor(
    screening: FromPath[str], data: JSONBody[HoldRequest], context: NamedDependency[Context]
) -> Done:
    """The same body decoded, one bare Lua call."""
    await context.redis.run(BARE_SCRIPT, ["{" + screening + "}:bare"], ["x"])
    return Done("x")


@post("/floor/order", opt=PUBLIC, include_in_schema=False)
async def order_floor(data: JSONBody[OrderRequest], context: NamedDependency[Context]) -> Done:
    """The same body decoded, the same rows in one statement: order, tickets, ledger, job."""
    now = datetime.now(UTC)
    tickets = [ticket for hold in data.holds for ticket in hold.tickets]
    order_id = new_order_id()
    await context.postgres.fetch(
        SALES.place_orders,
        *(
            [value]
            for value in (order_id, "bench", data.buyer.email, data.buyer.name, data.locale, "KZT", 0, "none")
        ),
        *([value] for value in (None, order_id, b"", now, None)),
        [order_id for _ in tickets],
        [new_ticket_id() for _ in tickets],
        ["floor" for _ in tickets],
        [f"{order_id}-{number}" for number in range(len(tickets))],
        ["a" for _ in tickets],
        [ticket.tariff for ticket in tickets],
        [0 for _ in tickets],
        [None for _ in tickets],
    )
    return Done(order_id)


@post("/floor/order-unrecorded", opt=PUBLIC, include_in_schema=False)
async def unrecorded_order_floor(
    data: JSONBody[OrderRequest], sales: NamedDependency[Sales], idempotency_key: IdempotencyKey = None
) -> OrderView:
    """The whole order, but for its rows in the ledger."""
    book = _unrecorded.setdefault("book", UnrecordedBook(sales.context.postgres))
    return await place_order(dataclasses.replace(sales, book=book), data, idempotency_key or "")


_unrecorded: dict[str, UnrecordedBook] = {}


@post("/floor/scan", opt=PUBLIC, status_code=200, include_in_schema=False)
async def scan_floor(data: JSONBody[ScanRequest], context: NamedDependency[Context]) -> Done:
    """The same body decoded, one insert."""
    await context.postgres.execute(BENCH.floor_scan, UUID(str(data.scan)), data.gate, datetime.now(UTC))
    return Done("x")


@get("/floor/rows/{screening:str}", opt=PUBLIC, include_in_schema=False)
async def rows_floor(screening: FromPath[str], context: NamedDependency[Context]) -> Response[str]:
    """The tickets of a screening as Postgres writes them, handed on."""
    rows = await context.postgres.fetchval(BENCH.floor_rows, screening)
    return Response(rows, media_type="application/json")


_bytes_kept: dict[int, bytes] = {}


@get("/floor/bytes/{size:int}", opt=PUBLIC, include_in_schema=False)
async def bytes_floor(size: FromPath[int]) -> Response[bytes]:
    """So many bytes, ready made."""
    body = _bytes_kept.setdefault(size, b"x" * size)
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


def create_app() -> Litestar:
    """The whole application with the floors beside it."""
    app = create_whole_app()
    handlers: list[Any] = [
        hold_floor,
        order_floor,
        unrecorded_order_floor,
        scan_floor,
        rows_floor,
        bytes_floor,
    ]
    for handler in handlers:
        app.register(handler)
    return app

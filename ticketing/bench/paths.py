"""The hot paths: how each is asked for, the floor it stands on, and what must hold afterwards."""

import itertools
import json
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator

import msgspec

from ticketing.bench.load import Take, request_bytes
from ticketing.bench.stage import SQL, add_sold, pairs
from ticketing.kernel.context import Context
from ticketing.programme.layout import Layout
from ticketing.seating.holds import Seating, hold_seats
from ticketing.seating.model import NamedSeats
from ticketing.tickets.code import TicketFacts
from ticketing.tickets.keys import SigningKeys

BUYER = {"email": "bench@example.org", "name": "Bench"}


class CheckFailed(Exception):
    """The server was fast, and wrong."""


class HotPath(msgspec.Struct):
    """A line of the table.

    ``ours`` and ``floor`` give the bytes of requests; of ours there are ``supply`` (0: as many as are wanted),
    shared out among the rounds, and of the floor ``floor_supply``. ``sealing``: the ledger is sealed
    meanwhile. ``take`` sees the answers to ours; ``check`` raises CheckFailed where something does not add up.
    ``at_least`` is the ratio aimed at.
    """

    name: str
    at_least: float
    ours: Iterator[bytes]
    floor: Iterator[bytes]
    statuses: frozenset[int]
    supply: int
    take: Take
    check: Callable[[], Awaitable[str]]
    floor_supply: int = 0
    sealing: bool = False


def _prepared(requests: Iterable[bytes]) -> Iterator[bytes]:
    """All of them made now: making them is no part of what is measured."""
    return iter(list(requests))


def _encoded(value: object) -> bytes:
    return json.dumps(value).encode()


class HeldSeats:
    """Sees which seats were given to whom: none twice."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []

    def take(self, _request: bytes, status: int, body: bytes) -> None:
        """Keep an answer. It is read only after the measurement, which reading would slow down."""
        if status == 201:
            self.answers.append(body)

    async def check(self) -> str:
        """No seat was held twice."""
        holds = [msgspec.json.decode(body) for body in self.answers]
        places = [(hold["screening"], seat) for hold in holds for seat in hold["seats"]]
        twice = len(places) - len(set(places))
        if twice or not holds:
            raise CheckFailed(f"{twice} seats were held twice, {len(holds)} holds")
        return f"{len(places)} seats held, none twice"


def hold_named(screening_ids: list[str]) -> HotPath:
    """Hold two named seats."""
    seen = HeldSeats()
    floor_body = _encoded({"seats": ["A-1", "A-2"]})
    return HotPath(
        name="hold two named seats",
        at_least=0.8,
        ours=(
            request_bytes("POST", f"/api/v1/screenings/{screening}/holds", _encoded({"seats": seats}))
            for screening, seats in pairs(screening_ids)
        ),
        floor=(
            request_bytes("POST", f"/floor/hold/{screening}", floor_body)
            for screening in itertools.cycle(screening_ids)
        ),
        supply=len(screening_ids) * 240,
        statuses=frozenset({201}),
        take=seen.take,
        check=seen.check,
    )


def hold_best(screening_ids: list[str]) -> HotPath:
    """Hold the best three seats side by side; each hall is filled until nearly nothing is left."""
    seen = HeldSeats()
    body = _encoded({"best": {"count": 3}})
    return HotPath(
        name="hold best available (500 seats, party of 3)",
        at_least=0.6,
        ours=(
            request_bytes("POST", f"/api/v1/screenings/{screening}/holds", body)
            for screening in screening_ids
            for _ in range(150)
        ),
        floor=(
            request_bytes("POST", f"/floor/hold/{screening}", body) for screening in itertools.cycle(screening_ids)
        ),
        supply=len(screening_ids) * 150,
        statuses=frozenset({201, 409}),
        take=seen.take,
        check=seen.check,
    )


class OrdersKept:
    """Sees which orders were confirmed: all are kept, and no seat was sold twice."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.answers: list[tuple[bytes, bytes]] = []

    def take(self, request: bytes, status: int, body: bytes) -> None:
        """Keep an answer with its request."""
        if status == 201:
            self.answers.append((request, body))

    def confirmed(self) -> list[str]:
        """The idempotency keys of the orders that were answered as confirmed."""
        return [
            request.partition(b"Idempotency-Key: ")[2].partition(b"\r\n")[0].decode()
            for request, body in self.answers
            if msgspec.json.decode(body)["status"] == "confirmed"
        ]

    async def check(self) -> str:
        """Each stands in Postgres."""
        confirmed = self.confirmed()
        kept = await self.context.postgres.fetchval(SQL.count_orders_by_key, confirmed)
        twice = await self.context.postgres.fetchval(SQL.count_seats_sold_twice)
        if kept != len(confirmed) or twice or not confirmed:
            raise CheckFailed(f"{len(confirmed)} orders answered, {kept} kept, {twice} seats sold twice")
        return f"{kept} orders answered and kept, no seat sold twice"

    async def check_entered(self) -> str:
        """Each stands in Postgres, and each of its tickets in the ledger."""
        await self.check()
        confirmed = self.confirmed()
        entered = await self.context.postgres.fetchval(SQL.count_entries_by_key, confirmed)
        if entered != 2 * len(confirmed):
            raise CheckFailed(f"{len(confirmed)} orders of two seats, {entered} entries in the ledger")
        return f"{len(confirmed)} orders kept, {entered} rights in the ledger"


async def _order_bodies(seating: Seating, screening_ids: list[str]) -> list[bytes]:
    """Orders of two free seats each, whose holds are made beforehand."""
    bodies = []
    for screening, seats in pairs(screening_ids):
        hold = await hold_seats(seating, screening, NamedSeats(tuple(seats)), f"bench-{screening}")
        tickets = [{"seat": seat, "tariff": "free", "holder": None} for seat in hold.seats]
        bodies.append(
            _encoded(
                {
                    "holds": [{"hold": hold.hold, "tickets": tickets}],
                    "buyer": BUYER,
                    "locale": "kk",
                    "payment": None,
                    "voucher": None,
                }
            )
        )
    return bodies


def _orders(address: str, bodies: Iterable[bytes]) -> Iterator[bytes]:
    return (request_bytes("POST", address, body, Idempotency_Key=uuid.uuid4().hex) for body in bodies)


async def place_order(seating: Seating, screening_ids: list[str]) -> HotPath:
    """Place and confirm a free order of two seats; the holds are made beforehand."""
    bodies = await _order_bodies(seating, screening_ids)
    kept = OrdersKept(seating.context)
    return HotPath(
        name="place and confirm a free order of two seats",
        at_least=0.7,
        ours=_orders("/api/v1/orders", bodies),
        floor=_orders("/floor/order", itertools.cycle(bodies)),
        supply=len(bodies),
        statuses=frozenset({201}),
        take=kept.take,
        check=kept.check,
    )


async def order_with_ledger(seating: Seating, screening_ids: list[str]) -> HotPath:
    """The same order with its ledger, sealed meanwhile, beside the same order without: each on half of these."""
    half = len(screening_ids) // 2
    bodies = await _order_bodies(seating, screening_ids[:half])
    unrecorded = await _order_bodies(seating, screening_ids[half:])
    kept = OrdersKept(seating.context)
    return HotPath(
        name="the same order with the ledger, beside without",
        at_least=0.95,
        ours=_orders("/api/v1/orders", bodies),
        floor=_orders("/floor/order-unrecorded", unrecorded),
        supply=len(bodies),
        statuses=frozenset({201}),
        take=kept.take,
        check=kept.check_entered,
        floor_supply=len(unrecorded),
        sealing=True,
    )


async def scan(context: Context, layout: Layout, screening_ids: list[str], token: str) -> HotPath:
    """Scan a ticket at the door, each ticket once."""
    catalogue_seats = [seat.seat for seat in layout.seats]
    places = [(screening, seat) for screening in screening_ids for seat in catalogue_seats]
    tickets = await add_sold(context, places)
    keys = SigningKeys(context)
    now = context.clock.now()
    bodies = []
    for ticket_id, (screening, seat) in zip(tickets, places, strict=True):
        facts = TicketFacts(ticket_id, screening, layout.index_of[seat], 1, now, now)
        bodies.append(
            _encoded(
                {"scan": str(uuid.uuid4()), "code": await keys.code_of(facts), "gate": "A", "screening": screening}
            )
        )
    answers: list[bytes] = []

    def take(_request: bytes, status: int, body: bytes) -> None:
        if status == 200:
            answers.append(body)

    async def check() -> str:
        verdicts = [msgspec.json.decode(body) for body in answers]
        admitted = [answer["ticket"] for answer in verdicts if answer["verdict"] == "admitted"]
        row = await context.postgres.fetchrow(SQL.count_admitted, tickets)
        kept = (row["admitted"], row["entries"]) if row else (0, 0)
        if kept != (len(admitted), len(admitted)) or not admitted:
            raise CheckFailed(f"{len(admitted)} admitted, {kept} kept")
        return f"{len(admitted)} people admitted, once each"

    bearer = {"Authorization": f"Bearer {token}"}
    return HotPath(
        name="scan",
        at_least=0.8,
        ours=_prepared(request_bytes("POST", "/api/v1/door/scans", body, **bearer) for body in bodies),
        floor=_prepared(
            request_bytes("POST", "/floor/scan", body.replace(body[10:46], str(uuid.uuid4()).encode(), 1), **bearer)
            for body in bodies * 3
        ),
        supply=len(bodies),
        statuses=frozenset({200}),
        take=take,
        check=check,
    )


def availability(screening_id: str, size: int) -> HotPath:
    """What is free in a half-full hall of 500 seats, beside the same number of bytes ready made."""
    bodies: set[int] = set()

    async def check() -> str:
        if bodies != {size}:
            raise CheckFailed(f"answers of {sorted(bodies)} bytes, expected {size}")
        return f"{size} bytes each"

    return HotPath(
        name="availability of a 500-seat hall",
        at_least=0.8,
        ours=itertools.repeat(request_bytes("GET", f"/api/v1/screenings/{screening_id}/availability")),
        floor=itertools.repeat(request_bytes("GET", f"/floor/bytes/{size}")),
        supply=0,
        statuses=frozenset({200}),
        take=lambda _request, _status, body: bodies.add(len(body)),
        check=check,
    )

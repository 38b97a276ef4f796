"""Festivals, halls, screenings, orders and tickets, put straight into the tables with sensible defaults.

For tests of what comes after them: nothing here goes through the code under test.
"""

import dataclasses
import hashlib
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.ids import new_order_id, new_ticket_id
from ticketing.kernel.postgres import Pool
from ticketing.programme.layout import Layout, LayoutArea, LayoutSeat, LayoutSection, layout_body, layout_id
from ticketing.staff.accounts import add_staff
from ticketing.staff.model import Grant, Role
from ticketing.staff.sessions import sign_in

PASSWORD = "correct horse battery"


def make_layout(rows: int = 5, seats: int = 10, area_capacity: int = 0) -> Layout:
    """Rows A, B, … Z, AA, BB … of seats 1 …, zone "stalls"; and an area "parterre" where it holds anybody."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = [letters[row % 26] * (1 + row // 26) for row in range(rows)]
    placed = tuple(
        LayoutSeat(f"{names[row]}-{seat}", "", names[row], str(seat), seat * 55.0, 300 + row * 95.0, "stalls")
        for row in range(rows)
        for seat in range(1, seats + 1)
    )
    width, height = (seats + 1) * 55.0, 400 + rows * 95.0
    areas = (LayoutArea("parterre", area_capacity, "stalls", 0.0, 0.0, width, 200.0),) if area_capacity else ()
    return Layout(
        width=width,
        height=height,
        focal=(width / 2, height / 2),
        screen=(0.0, 0.0, width, 0.0),
        sections=(LayoutSection(""),),
        seats=placed,
        areas=areas,
        runs=tuple((row * seats, seats) for row in range(rows)),
    )


@dataclasses.dataclass(frozen=True)
class PlacedOrder:
    """An order and its tickets by seat."""

    order_id: str
    tickets: dict[str, str]


class Factory:
    """Makes rows. Names are unique per factory; whatever matters to a test is given by keyword.

    ``first``: names are counted from there, for a second factory beside the rows of another.
    """

    def __init__(self, context: Context, first: int = 0) -> None:
        self.context = context
        self.postgres: Pool = context.postgres
        self._count = first

    async def festival(
        self, festival: str | None = None, *, currency: str = "KZT", rules: dict[str, Any] | None = None
    ) -> str:
        """A festival in Almaty: zone "stalls"; tariffs full (3,500.00), student (with a proof), invitation."""
        festival = festival or self._next("week")
        today = datetime.now(UTC).date()
        await self._insert(
            "festival",
            festival_id=festival,
            name={
                "en": "Week of French premieres",
                "fr": "Semaine des avant-premières françaises",
                "ru": "Неделя французских премьер",
                "kk": "Француз премьералары апталығы",
            },
            organisers=["An embassy", "Two film centres"],
            country="KZ",
            currency=currency,
            timezone="Asia/Almaty",
            starts_on=today,
            ends_on=today + timedelta(days=7),
            rules=rules or {},
        )
        await self._insert(
            "price_zone", festival_id=festival, zone_id="stalls", name={"en": "Stalls"}, colour="#224466"
        )
        for tariff, name, family, proof, amount in (
            ("full", {"en": "Full price", "ru": "Полный", "kk": "Толық"}, "other", {}, 350_000),
            ("student", {"en": "Student", "ru": "Студенческий"}, "school", {"en": "Student card"}, 200_000),
            ("invitation", {"en": "Invitation", "ru": "Приглашение"}, "free", {}, 0),
        ):
            await self._insert(
                "tariff", festival_id=festival, tariff_id=tariff, name=name, family=family, proof=proof
            )
            await self._insert(
                "price",
                festival_id=festival,
                price_list_id="standard",
                zone_id="stalls",
                tariff_id=tariff,
                amount=amount,
            )
        return festival

    async def hall(self, *, layout: Layout | None = None, timezone: str = "Asia/Almaty") -> str:
        """A hall in a venue of its own."""
        layout = layout or make_layout()
        hall = self._next("hall")
        await self._insert(
            "venue",
            venue_id=f"venue-of-{hall}",
            name={"en": "Arman", "ru": "Арман"},
            city="almaty",
            city_name={"en": "Almaty", "ru": "Алматы"},
            country="KZ",
            timezone=timezone,
            address={"en": "104 Dostyk Avenue", "ru": "пр. Достык, 104"},
        )
        if not await self.postgres.fetchval("select true from layout where layout_id = $1", layout_id(layout)):
            await self._insert(
                "layout",
                layout_id=layout_id(layout),
                body=msgspec.Raw(layout_body(layout)),
                place_count=layout.capacity,
            )
        await self._insert(
            "hall",
            hall_id=hall,
            venue_id=f"venue-of-{hall}",
            name={"en": "Great hall", "ru": "Большой зал"},
            layout_id=layout_id(layout),
        )
        return hall

    async def film(self, **columns: Any) -> tuple[str, str]:
        """A film for 16+ and its version with Russian and Kazakh subtitles: their ids. ``columns``: the film's."""
        film = self._next("film")
        animal_kingdom = {
            "original_title": "Le Règne animal",
            "title": {"fr": "Le Règne animal", "en": "The Animal Kingdom", "ru": "Королевство зверей"},
            "directors": ["Thomas Cailley"],
            "year": 2023,
            "running_minutes": 128,
            "age_category": "16+",
        }
        await self._insert("film", **{"film_id": film, **animal_kingdom, **columns})
        await self._insert(
            "version",
            version_id=f"{film}-vost",
            film_id=film,
            audio="fr",
            subtitles=["ru", "kk"],
            kind="original",
        )
        return film, f"{film}-vost"

    async def rental(self, festival: str, film: str, distributor: str, **terms: Any) -> str:
        """Rental terms of a film: ``rate_basis_points``, or ``flat_amount`` and ``flat_currency``."""
        rental = self._next("rental")
        named = {"festival_id": festival, "rental_id": rental, "film_id": film, "distributor": distributor}
        await self._insert("rental", **named, **terms)
        return rental

    async def screening(
        self,
        *,
        screening: str | None = None,
        festival: str | None = None,
        hall: str | None = None,
        layout: Layout | None = None,
        starts_at: datetime | None = None,
        rules: dict[str, Any] | None = None,
        **columns: Any,
    ) -> str:
        """A published screening on sale that starts in half an hour, with its doors open since ten minutes.

        In a festival and a hall of its own unless given; ``rules`` are the festival's, ``columns`` the screening's.
        """
        now = self.context.clock.now()
        starts_at = starts_at or now + timedelta(minutes=30)
        festival = festival or await self.festival(rules=rules)
        hall = hall or await self.hall(layout=layout)
        film, version = await self.film()
        screening = screening or self._next(f"{festival}-s")
        usual = {
            "film_id": film,
            "version_id": version,
            "layout_id": await self.postgres.fetchval("select layout_id from hall where hall_id = $1", hall),
            "ends_at": starts_at + timedelta(hours=2),
            "doors_at": starts_at - timedelta(minutes=40),
            "sales_open_at": now - timedelta(days=7),
            "sales_close_at": starts_at + timedelta(minutes=20),
            "currency": await self.postgres.fetchval(
                "select currency from festival where festival_id = $1", festival
            ),
            "price_list_id": "standard",
        }
        await self._insert(
            "screening",
            screening_id=screening,
            festival_id=festival,
            hall_id=hall,
            starts_at=starts_at,
            **{**usual, **columns},
        )
        return screening

    async def order(
        self,
        screening: str,
        *seats: str,
        status: str = "confirmed",
        ticket_status: str | None = None,
        tariff: str = "full",
        price_amount: int = 350_000,
        revision: int = 1,
        locale: str = "en",
        placed_at: datetime | None = None,
    ) -> PlacedOrder:
        """An order with a ticket a seat (A-1 where none is named), sold unless the status says otherwise."""
        seats = seats or ("A-1",)
        order_id, now = new_order_id(), placed_at or self.context.clock.now()
        shown = await self.postgres.fetchrow(
            "select festival_id, currency from screening where screening_id = $1", screening
        )
        assert shown is not None, f"no screening {screening}"
        await self._insert(
            "orders",
            order_id=order_id,
            festival_id=shown["festival_id"],
            status=status,
            buyer_email="aigerim@example.org",
            buyer_name="Aigerim",
            locale=locale,
            currency=shown["currency"],
            total_amount=price_amount * len(seats),
            payment_provider="demo",
            idempotency_key=secrets.token_hex(8),
            request_fingerprint=hashlib.sha256(order_id.encode()).digest(),
            placed_at=now,
            confirmed_at=now if status in ("confirmed", "cancelled") else None,
        )
        if status == "confirmed" and price_amount:
            await self._insert(
                "payment",
                order_id=order_id,
                charge=order_id,
                provider="demo",
                provider_reference=f"demo-{order_id}",
                amount=price_amount * len(seats),
                currency=shown["currency"],
                paid_at=now,
            )
        live = {"confirmed": "sold", "awaiting_payment": "reserved"}
        tickets = {seat: new_ticket_id() for seat in seats}
        for seat, ticket_id in tickets.items():
            await self._insert(
                "ticket",
                ticket_id=ticket_id,
                order_id=order_id,
                screening_id=screening,
                seat=seat,
                zone="stalls",
                tariff=tariff,
                price_amount=price_amount,
                currency=shown["currency"],
                status=ticket_status or live.get(status, "void"),
                revision=revision,
                created_at=now,
            )
        return PlacedOrder(order_id, tickets)

    async def staff(
        self, role: Role, login: str | None = None, *, festival: str | None = None, venue: str | None = None
    ) -> str:
        """A signed-in account of that role, everywhere or in a festival or venue: its token. The password is
        `PASSWORD`."""
        login = login or self._next(role.value)
        await add_staff(self.context, login, PASSWORD, Grant(role, festival, venue))
        return (await sign_in(self.context, login, PASSWORD, "127.0.0.1")).token

    async def shift(self, login: str, till: str | None = None, **floats: int) -> str:
        """A shift that ``login`` has open, at a till of its own unless one is given; ``floats`` by currency."""
        if till is None:
            till = self._next("till")
            venue = await self.postgres.fetchval("select venue_id from venue order by venue_id limit 1")
            await self._insert("till", till_id=till, venue_id=venue, name="Till")
        shift = uuid.uuid4()
        await self._insert(
            "till_shift", shift_id=shift, till_id=till, login=login, opened_at=self.context.clock.now()
        )
        for currency, amount in floats.items():
            await self._insert("till_float", shift_id=shift, currency=currency, amount=amount)
        return str(shift)

    def _next(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}-{self._count}"

    async def _insert(self, table: str, **columns: Any) -> None:
        places = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
        await self.postgres.execute(
            f"insert into {table} ({', '.join(columns)}) values ({places})",
            *columns.values(),
        )

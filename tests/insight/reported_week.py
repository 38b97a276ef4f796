"""Two festivals with something of everything: sold, given back, exchanged, refused, waiting, admitted."""

import random
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tests.factories import Factory
from tests.seating.box_office import BoxOffice
from ticketing.insight.reports.facts import film_week
from ticketing.insight.reports.making import ReportWish, make_report
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.ledger import seal_ledger
from ticketing.staff.reach import EVERYWHERE

ALMATY, PARIS = ZoneInfo("Asia/Almaty"), ZoneInfo("Europe/Paris")
SEATS = [f"{row}-{number}" for row in "ABCDE" for number in range(1, 11)]
# What nobody may put into somebody's spreadsheet.
FORMULA = '=HYPERLINK("http://example.org","+1")'


class ReportedWeek:
    """The film week after next: a film in Almaty, in two halls and on three days; another in Paris, in euros.

    One screening starts in half an hour with its doors open, so that what is sold for it now is no pre-sale.
    """

    def __init__(self, office: BoxOffice, clock: ShiftedClock) -> None:
        self.office = office
        self.factory: Factory = office.factory
        self.context: Context = office.context
        self.clock = clock
        self.now = clock.now()
        self.week = film_week(self.now.date()) + timedelta(days=14)
        self.screenings: list[str] = [office.screening]
        self.doors_open = office.screening
        self.almaty = self.paris = self.midnight = ""

    @classmethod
    async def opened(cls, context: Context, clock: ShiftedClock) -> "ReportedWeek":
        week = cls(await BoxOffice.opened(context, rules={"refund_until_minutes": 0}), clock)
        await week._programme()
        return week

    def at(self, days: int, hour: int, minute: int, zone: ZoneInfo) -> datetime:
        """A moment of the week, by the clock of a zone."""
        return datetime.combine(self.week + timedelta(days=days), time(hour, minute), zone).astimezone(UTC)

    async def _programme(self) -> None:
        make = self.factory
        self.almaty = await self.fetchval("select festival_id from screening")
        hall, other_hall = await make.hall(), await make.hall()
        film, version = await make.film(visa_number="155123", distributor="Studiocanal", original_title=FORMULA)
        shown: dict[str, Any] = {"festival": self.almaty, "film_id": film, "version_id": version}
        # Wednesday, an hour after midnight in Almaty, is Tuesday in UTC: by the wrong clock, the week before.
        self.midnight = await make.screening(hall=hall, starts_at=self.at(0, 1, 0, ALMATY), **shown)
        self.screenings.append(self.midnight)
        for days, hour, room in ((0, 19, hall), (0, 21, other_hall), (3, 19, hall), (6, 23, hall)):
            self.screenings.append(
                await make.screening(hall=room, starts_at=self.at(days, hour, 30, ALMATY), **shown)
            )
        await make.rental(self.almaty, film, "Studiocanal", rate_basis_points=5_000)
        await make.rental(self.almaty, film, "Volga", flat_amount=1_500_000, flat_currency="KZT")
        own = {"screening_id": self.screenings[-1], "rate_basis_points": 3_333}
        await make.rental(self.almaty, film, "Studiocanal", **own)
        self.paris = await make.festival(currency="EUR")
        house = await make.hall(timezone="Europe/Paris")
        await self.execute(
            "update venue set country = 'FR', city = 'paris' where venue_id = $1", f"venue-of-{house}"
        )
        film, version = await make.film(title={"en": "The Gentle Indifference of the World"})
        await make.rental(self.paris, film, "Haut et Court", rate_basis_points=4_750)
        await make.rental(self.paris, film, "Kazakhfilm", flat_amount=2_000_001, flat_currency="KZT")
        for days in (1, 6):
            self.screenings.append(
                await make.screening(
                    festival=self.paris,
                    hall=house,
                    starts_at=self.at(days, 20, 0, PARIS),
                    film_id=film,
                    version_id=version,
                )
            )

    async def trade(self, seed: int = 7) -> None:
        """Some seventy orders, before the doors open and after; a quarter of them is given back."""
        chance = random.Random(seed)
        free = {screening: SEATS.copy() for screening in self.screenings}
        for hours_ahead in (-1, 0):
            self.clock.ahead = timedelta(hours=hours_ahead)
            for screening in [*self.screenings, *[self.doors_open] * 3] * 3:
                seats = [free[screening].pop(0) for _ in range(chance.randint(1, 2))]
                await self._order(screening, seats, chance)
        for order in await self.context.postgres.fetch("select order_id from orders where status = 'confirmed'"):
            if chance.random() < 0.5:
                await self.execute(
                    "update ticket set entries = 1, inside = true, admitted_at = now(), admitted_gate = 'north'"
                    " where order_id = $1 and status = 'sold'",
                    order["order_id"],
                )
        await self.seal()

    async def _order(self, screening: str, seats: list[str], chance: random.Random) -> None:
        office = self.office
        tariff = chance.choice(["full", "full", "student", "invitation"])
        order = await office.order(await office.hold(*seats, screening=screening), tariff=tariff)
        fate = chance.random()
        if order.status == "awaiting_payment" and fate > 0.1:
            await office.pay(order, "refused" if fate > 0.9 else "paid")
        if 0.1 < fate < 0.4:
            given_back = [order.tickets[0].ticket] if fate < 0.25 else None
            await cancel_order(office.house.sales, order.order, order.secret or "", given_back)

    async def seal(self) -> None:
        while await seal_ledger(self.context):
            pass

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        return await self.context.postgres.fetch(query, *arguments)

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        return await self.context.postgres.fetchval(query, *arguments)

    async def execute(self, query: str, *arguments: Any) -> None:
        await self.context.postgres.execute(query, *arguments)


async def report(week: ReportedWeek, name: str, /, **asked: Any) -> dict[str, Any]:
    """A report as JSON, of everything unless something is asked for."""
    made = await make_report(week.office.house.insight, ReportWish(name, **asked), EVERYWHERE, "json")
    return msgspec.json.decode(made.body)

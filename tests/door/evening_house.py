"""A house between the doors and the film, for tests."""

from datetime import timedelta
from typing import Any

from tests.door.gate import Gate
from ticketing.door.before_film import no_shows
from ticketing.door.before_film.model import House
from ticketing.door.before_film.presence import look_at_house
from ticketing.kernel.context import Context
from ticketing.programme.model import Screening
from ticketing.web.house import build_house

BY = "sara"
HOUR = timedelta(hours=1)


class EveningHouse:
    """A screening that starts in five minutes; places are released from ten minutes before the start."""

    def __init__(self, context: Context, gate: Gate, screening: Screening) -> None:
        self.context = context
        self.gate = gate
        self.screening = screening
        self.sales = build_house(context).sales

    @classmethod
    async def opened(
        cls, context: Context, *, release_minutes: int | None = 10, starts_in: int = 5, **columns: Any
    ) -> "EveningHouse":
        gate = await Gate.opened(context)
        rules = {} if release_minutes is None else {"no_show_release_minutes": release_minutes}
        screening_id = await gate.factory.screening(
            starts_at=context.clock.now() + timedelta(minutes=starts_in), rules=rules, **columns
        )
        return cls(context, gate, await gate.door.catalogue.screening(screening_id))

    async def sold(self, *seats: str, **order: Any) -> list[str]:
        """Tickets that were sold an hour ago, one a seat."""
        placed_at = order.pop("placed_at", self.context.clock.now() - HOUR)
        placed = await self.gate.factory.order(self.screening.screening_id, *seats, placed_at=placed_at, **order)
        return list(placed.tickets.values())

    async def release(self) -> list[str]:
        """The seats that one release has freed."""
        return [one.seat for one in (await no_shows.release_no_shows(self.sales, self.screening, BY)).seats]

    async def look(self) -> House:
        return await look_at_house(self.sales, self.screening)

    async def state_of(self, seat: str) -> str:
        """What the mirror says of a seat, as its letter."""
        layout = await self.sales.catalogue.layout(self.screening.layout_id)
        _, (_, states, _) = await self.sales.seating.mirror.run("snapshot", self.screening.screening_id, [])
        return chr(bytes(states)[layout.index_of[seat]])

    async def ledger(self, ticket: str) -> list[tuple[str, int]]:
        rows = await self.context.postgres.fetch(
            "select kind, amount from ledger_entry where ticket_id = $1 order by entry_id", ticket
        )
        return [(row["kind"], row["amount"]) for row in rows]

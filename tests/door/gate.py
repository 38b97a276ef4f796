"""A gate for tests: makes codes of tickets, and scans them."""

import asyncio
import uuid
from datetime import datetime
from typing import Any

from tests.factories import Factory
from ticketing.door.answers import ScanAnswer, admit, answer_of
from ticketing.door.desk import Door
from ticketing.door.model import ScanRequest
from ticketing.door.scans import record_scans
from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue
from ticketing.staff.model import Principal, Role
from ticketing.tickets.code import BadgeFacts, TicketFacts
from ticketing.tickets.keys import SigningKeys, ensure_key

DOORMAN = Principal("dana", Role.DOOR)


class Gate:
    """The door of a house with one screening, unless told otherwise."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.factory = Factory(context)
        self.door = Door(context, Catalogue(context), SigningKeys(context))

    @classmethod
    async def opened(cls, context: Context) -> "Gate":
        await ensure_key(context)
        return cls(context)

    async def settled(self) -> None:
        """Wait until nothing is open any more that began before now: the marks of lists are of the whole server, on
        which other tests write meanwhile, and what an open transaction might have changed is told once more.
        """
        now = await self.context.postgres.fetchval("select pg_current_xact_id()::text::bigint")
        oldest = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        async with asyncio.timeout(30):
            while await self.context.postgres.fetchval(oldest) <= now:
                await asyncio.sleep(0.01)

    async def code(self, ticket_id: str, *, revision: int | None = None) -> str:
        """The code of a ticket as it stands, or of another revision."""
        row = await self.context.postgres.fetchrow(
            "select revision, screening_id, doors_at, ends_at from ticket join screening using (screening_id)"
            " where ticket_id = $1",
            ticket_id,
        )
        assert row is not None
        return await self.door.keys.code_of(
            TicketFacts(
                ticket_id,
                row["screening_id"],
                0,
                row["revision"] if revision is None else revision,
                row["doors_at"],
                row["ends_at"],
            )
        )

    async def badge(self, accreditation: str, *, revision: int | None = None) -> str:
        """The code of a badge as it stands, or of another revision."""
        row = await self.context.postgres.fetchrow(
            "select revision, festival_id from accreditation where accreditation_id = $1", accreditation
        )
        assert row is not None
        now = self.context.clock.now()
        badge = BadgeFacts(
            accreditation, row["festival_id"], row["revision"] if revision is None else revision, now, now
        )
        return await self.door.keys.badge_code_of(badge)

    async def sold(self, screening: str, **order: Any) -> tuple[str, str]:
        """A ticket for A-1, or as the order is described, and its code."""
        placed = await self.factory.order(screening, **order)
        (ticket,) = placed.tickets.values()
        return ticket, await self.code(ticket)

    def request(self, code: str, gate: str = "north", **fields: Any) -> ScanRequest:
        return ScanRequest(scan=fields.pop("scan", None) or uuid.uuid4(), code=code, gate=gate, **fields)

    async def scan(self, code: str, gate: str = "north", *, locale: str = "en", **fields: Any) -> ScanAnswer:
        return await admit(self.door, self.request(code, gate, **fields), DOORMAN, locale)

    async def hand_in(self, *requests: ScanRequest) -> list[ScanAnswer]:
        recorded = await record_scans(self.door, requests, DOORMAN)
        return [await answer_of(self.door, one, "en") for one in recorded]

    async def late(self, code: str, gate: str, at: datetime, **fields: Any) -> ScanAnswer:
        """A scan made offline and handed in by itself."""
        (answer,) = await self.hand_in(self.request(code, gate, scanned_at=at, **fields))
        return answer

    async def ticket(self, ticket_id: str) -> dict[str, Any]:
        row = await self.context.postgres.fetchrow("select * from ticket where ticket_id = $1", ticket_id)
        assert row is not None
        return dict(row)

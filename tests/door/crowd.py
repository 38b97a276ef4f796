"""A thousand people before a door: with tickets, with none that is good, with somebody else's."""

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.accreditation.people import accredited
from tests.factories import Factory, make_layout
from ticketing.accreditation.model import day_of
from ticketing.door.before_film.guests import GuestListTerms, NewGuest, add_guest, set_guest_list
from ticketing.programme.layout import Layout
from ticketing.programme.model import Screening
from ticketing.tickets.code import BadgeFacts, KeyRing, SigningKey, TicketFacts, code_of
from ticketing.tickets.keys import SigningKeys

MINUTE = timedelta(minutes=1)
ROWS, SEATS_A_ROW = 25, 40
BY = "sara"
# Of every hundred people, beside those who simply have a ticket.
KINDS = {
    "number typed": 3,
    "screenshot": 6,
    "given back": 3,
    "old code": 3,
    "unpaid": 2,
    "foreign": 2,
    "cut": 1,
    "of another house": 2,
    "sold in the evening": 3,
    "passed on in the evening": 2,
    "given back in the evening": 1,
    "late": 3,
    "guest": 2,
    "badge": 6,
    "accredited in the evening": 1,
    "accredited for nothing in the evening": 1,
    "badge screenshot": 1,
    "badge revoked": 1,
    "badge revoked in the evening": 1,
    "badge with its quota used": 1,
    "badge of another festival": 1,
}
# Whose code opens no door, whatever a gate has heard of.
NEVER = (
    "given back",
    "old code",
    "foreign",
    "cut",
    "of another house",
    "badge revoked",
    "badge with its quota used",
    "badge of another festival",
)
# Who may come in as long as there is a place for a badge.
BADGES = ("badge", "accredited in the evening")
ACCREDITED_LATER = ("accredited in the evening", "accredited for nothing in the evening")


@dataclasses.dataclass
class Person:
    """Somebody with a code. ``comes_at``: to a gate, for the first time or again; None: not any more."""

    number: int
    kind: str
    code: str
    ticket: str | None
    comes_at: datetime | None
    inside: bool = False
    been_in: bool = False
    tries: int = 0
    leaves_at: datetime | None = None
    guest: uuid.UUID | None = None

    @property
    def by_badge(self) -> bool:
        """Their ``ticket`` is the number of an accreditation."""
        return "badge" in self.kind or self.kind in ACCREDITED_LATER


class Crowd:
    """The people of one evening, and the tickets between them."""

    def __init__(self, factory: Factory, screening: Screening, elsewhere: Screening, rng: Random) -> None:
        self.factory, self.screening, self.elsewhere, self.rng = factory, screening, elsewhere, rng
        self.keys = SigningKeys(factory.context)
        self.people: list[Person] = []
        self._seats = [f"{chr(65 + row)}-{seat}" for row in range(ROWS) for seat in range(1, SEATS_A_ROW + 1)]
        rng.shuffle(self._seats)

    @staticmethod
    def layout() -> Layout:
        """A hall that is large enough."""
        return make_layout(ROWS, SEATS_A_ROW)

    async def gather(self, count: int) -> None:
        """Everybody, each with when they come first."""
        kinds = [kind for kind, share in KINDS.items() for _ in range(count * share // 100)]
        kinds += ["ticket"] * (count - len(kinds))
        self.rng.shuffle(kinds)
        issued = {
            "unpaid": await self._issue(kinds.count("unpaid"), status="awaiting_payment"),
            "given back": await self._issue(kinds.count("given back"), status="cancelled"),
            "old code": await self._issue(kinds.count("old code"), revision=2),
            "of another house": await self._issue(kinds.count("of another house"), elsewhere=True),
            "sold in the evening": [""] * kinds.count("sold in the evening"),
        }
        badges = [kind for kind in kinds if "badge" in kind or kind in ACCREDITED_LATER]
        rest = [kind for kind in kinds if kind not in (*issued, *badges, "screenshot", "guest")]
        sold = await self._issue(len(rest))
        foreign = SigningKey(1, (stranger := Ed25519PrivateKey.generate()).public_key(), stranger)
        for kind in kinds:
            if kind in ("screenshot", "guest") or "badge" in kind or kind in ACCREDITED_LATER:
                continue
            ticket = (issued.get(kind) or sold).pop()
            person = self._person(kind, ticket, await self.code(ticket) if ticket else "")
            if kind == "number typed":
                person.code = ticket.lower()
            elif kind == "foreign":
                person.code = code_of(KeyRing({1: foreign}, foreign), self._facts(ticket, 1))
            elif kind == "cut":
                person.code = person.code[:-1]
            elif kind == "of another house":
                person.code = await self.code(ticket, screening=self.elsewhere)
            elif kind == "old code":
                # Who has the ticket now comes as well.
                self._person("ticket", ticket, await self.code(ticket, revision=2))
        owners = [person for person in self.people if person.kind == "ticket"]
        for _ in range(kinds.count("screenshot")):
            owner = self.rng.choice(owners)
            self._person("screenshot", owner.ticket, owner.code)
        await self._invite(kinds.count("guest"))
        for kind in badges:
            await self._accredit(kind)

    async def code(self, ticket: str, *, revision: int = 1, screening: Screening | None = None) -> str:
        """The code that stands on a ticket of this revision."""
        return await self.keys.code_of(self._facts(ticket, revision, screening))

    async def sell(self, person: Person) -> None:
        """Somebody buys in the evening, after the gates have taken their lists."""
        (person.ticket,) = await self._issue(1)
        person.code = await self.code(person.ticket)

    async def pass_on(self, person: Person, now: datetime) -> None:
        """The ticket gets a new code; who had it before comes all the same, and so does who has it now."""
        assert person.ticket is not None
        await self.factory.postgres.execute("update ticket set revision = 2 where ticket_id = $1", person.ticket)
        new = self._person("ticket", person.ticket, await self.code(person.ticket, revision=2))
        new.comes_at = now + MINUTE * self.rng.uniform(1, 20)

    async def give_back(self, person: Person) -> None:
        """A ticket is given back; who had it tries all the same."""
        await self.factory.postgres.execute(
            "update ticket set status = 'void', voided_at = $2 where ticket_id = $1",
            person.ticket,
            self.factory.context.clock.now(),
        )

    async def accredit_late(self, person: Person) -> None:
        """Somebody gets a badge after the gates have taken their lists; some of these may enter nothing."""
        may = person.kind == "accredited in the evening"
        person.ticket = await accredited(self.factory, self.screening.festival, all_screenings=may)
        person.code = await self._badge_code(person.ticket, self.screening.festival)

    async def revoke(self, person: Person) -> None:
        """A badge is withdrawn; who wears it tries all the same."""
        await self.factory.postgres.execute(
            "update accreditation set status = 'revoked' where accreditation_id = $1", person.ticket
        )

    def rush(self, ticket: str, code: str, now: datetime) -> None:
        """Somebody of the rush line has been given a place."""
        self._person("ticket", ticket, code).comes_at = now + MINUTE * self.rng.uniform(0.2, 3)

    def _person(self, kind: str, ticket: str | None, code: str) -> Person:
        starts_at = self.screening.starts_at
        # Most come in the half hour before the film, a few before the doors open.
        comes_at = starts_at - MINUTE * self.rng.triangular(-5, 45, 12)
        if kind == "late":
            comes_at = starts_at + MINUTE * self.rng.uniform(8, 30)
        person = Person(len(self.people), kind, code, ticket or None, comes_at)
        self.people.append(person)
        return person

    async def _accredit(self, kind: str) -> None:
        if kind in ACCREDITED_LATER:
            self._person(kind, None, "")
            return
        wearers = [person for person in self.people if person.kind == "badge"]
        if kind == "badge screenshot" and wearers:
            wearer = self.rng.choice(wearers)
            self._person(kind, wearer.ticket, wearer.code)
            return
        screening = self.elsewhere if kind == "badge of another festival" else self.screening
        columns: dict[str, Any] = {"status": "revoked"} if kind == "badge revoked" else {}
        badge = await accredited(self.factory, screening.festival, screenings_per_day=1, **columns)
        if kind == "badge with its quota used":
            await self.factory.postgres.execute(
                "insert into badge_entry values ($1, $2, $3, true, 1, false)",
                badge,
                self.elsewhere.screening_id,
                day_of(self.screening),
            )
        self._person(kind, badge, await self._badge_code(badge, screening.festival))

    async def _badge_code(self, badge: str, festival: str) -> str:
        shown = self.screening
        return await self.keys.badge_code_of(BadgeFacts(badge, festival, 1, shown.doors_at, shown.ends_at))

    async def _invite(self, count: int) -> None:
        context, screening = self.factory.context, self.screening.screening_id
        await set_guest_list(context, screening, GuestListTerms(2 * count), BY)
        for number in range(count):
            guest = NewGuest(uuid.uuid4(), f"Guest {number}")
            await add_guest(context, screening, guest, BY)
            self._person("guest", None, "").guest = guest.guest

    async def _issue(
        self, count: int, *, elsewhere: bool = False, status: str = "confirmed", revision: int = 1
    ) -> list[str]:
        if not count:
            return []
        seats: Sequence[str] = [self._seats.pop() for _ in range(count)]
        screening = self.elsewhere if elsewhere else self.screening
        placed = await self.factory.order(
            screening.screening_id,
            *seats,
            status=status,
            revision=revision,
            placed_at=self.screening.starts_at - timedelta(days=1),
        )
        return list(placed.tickets.values())

    def _facts(self, ticket: str, revision: int, screening: Screening | None = None) -> TicketFacts:
        shown = screening or self.screening
        return TicketFacts(ticket, shown.screening_id, 0, revision, shown.doors_at, shown.ends_at)

"""Two hours at the door of a full house: three gates, a network that fails, people of every kind."""

import hashlib
import uuid
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

import msgspec

from tests.door.alone import Device, Network
from tests.door.crowd import ACCREDITED_LATER, BADGES, BY, MINUTE, NEVER, Crowd, Person
from tests.factories import Factory
from ticketing.door.before_film.guests import GuestArrival, let_guests_in
from ticketing.door.before_film.no_shows import RushWish, give_rush_ticket, release_no_shows, restore_ticket
from ticketing.door.model import Direction
from ticketing.kernel.context import Context
from ticketing.kernel.errors import SeatsTaken
from ticketing.staff.devices import add_device, enrol_device, principal_of_device
from ticketing.tickets.keys import ensure_key
from ticketing.web.house import build_house

TICK = timedelta(seconds=5)
MOMENT = timedelta(milliseconds=10)
LENGTH = 120 * MINUTE
STARTS_AFTER = 60 * MINUTE
NETWORK_MENDED_AFTER = 100 * MINUTE
REFRESH_EVERY_TICKS = 6
GATES = ("north", "south", "west")
TRIES_MAX = 4
# Of a hundred people; more wear a badge that may enter.
BADGE_PLACES_PERCENT = 5
RUSH_LINE = 12


RIGHTFUL = ("ticket", "number typed", "sold in the evening", "late")


class SetClock:
    """A clock that stands until it is moved, so that an evening can be had again."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        return self.at


class Passage(NamedTuple):
    """A code held up at a gate, and what became of it. ``moved``: somebody went in or out."""

    scan: uuid.UUID
    at: datetime
    gate: str
    person: Person
    direction: Direction
    shown: str
    moved: bool


class TwoHours:
    """An evening from a seed. ``outages``: whether the network fails at all."""

    def __init__(self, context: Context, clock: SetClock, seed: int, *, outages: bool = True) -> None:
        self.context, self.clock, self.outages = context, clock, outages
        self.rng = Random(seed)
        self.reentry = seed % 2 == 0
        self.house = build_house(context)
        self.passages: list[Passage] = []
        self.cuts: Counter[Network] = Counter()
        self.guests_in: set[uuid.UUID] = set()
        self.given_up: set[str] = set()
        self.devices: list[Device] = []
        self.crowd: Crowd

    async def prepare(self, people: int, first: int = 0) -> None:
        """The house, its gates with their lists, and everybody on their way; ``first``: as of a factory's."""
        await ensure_key(self.context)
        factory, opens_at = Factory(self.context, first), self.clock.now()
        rules = {"reentry": self.reentry, "no_show_release_minutes": -10}
        ids = [
            await factory.screening(starts_at=opens_at + STARTS_AFTER, rules=rules, layout=Crowd.layout())
            for _ in range(2)
        ]
        await self.context.postgres.execute(
            "update screening set accredited_places = $2 where screening_id = $1",
            ids[0],
            people * BADGE_PLACES_PERCENT // 100,
        )
        screening, elsewhere = [await self.house.catalogue.screening(one) for one in ids]
        self.crowd = Crowd(factory, screening, elsewhere, self.rng)
        await self.crowd.gather(people)
        for gate in GATES:
            enrolment = await add_device(self.context, gate, [screening.venue.venue], [gate], by=BY)
            enrolled = await enrol_device(self.context, enrolment.secret)
            principal = await principal_of_device(self.context, enrolled.token)
            assert principal is not None
            self.devices.append(Device(self.house.door, principal, screening.screening_id, self.rng))
            await self.devices[-1].refresh()

    async def pass_by(self) -> None:
        """Two hours, five seconds at a time; at their end every gate has handed in what it did."""
        opened_at = self.clock.now()
        changes = [
            (self.rng.uniform(1, 75), person) for person in self.crowd.people if "in the evening" in person.kind
        ]
        for tick in range(LENGTH // TICK):
            self.clock.at = opened_at + tick * TICK
            gone = self.clock.at - opened_at
            self._weather(mended=not self.outages or gone >= NETWORK_MENDED_AFTER)
            for minute, person in [change for change in changes if gone >= change[0] * MINUTE]:
                changes.remove((minute, person))
                await self._change(person)
            if gone == STARTS_AFTER + 10 * MINUTE:
                await self._release()
            await self._gates_tick(tick)
            for person in list(self.crowd.people):
                if person.comes_at is not None and person.comes_at <= self.clock.at:
                    await self._comes(person)
                elif person.leaves_at is not None and person.leaves_at <= self.clock.at:
                    await self._leaves(person)
        for device in self.devices:
            device.network = Network.UP
            while device.waits:
                await device.hand_in()

    def _weather(self, *, mended: bool) -> None:
        for device in self.devices:
            if mended:
                device.network = Network.UP
                continue
            fate, before = self.rng.random(), device.network
            if before is Network.UP and fate < 1 / 100:
                device.network = Network.DOWN if fate < 1 / 150 else Network.MUTE
                self.cuts[device.network] += 1
            elif before is not Network.UP and fate < (1 / 70 if before is Network.DOWN else 1 / 8):
                device.network = Network.UP

    async def _gates_tick(self, tick: int) -> None:
        for device in self.devices:
            if device.waits:
                await device.hand_in()
            if not device.believes_up or tick % REFRESH_EVERY_TICKS == 0:
                await device.refresh()

    async def _change(self, person: Person) -> None:
        if person.kind == "sold in the evening":
            await self.crowd.sell(person)
        elif person.kind == "passed on in the evening":
            await self.crowd.pass_on(person, self.clock.at)
        elif person.kind == "badge revoked in the evening":
            await self.crowd.revoke(person)
        elif person.kind in ACCREDITED_LATER:
            await self.crowd.accredit_late(person)
        else:
            await self.crowd.give_back(person)

    async def _release(self) -> None:
        """Places of who has not come are given to the rush line, as far as it goes."""
        screening = self.crowd.screening
        freed = (await release_no_shows(self.house.sales, screening, BY)).seats
        seats = sorted(one.seat for one in freed)
        for seat in self.rng.sample(seats, min(RUSH_LINE, len(seats) // 2)):
            given = await give_rush_ticket(self.house.sales, screening, RushWish(uuid.uuid4(), seat), "en", BY)
            (ticket,) = given.tickets
            self.crowd.rush(ticket.ticket, await self.crowd.code(ticket.ticket), self.clock.at)

    async def _comes(self, person: Person) -> None:
        device, person.comes_at = self._gate(), None
        if person.guest is not None:
            return await self._guest(person, device)
        if not person.code:
            person.comes_at = self._later()
            return None
        person.tries += 1
        scan, shown = await device.scan(person.code, "in", self.clock.at)
        person.inside = shown == "admitted"
        self.passages.append(Passage(scan, self.clock.at, device.gate, person, "in", shown, person.inside))
        if person.inside:
            person.been_in = True
            if self.rng.random() < 0.12:
                person.leaves_at = self.clock.at + MINUTE * self.rng.uniform(5, 30)
        elif shown == "void" and person.kind not in NEVER and not person.by_badge:
            await self._box_office(person)
        elif (person.kind in (*RIGHTFUL, *BADGES) and not person.been_in) or person.tries < TRIES_MAX:
            person.comes_at = self._later()
        return None

    async def _box_office(self, person: Person) -> None:
        """Where who is void is sent: who came late has the place again, as long as it is free."""
        assert person.ticket is not None
        row = await self.context.postgres.fetchrow(
            "select status, released_at from ticket where ticket_id = $1", person.ticket
        )
        assert row is not None
        if row["status"] == "void" and row["released_at"] is None:
            return
        try:
            await restore_ticket(self.house.sales, self.crowd.screening, person.ticket, BY)
        except SeatsTaken:
            self.given_up.add(person.ticket)
            return
        person.comes_at = self._later()

    async def _guest(self, person: Person, device: Device) -> None:
        if device.network is Network.DOWN:
            person.comes_at = self._later()
            return
        assert person.guest is not None
        # Pressed twice, as answers are lost.
        arrival = GuestArrival(uuid.uuid4(), 1, device.gate)
        for _ in range(2):
            await let_guests_in(
                self.context, self.crowd.screening.screening_id, person.guest, arrival, device.principal.login
            )
        self.guests_in.add(person.guest)

    async def _leaves(self, person: Person) -> None:
        device, person.leaves_at = self._gate(), None
        scan, shown = await device.scan(person.code, "out", self.clock.at)
        person.inside = False
        self.passages.append(Passage(scan, self.clock.at, device.gate, person, "out", shown, True))
        person.comes_at, person.tries = self._later(), 1

    def _gate(self) -> Device:
        """Any of them, and a moment later: nothing happens at the very same one."""
        self.clock.at += MOMENT
        return self.rng.choice(self.devices)

    def _later(self) -> datetime:
        return self.clock.at + MINUTE * self.rng.uniform(2, 8)

    def came(self) -> dict[str, list[Passage]]:
        """What happened with each ticket, by time."""
        by_ticket = defaultdict(list)
        for passage in self.passages:
            if passage.person.ticket is not None:
                by_ticket[passage.person.ticket].append(passage)
        return by_ticket

    async def told(self) -> str:
        """All that happened and what the house says of it, as a hash: the same for the same seed."""
        rows = await self.scans()
        lines = [
            (
                str(one.at - self.crowd.screening.starts_at),
                one.gate,
                one.person.number,
                one.direction,
                one.shown,
                *rows[one.scan],
            )
            for one in self.passages
        ]
        return hashlib.sha256(msgspec.json.encode(lines)).hexdigest()

    async def scans(self) -> dict[uuid.UUID, tuple[str, bool]]:
        """What the house says of each scan that the devices made: its verdict, and whether it is a conflict."""
        rows = await self.context.postgres.fetch(
            "select scan_id, verdict, conflict from scan where staff_login = any($1::text[])",
            [device.principal.login for device in self.devices],
        )
        return {row["scan_id"]: (row["verdict"], row["conflict"]) for row in rows}

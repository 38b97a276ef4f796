"""Seats kept back: made, changed, filled by name, released; and who wins where two want the same."""

import uuid
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from tests.factories import Factory
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.settings import Settings
from ticketing.programme.model import Screening
from ticketing.sales.allotments import (
    WORKER,
    Allotment,
    AllotmentTerms,
    list_allotments,
    release_allotment,
    release_due_allotments,
    set_allotment,
)
from ticketing.sales.allotted_tickets import GuestTickets, issue_guest_tickets
from ticketing.sales.model import Buyer, OrderView
from ticketing.sales.orders import expire_orders


class Desk:
    """A supervisor's desk beside a box office."""

    def __init__(self, office: BoxOffice, screening: Screening) -> None:
        self.office, self.screening, self.sales = office, screening, office.house.sales

    async def keep(self, *seats: str, allotment: str = "press", **more: Any) -> Allotment:
        return await set_allotment(
            self.sales, self.screening, allotment, AllotmentTerms("Press", seats, **more), "sara"
        )

    async def give(self, *names: str, allotment: str = "press", issue: uuid.UUID | None = None) -> OrderView:
        wish = GuestTickets(issue or uuid.uuid4(), Buyer("press@example.org", "Press"), names, "fr")
        return await issue_guest_tickets(self.sales, self.screening, allotment, wish, "sara")

    async def audited(self, act: str) -> list[Any]:
        rows = await self.office.context.postgres.fetch(
            "select login, detail from audit where act = $1 order by at", act
        )
        return [(row["login"], row["detail"]) for row in rows]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The box office takes money for what is reserved."""
    return msgspec.structs.replace(settings, payment_providers="demo,counter")


@pytest.fixture
async def desk(context: Context) -> Desk:
    return await opened(context)


async def opened(context: Context, ahead: timedelta = timedelta(minutes=30)) -> Desk:
    """The desk of a screening that begins so far ahead."""
    office = await BoxOffice.opened(context, starts_at=context.clock.now() + ahead)
    await office.reconcile()
    return Desk(office, await office.house.catalogue.screening(office.screening))


async def test_kept_seats_are_nobody_elses(desk: Desk) -> None:
    made = await desk.keep("A-2", "A-1")
    assert (made.seats, made.taken, made.released) == (("A-1", "A-2"), (), False)
    assert await desk.keep("A-2", "A-1") == made
    with pytest.raises(errors.SeatsTaken):
        await desk.office.hold("A-1")
    assert await desk.office.reconcile() == 0
    changed = await desk.keep("A-2", "A-3")
    assert changed.seats == ("A-2", "A-3")
    assert await desk.office.reconcile() == 0
    await desk.office.hold("A-1")
    assert [detail["seats"] for _, detail in await desk.audited("allotment_set")][-1] == ["A-2", "A-3"]


async def test_what_is_sold_held_or_somebody_elses_is_refused_whole(desk: Desk) -> None:
    await desk.office.sell("A-1")
    await desk.office.hold("A-2")
    await desk.keep("A-3", allotment="jury")
    for taken in ("A-1", "A-2", "A-3"):
        with pytest.raises(errors.SeatsTaken) as refusal:
            await desk.keep("B-1", taken)
        assert refusal.value.data["seats"] == [taken]
    assert [one.allotment for one in await list_allotments(desk.sales, desk.screening)] == ["jury"]
    await desk.office.hold("B-1")


async def test_what_postgres_alone_knows_to_be_sold_is_given_back(desk: Desk, context: Context) -> None:
    await Factory(context, 500).order(desk.office.screening, "A-1")
    with pytest.raises(errors.SeatsTaken):
        await desk.keep("A-1", "A-2")
    states = await desk.office.states()
    assert (states["A-1"], states["A-2"]) == ("s", "f")


@pytest.mark.parametrize(
    ("seats", "more", "allotment", "error"),
    [
        (("Z-99",), {}, "press", errors.UnknownSeats),
        (("A-1", "A-1"), {}, "press", errors.InvalidField),
        (("A-1",), {"release_at": timedelta(seconds=-1)}, "press", errors.InvalidField),
        (("A-1",), {"release_at": timedelta(days=9)}, "press", errors.InvalidField),
        (("A-1",), {"tariffs": ("of-another-festival",)}, "press", errors.InvalidField),
        (("A-1",), {}, "Press!", errors.InvalidField),
        (("A-1",), {}, "a\x00", errors.InvalidField),
    ],
)
async def test_what_can_t_be_changes_nothing(
    desk: Desk, seats: tuple[str, ...], more: dict[str, Any], allotment: str, error: type[Exception]
) -> None:
    now = desk.office.context.clock.now()
    told = {name: now + given if isinstance(given, timedelta) else given for name, given in more.items()}
    with pytest.raises(error):
        await desk.keep(*seats, allotment=allotment, **told)
    assert await list_allotments(desk.sales, desk.screening) == []
    assert set((await desk.office.states()).values()) == {"f"}


async def test_a_release_frees_what_has_no_ticket(desk: Desk) -> None:
    await desk.keep("A-1", "A-2")
    await desk.give("Әсел Серік")
    released = await release_allotment(desk.sales, desk.screening, "press", "sara")
    assert (released.released, released.taken) == (True, ("A-1",))
    assert await release_allotment(desk.sales, desk.screening, "press", "sara") == released
    assert len(await desk.audited("allotment_released")) == 1
    assert await desk.office.reconcile() == 0
    await desk.office.hold("A-2")
    for late in (desk.keep("A-3"), desk.give("Dana")):
        with pytest.raises(errors.AllotmentReleased):
            await late
    for unknown in (
        release_allotment(desk.sales, desk.screening, "jury", "sara"),
        desk.give("Dana", allotment="x"),
    ):
        with pytest.raises(errors.UnknownAllotment):
            await unknown


async def test_seats_are_released_at_their_time_once(desk: Desk, clock: ShiftedClock) -> None:
    await desk.keep("A-1", "A-2", release_at=clock.now() + timedelta(minutes=10))
    assert await release_due_allotments(desk.sales) == 0
    clock.ahead += timedelta(minutes=11)
    assert sum(await outcomes(*(release_due_allotments(desk.sales) for _ in range(3)))) == 2
    assert (await desk.office.state("A-1"), await desk.office.reconcile()) == ("f", 0)
    assert [login for login, _ in await desk.audited("allotment_released")] == [WORKER]
    # A seat of a released allotment can be kept back anew.
    assert (await desk.keep("A-2", allotment="jury")).seats == ("A-2",)


async def test_names_get_free_tickets_in_the_order_of_the_hall(desk: Desk) -> None:
    await desk.keep("B-1", "A-4", "A-3")
    issue = uuid.uuid4()
    order = await desk.give("Әсел  Серік", "Élodie", issue=issue)
    assert [(one.seat, one.holder, one.tariff) for one in order.tickets] == [
        ("A-3", "Әсел Серік", "invitation"),
        ("A-4", "Élodie", "invitation"),
    ]
    assert order.status == "confirmed"
    assert (await desk.give("Әсел  Серік", "Élodie", issue=issue)).order == order.order
    with pytest.raises(errors.IdempotencyMismatch):
        await desk.give("Dana", issue=issue)
    with pytest.raises(errors.AllotmentFull) as refusal:
        await desk.give("Dana", "Sara")
    assert refusal.value.data["left"] == 1
    (kept,) = await list_allotments(desk.sales, desk.screening)
    assert kept.taken == ("A-3", "A-4")
    assert await desk.office.state("A-3") == "s"
    assert await desk.office.reconcile() == 0
    ((login, detail),) = await desk.audited("allotment_filled")
    assert (login, detail["seats"], detail["order"]) == ("sara", "A-3, A-4", order.order)
    assert "Әсел" not in msgspec.json.encode(detail).decode()
    assert await desk.office.fetchval("select count(*) from job where kind = 'mail_order'") == 1
    assert await desk.office.fetchval("select count(*) from ledger_entry where kind = 'issued'") == 2


async def test_two_who_want_the_last_seat(desk: Desk) -> None:
    await desk.keep("A-1")
    given = await outcomes(*(desk.give(name) for name in ("Dana", "Sara", "Aru", "Olga")))
    assert [type(one) for one in given].count(errors.AllotmentFull) == 3
    assert await desk.office.fetchval("select count(*) from ticket where seat = 'A-1' and status = 'sold'") == 1


async def test_a_buyer_and_a_supervisor_want_the_same_seat(desk: Desk) -> None:
    for seat in [f"{row}-{number}" for row in "AB" for number in range(1, 6)]:
        results = await outcomes(desk.office.hold(seat), desk.keep(seat, allotment=f"for-{seat.lower()}"))
        assert sum(isinstance(one, errors.SeatsTaken) for one in results) == 1, results
    assert await desk.office.reconcile() == 0


async def test_seats_are_given_by_the_tariffs_of_their_allotment(context: Context, clock: ShiftedClock) -> None:
    desk = await opened(context, timedelta(days=1))
    made = await desk.keep("A-1", "A-2", "A-3", tariffs=("student",))
    assert made.tariffs == ("student",)
    # To be paid at the box office: until then nobody has it, and unpaid it is the allotment's again.
    issue = uuid.uuid4()
    order = await desk.give("Anna", issue=issue)
    assert (order.status, order.total.amount, order.tickets[0].tariff) == ("awaiting_payment", 200_000, "student")
    assert (await desk.give("Anna", issue=issue)).order == order.order
    assert await desk.office.state("A-1") == "r"
    assert await desk.office.reconcile() == 0
    assert order.expires_at is not None
    clock.ahead += order.expires_at - clock.now() + timedelta(seconds=1)
    assert await expire_orders(desk.sales) == 1
    assert await desk.office.state("A-1") == "b"
    assert await desk.office.reconcile() == 0
    # A free one of their own is confirmed at once; given back, its seat is kept back still.
    await desk.keep("A-1", "A-2", "A-3", tariffs=("invitation", "student"))
    free = await desk.give("Anna", "Ben")
    assert (free.status, {one.tariff for one in free.tickets}) == ("confirmed", {"invitation"})
    assert [detail["tariffs"] for _, detail in await desk.audited("allotment_set")][-1] == ["invitation", "student"]
    await desk.office.context.postgres.execute("delete from price where tariff_id in ('invitation', 'student')")
    desk.sales.catalogue.forget()
    desk.screening = await desk.sales.catalogue.screening(desk.office.screening)
    with pytest.raises(errors.NoAllotmentTariff):
        await desk.give("Cleo")


async def test_postgres_knows_no_tariff_of_another_festival_for_it(desk: Desk) -> None:
    await desk.keep("A-1")
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="is none of the festival"):
        await desk.office.context.postgres.execute("update allotment set tariffs = '{of-another-festival}'")

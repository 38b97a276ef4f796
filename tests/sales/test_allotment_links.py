"""Links to an allotment: who may choose what by them, until when, and who wins where two want the same seat."""

import uuid
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.factories import make_layout
from tests.sales.test_allotments import Desk, opened
from tests.seating.box_office import BoxOffice, outcomes
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.settings import Settings
from ticketing.programme.layout import SeatKind
from ticketing.sales.allotment_choosing import (
    CHOICES_PER_CLIENT,
    GUEST,
    GuestChoice,
    open_link,
    take_seats,
)
from ticketing.sales.allotment_links import (
    AllotmentLink,
    LinkTerms,
    code_of_link,
    list_links,
    make_link,
    revoke_link,
)
from ticketing.sales.model import OrderView

CLIENT = "203.0.113.9"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The box office takes money for what is reserved."""
    return msgspec.structs.replace(settings, payment_providers="demo,counter")


@pytest.fixture
async def desk(context: Context) -> Desk:
    office = await BoxOffice.opened(context)
    await office.reconcile()
    made = Desk(office, await office.house.catalogue.screening(office.screening))
    await made.keep("A-1", "A-2", "A-3", "A-4")
    return made


async def linked(desk: Desk, allotment: str = "press", **more: Any) -> tuple[AllotmentLink, str]:
    """A link for two seats a guest and three in all, good for an hour; and its code."""
    now = desk.sales.context.clock.now()
    terms = {"link": uuid.uuid4(), "ends_at": now + timedelta(hours=1), "seats_max": 3, **more}
    link = await make_link(desk.sales, desk.screening, allotment, LinkTerms(**terms), "sara")
    return link, code_of_link(desk.sales.context, link.link)


async def take(desk: Desk, code: str, *seats: str, **more: Any) -> OrderView:
    wish = {"choice": uuid.uuid4(), "name": "Әсел", **more}
    return await take_seats(desk.sales, code, GuestChoice(seats=seats, **wish), CLIENT)


async def test_a_guest_takes_seats_and_has_tickets(desk: Desk) -> None:
    link, code = await linked(desk)
    assert link.pages["kk"].endswith(f"/kk/allotments/{code}")
    opened = await open_link(desk.sales, code, CLIENT)
    assert (opened.seats, opened.left, opened.over) == (("A-1", "A-2", "A-3", "A-4"), 3, False)
    choice = uuid.uuid4()
    wish: dict[str, Any] = {"choice": choice, "companions": ("Élodie",), "email": "asel@example.kz", "locale": "kk"}
    order = await take(desk, code, "A-3", "A-2", **wish)
    assert [(one.seat, one.holder, one.tariff) for one in order.tickets] == [
        ("A-2", "Élodie", "invitation"),
        ("A-3", "Әсел", "invitation"),
    ]
    assert (await take(desk, code, "A-3", "A-2", **wish)).order == order.order
    with pytest.raises(errors.IdempotencyMismatch):
        await take(desk, code, "A-1", choice=choice)
    assert await desk.office.state("A-3") == "s"
    assert await desk.office.reconcile() == 0
    (listed,) = await list_links(desk.sales, desk.screening)
    assert (listed.seats_taken, listed.orders) == (2, 1)
    ((login, detail),) = await desk.audited("allotment_seats_taken")
    assert (login, detail["seats"], detail["order"]) == (GUEST, "A-3, A-2", order.order)
    assert not {"Әсел", "asel@example.kz"} & set(msgspec.json.encode(detail).decode().split('"'))
    # Without an address there is no letter: the page alone has the tickets.
    await take(desk, code, "A-1")
    assert await desk.office.fetchval("select count(*) from job where kind = 'mail_order'") == 2


@pytest.mark.parametrize(
    ("seats", "more", "error"),
    [
        (("A-1", "A-2", "A-3"), {}, errors.TooManySeats),
        (("B-1",), {}, errors.SeatsTaken),
        (("Z-9",), {}, errors.SeatsTaken),
        (("A-4", "A-1"), {}, errors.SeatsTaken),
        (("A-1",), {"email": "DANA@example.kz"}, errors.TooManySeats),
        (("A-1", "A-2"), {}, errors.AllotmentLinkUsedUp),
    ],
)
async def test_what_a_link_does_not_give(
    desk: Desk, seats: tuple[str, ...], more: dict[str, Any], error: type[Exception]
) -> None:
    _, code = await linked(desk)
    await take(desk, code, "A-4", "A-3", email="dana@example.kz")
    with pytest.raises(error):
        await take(desk, code, *seats, **more)
    assert await desk.office.fetchval("select count(*) from ticket") == 2


async def test_a_link_ends(desk: Desk, clock: ShiftedClock) -> None:
    link, code = await linked(desk)
    other, later = await linked(desk, ends_at=clock.now() + timedelta(hours=2))
    order = await take(desk, code, "A-1", choice=uuid.UUID(int=7))
    for _ in range(2):
        assert (await revoke_link(desk.sales, desk.screening, link.link, "sara")).revoked
    assert len(await desk.audited("allotment_link_revoked")) == 1
    with pytest.raises(errors.AllotmentLinkOver):
        await take(desk, code, "A-2")
    # What was asked before the end is still answered, word for word.
    assert (await take(desk, code, "A-1", choice=uuid.UUID(int=7))).order == order.order
    clock.ahead += timedelta(hours=2)
    assert (await open_link(desk.sales, later, CLIENT)).over
    with pytest.raises(errors.AllotmentLinkOver):
        await take(desk, later, "A-2")
    with pytest.raises(errors.UnknownAllotmentLink):
        await revoke_link(desk.sales, desk.screening, uuid.uuid4(), "sara")
    listed = {one.link: one.revoked for one in await list_links(desk.sales, desk.screening)}
    assert listed == {link.link: True, other.link: False}


async def test_a_forged_code_opens_nothing(desk: Desk) -> None:
    _, code = await linked(desk)
    stranger = code_of_link(desk.sales.context, uuid.uuid4())
    for forged in (
        "",
        "x",
        code[:-1],
        code[:-1] + ("A" if code[-1] != "A" else "B"),
        code[22:] + code[:22],
        stranger,
    ):
        with pytest.raises(errors.UnknownAllotmentLink):
            await open_link(desk.sales, forged, CLIENT)
        with pytest.raises(errors.UnknownAllotmentLink):
            await take(desk, forged, "A-1")


@pytest.mark.parametrize("hours", [-1, 24 * 400])
async def test_a_link_ends_between_now_and_the_screenings_end(desk: Desk, hours: int) -> None:
    with pytest.raises(errors.InvalidField):
        await linked(desk, ends_at=desk.sales.context.clock.now() + timedelta(hours=hours))
    assert await list_links(desk.sales, desk.screening) == []


async def test_a_companions_seat_goes_with_its_wheelchair_place(context: Context) -> None:
    plain = make_layout()
    kinds = {"A-1": (SeatKind.WHEELCHAIR, None), "A-2": (SeatKind.COMPANION, "A-1")}
    seats = tuple(
        msgspec.structs.replace(seat, kind=kinds[seat.seat][0], companion_of=kinds[seat.seat][1])
        if seat.seat in kinds
        else seat
        for seat in plain.seats
    )
    office = await BoxOffice.opened(context, msgspec.structs.replace(plain, seats=seats))
    await office.reconcile()
    desk = Desk(office, await office.house.catalogue.screening(office.screening))
    await desk.keep("A-1", "A-2")
    _, code = await linked(desk)
    with pytest.raises(errors.CompanionApart):
        await take(desk, code, "A-2")
    assert len((await take(desk, code, "A-2", "A-1")).tickets) == 2


async def test_nobody_asks_without_end(desk: Desk) -> None:
    for _ in range(CHOICES_PER_CLIENT.counted_max):
        with pytest.raises(errors.UnknownAllotmentLink):
            await take(desk, "x" * 44, "A-1")
    with pytest.raises(errors.TooMany):
        await take(desk, "x" * 44, "A-1")


async def test_two_guests_want_one_seat(desk: Desk) -> None:
    _, code = await linked(desk)
    taken = await outcomes(*(take(desk, code, "A-1") for _ in range(5)))
    assert sum(isinstance(one, OrderView) for one in taken) == 1
    assert sum(isinstance(one, errors.SeatsTaken) for one in taken) == 4
    # And by one address no more than its share, however many hands press.
    taken = await outcomes(
        *(take(desk, code, seat, email="dana@example.kz") for seat in ("A-2", "A-3", "A-4")),
    )
    assert sum(isinstance(one, OrderView) for one in taken) == 2
    assert await desk.office.fetchval("select seats_taken from allotment_link") == 3


async def test_a_guest_is_told_what_a_seat_costs_and_has_it_reserved(context: Context) -> None:
    desk = await opened(context, timedelta(days=1))
    await desk.keep("A-1", "A-2", "A-3", "A-4", tariffs=("student",))
    _, code = await linked(desk)
    link = await open_link(desk.sales, code, CLIENT)
    assert [price.amount for price in link.prices] == [200_000]
    order = await take(desk, code, "A-3", "A-4")
    assert (order.status, order.total.amount) == ("awaiting_payment", 400_000)
    assert await desk.office.state("A-4") == "r"
    assert await desk.office.reconcile() == 0

"""Tickets given back over the counter: once each, by whom the rules allow, the money the way it came."""

import uuid
from datetime import timedelta

import pytest

from tests.sales.after_sale.conftest import CLERK, ELSEWHERE, SUPERVISOR, Counter
from tests.seating.box_office import outcomes
from ticketing.door.before_film.no_shows import release_no_shows, restore_ticket
from ticketing.door.model import ScanRequest
from ticketing.door.scans import record_scan
from ticketing.kernel import errors
from ticketing.kernel.money import Money
from ticketing.sales.after_sale.cancelling import look_at_counter_cancellation
from ticketing.sales.after_sale.finding import show_at_counter
from ticketing.sales.after_sale.model import CancellationChoice
from ticketing.sales.books import audit_books
from ticketing.sales.counter import list_hand_refunds
from ticketing.sales.desk import show_order
from ticketing.sales.ledger import seal_ledger
from ticketing.sales.ledger_audit import verify_ledger
from ticketing.sales.personal_data import ErasureRequest, erase_person, show_personal_data
from ticketing.sales.refunds import settle_refunds
from ticketing.staff.model import Grant, Principal, Role, principal_with
from ticketing.staff.reach import EVERYWHERE


async def test_cash_is_handed_out_at_once_and_entered(counter: Counter) -> None:
    order = await counter.sell_here("A-1", "A-2")
    done = await counter.take_back(order, 1, reason="illness", note="brought a paper")
    assert (done.refund, done.fee) == (Money(315_000, "KZT"), Money(35_000, "KZT"))
    assert [(way.method, way.money.amount, way.settled) for way in done.ways] == [("cash", 315_000, True)]
    assert [await counter.state("A-1"), await counter.state("A-2")] == ["s", "f"]
    assert await counter.money() == {"taken": 700_000, "back": 315_000, "live": 350_000, "fees": 35_000}
    assert await list_hand_refunds(counter.house.sales, EVERYWHERE) == []
    acts = await counter.context.postgres.fetch("select act, login, detail from audit order by audit_id")
    assert [row["act"] for row in acts] == ["took_payment", "cancelled_at_counter", "handed_out_refund"]
    assert acts[1]["detail"] == {
        "tickets": order.tickets[1].ticket,
        "reason": "illness",
        "beyond": "",
        "refund": 315_000,
        "fee": 35_000,
        "currency": "KZT",
    }
    assert await counter.fetchval("select (kind, reason) from ledger_entry order by entry_id desc limit 1") == (
        "cancelled",
        "given_back",
    )
    assert (await audit_books(counter.context))["money"] == 0


@pytest.mark.parametrize(
    ("method", "hand_out", "settled", "waits"),
    [("cash", True, True, 0), ("card", True, True, 0), ("cash", False, False, 1), ("card", False, False, 1)],
)
async def test_what_is_not_handed_out_waits_in_the_list(
    counter: Counter, method: str, hand_out: bool, settled: bool, waits: int
) -> None:
    order = await counter.sell_here("A-1", method=method)
    done = await counter.take_back(order, hand_out=hand_out)
    assert [(way.method, way.settled) for way in done.ways] == [(method, settled)]
    assert len(await list_hand_refunds(counter.house.sales, EVERYWHERE)) == waits


async def test_money_that_is_handed_out_is_booked_to_the_till_of_who_does_it(counter: Counter) -> None:
    order, sent = await counter.sell_here("A-1", "A-2"), await counter.sell("A-3")
    await counter.take_back(order, 0)
    booked = "select login from refund join till_shift using (shift_id)"
    assert await counter.fetchval(booked) == "bota"
    await counter.context.postgres.execute("update till_shift set closed_at = now(), closed_by = 'bota'")
    with pytest.raises(errors.NoOpenShift):
        await counter.take_back(order, 1)
    assert await counter.state("A-2") == "s"
    # What waits in the list, or goes back by a provider, passes through no till.
    await counter.take_back(order, 1, hand_out=False)
    await counter.take_back(sent)
    assert await counter.fetchval("select count(*) from refund where shift_id is not null") == 1


async def test_money_of_a_provider_goes_back_through_it(counter: Counter) -> None:
    order = await counter.sell("A-1")
    done = await counter.take_back(order)
    assert [(way.provider, way.method, way.settled) for way in done.ways] == [("demo", None, False)]
    assert await settle_refunds(counter.house.sales) == 1
    again = await counter.take_back(order, cancellation=done.cancellation, money=done.refund.amount)
    assert [way.settled for way in again.ways] == [True]


async def test_sent_again_it_is_one_and_another_till_is_told_that_it_was_done(counter: Counter) -> None:
    order = await counter.sell_here("A-1", "A-2")
    act = uuid.uuid4()
    first = await counter.take_back(order, cancellation=act)
    assert await counter.take_back(order, cancellation=act, money=first.refund.amount) == first
    with pytest.raises(errors.IdempotencyMismatch):
        await counter.take_back(order, 1, cancellation=act, money=first.refund.amount)
    with pytest.raises(errors.TicketsNotSold) as refused:
        await counter.take_back(order, money=first.refund.amount)
    assert refused.value.data["tickets"] == [order.tickets[0].ticket]
    other = await counter.sell_here("A-3")
    with pytest.raises(errors.IdempotencyMismatch):
        await counter.take_back(other, cancellation=act)
    assert (await counter.money())["back"] == 315_000


async def test_of_many_tills_one_hands_the_money_out(counter: Counter) -> None:
    order = await counter.sell_here("A-1", "A-2")
    calls = [counter.take_back(order, 0, 1, money=630_000) for _ in range(4)]
    calls += [counter.take_back(order, 0, money=315_000) for _ in range(2)]
    answers = await outcomes(*calls)
    assert {type(one) for one in answers if isinstance(one, Exception)} == {errors.TicketsNotSold}
    back = (await counter.money())["back"]
    assert back == sum(one.refund.amount for one in answers if not isinstance(one, Exception))
    assert await counter.fetchval("select sum(amount) from refund where settled_by = 'bota'") == back


RULES: list[tuple[str, dict[str, object], timedelta, tuple[str, ...]]] = [
    ("update ticket set entries = 0", {}, timedelta(), ()),
    ("update ticket set entries = 1", {}, timedelta(), ("admitted",)),
    ("update ticket set holder_email = 'a@example.org'", {}, timedelta(), ("passed_on",)),
    ("update ticket set refundable = false", {}, timedelta(), ("forfeited",)),
    ("update festival set rules = rules || '{\"refund\": false}'", {}, timedelta(), ("not_allowed",)),
    ("update ticket set entries = 0", {}, timedelta(hours=2, minutes=15), ("too_late",)),
    ("update ticket set entries = 0", {"waive_fee": True}, timedelta(), ("fee_waived",)),
    ("update ticket set entries = 1", {"waive_fee": True}, timedelta(hours=9), ("admitted", "fee_waived")),
    # A cancelled screening keeps no fee, so that there is none to waive, and lets everything go.
    ("update screening set status = 'cancelled'", {"waive_fee": True}, timedelta(hours=9), ()),
]


@pytest.mark.parametrize(("change", "wish", "passes", "beyond"), RULES)
async def test_beyond_the_rules_only_a_supervisor(
    counter: Counter,
    change: str,
    wish: dict[str, object],
    passes: timedelta,
    beyond: tuple[str, ...],
) -> None:
    order = await counter.sell_here("A-1")
    await counter.context.postgres.execute(change)
    counter.context.clock.ahead += passes  # type: ignore[attr-defined]  # the clock of tests
    counter.house.catalogue.forget()
    if beyond:
        with pytest.raises(errors.SupervisorNeeded) as refused:
            await counter.take_back(order, clerk=CLERK, **wish)
        assert refused.value.data["beyond"] == list(beyond)
        assert await counter.fetchval("select count(*) from refund") == 0
    done = await counter.take_back(order, clerk=SUPERVISOR if beyond else CLERK, **wish)
    assert done.beyond == beyond
    cancelled = "cancelled" in change
    assert done.fee.amount == (0 if cancelled or "fee_waived" in beyond else 35_000)
    assert (await audit_books(counter.context))["money"] == 0


async def test_who_supervises_elsewhere_is_a_clerk_here(counter: Counter) -> None:
    order = await counter.sell_here("A-1")
    venue, festival = await counter.fetchval("select (venue_id, festival_id) from venue, festival")
    here = Grant(Role.BOX_OFFICE, venue=venue)
    elsewhere = principal_with("bota", (here, Grant(Role.SUPERVISOR, venue="elsewhere")))
    with pytest.raises(errors.SupervisorNeeded):
        await counter.take_back(order, clerk=elsewhere, waive_fee=True)
    supervisor = principal_with("bota", (here, Grant(Role.SUPERVISOR, festival)))
    assert (await counter.take_back(order, clerk=supervisor, waive_fee=True)).beyond == ("fee_waived",)


async def test_nothing_is_done_that_cannot_be(counter: Counter) -> None:
    order, other = await counter.sell_here("A-1"), await counter.sell_here("A-2")
    unpaid = await counter.order(await counter.hold("A-3"))
    sales = counter.house.sales
    for call, refusal in (
        (counter.take_back(order, money=350_000), errors.PriceChanged),
        (counter.take_back(order, reason="other", note="  "), errors.InvalidField),
        (counter.take_back(unpaid), errors.OrderNotConfirmed),
        (counter.take_back(order, clerk=ELSEWHERE), errors.OutOfReach),
        (
            look_at_counter_cancellation(sales, order.order, CancellationChoice((other.tickets[0].ticket,)), CLERK),
            errors.UnknownTicket,
        ),
        (look_at_counter_cancellation(sales, "K7Q29XFM", CancellationChoice(("x",)), CLERK), errors.UnknownOrder),
        (look_at_counter_cancellation(sales, "x\x00y", CancellationChoice(("x",)), CLERK), errors.UnknownOrder),
    ):
        with pytest.raises(refusal):
            await call
    assert await counter.fetchval("select count(*) from counter_cancellation") == 0


@pytest.mark.parametrize("festival_gives_back", [False, True])
async def test_a_released_no_show_goes_back_as_the_festival_says(
    counter: Counter, festival_gives_back: bool
) -> None:
    """Its seat is somebody else's by then, and stays so; the right is cancelled, the cash booked to the till."""
    order = await counter.sell_here("A-1", "A-2")
    rules = {"no_show_release_minutes": 10, "no_show_refund": festival_gives_back}
    await counter.context.postgres.execute("update festival set rules = rules || $1", rules)
    counter.context.clock.ahead += timedelta(hours=2, minutes=25)  # type: ignore[attr-defined]  # the clock of tests
    counter.house.catalogue.forget()
    screening = await counter.house.catalogue.screening(counter.screening)
    assert len((await release_no_shows(counter.house.sales, screening, "sara")).seats) == 2
    await counter.factory.order(counter.screening, "A-1")
    await counter.house.sales.seating.mirror.reconcile([counter.screening])
    shown = (await show_at_counter(counter.house.sales, order.order, CLERK)).tickets[0]
    assert shown.beyond == (() if festival_gives_back else ("no_show",))
    if not festival_gives_back:
        with pytest.raises(errors.SupervisorNeeded):
            await counter.take_back(order)
    done = await counter.take_back(order, clerk=CLERK if festival_gives_back else SUPERVISOR, reason="illness")
    assert (done.refund.amount, [way.settled for way in done.ways]) == (315_000, [True])
    assert await counter.fetchval("select count(*) from refund where shift_id is not null") == 1
    ledger = "select array_agg(kind order by entry_id) from ledger_entry where ticket_id = $1"
    assert await counter.context.postgres.fetchval(ledger, order.tickets[0].ticket) == [
        "issued",
        "released",
        "restored",
        "cancelled",
    ]
    assert await counter.state("A-1") == "s"
    # Once: neither a second time, nor made good again.
    with pytest.raises(errors.TicketsNotSold):
        await counter.take_back(order, clerk=SUPERVISOR)
    with pytest.raises(errors.TicketNotReleased):
        await restore_ticket(counter.house.sales, screening, order.tickets[0].ticket, "sara")
    status = "select status from orders where order_id = $1"
    assert await counter.context.postgres.fetchval(status, order.order) == "confirmed"
    await counter.take_back(order, 1, clerk=SUPERVISOR)
    assert await counter.context.postgres.fetchval(status, order.order) == "cancelled"
    assert await audit_books(counter.context) == dict.fromkeys(await audit_books(counter.context), 0)
    while await seal_ledger(counter.context):
        pass
    assert (await verify_ledger(counter.context)).faults == ()


async def test_a_scan_at_the_same_moment_takes_turns(counter: Counter) -> None:
    seats = [f"{row}-{number}" for row in "ABC" for number in (1, 4, 7)]
    orders = [await counter.sell_here(seat) for seat in seats]
    await counter.context.postgres.execute("update screening set doors_at = sales_open_at")
    counter.house.catalogue.forget()
    views = [await show_order(counter.house.sales, one.order, one.secret or "") for one in orders]
    doorman = Principal("dana", Role.DOOR)
    calls = []
    for view in views:
        request = ScanRequest(uuid.uuid4(), view.tickets[0].code or "", "north")
        calls += [record_scan(counter.house.door, request, doorman), counter.take_back(view, money=315_000)]
    answers = await outcomes(*calls)
    for scanned, given_back in zip(answers[::2], answers[1::2], strict=True):
        if isinstance(given_back, Exception):
            assert isinstance(given_back, errors.SupervisorNeeded)
            assert scanned.verdict == "admitted"
        else:
            assert scanned.verdict == "void"
    inside = await counter.fetchval("select count(*) from ticket where entries > 0 and status = 'sold'")
    gone = await counter.fetchval("select count(*) from ticket where entries = 0 and status = 'void'")
    assert inside + gone == len(seats)
    assert await counter.fetchval("select sum(sold), sum(admitted) from ticket_count") is not None
    assert (await audit_books(counter.context))["ticket_count"] == 0


async def test_what_was_noted_of_somebody_is_shown_to_them_and_goes_with_their_name(counter: Counter) -> None:
    order = await counter.sell_here("A-1", "A-2")
    await counter.reprint(order.tickets[0].ticket, note="left it in a taxi")
    await counter.take_back(order, 0, 1, note="fell ill")
    kept = await show_personal_data(counter.house.sales, "aigerim@example.org", "olga")
    assert [one.notes for one in kept.orders] == [["left it in a taxi", "fell ill"]]
    erased = await erase_person(counter.house.sales, ErasureRequest("aigerim@example.org"), "olga")
    assert erased.orders == 1
    noted = "select note from counter_cancellation union all select note from reprint"
    assert [row["note"] for row in await counter.context.postgres.fetch(noted)] == ["", ""]
    assert await counter.fetchval("select count(*) from audit where detail::text ~ 'taxi|fell'") == 0


async def test_the_history_tells_all_of_it(counter: Counter) -> None:
    order = await counter.sell_here("A-1", "A-2")
    await counter.take_back(order, reason="other", note="fell ill")
    await counter.reprint(order.tickets[1].ticket, reason="damaged")
    shown = await show_at_counter(counter.house.sales, order.order, CLERK)
    assert [(one.status, one.fee is None) for one in shown.tickets] == [("void", True), ("sold", False)]
    history = shown.history
    assert [(one.method, one.by) for one in history.payments] == [("cash", "bota")]
    assert [(one.method, one.by) for one in history.refunds] == [("cash", "bota")]
    assert [(one.reason, one.note) for one in history.cancellations] == [("other", "fell ill")]
    assert [(one.revision, one.reason) for one in history.reprints] == [(2, "damaged")]
    with pytest.raises(errors.OutOfReach):
        await show_at_counter(counter.house.sales, order.order, ELSEWHERE)

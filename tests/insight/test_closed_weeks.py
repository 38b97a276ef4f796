"""A closed week stays as it was; what is done to its tickets later is told in the week in which it was done."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from tests.insight.reported_week import ReportedWeek, report
from ticketing.insight.reports.closing import close_due_weeks, close_week, list_closed_weeks, over_at
from ticketing.kernel import errors
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.outage.entering import enter_stack, look_at_stack
from ticketing.sales.outage.model import HandSoldPaper, HandSoldStack
from ticketing.staff.model import Principal, Role


def without_moment(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if name not in {"as_of", "closed_weeks"}}


async def sold_and_over(week: ReportedWeek) -> Any:
    """Two tickets, and then the week is over."""
    order = await week.office.sell("A-1", "A-2", screening=week.screenings[3])
    await week.office.sell("B-1", screening=week.midnight)
    await week.seal()
    week.clock.ahead = over_at(week.week) - week.now + timedelta(minutes=1)
    return order


async def give_back_after_the_week(week: ReportedWeek, order: Any) -> None:
    """As an organiser would where a screening failed: later than the rules let buyers do it."""
    await week.execute(
        "update screening set starts_at = starts_at + interval '30 days', ends_at = ends_at + interval '30 days'"
        " where screening_id = $1",
        week.screenings[3],
    )
    week.office.house.catalogue.forget()
    await cancel_order(week.office.house.sales, order.order, order.secret or "", [order.tickets[0].ticket])
    await week.seal()


async def test_a_closed_week_stays_and_what_follows_is_told_where_it_was_done(week: ReportedWeek) -> None:
    order = await sold_and_over(week)
    closed = await close_week(week.office.house.insight, week.almaty, week.week, closed_by="dana")
    assert (closed.week, closed.last_seal) == (week.week, 3)
    names = ("weekly-return", "takings", "admissions", "screening-statement")
    before = {name: await report(week, name, week=week.week) for name in names}
    assert before["weekly-return"]["closed_weeks"] == [[week.almaty, week.week.isoformat()]]

    await give_back_after_the_week(week, order)

    for name in names:
        assert without_moment(await report(week, name, week=week.week)) == without_moment(before[name])
    made = await report(week, "weekly-return", week=week.week + timedelta(days=7))
    (later,) = made["later_entries"]
    assert later["week"] == week.week.isoformat()
    assert (later["kind"], later["reason"], later["rights"]) == ("cancelled", "given_back", 1)
    assert later["takings"]["amount"] == -order.tickets[0].price.amount
    assert later["screening"] == week.screenings[3]
    assert not (await report(week, "weekly-return", week=week.week))["later_entries"]


async def enter_papers(week: ReportedWeek, *papers: HandSoldPaper, screening: str) -> None:
    clerk = Principal("bota", Role.BOX_OFFICE)
    stack = HandSoldStack(uuid.uuid4(), papers)
    await enter_stack(week.office.house.sales, screening, stack, "en", clerk)
    await week.seal()


async def test_tickets_sold_by_hand_are_told_apart_also_in_a_closed_week(week: ReportedWeek) -> None:
    await sold_and_over(week)
    shown = await week.office.house.catalogue.screening(week.screenings[3])
    before_the_doors = HandSoldPaper("1", "C-1", "full", "cash", shown.doors_at - timedelta(hours=1))
    after_them = HandSoldPaper("2", "C-2", "full", "card", shown.starts_at)
    await enter_papers(week, before_the_doors, after_them, screening=shown.screening_id)
    statement = await report(week, "screening-statement", week=week.week)
    (told,) = [one for one in statement["rows"] if one["screening"] == shown.screening_id]
    line = next(one for one in told["tariffs"] if one["tariff"] == "full")
    assert (line["issued"], line["issued_in_presale"], line["hand_sold"]) == (4, 3, 2)

    await close_week(week.office.house.insight, week.almaty, week.week, closed_by="dana")
    late = HandSoldPaper("3", "C-3", "full", "cash", shown.starts_at)
    preview = await look_at_stack(
        week.office.house.sales, shown.screening_id, [late], Principal("bota", Role.BOX_OFFICE)
    )
    assert preview.later_entries
    await enter_papers(week, late, screening=shown.screening_id)
    assert (await report(week, "screening-statement", week=week.week))["rows"] == statement["rows"]
    made = await report(week, "weekly-return", week=week.week + timedelta(days=7))
    (later,) = made["later_entries"]
    assert (later["kind"], later["reason"], later["rights"]) == ("issued", "hand_sold", 1)
    assert later["takings"]["amount"] == 350_000


async def test_an_open_week_follows_its_tickets(week: ReportedWeek) -> None:
    order = await sold_and_over(week)
    before = await report(week, "takings", week=week.week)
    await cancel_order_now(week, order)
    assert without_moment(await report(week, "takings", week=week.week)) != without_moment(before)


async def cancel_order_now(week: ReportedWeek, order: Any) -> None:
    week.clock.ahead = timedelta()
    await cancel_order(week.office.house.sales, order.order, order.secret or "", [order.tickets[0].ticket])


async def test_closing_again_changes_nothing(week: ReportedWeek) -> None:
    await sold_and_over(week)
    insight = week.office.house.insight
    first = await close_week(insight, week.almaty, week.week, closed_by="dana")
    week.clock.ahead += timedelta(hours=1)
    assert await close_week(insight, week.almaty, week.week + timedelta(days=6), closed_by="eric") == first
    assert await list_closed_weeks(insight, week.almaty) == (first,)
    assert await week.fetchval("select count(*) from audit where act = 'week_closed'") == 1


async def test_nobody_can_change_a_closed_week(week: ReportedWeek) -> None:
    await sold_and_over(week)
    await close_week(week.office.house.insight, week.almaty, week.week, closed_by="dana")
    with pytest.raises(Exception, match="append-only"):
        await week.execute("update closed_week set facts = '[]'")


async def test_a_week_that_is_not_over_is_not_closed(week: ReportedWeek) -> None:
    with pytest.raises(errors.WeekNotOver):
        await close_week(week.office.house.insight, week.almaty, week.week, closed_by="dana")
    with pytest.raises(errors.UnknownFestival):
        await close_week(week.office.house.insight, "nowhere", week.week, closed_by="dana")
    with pytest.raises(errors.InvalidPeriod):
        await close_week(week.office.house.insight, week.almaty, date(1, 1, 1), closed_by="dana")
    assert await week.fetchval("select count(*) from closed_week") == 0


async def test_the_worker_closes_weeks_when_their_return_is_due(week: ReportedWeek) -> None:
    await sold_and_over(week)
    # That of the screening in half an hour; those of the two festivals were over a moment ago.
    assert await close_due_weeks(week.office.house.insight) == 1
    week.clock.ahead += timedelta(days=6)
    assert await close_due_weeks(week.office.house.insight) == 2
    assert await close_due_weeks(week.office.house.insight) == 0

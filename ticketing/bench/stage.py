"""What the benchmark plays on: screenings of a 500-seat hall, sold tickets with their codes, and old tickets."""

from collections.abc import Iterator

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.ids import new_order_id, new_ticket_id
from ticketing.kernel.queries import load_queries
from ticketing.programme.layout import Layout, LayoutSeat, LayoutSection, layout_body, layout_id

SQL = load_queries("bench")
ROWS = "ABCDEFGHIJKLMNOPQRST"
SEATS_A_ROW = 25
OLD_TICKETS_AT_ONCE = 50_000


def hall_of_500() -> Layout:
    """Twenty rows of 25, an aisle after the twelfth seat, one zone."""
    seats = tuple(
        LayoutSeat(
            f"{row}-{number}", "", row, str(number), number * 55.0 + (number > 12) * 120, 400 + line * 95.0, "a"
        )
        for line, row in enumerate(ROWS)
        for number in range(1, SEATS_A_ROW + 1)
    )
    width = SEATS_A_ROW * 55.0 + 200
    runs = [run for line in range(len(ROWS)) for run in ((line * SEATS_A_ROW, 12), (line * SEATS_A_ROW + 12, 13))]
    return Layout(
        width=width,
        height=2500,
        focal=(width / 2, 1500),
        screen=(100, 0, width - 100, 0),
        sections=(LayoutSection(""),),
        seats=seats,
        areas=(),
        runs=tuple(runs),
    )


async def set_stage(context: Context, screening_ids: list[str]) -> Layout:
    """A festival with these screenings, each in an empty hall, on sale and with doors open."""
    layout = hall_of_500()
    await context.postgres.execute(SQL.add_festival)
    await context.postgres.execute(SQL.add_price)
    await context.postgres.execute(
        SQL.add_layout, layout_id(layout), msgspec.Raw(layout_body(layout)), layout.capacity
    )
    await context.postgres.execute(SQL.add_screenings, screening_ids, layout_id(layout))
    return layout


async def add_sold(context: Context, places: list[tuple[str, str]]) -> list[str]:
    """Sold tickets for pairs of screening and seat; their ids in that order."""
    order_id = new_order_id()
    ticket_ids = [new_ticket_id() for _ in places]
    await context.postgres.execute(SQL.add_order, order_id)
    await context.postgres.execute(
        SQL.add_tickets, ticket_ids, order_id, [place[0] for place in places], [place[1] for place in places]
    )
    return ticket_ids


async def add_old_tickets(context: Context, have: int, wanted: int) -> None:
    """Sold tickets of screenings that are over and done with, until there are ``wanted`` of them."""
    for first in range(have, wanted, OLD_TICKETS_AT_ONCE):
        numbers = range(first, min(first + OLD_TICKETS_AT_ONCE, wanted))
        await add_sold(context, [(f"old-{number // 500}", f"{number % 500}") for number in numbers])
    await context.postgres.execute("analyze ticket")


def pairs(screening_ids: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Every two neighbouring seats of every screening, once; one screening after the other."""
    for screening_id in screening_ids:
        for row in ROWS:
            for number in range(1, SEATS_A_ROW, 2):
                yield screening_id, [f"{row}-{number}", f"{row}-{number + 1}"]

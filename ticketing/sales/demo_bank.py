"""What the demo bank does, as a real bank would: it answers, twice, late, or never."""

from datetime import timedelta
from typing import Any, Literal, get_args

import msgspec

from ticketing.kernel.errors import N_, InvalidField
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.charges import charge_of, open_charge
from ticketing.sales.desk import Sales, read_order, view_of
from ticketing.sales.model import OrderView
from ticketing.sales.payments import take_notice
from ticketing.sales.providers import Charge, PaymentNotice

SQL = load_queries("payments")
LATE_MINUTES_MAX = 120
LATE_PROBLEM = N_("The bank can answer after 1 to 120 minutes")

Behaviour = Literal["paid", "refused", "twice", "late", "silent"]
BEHAVIOURS = get_args(Behaviour)


async def report_demo_payment(sales: Sales, charge_id: str, outcome: str, secret: str | None = None) -> OrderView:
    """What the demo bank says of a charge. Saying the same again changes nothing.

    Raises:
        PaymentProviderUnknown: the demo bank is not switched on.
        UnknownOrder
        OrderNotPayable: the order is not waiting for this answer.
    """
    sales.providers.offered("demo")
    charge = await charge_of(sales, charge_id)
    settled = await take_notice(sales, _notice(charge, "paid" if outcome == "paid" else "refused"))
    known = secret is not None and sales.context.secrets.opens_order(charge.order, secret)
    order = settled or await read_order(sales.context.postgres, charge.order)
    return await view_of(sales, order, known_to_caller=known)


async def answer_as_bank(
    sales: Sales, charge_id: str, secret: str, behaviour: Behaviour, late_minutes: int = 0
) -> None:
    """Let the demo bank behave as somebody at its page has chosen.

    ``twice`` charges the buyer two times. ``late`` answers after ``late_minutes``, whatever has become of the order
    then. ``silent`` never answers.

    Raises:
        PaymentProviderUnknown: the demo bank is not switched on.
        UnknownOrder
        OrderNotPayable: nothing waits for this payment.
        InvalidField: so many minutes can't be waited.
    """
    sales.providers.offered("demo")
    charge = await open_charge(sales, charge_id, secret)
    match behaviour:
        case "paid" | "refused":
            await take_notice(sales, _notice(charge, behaviour))
        case "twice":
            await take_notice(sales, _notice(charge, "paid"))
            await take_notice(sales, _notice(charge, "paid", "again"))
        case "late":
            if not 1 <= late_minutes <= LATE_MINUTES_MAX:
                raise InvalidField(problem=LATE_PROBLEM, field="late_minutes")
            notice = _notice(charge, "paid", "late")
            at = sales.context.clock.now() + timedelta(minutes=late_minutes)
            async with database_errors():
                await sales.context.postgres.execute(SQL.queue_demo_notice, msgspec.to_builtins(notice), at)
        case "silent":
            pass


async def tell_late_notice(sales: Sales, payload: dict[str, Any]) -> None:
    """The job that brings the bank's late answer."""
    await take_notice(sales, msgspec.convert(payload, PaymentNotice))


def _notice(charge: Charge, outcome: Literal["paid", "refused"], payment: str = "") -> PaymentNotice:
    suffix = f"-{payment}" if payment else ""
    return PaymentNotice(
        provider="demo",
        event=f"{charge.charge}-{outcome}{suffix}",
        charge=charge.charge,
        outcome=outcome,
        reference=f"demo-{charge.charge}{suffix}",
        money=charge.money,
    )

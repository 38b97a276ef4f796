"""Exchanges with a difference to pay: what its charge is, and what its payment does."""

from ticketing.kernel import errors
from ticketing.kernel.postgres import Connection
from ticketing.sales.desk import Sales, SeatNews
from ticketing.sales.model import OrderFacts
from ticketing.sales.providers import Charge, PaymentNotice
from ticketing.sales.refunds import owe_payment_back


async def charge_of_exchange(sales: Sales, charge: str) -> Charge:
    """What is to be paid for an exchange.

    Raises:
        UnknownOrder: there is no such exchange.
        OrderNotPayable: it is not waiting for a payment any more.
    """
    del sales, charge
    raise errors.UnknownOrder


async def settle_exchange(
    sales: Sales, connection: Connection, order: OrderFacts, notice: PaymentNotice, payment_id: int | None
) -> list[SeatNews]:
    """What a provider's notice does to an exchange, in the transaction that has locked the order.

    ``payment_id``: the payment, in the books already; None where it was refused. Money for an exchange that is not
    waiting for it goes back.
    """
    if payment_id is not None:
        await owe_payment_back(connection, payment_id, "paid_too_late", sales.context.clock.now())
    return []

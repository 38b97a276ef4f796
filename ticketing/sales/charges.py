"""What somebody is asked to pay: an order, or the difference of an exchange."""

from ticketing.kernel import errors
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.money import Money
from ticketing.sales.changes.exchange_payment import charge_of_exchange, open_exchange_charge
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.model import OrderFacts
from ticketing.sales.providers import Charge, order_of_charge


async def charge_of(sales: Sales, charge: str) -> Charge:
    """The charge of that name. An order's is the same whether or not it has been paid.

    Raises:
        UnknownOrder
        OrderNotPayable: there is nothing to pay, or an exchange waits no more.
    """
    order_id = order_of_charge(charge)
    if order_id is None:
        raise errors.UnknownOrder
    if charge != order_id:
        return await charge_of_exchange(sales, charge)
    order = await read_order(sales.context.postgres, order_id)
    if order.total == 0:
        raise errors.OrderNotPayable(order_status=order.status)
    return await _charge_of_order(sales, order)


async def open_charge(sales: Sales, charge: str, secret: str) -> Charge:
    """A charge that waits for its payment, for somebody who knows the order's secret.

    Raises:
        UnknownOrder: also where the secret is another one.
        OrderNotPayable: it waits no more.
    """
    order_id = order_of_charge(charge)
    if order_id is None or not sales.context.secrets.opens_order(order_id, secret):
        raise errors.UnknownOrder
    if charge != order_id:
        return await open_exchange_charge(sales, charge)
    order = await read_order(sales.context.postgres, order_id)
    if order.status != "awaiting_payment":
        raise errors.OrderNotPayable(order_status=order.status)
    return await _charge_of_order(sales, order)


async def _charge_of_order(sales: Sales, order: OrderFacts) -> Charge:
    festival = await sales.catalogue.festival(order.festival)
    secret = sales.context.secrets.order_secret(order.order)
    text = translate("Tickets for %(festival)s, order %(order)s", order.locale)
    return Charge(
        charge=order.order,
        order=order.order,
        secret=secret,
        money=Money(order.total, order.currency),
        locale=order.locale,
        email=order.email,
        description=text % {"festival": pick(festival.name, order.locale), "order": order.order},
        expires_at=order.expires_at,
        back=f"{sales.context.settings.public_url}/{order.locale}/orders/{order.order}/{secret}",
    )

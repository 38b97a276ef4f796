"""The letter that tells a buyer why a payment comes back."""

from ticketing.kernel.i18n import translate
from ticketing.kernel.money import Money
from ticketing.sales import links
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.tickets.sheet import money_text


async def write_payment_returned(sales: Sales, payload: Payload) -> Letter | None:
    """The refund ``payload["refund"]`` of a whole payment of ``payload["order"]``, which came too late, twice, or
    for another sum than was asked for.

    Raises:
        UnknownOrder, DatabaseUnavailable
    """
    order = await read_order(sales.context.postgres, payload["order"])
    words = order.locale
    facts = {"sum": money_text(Money(payload["amount"], payload["currency"]), words), "order": order.order}
    if payload["reason"] == "paid_twice":
        why = translate(
            "Order %(order)s was paid twice. Your tickets are valid; the second payment is yours.", words
        )
    else:
        why = translate(
            "We could not use your payment for order %(order)s: it came too late for its seats, or it was another "
            "sum than was asked for. No tickets were bought with it.",
            words,
        )
    if payload["provider"] in sales.providers.by_hand:
        how = translate(
            "Come to the box office with the order's number: %(sum)s is handed out to you there.", words
        )
    else:
        how = translate(
            "%(sum)s goes back to you by itself, the way it was paid. Your bank may take some days to show it.",
            words,
        )
    return Letter(
        key=f"payment-returned-{payload['refund']}",
        to=order.email,
        locale=words,
        frame=frame_of(await sales.catalogue.festival(order.festival), words),
        subject=translate("Your payment comes back, order %(order)s", words) % facts,
        paragraphs=(why % facts, how % facts),
        button=Button(translate("Show my order", words), links.order_page(sales.context, order.order, words)),
    )

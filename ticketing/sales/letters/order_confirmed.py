"""The letter with the tickets."""

from ticketing.kernel.i18n import translate
from ticketing.sales import links
from ticketing.sales.desk import Sales, read_order
from ticketing.sales.letters.letter import Button, Letter, frame_of
from ticketing.sales.letters.sending import Payload
from ticketing.sales.letters.tickets_listed import dates_of, pdf_of, rows_of, ticket_row
from ticketing.sales.sheets import held_by_buyer, sheet_of

__all__ = ["order_page", "ticket_row", "write_order_confirmed"]


async def write_order_confirmed(sales: Sales, payload: Payload) -> Letter | None:
    """The tickets of the order ``payload["order"]``, in its language, with PDF and dates. None once it has none.

    Raises:
        UnknownOrder, DatabaseUnavailable, TooMany
    """
    order = await read_order(sales.context.postgres, payload["order"])
    held = held_by_buyer(order)
    if order.status != "confirmed" or not held:
        return None
    words = order.locale
    sheet = await sheet_of(sales, order)
    subject = translate("Your tickets for %(festival)s, order %(order)s", words)
    return Letter(
        key=f"order-{order.order}",
        to=order.email,
        locale=words,
        frame=frame_of(await sales.catalogue.festival(order.festival), words),
        subject=subject % {"festival": sheet.festival, "order": order.order},
        paragraphs=(
            translate("Thank you for your order. Your tickets are attached, and always at this address:", words),
        ),
        button=Button(translate("Show my tickets", words), order_page(sales, order.order, words)),
        tickets=await rows_of(sales, order, held),
        closing=(translate("Keep this message: whoever has its link has your tickets.", words),),
        attachments=(await pdf_of(sheet, order.order), await dates_of(sales, order)),
    )


def order_page(sales: Sales, order_id: str, locale: str) -> str:
    """The address of an order's page, for its buyer."""
    return links.order_page(sales.context, order_id, locale)

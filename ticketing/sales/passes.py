"""A ticket for the wallet of a telephone, where this house has keys for it."""

from ticketing.kernel import errors
from ticketing.kernel.i18n import LOCALES
from ticketing.kernel.threads import Threads
from ticketing.sales.desk import Sales
from ticketing.sales.model import OrderFacts, TicketFacts
from ticketing.sales.sheets import ticket_sheet
from ticketing.tickets.wallet_apple import apple_pass
from ticketing.tickets.wallet_google import google_wallet_link
from ticketing.tickets.wallets import wallets_of

_THREADS = Threads("passes", threads_max=1, waiting_max=64)


async def make_apple_pass(sales: Sales, order: OrderFacts, ticket: TicketFacts) -> bytes:
    """The signed pass of a sold ticket, in all languages.

    Raises:
        UnknownWallet: this house has no keys of Apple's.
        TooMany: too many passes are wanted at once.
    """
    keys = wallets_of(sales.context.settings).apple
    if keys is None:
        raise errors.UnknownWallet
    sheets = {locale: await ticket_sheet(sales, order, ticket, locale) for locale in LOCALES}
    return await _THREADS.run(apple_pass, sheets, order.locale, keys)


async def make_google_link(sales: Sales, order: OrderFacts, ticket: TicketFacts) -> str:
    """The address that saves a sold ticket to Google Wallet. Made here, sent nowhere.

    Raises:
        UnknownWallet: this house has no keys of Google's.
        TooMany: too many links are wanted at once.
    """
    keys = wallets_of(sales.context.settings).google
    if keys is None:
        raise errors.UnknownWallet
    return await _THREADS.run(
        google_wallet_link,
        await ticket_sheet(sales, order, ticket),
        keys,
        screening=ticket.screening,
        revision=ticket.revision,
        now=sales.context.clock.now(),
    )

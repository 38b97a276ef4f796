"""The addresses of what somebody has in hand. They open without a header, so their secret stands in them."""

from ticketing.kernel.context import Context
from ticketing.sales.model import TicketFacts


def order_page(context: Context, order_id: str, locale: str) -> str:
    """The page of an order, for its buyer."""
    return f"{context.settings.public_url}/{locale}/orders/{order_id}/{context.secrets.order_secret(order_id)}"


def ticket_page(context: Context, ticket: TicketFacts, locale: str) -> str:
    """The page of one ticket alone, for its holder, until it changes hands or place."""
    secret = context.secrets.ticket_secret(ticket.ticket, ticket.revision)
    return f"{context.settings.public_url}/{locale}/tickets/{ticket.ticket}/{secret}"


def ticket_file(context: Context, ticket: TicketFacts, name: str) -> str:
    """A picture or file of one ticket: ``qr.svg``, ``ticket.pdf``, ``calendar.ics``, ``apple.pkpass``…"""
    secret = context.secrets.ticket_secret(ticket.ticket, ticket.revision)
    return f"{context.settings.public_url}/api/v1/tickets/{ticket.ticket}/{name}?secret={secret}"

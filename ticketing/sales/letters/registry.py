"""All letters by the kind of their job. A new one is a file and a line here."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from ticketing.kernel.jobs import Work
from ticketing.kernel.mail import MailTransport
from ticketing.sales.desk import Sales
from ticketing.sales.letters.badge import write_badge
from ticketing.sales.letters.delegation_invited import write_delegation_invited
from ticketing.sales.letters.exchanged import write_exchanged
from ticketing.sales.letters.found_orders import write_found_orders
from ticketing.sales.letters.given_back import write_given_back
from ticketing.sales.letters.invited import (
    write_invitation_called_off,
    write_invitation_moved,
    write_invitation_moved_up,
    write_invitation_reminder,
    write_invited,
)
from ticketing.sales.letters.new_code import write_reprinted, write_reseated
from ticketing.sales.letters.order_confirmed import write_order_confirmed
from ticketing.sales.letters.payment_returned import write_payment_returned
from ticketing.sales.letters.screening_cancelled import write_screening_cancelled
from ticketing.sales.letters.screening_moved import write_screening_moved
from ticketing.sales.letters.sending import LetterWriter, write_and_send
from ticketing.sales.letters.transferred import write_transferred
from ticketing.sales.letters.waiting import write_waiting_ended, write_waiting_joined, write_waiting_offer

LETTERS: Final[Mapping[str, LetterWriter]] = {
    "mail_order": write_order_confirmed,
    "mail_badge": write_badge,
    "mail_given_back": write_given_back,
    "mail_exchanged": write_exchanged,
    "mail_transferred": write_transferred,
    "mail_reseated": write_reseated,
    "mail_reprinted": write_reprinted,
    "mail_screening_cancelled": write_screening_cancelled,
    "mail_screening_moved": write_screening_moved,
    "mail_found_orders": write_found_orders,
    "mail_payment_returned": write_payment_returned,
    "mail_waiting_joined": write_waiting_joined,
    "mail_waiting_offer": write_waiting_offer,
    "mail_waiting_ended": write_waiting_ended,
    "mail_invited": write_invited,
    "mail_delegation_invited": write_delegation_invited,
    "mail_invitation_reminder": write_invitation_reminder,
    "mail_invitation_moved_up": write_invitation_moved_up,
    "mail_invitation_moved": write_invitation_moved,
    "mail_invitation_called_off": write_invitation_called_off,
}


def letter_jobs(sales: Sales, transport: MailTransport) -> dict[str, Work]:
    """The work of every letter, for the worker."""
    return {kind: partial(write_and_send, sales, transport, kind, writer) for kind, writer in LETTERS.items()}

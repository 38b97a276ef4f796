"""All letters by the kind of their job. A new one is a file and a line here."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from ticketing.kernel.jobs import Work
from ticketing.kernel.mail import MailTransport
from ticketing.sales.desk import Sales
from ticketing.sales.letters.order_confirmed import write_order_confirmed
from ticketing.sales.letters.sending import LetterWriter, write_and_send

LETTERS: Final[Mapping[str, LetterWriter]] = {
    "mail_order": write_order_confirmed,
}


def letter_jobs(sales: Sales, transport: MailTransport) -> dict[str, Work]:
    """The work of every letter, for the worker."""
    return {kind: partial(write_and_send, sales, transport, kind, writer) for kind, writer in LETTERS.items()}

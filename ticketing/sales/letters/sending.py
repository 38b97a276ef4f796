"""How a letter leaves the house: never lost, and never twice as far as that can be had.

Two transactions lie around each other. The outer one is the job's (``kernel/jobs.py``): its row is locked while the
work lasts and goes with it, so that a worker that is killed gives it back. The inner one claims the letter's key
before the talk with the mail server and is committed after the server's 250:

- the same letter queued twice, or taken by two workers: the second claim waits for the first, and sends nothing;
- the talk fails: the claim is rolled back, and the job is tried again after a pause;
- the job's own end is not written: it is done again, finds the claim, and sends nothing;
- refused for good: no claim, and the job is given up at once, for the operator to see.

What remains is the moment between the server's 250 and our commit, one round trip to Postgres: a worker killed or
cut off there sends the letter again. It bears the same ``Message-ID``, by which most mailboxes show it once.
No order of steps can close that moment, since the server keeps no promise with us (two generals); the other order
would lose letters instead.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from ticketing.kernel.jobs import SQL as JOBS_SQL
from ticketing.kernel.jobs import WORK_MAX_S
from ticketing.kernel.mail import MailTransport
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.sales.desk import Sales
from ticketing.sales.letters.letter import Letter
from ticketing.sales.letters.message import message_of

SQL = load_queries("letters")

Payload = dict[str, Any]
LetterWriter = Callable[[Sales, Payload], Awaitable[Letter | None]]


async def write_and_send(
    sales: Sales, transport: MailTransport, kind: str, writer: LetterWriter, payload: Payload
) -> None:
    """Write a letter from the facts as they are now, and send it unless it was sent before.

    Raises:
        MailRefused: it will never be taken.
        OSError, aiosmtplib.SMTPException: it was not taken; try again.
        TicketingError: its facts could not be read.
    """
    letter = await writer(sales, payload)
    # Whoever asked to be forgotten has no address any more, and gets no letter.
    if letter is not None and letter.to:
        await send_letter(sales, transport, kind, letter)


async def send_letter(sales: Sales, transport: MailTransport, kind: str, letter: Letter) -> None:
    """Send a letter unless one of its key was sent before; see this module's head for what can go wrong.

    Raises:
        MailRefused, OSError, aiosmtplib.SMTPException, DatabaseUnavailable
    """
    context = sales.context
    now = context.clock.now()
    message = message_of(letter, sender=context.settings.mail_from, now=now)
    async with database_errors(), context.postgres.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(JOBS_SQL.allow_long_work, f"{WORK_MAX_S + 10}s")
            claimed = await connection.fetchval(SQL.claim_letter, letter.key, kind, now)
            if claimed is not None:
                await transport.send(message)
        except BaseException:
            await transaction.rollback()
            raise
        await transaction.commit()

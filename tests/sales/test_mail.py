"""Letters on a real SMTP server: they arrive, once, whatever happens to server, workers and database."""

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import msgspec
import pytest

from tests.sales.mailbox import Mailbox, free_port, listening, text_of, work_off, work_through
from tests.seating.box_office import BoxOffice
from ticketing.kernel.context import Context, open_context
from ticketing.kernel.jobs import do_jobs
from ticketing.kernel.mail import FolderTransport, MailTransport, SmtpTransport, transport_of
from ticketing.sales.letters.registry import letter_jobs
from ticketing.web.house import build_house


@pytest.fixture
async def mailbox() -> AsyncIterator[tuple[Mailbox, SmtpTransport]]:
    """A mailbox, and the way to it."""
    box = Mailbox()
    async with listening(box, free_port()) as url:
        yield box, SmtpTransport(url)


async def test_a_confirmed_order_is_mailed_once(office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]) -> None:
    box, transport = mailbox
    paid = await office.pay(await office.order(await office.hold("A-1", "A-2")))
    assert [await work_off(office, transport) for _ in range(2)] == [1, 0]
    [message] = box.messages
    assert paid.order in message["Subject"]
    assert paid.buyer is not None
    assert message["To"] == paid.buyer.email
    for kind in ("plain", "html"):
        said = text_of(message, kind)
        assert f"/orders/{paid.order}/{paid.secret}" in said
        assert all(ticket.ticket[:4] in said for ticket in paid.tickets)
    assert [part.get_content_type() for part in message.iter_attachments()] == ["application/pdf", "text/calendar"]


async def test_ten_workers_send_a_letter_once(office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]) -> None:
    box, transport = mailbox
    box.thinks_s = 0.2
    await office.sell("A-1")
    # Queued ten times, as if the change that queues it had been written ten times.
    await office.context.postgres.execute(
        "insert into job (kind, payload) select kind, payload from job, generate_series(1, 9)"
    )
    settings = msgspec.structs.replace(office.context.settings, postgres_connections_max=20)
    async with open_context(settings, office.context.clock) as context:
        jobs = letter_jobs(build_house(context).sales, transport)
        while any(await asyncio.gather(*(do_jobs(context, jobs) for _worker in range(10)))):
            pass
    assert len(box.messages) == 1
    assert await office.fetchval("select count(*) from job") == 0


async def test_a_worker_killed_after_the_servers_answer_sends_again_under_the_same_name(
    office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]
) -> None:
    # What can't be closed: the server has taken it, and nobody could write that down.
    box, transport = mailbox

    class Killed:
        async def send(self, message: EmailMessage) -> None:
            await transport.send(message)
            raise ConnectionResetError("killed here")

    await office.sell("A-1")
    assert await work_off(office, Killed()) == 1
    await office.context.postgres.execute("update job set run_at = now() - interval '1 second'")
    await work_through(office, transport)
    first, again = box.messages
    assert first["Message-ID"] == again["Message-ID"]


async def test_a_job_whose_end_was_not_written_sends_nothing_more(
    office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]
) -> None:
    box, transport = mailbox
    await office.sell("A-1")
    jobs = letter_jobs(office.house.sales, transport)
    row = await office.context.postgres.fetchrow("select kind, payload from job")
    assert row is not None
    await jobs[row["kind"]](row["payload"])
    assert await work_off(office, transport) == 1, "the job is still there, and done again"
    assert len(box.messages) == 1


async def test_a_server_that_is_away_gets_the_letter_when_it_is_back(office: BoxOffice) -> None:
    box, port = Mailbox(), free_port()
    transport = SmtpTransport(f"smtp://127.0.0.1:{port}")
    await office.sell("A-1")
    assert await work_off(office, transport) == 1
    assert await work_off(office, transport) == 0, "it rests before it is tried again"
    row = await office.context.postgres.fetchrow("select attempts, failed_at from job")
    assert row is not None
    assert (row["attempts"], row["failed_at"]) == (1, None)
    async with listening(box, port):
        await office.context.postgres.execute("update job set run_at = now() - interval '1 second'")
        await work_through(office, transport)
    assert len(box.messages) == 1
    assert await office.fetchval("select count(*) from job") == 0


@pytest.mark.parametrize(
    ("at_recipient", "at_data", "given_up"),
    [
        ("550 no such mailbox", "", True),
        ("", "554 not wanted here", True),
        ("450 try later", "", False),
        ("", "451 later, please", False),
    ],
)
async def test_what_is_refused_for_good_is_given_up_at_once(
    office: BoxOffice,
    mailbox: tuple[Mailbox, SmtpTransport],
    at_recipient: str,
    at_data: str,
    given_up: bool,
) -> None:
    box, transport = mailbox
    box.at_recipient, box.at_data = at_recipient, at_data
    await office.sell("A-1")
    assert await work_off(office, transport) == 1
    row = await office.context.postgres.fetchrow("select attempts, last_error, failed_at from job")
    assert row is not None
    assert (row["attempts"], row["failed_at"] is not None) == (1, given_up)
    assert "aigerim" not in row["last_error"]
    if given_up:
        assert (at_recipient or at_data)[:3] in row["last_error"], "the operator sees the server's code"
    assert await office.fetchval("select count(*) from letter_sent") == 0
    # The operator mends it and lets it go again.
    box.at_recipient = box.at_data = ""
    await office.context.postgres.execute("update job set failed_at = null, run_at = now() - interval '1 second'")
    await work_through(office, transport)
    assert len(box.messages) == 1


async def test_a_slow_server_is_waited_for_and_not_written_to_twice(
    context: Context, mailbox: tuple[Mailbox, SmtpTransport]
) -> None:
    # Postgres ends a transaction that idles longer than a statement may take; a letter's may.
    box, transport = mailbox
    settings = msgspec.structs.replace(context.settings, postgres_statement_timeout_ms=700)
    box.thinks_s = 1.2
    async with open_context(settings, context.clock) as impatient:
        office = await BoxOffice.opened(impatient)
        await office.sell("A-1")
        await work_through(office, transport)
        assert await office.fetchval("select count(*) from job") == 0
    assert len(box.messages) == 1


async def test_a_slow_letter_holds_up_no_other(office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]) -> None:
    box, transport = mailbox
    box.thinks_s = 0.6
    for seat in ("A-1", "A-2", "A-3"):
        await office.sell(seat)
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(work_off(office, transport) for _lane in range(3)))
    assert len(box.messages) == 3
    assert asyncio.get_running_loop().time() - began < 1.7


async def test_a_job_that_never_succeeds_is_given_up_and_kept(office: BoxOffice) -> None:
    await office.context.postgres.execute(
        "insert into job (kind, payload, attempts) values ('unheard_of', '{}', 11)"
    )
    assert await do_jobs(office.context, {}) == 1
    assert await office.fetchval("select last_error from job where failed_at is not null")
    assert await do_jobs(office.context, {}) == 0


async def test_our_own_sign_in_refused_is_no_fault_of_the_letter(office: BoxOffice) -> None:
    class SignInRefused:
        async def send(self, message: EmailMessage) -> None:
            raise aiosmtplib.SMTPAuthenticationError(535, "wrong password")

    transport: MailTransport = SignInRefused()
    await office.sell("A-1")
    assert await work_off(office, transport) == 1
    assert await office.fetchval("select failed_at from job") is None


def test_without_a_server_mails_are_files(office: BoxOffice) -> None:
    settings = office.context.settings
    assert isinstance(transport_of(settings), FolderTransport)
    assert isinstance(transport_of(msgspec.structs.replace(settings, smtp_url="smtp://localhost")), SmtpTransport)

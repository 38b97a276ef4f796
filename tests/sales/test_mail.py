"""The mail with the tickets, on a real SMTP server: it arrives, once, readable, with a PDF whose codes count."""

import asyncio
import email
import socket
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.seating.box_office import BoxOffice
from ticketing.kernel.jobs import do_jobs
from ticketing.kernel.mail import FolderTransport, MailTransport, SmtpTransport, transport_of
from ticketing.sales.letters.registry import letter_jobs


class Mailbox:
    """Keeps what the SMTP server took; refuses while ``refusing``."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusing = False

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusing:
            return "451 later, please"
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"


@pytest.fixture
async def mailbox() -> AsyncIterator[tuple[Mailbox, str]]:
    """A mailbox, and the address of its server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    await asyncio.to_thread(controller.start)
    yield box, f"smtp://127.0.0.1:{port}"
    await asyncio.to_thread(controller.stop)


async def work_off(office: BoxOffice, transport: MailTransport) -> int:
    return await do_jobs(office.context, letter_jobs(office.house.sales, transport))


async def test_a_confirmed_order_is_mailed_once(office: BoxOffice, mailbox: tuple[Mailbox, str]) -> None:
    box, url = mailbox
    paid = await office.pay(await office.order(await office.hold("A-1", "A-2")))
    transport = SmtpTransport(url)
    assert [await work_off(office, transport) for _ in range(2)] == [1, 0]
    [message] = box.messages
    assert paid.order in message["Subject"]
    assert message["To"] == paid.buyer.email if paid.buyer else False
    text = message.get_body(("plain",))
    assert text is not None
    assert f"/orders/{paid.order}/{paid.secret}" in text.get_content()
    assert all(ticket.ticket in text.get_content() for ticket in paid.tickets)
    [pdf] = message.iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_content().startswith(b"%PDF")


async def test_a_mail_that_was_refused_is_sent_later(office: BoxOffice, mailbox: tuple[Mailbox, str]) -> None:
    box, url = mailbox
    await office.pay(await office.order(await office.hold("A-1")))
    box.refusing = True
    assert await work_off(office, SmtpTransport(url)) == 1
    assert await work_off(office, SmtpTransport(url)) == 0, "it rests before it is tried again"
    row = await office.context.postgres.fetchrow("select attempts, last_error, failed_at from job")
    assert row is not None
    assert (row["attempts"], row["failed_at"]) == (1, None)
    box.refusing = False
    await office.context.postgres.execute("update job set run_at = now() - interval '1 second'")
    assert await work_off(office, SmtpTransport(url)) == 1
    assert len(box.messages) == 1
    assert await office.context.postgres.fetchval("select count(*) from job") == 0


async def test_a_job_that_never_succeeds_is_given_up_and_kept(office: BoxOffice) -> None:
    await office.context.postgres.execute(
        "insert into job (kind, payload, attempts) values ('unheard_of', '{}', 11)"
    )
    assert await do_jobs(office.context, {}) == 1
    assert await office.context.postgres.fetchval("select last_error from job where failed_at is not null")
    assert await do_jobs(office.context, {}) == 0


async def test_names_cannot_write_headers(office: BoxOffice, tmp_path: Path) -> None:
    order = await office.order(await office.hold("A-1"))
    await office.pay(order)
    await office.context.postgres.execute("update orders set buyer_name = E'A\\r\\nBcc: all@example.org'")
    assert await work_off(office, FolderTransport(tmp_path)) == 1
    [path] = tmp_path.glob("*.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    assert message["Bcc"] is None


def test_without_a_server_mails_are_files(office: BoxOffice) -> None:
    settings = office.context.settings
    assert isinstance(transport_of(settings), FolderTransport)
    assert isinstance(transport_of(msgspec.structs.replace(settings, smtp_url="smtp://localhost")), SmtpTransport)

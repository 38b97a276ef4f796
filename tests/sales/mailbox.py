"""A real SMTP server that keeps what it took, and can be slow, refuse for now or for good, or be away."""

import asyncio
import contextlib
import email
import socket
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.seating.box_office import BoxOffice
from ticketing.kernel.jobs import do_jobs
from ticketing.kernel.mail import MailTransport
from ticketing.sales.letters.registry import letter_jobs


class Mailbox:
    """What the server answers with; "" for a 250."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.at_recipient = ""
        self.at_data = ""
        self.thinks_s = 0.0

    async def handle_RCPT(  # noqa: N802 - the name that the server looks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_recipient:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 taken"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.thinks_s)
        if self.at_data:
            return self.at_data
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def listening(box: Mailbox, port: int) -> AsyncIterator[str]:
    """The address of a mailbox's server, while it is up."""
    controller = Controller(box, hostname="127.0.0.1", port=port)
    await asyncio.to_thread(controller.start)
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        await asyncio.to_thread(controller.stop)


async def work_off(office: BoxOffice, transport: MailTransport) -> int:
    """One step of a worker: the next letter that is due."""
    return await do_jobs(office.context, letter_jobs(office.house.sales, transport))


async def work_through(office: BoxOffice, transport: MailTransport) -> None:
    """Everything that is due."""
    while await work_off(office, transport):
        pass


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())

"""The mail transport: SMTP, or files in the data folder where no server is set."""

import asyncio
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from ticketing.kernel.settings import Settings

SEND_TIMEOUT_S = 20


class MailTransport(Protocol):
    """Takes a whole message. Its ``Message-ID`` is stable, so that a repeat can be known as one."""

    async def send(self, message: EmailMessage) -> None:
        """Hand a message over.

        Raises:
            OSError, aiosmtplib.SMTPException: it was not taken; it is tried again.
        """
        ...


class SmtpTransport:
    """An SMTP server: ``smtp://user:password@host:port`` (STARTTLS where it is offered) or ``smtps://…``."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    async def send(self, message: EmailMessage) -> None:
        implicit_tls = self._url.scheme == "smtps"
        await aiosmtplib.send(
            message,
            hostname=self._url.hostname or "localhost",
            port=self._url.port or (465 if implicit_tls else 25),
            username=unquote(self._url.username) if self._url.username else None,
            password=unquote(self._url.password) if self._url.password else None,
            use_tls=implicit_tls,
            timeout=SEND_TIMEOUT_S,
        )


class FolderTransport:
    """A folder of ``.eml`` files, for a demo without a mail server. The same message again is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = message["Message-ID"].strip("<>").replace("/", "_").partition("@")[0]
        (self._folder / f"{name}.eml").write_bytes(message.as_bytes())


def transport_of(settings: Settings) -> MailTransport:
    """The transport that the settings ask for."""
    if settings.smtp_url:
        return SmtpTransport(settings.smtp_url)
    return FolderTransport(settings.data_path / "mail")

"""The mail transport: SMTP, or files in the data folder where no server is set."""

import asyncio
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
from msgspec import Meta

from ticketing.kernel.jobs import GivenUp
from ticketing.kernel.settings import Settings

# RFC 5321 bounds an address at 254 signs; whether it exists only the mail shows.
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+$")]
STEP_TIMEOUT_S = 20
"""How long the server may think over one step of the talk."""
SEND_TIMEOUT_S = 60
"""How long a whole talk may take; what takes longer is broken off, and tried again."""


class MailRefused(GivenUp):
    """This message will never be taken: trying again is in vain."""


class MailTransport(Protocol):
    """Takes a whole message. Its ``Message-ID`` is stable, so that a repeat can be known as one."""

    async def send(self, message: EmailMessage) -> None:
        """Hand a message over.

        Raises:
            MailRefused: the server refused its recipient or its content for good.
            OSError, aiosmtplib.SMTPException: it was not taken; it is tried again.
        """
        ...


class SmtpTransport:
    """An SMTP server: ``smtp://user:password@host:port`` (STARTTLS where it is offered) or ``smtps://…``."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    async def send(self, message: EmailMessage) -> None:
        implicit_tls = self._url.scheme == "smtps"
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await aiosmtplib.send(
                    message,
                    hostname=self._url.hostname or "localhost",
                    port=self._url.port or (465 if implicit_tls else 25),
                    username=unquote(self._url.username) if self._url.username else None,
                    password=unquote(self._url.password) if self._url.password else None,
                    use_tls=implicit_tls,
                    timeout=STEP_TIMEOUT_S,
                )
        except aiosmtplib.SMTPException as error:
            reason = refusal_of(error, message)
            if reason is None:
                raise
            raise MailRefused(reason) from error


def refusal_of(error: aiosmtplib.SMTPException, message: EmailMessage) -> str | None:
    """Why this message will never be taken, or None where another attempt may help.

    By RFC 5321, 4.2.1, a code of 4yz asks for another attempt and one of 5yz for none. A refusal of ourselves (the
    sign-in, the sender, the encryption) is a matter of settings and not of this message: it is tried again.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        codes = [refused.code for refused in error.recipients]
        hopeless = bool(codes) and all(500 <= code < 600 for code in codes)
        return f"the mail server refused the recipient: {codes[0]}" if hopeless else None
    if isinstance(error, aiosmtplib.SMTPDataError):
        return f"the mail server refused the content: {error.code}" if 500 <= error.code < 600 else None
    if isinstance(error, aiosmtplib.SMTPNotSupported) and not str(message["To"]).isascii():
        return "the mail server takes no address outside ASCII"  # RFC 6531
    return None


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

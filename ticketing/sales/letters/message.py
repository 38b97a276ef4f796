"""A letter as a message: text and HTML side by side, headers that nobody can add to."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ticketing.kernel.mail import MailRefused
from ticketing.sales.letters.letter import Attachment, Letter, TicketRow
from ticketing.tickets.colours import letters_on

SUBJECT_SIGNS_MAX: Final = 150
LOGO_ID: Final = "logo@letter"


def message_of(letter: Letter, *, sender: str, now: datetime) -> EmailMessage:
    """The message, ready to be sent. Nothing that somebody typed can become a header of its own.

    Raises:
        MailRefused: no message can be addressed to such a recipient.
    """
    message = EmailMessage()
    message["Subject"] = one_line(letter.subject, SUBJECT_SIGNS_MAX)
    message["From"] = Address(one_line(letter.frame.festival, SUBJECT_SIGNS_MAX), addr_spec=sender)
    message["To"] = recipient(letter.to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no robot shall answer it
    message.set_content(text_of(letter))
    message.add_alternative(html_of(letter), subtype="html")
    if letter.frame.logo is not None:
        html = message.get_body(("html",))
        kind, _, subtype = letter.frame.logo.media_type.partition("/")
        if isinstance(html, EmailMessage):
            html.add_related(
                letter.frame.logo.body, maintype=kind, subtype=subtype, cid=f"<{LOGO_ID}>", disposition="inline"
            )
    for attachment in letter.attachments:
        _attach(message, attachment)
    # Last, since the library moves what is called Content-… into the first part.
    message["Content-Language"] = letter.locale
    return message


def recipient(address: str) -> Address:
    """An address for the header ``To``; a domain in other letters than Latin is written in IDNA.

    Raises:
        MailRefused: it is none.
    """
    name, _, domain = address.rpartition("@")
    try:
        return Address(username=name, domain=domain.encode("idna").decode())
    except (MessageError, ValueError, IndexError) as error:
        raise MailRefused("the address is none") from error


def one_line(text: str, signs_max: int) -> str:
    """A text without line ends and control signs, cut where it is longer than a header should be."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= signs_max else line[: signs_max - 1] + "…"


def text_of(letter: Letter) -> str:
    """The letter as plain text."""
    blocks = list(letter.paragraphs)
    if letter.button is not None:
        blocks.append(f"{letter.button.text}:\n{letter.button.address}")
    blocks += ["\n".join(_lines_of(row)) for row in letter.tickets]
    blocks += letter.closing
    if letter.frame.organisers:
        blocks.append(", ".join(letter.frame.organisers))
    return "\n\n".join(blocks) + "\n"


def html_of(letter: Letter) -> str:
    """The letter as HTML: tables and inline styles, as mail programs want them; nothing from elsewhere."""
    colour = letter.frame.colour
    return _template().render(letter=letter, colour=colour, on_colour=letters_on(colour), logo=f"cid:{LOGO_ID}")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return environment.get_template("frame.html")


def _lines_of(row: TicketRow) -> list[str]:
    return [row.title, *row.lines, *([f"{row.link.text}: {row.link.address}"] if row.link else [])]


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    kind, _, parameters = attachment.media_type.partition(";")
    maintype, _, subtype = kind.strip().partition("/")
    pairs = dict(part.strip().split("=", 1) for part in parameters.split(";") if "=" in part)
    if maintype == "text":
        # Line ends as they are: a calendar has CRLF, and the message keeps it.
        message.add_attachment(
            attachment.body.decode(), subtype=subtype, filename=attachment.name, params=pairs, cte="base64"
        )
    else:
        message.add_attachment(
            attachment.body, maintype=maintype, subtype=subtype, filename=attachment.name, params=pairs
        )

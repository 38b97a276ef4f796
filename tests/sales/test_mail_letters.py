"""What the letters say, and that their tickets count: as received from a real SMTP server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import icalendar
import msgspec
import pypdfium2
import pytest
import zxingcpp

from tests.door.gate import DOORMAN, Gate
from tests.sales.mailbox import Mailbox, free_port, listening, text_of, work_through
from tests.seating.box_office import BoxOffice
from ticketing.door.answers import admit
from ticketing.kernel.mail import MailRefused, SmtpTransport
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.changes.exchange import exchange_tickets
from ticketing.sales.changes.rules import ExchangeWish
from ticketing.sales.changes.transfer import transfer_ticket
from ticketing.sales.letters.letter import Attachment, Button, Frame, Letter, Logo, TicketRow
from ticketing.sales.letters.message import message_of

HOSTILE = 'A\r\nBcc: all@example.org\r\n\r\n<img src="https://example.org/x"> \u202eмәтін 🎬'


@pytest.fixture
async def mailbox() -> AsyncIterator[tuple[Mailbox, SmtpTransport]]:
    """A mailbox, and the way to it."""
    box = Mailbox()
    async with listening(box, free_port()) as url:
        yield box, SmtpTransport(url)


def files_of(message: EmailMessage) -> dict[str, Any]:
    return {part.get_content_type(): part.get_content() for part in message.iter_attachments()}


def codes_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.render(scale=110 / 72, grayscale=True).to_pil() for page in document]
    return [symbol.text for page in pages for symbol in zxingcpp.read_barcodes(page)]


def events_of(message: EmailMessage) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(files_of(message)["text/calendar"]).events)


async def test_the_code_in_the_mailed_pdf_is_admitted(
    office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]
) -> None:
    box, transport = mailbox
    sold = await office.sell("A-1", "A-2")
    await work_through(office, transport)
    codes = await asyncio.to_thread(codes_of, files_of(box.messages[0])["application/pdf"])
    assert len(codes) == 2
    gate = await Gate.opened(office.context)
    answers = [await admit(office.house.door, gate.request(code), DOORMAN, "en") for code in codes]
    assert {answer.verdict for answer in answers} == {"admitted"}
    assert {answer.ticket for answer in answers} == {ticket.ticket for ticket in sold.tickets}


@pytest.mark.parametrize("locale", ["kk", "ru", "fr", "en"])
async def test_a_letter_is_in_the_buyers_language(
    office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport], locale: str
) -> None:
    box, transport = mailbox
    await office.sell("C-4")
    await office.context.postgres.execute("update orders set locale = $1", locale)
    await work_through(office, transport)
    [message] = box.messages
    assert message["Content-Language"] == locale
    assert message["Auto-Submitted"] == "auto-generated"
    assert f'<html lang="{locale}">' in text_of(message, "html")
    said = text_of(message)
    for fact in ("C", "4", "UTC+5", "16+", "An embassy"):
        assert fact in said
    words = {"kk": "орын", "ru": "место", "fr": "place", "en": "seat"}
    assert words[locale] in said.lower()


async def test_tickets_given_back_are_written_of_with_the_money_and_the_date_is_off(
    office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]
) -> None:
    box, transport = mailbox
    office.screening = await office.factory.screening(rules={"refund_until_minutes": 0})
    sold = await office.sell("A-1", "A-2")
    first, second = (ticket.ticket for ticket in sold.tickets)
    await work_through(office, transport)
    assert sold.secret is not None
    await cancel_order(office.house.sales, sold.order, sold.secret, [first])
    await work_through(office, transport)
    await cancel_order(office.house.sales, sold.order, sold.secret, [second])
    await work_through(office, transport)
    confirmed, half, whole = box.messages
    assert "3,500" in text_of(half)
    assert first[:4] in text_of(half)
    assert second not in text_of(half)
    [then], [still], [off] = map(events_of, (confirmed, half, whole))
    assert then["UID"] == still["UID"] == off["UID"]
    assert [event["STATUS"] for event in (then, still, off)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert then["SEQUENCE"] < still["SEQUENCE"] < off["SEQUENCE"]
    assert "application/pdf" not in files_of(whole), "a code that no longer counts is not sent around"


async def test_a_ticket_passed_on_goes_to_its_new_holder_alone(
    office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]
) -> None:
    box, transport = mailbox
    sold = await office.sell("A-1", "A-2")
    passed = sold.tickets[0].ticket
    await work_through(office, transport)
    assert sold.secret is not None
    await transfer_ticket(
        office.house.sales, sold.order, sold.secret, passed, holder="Dana", email="dana@example.org"
    )
    await work_through(office, transport)
    letter = box.messages[-1]
    assert letter["To"] == "dana@example.org"
    assert sold.secret not in text_of(letter), "the new holder gets no key to the buyer's order"
    assert office.context.secrets.ticket_secret(passed, 2) in text_of(letter)
    assert "aigerim" not in text_of(letter).lower()
    [code] = await asyncio.to_thread(codes_of, files_of(letter)["application/pdf"])
    [old, *_] = await asyncio.to_thread(codes_of, files_of(box.messages[0])["application/pdf"])
    gate = await Gate.opened(office.context)
    verdicts = [(await admit(office.house.door, gate.request(one), DOORMAN, "en")).verdict for one in (code, old)]
    assert verdicts == ["admitted", "superseded"]


async def test_an_exchange_brings_the_new_tickets_and_moves_the_date(
    office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]
) -> None:
    box, transport = mailbox
    festival = await office.factory.festival(rules={"exchange_until_minutes": 0})
    office.screening, other = [await office.factory.screening(festival=festival) for _ in range(2)]
    sold = await office.sell("A-1")
    await work_through(office, transport)
    hold = await office.hold("B-9", screening=other)
    assert sold.secret is not None
    wish = ExchangeWish(sold.tickets[0].ticket)
    await exchange_tickets(office.house.sales, sold.order, sold.secret, [wish], hold_id=hold.hold)
    await work_through(office, transport)
    before, after = box.messages
    assert "Row B, seat 9" in text_of(after)
    dates = {event["UID"]: (event["STATUS"], event["SEQUENCE"]) for event in events_of(after)}
    [old] = events_of(before)
    status, sequence = dates.pop(old["UID"])
    assert status == "CANCELLED"
    assert sequence > old["SEQUENCE"]
    assert [status for status, _ in dates.values()] == ["CONFIRMED"]
    [old_code], [code] = [
        await asyncio.to_thread(codes_of, files_of(one)["application/pdf"]) for one in (before, after)
    ]
    gate = await Gate.opened(office.context)
    verdicts = [
        (await admit(office.house.door, gate.request(one), DOORMAN, "en")).verdict for one in (old_code, code)
    ]
    assert verdicts == ["superseded", "admitted"]


async def test_a_letter_that_was_overtaken_is_not_sent(
    office: BoxOffice, mailbox: tuple[Mailbox, SmtpTransport]
) -> None:
    box, transport = mailbox
    sold = await office.sell("A-1")
    passed = sold.tickets[0].ticket
    assert sold.secret is not None
    for name in ("dana", "erlan"):
        await transfer_ticket(
            office.house.sales, sold.order, sold.secret, passed, holder=name, email=f"{name}@example.org"
        )
    await work_through(office, transport)
    assert [message["To"] for message in box.messages] == ["erlan@example.org"]


def a_letter(**differing: Any) -> Letter:
    usual = Letter("order-K7Q29XFM", "a@example.org", "kk", Frame("Апталық"), "Тақырып", ("Сәлем",))
    return msgspec.structs.replace(usual, **differing)


def composed(**differing: Any) -> EmailMessage:
    return message_of(a_letter(**differing), sender="tickets@example.org", now=datetime(2026, 11, 1, tzinfo=UTC))


def test_nothing_that_was_typed_becomes_a_header_or_markup() -> None:
    message = composed(
        subject=HOSTILE,
        frame=Frame(HOSTILE, (HOSTILE,)),
        paragraphs=(HOSTILE,),
        button=Button(HOSTILE, "https://tickets.test/en/"),
        tickets=(TicketRow(HOSTILE, (HOSTILE,)),),
        attachments=(Attachment("name.pdf", "application/pdf", b"%PDF"),),
    )
    written = message.as_bytes()
    assert message["Bcc"] is None
    assert b"\nBcc:" not in written.replace(b"\r", b"").partition(b"\n\n")[0]
    html = text_of(message, "html")
    assert "<img" not in html
    assert "&lt;img" in html


def test_nothing_is_fetched_to_read_a_letter() -> None:
    message = composed(frame=Frame("Week", logo=Logo("image/png", b"\x89PNG")))
    html = text_of(message, "html")
    assert 'src="cid:logo@letter"' in html
    assert not any(f'{name}="http' in html for name in ("src", "background", "srcset"))
    pictures = [part["Content-ID"] for part in message.walk() if part.get_content_type() == "image/png"]
    assert pictures == ["<logo@letter>"]


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("a@example.org", "a@example.org"),
        ("Пошта@почта.kz", "Пошта@xn--80a1acny.kz"),
        ("a(b)@example.org", '"a(b)"@example.org'),
        ("a@b@example.org", '"a@b"@example.org'),
    ],
)
def test_addresses_as_they_are_written(address: str, written: str) -> None:
    assert str(composed(to=address)["To"]) == written


@pytest.mark.parametrize("address", ["a@" + "ä" * 300 + ".org", "a@.org", "a@exa\nmple.org"])
def test_an_address_that_is_none_is_given_up(address: str) -> None:
    with pytest.raises(MailRefused):
        composed(to=address)


@pytest.mark.parametrize("key", ["", "order", "order-<x>", "order-a b", "order-a\n", "Order-1", "x" * 200])
def test_a_key_that_is_no_name_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a letter's key"):
        Letter(key, "a@example.org", "kk", Frame("w"), "s", ("p",))

"""The PDF of an order: its codes are read back from the printed page, and its texts stand there as they are."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.factories import Factory
from ticketing.kernel.context import Context
from ticketing.kernel.errors import TooManyTickets
from ticketing.kernel.i18n import LOCALES
from ticketing.kernel.money import Money
from ticketing.programme.catalogue import Catalogue
from ticketing.tickets import base45
from ticketing.tickets.pdf import TICKETS_PER_PDF_MAX, render_tickets_pdf
from ticketing.tickets.sheet import (
    TicketFace,
    TicketSheet,
    day_text,
    make_face,
    make_sheet,
    money_text,
    time_text,
    zone_text,
)

STARTS = datetime(2026, 11, 28, 14, 30, tzinfo=UTC)


def face(**values: Any) -> TicketFace:
    usual = {
        "ticket": "K7Q29XFMABCD",
        "code": base45.encode(b"\x01\x01" + secrets.token_bytes(90)),
        "title": "Королевство зверей",
        "original_title": "Le Règne animal",
        "version": "Оригинальная версия: французский",
        "subtitles": "Субтитры: русский, казахский",
        "age_category": "16+",
        "minors_need_company": True,
        "venue": "Кинотеатр «Арман»",
        "address": "пр. Достык, 104",
        "city": "Алматы",
        "hall": "Большой зал",
        "section": "Балкон",
        "row": "C",
        "number": "14",
        "area": "",
        "doors_at": datetime(2026, 11, 28, 13, 50, tzinfo=UTC),
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=2),
        "timezone": "Asia/Almaty",
        "tariff": "Студенческий",
        "proof": "студенческий билет",
        "price": Money(350_000, "KZT"),
    }
    return TicketFace(**{**usual, **values})


def sheet(*tickets: TicketFace, locale: str = "ru", **values: Any) -> TicketSheet:
    return TicketSheet(locale, "K7Q29XFM", "Неделя премьер", ("Посольство", "CNC"), tickets, **values)


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def pages_of(pdf: bytes) -> list[Image.Image]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=110 / 72, grayscale=True).to_pil() for page in document]


def codes_of(pdf: bytes) -> list[set[str]]:
    return [{symbol.text for symbol in zxingcpp.read_barcodes(page)} for page in pages_of(pdf)]


async def test_every_code_is_read_from_its_page() -> None:
    tickets = [face() for _ in range(5)]
    pdf = await render_tickets_pdf(sheet(*tickets))
    codes = [ticket.code for ticket in tickets]
    assert codes_of(pdf) == [set(codes[0:2]), set(codes[2:4]), set(codes[4:5])]


@pytest.mark.parametrize("locale", LOCALES)
async def test_everything_is_said(locale: str) -> None:
    text = text_of(await render_tickets_pdf(sheet(face(holder="Айгерім Әбдіқалықова"), locale=locale)))
    for said in (
        "Неделя премьер", "K7Q29XFM", "Королевство зверей", "Le Règne animal", "16+", "французский", "казахский",
        "19:30", "18:50", "UTC+5", "«Арман»", "Большой зал", "Достык, 104", "Балкон", "14", "Студенческий",
        "студенческий билет", "K7Q2 9XFM ABCD", "₸", "Посольство, CNC", "Айгерім Әбдіқалықова",
            "22 h" if locale == "fr" else "22:00", "2026",
    ):  # fmt: skip
        assert said in text


HOSTILE = (
    '#panic("out")',
    "*b* _i_ $x$ `c` <l> @r = h",
    '"); #read("/etc/passwd")',
    "\\ \x00 \x1b \u202e 🎬",
    "Ә" * 5_000,
    "слово " * 500,
    "]]] ))) }}}",
    "../../etc/passwd",
    "ҰҮҒҚҢӨҺІ",
    "漢字",
    "",
)
TEXTS = "title original_title version subtitles venue address city hall section row number area tariff proof holder"


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_text_is_read_as_markup_or_breaks_the_page(hostile: str) -> None:
    ticket = face(**dict.fromkeys(TEXTS.split(), hostile))
    pdf = await render_tickets_pdf(msgspec.structs.replace(sheet(ticket), festival=hostile or "-", order="-"))
    assert codes_of(pdf) == [{ticket.code}]
    if hostile.startswith("#panic"):
        assert hostile in text_of(pdf)


async def test_the_same_sheet_gives_the_same_bytes() -> None:
    one = sheet(face())
    assert await render_tickets_pdf(one) == await render_tickets_pdf(one)


async def test_the_number_of_tickets_is_bounded() -> None:
    most = [face() for _ in range(TICKETS_PER_PDF_MAX)]
    assert (await render_tickets_pdf(sheet(*most))).startswith(b"%PDF")
    with pytest.raises(TooManyTickets):
        await render_tickets_pdf(sheet(*most, face()))


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffd400", "#7a1f3d"])
async def test_any_colour_of_a_festival_will_do(colour: str) -> None:
    assert codes_of(await render_tickets_pdf(sheet(face(), colour=colour)))[0]


async def test_a_face_is_made_of_the_programme(context: Context) -> None:
    screening_id = await Factory(context).screening(starts_at=STARTS)
    catalogue = Catalogue(context)
    screening = await catalogue.screening(screening_id)
    layout = await catalogue.layout(screening.layout_id)
    made = make_face(
        screening,
        layout,
        ticket="K7Q29XFMABCD",
        code=face().code,
        seat="B-3",
        tariff="student",
        price=Money(200_000, "KZT"),
        locale="en",
    )
    assert (made.title, made.original_title, made.age_category) == ("The Animal Kingdom", "Le Règne animal", "16+")
    assert (made.version, made.subtitles) == ("Original version: French", "Subtitles: Russian, Kazakh")
    assert (made.row, made.number, made.section, made.area) == ("B", "3", "", "")
    assert (made.tariff, made.proof, made.hall, made.venue) == ("Student", "Student card", "Great hall", "Arman")
    assert not made.minors_need_company  # it ends at 21:30
    festival = await catalogue.festival(screening.festival)
    assert codes_of(await render_tickets_pdf(make_sheet(festival, "K7Q29XFM", (made,), "en"))) == [{made.code}]


@pytest.mark.parametrize(
    ("money", "locale", "text"),
    [
        (Money(350_000, "KZT"), "ru", "3 500 ₸"),
        (Money(350_000, "KZT"), "kk", "3 500 ₸"),
        (Money(350_000, "KZT"), "en", "3,500 ₸"),
        (Money(350_050, "KZT"), "ru", "3 500,50 ₸"),
        (Money(1_205, "EUR"), "fr", "12,05 €"),
        (Money(1_205, "EUR"), "en", "€12.05"),
        (Money(0, "EUR"), "en", "€0"),
    ],
)
def test_money_is_written_as_the_language_does(money: Money, locale: str, text: str) -> None:
    assert money_text(money, locale).replace("\u00a0", " ") == text


def test_times_are_those_of_the_venue() -> None:
    assert (time_text(STARTS, "Asia/Almaty"), zone_text(STARTS, "Asia/Almaty")) == ("19:30", "UTC+5")
    assert (time_text(STARTS, "Europe/Paris"), zone_text(STARTS, "Europe/Paris")) == ("15:30", "UTC+1")
    assert zone_text(STARTS, "Asia/Kolkata") == "UTC+5:30"
    assert zone_text(STARTS, "America/St_Johns") == "UTC-3:30"
    assert day_text(STARTS, "Asia/Almaty", "kk") == "Сенбі, 28 қараша 2026"
    assert day_text(STARTS.replace(hour=20), "Asia/Almaty", "fr") == "Dimanche 29 novembre 2026"
